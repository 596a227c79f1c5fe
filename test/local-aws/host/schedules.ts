// EventBridge rules and schedules of the Scheduler with a rate: their targets are given what they are to be given, on time.
import { randomUUID } from 'node:crypto';
import { scheduleLetter } from '../gateway/event-letters.ts';
import type { Rule, RuleTarget } from '../gateway/events.ts';
import type { Gateway } from '../gateway.ts';
import { ACCOUNT_ID } from '../moto.ts';
import { AwsError, request } from './aws-request.ts';

type Schedule = { Name: string; Arn: string; State: string; ScheduleExpression?: string; Target: ScheduleTarget };
type ScheduleTarget = { Arn: string; RoleArn: string; Input?: string; DeadLetterConfig?: { Arn?: string } };

export type Schedules = {
  refresh(): Promise<void>;
  /** Now, and not only when it is time: the rule or, where there is none of that name, the schedule. */
  fire(name: string): Promise<void>;
  stop(): void;
};

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
// A timer holds no more; nothing here runs for so long.
const LONGEST_MS = 2 ** 31 - 1;

/** Milliseconds between two firings, or undefined for what is not a rate. */
export function rateOf(expression: string | undefined): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression ?? '') ?? [];
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

export function createSchedules(gateway: Gateway, region: string, onProblem: (error: Error) => void): Schedules {
  const timers = new Map<string, { timer: NodeJS.Timeout; every: number }>();
  const call = <T>(action: string, body: object) =>
    request<T>(gateway, { service: 'events', target: `AWSEvents.${action}`, body, region });
  const get = <T>(url: string) => request<T>(gateway, { service: 'scheduler', method: 'GET', url, region });

  async function fireRule(rule: Rule): Promise<void> {
    const { Targets = [] } = await call<{ Targets?: RuleTarget[] }>('ListTargetsByRule', { Rule: rule.Name });
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT_ID,
      time: `${new Date().toISOString().slice(0, 19)}Z`,
      region,
      resources: [rule.Arn],
      detail: {},
    };
    await gateway.toTargets(rule, event, Targets);
  }

  async function fireSchedule(name: string): Promise<void> {
    const { Arn, Target } = await get<Schedule>(`/schedules/${name}`);
    const sender = { service: 'scheduler', arn: Arn, roleName: Target.RoleArn.split('/').at(-1) ?? '' } as const;
    const body = Target.Input ?? '{}';
    const why = await gateway.deliveries.deliver(Target.Arn, { body }, sender);
    const queue = Target.DeadLetterConfig?.Arn;
    if (why === undefined || queue === undefined) return;
    await gateway.deliveries.bury(queue, scheduleLetter(body, Arn, Target.Arn, new Date(), why), sender);
  }

  async function fire(name: string): Promise<void> {
    const rule = await call<Rule>('DescribeRule', { Name: name }).catch((error: unknown) => {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    });
    await (rule === undefined ? fireSchedule(name) : fireRule(rule));
  }

  function drop(key: string): void {
    clearInterval(timers.get(key)?.timer);
    timers.delete(key);
  }

  function tend(due: ReadonlyMap<string, { expression: string | undefined; fire: () => Promise<void> }>): void {
    for (const key of [...timers.keys()]) if (rateOf(due.get(key)?.expression) !== timers.get(key)?.every) drop(key);
    for (const [key, one] of due) {
      const every = rateOf(one.expression);
      if (every === undefined || every > LONGEST_MS || timers.has(key)) continue;
      timers.set(key, { every, timer: setInterval(() => void one.fire().catch(onProblem), every) });
    }
  }

  return {
    fire,
    async refresh() {
      const { Rules = [] } = await call<{ Rules?: Rule[] }>('ListRules', {});
      const { Schedules = [] } = await get<{ Schedules?: Schedule[] }>('/schedules');
      const isOn = ({ State }: { State: string }) => State === 'ENABLED';
      tend(
        new Map([
          ...Rules.filter(isOn).map(
            (rule) =>
              [`rule ${rule.Name}`, { expression: rule.ScheduleExpression, fire: () => fireRule(rule) }] as const,
          ),
          ...Schedules.filter(isOn).map(
            ({ Name, ScheduleExpression }) =>
              [`schedule ${Name}`, { expression: ScheduleExpression, fire: () => fireSchedule(Name) }] as const,
          ),
        ]),
      );
    },
    stop() {
      for (const key of [...timers.keys()]) drop(key);
    },
  };
}
