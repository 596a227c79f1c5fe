// EventBridge rules with a rate: their Lambda targets are invoked on time.
import { randomUUID } from 'node:crypto';
import type { Gateway } from '../gateway.ts';
import { ACCOUNT_ID } from '../moto.ts';
import { request } from './aws-request.ts';

type Rule = { Name: string; Arn: string; State: string; ScheduleExpression?: string };
type Target = { Id: string; Arn: string; Input?: string };

export type Schedules = { refresh(): Promise<void>; stop(): void };

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds between two firings, or undefined for what is not a rate. */
export function rateOf(expression: string | undefined): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression ?? '') ?? [];
  return count === undefined || unit === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

export function createSchedules(
  gateway: Gateway,
  region: string,
  invoke: (functionName: string, event: string) => void,
): Schedules {
  const timers = new Map<string, { timer: NodeJS.Timeout; every: number }>();
  const call = <T>(action: string, body: object) =>
    request<T>(gateway, { service: 'events', target: `AWSEvents.${action}`, body, region });

  async function fire(rule: Rule): Promise<void> {
    const { Targets = [] } = await call<{ Targets?: Target[] }>('ListTargetsByRule', { Rule: rule.Name });
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
    for (const target of Targets) {
      const functionName = /:function:([\w-]+)/.exec(target.Arn)?.[1];
      if (functionName !== undefined) invoke(functionName, target.Input ?? JSON.stringify(event));
    }
  }

  function drop(name: string): void {
    clearInterval(timers.get(name)?.timer);
    timers.delete(name);
  }

  return {
    async refresh() {
      const { Rules = [] } = await call<{ Rules?: Rule[] }>('ListRules', {});
      const due = new Map(Rules.filter((rule) => rule.State === 'ENABLED').map((rule) => [rule.Name, rule]));
      for (const name of [...timers.keys()])
        if (rateOf(due.get(name)?.ScheduleExpression) !== timers.get(name)?.every) drop(name);
      for (const [name, rule] of due) {
        const every = rateOf(rule.ScheduleExpression);
        if (every === undefined || timers.has(name)) continue;
        timers.set(name, { every, timer: setInterval(() => void fire(rule).catch(() => undefined), every) });
      }
    },
    stop() {
      for (const name of [...timers.keys()]) drop(name);
    },
  };
}
