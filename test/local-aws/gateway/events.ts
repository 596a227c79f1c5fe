// EventBridge: moto keeps rules and takes events; those that match a rule are given to its targets here.
import { randomUUID } from 'node:crypto';
import { AWS_ITSELF } from '../gateway.ts';
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, jsonReply, parseJson, type Reply } from './call.ts';
import type { Deliveries } from './deliveries.ts';
import { ruleLetter } from './event-letters.ts';
import { matchesPattern } from './event-pattern.ts';
import type { Forward } from './forward.ts';

export type Rule = { Name: string; Arn: string; State: string; EventPattern?: string; ScheduleExpression?: string };
export type RuleTarget = {
  Id: string;
  Arn: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: unknown;
  DeadLetterConfig?: { Arn?: string };
};
type Entry = {
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Time?: number;
  Resources?: string[];
  EventBusName?: string;
};

export type Events = {
  serve(call: Call): Promise<Reply>;
  /** Gives an event to every target of a rule; what cannot be delivered goes to the target's dead-letter queue. */
  toTargets(rule: Rule, event: object, targets: readonly RuleTarget[]): Promise<void>;
};

export function createEvents(moto: Forward, deliveries: Deliveries): Events {
  async function ask<T>(call: Call, action: string, input: object): Promise<T> {
    const headers = { ...call.headers, 'x-amz-target': `AWSEvents.${action}` };
    const body = Buffer.from(JSON.stringify(input));
    const reply = await moto({ ...call, action, headers, body, caller: AWS_ITSELF });
    if (reply.status >= 400) throw new Error(`EventBridge answered ${reply.status} to ${action}: ${reply.body}`);
    return parseJson(reply.body) as T;
  }

  async function toTargets(rule: Rule, event: object, targets: readonly RuleTarget[]): Promise<void> {
    const sender = { service: 'events', arn: rule.Arn } as const;
    for (const target of targets) {
      const why = await deliveries.deliver(target.Arn, { body: inputOf(target, event) }, sender);
      const queue = target.DeadLetterConfig?.Arn;
      // The event as the rule matched it, whatever the target would have been given.
      if (why !== undefined && queue !== undefined)
        await deliveries.bury(queue, ruleLetter(JSON.stringify(event), rule.Arn, target.Arn, why), sender);
    }
  }

  /** The rules of the entry's bus that it matches, with their targets. */
  async function matching(call: Call, { EventBusName }: Entry, event: object) {
    const bus = EventBusName === undefined ? {} : { EventBusName };
    const { Rules = [] } = await ask<{ Rules?: Rule[] }>(call, 'ListRules', bus);
    const found: { rule: Rule; targets: readonly RuleTarget[] }[] = [];
    for (const rule of Rules) {
      if (rule.State !== 'ENABLED' || !rule.EventPattern) continue;
      if (!matchesPattern(JSON.parse(rule.EventPattern), event)) continue;
      const input = { Rule: rule.Name, ...bus };
      const { Targets: targets = [] } = await ask<{ Targets?: RuleTarget[] }>(call, 'ListTargetsByRule', input);
      found.push({ rule, targets });
    }
    return found;
  }

  /** moto knows no functions as targets, and queues of its own only: what a rule takes is answered here. */
  async function put(call: Call): Promise<Reply> {
    const entries = (parseJson(call.body).Entries ?? []) as Entry[];
    const published = await Promise.all(
      entries.map(async (entry) => {
        const event = eventOf(entry, call.region);
        return { event, rules: await matching(call, entry, event) };
      }),
    );
    // What a service tells is right, and moto refuses some of it: it has names that only services may use.
    const isToldByService = call.caller === AWS_ITSELF;
    if (!isToldByService && published.every(({ rules }) => rules.length === 0)) return moto(call);
    for (const { event, rules } of published)
      for (const { rule, targets } of rules) await toTargets(rule, event, targets);
    return jsonReply({ FailedEntryCount: 0, Entries: published.map(({ event }) => ({ EventId: event.id })) });
  }

  return { toTargets, serve: (call) => (call.action === 'PutEvents' ? put(call) : moto(call)) };
}

const eventOf = (entry: Entry, region: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': entry.DetailType,
  source: entry.Source,
  account: ACCOUNT_ID,
  time: `${new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000).toISOString().slice(0, 19)}Z`,
  region,
  resources: entry.Resources ?? [],
  detail: JSON.parse(entry.Detail ?? '{}') as unknown,
});

/** What the target is given. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html */
function inputOf({ Input, InputPath, InputTransformer }: RuleTarget, event: object): string {
  if (InputTransformer !== undefined) throw new Error('input transformers are not modelled');
  if (Input) return Input;
  let value: unknown = event;
  for (const name of (InputPath ?? '$').split('.').slice(1))
    value = (value as Record<string, unknown> | undefined)?.[name];
  return JSON.stringify(value);
}
