// EventBridge: what AWS's services tell the default bus goes to the queues that rules with a pattern name.
import { randomUUID } from 'node:crypto';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT_ID } from '../moto.ts';
import { queueName } from './resources.ts';
import type { Ask, AwsEvent } from './states.ts';

export interface EventRules {
  /** Delivers to every target of every rule that matches. */
  put(event: AwsEvent): Promise<void>;
  /** Rules or targets may have changed. */
  forget(): void;
}

type Rule = { Name: string; Arn: string; State: string; EventPattern?: string };
type Target = { Id: string; Arn: string; Input?: string; InputPath?: string; InputTransformer?: unknown };

export function createEventRules(ask: Ask, region: string): EventRules {
  let known: Promise<readonly (Rule & { readonly targets: readonly Target[] })[]> | undefined;

  async function read() {
    const { Rules = [] } = await ask<{ Rules?: Rule[] }>('events', 'AWSEvents.ListRules', {});
    const patterned = Rules.filter(({ State, EventPattern }) => State === 'ENABLED' && EventPattern);
    return Promise.all(
      patterned.map(async (rule) => {
        const { Targets = [] } = await ask<{ Targets?: Target[] }>('events', 'AWSEvents.ListTargetsByRule', {
          Rule: rule.Name,
        });
        return { ...rule, targets: Targets };
      }),
    );
  }

  /** The queue's own policy decides: EventBridge sends under no role. */
  async function mayReceive(rule: Rule, arn: string, QueueUrl: string): Promise<boolean> {
    const { Attributes } = await ask<{ Attributes?: Record<string, string> }>('sqs', 'AmazonSQS.GetQueueAttributes', {
      QueueUrl,
      AttributeNames: ['Policy'],
    });
    if (Attributes?.Policy === undefined) return false;
    const answer = await runSimulation(
      {
        request: {
          principal: 'events.amazonaws.com',
          action: 'sqs:SendMessage',
          resource: { resource: arn, accountId: ACCOUNT_ID },
          contextVariables: { 'aws:SourceArn': rule.Arn, 'aws:SourceAccount': ACCOUNT_ID },
        },
        identityPolicies: [],
        resourcePolicy: JSON.parse(Attributes.Policy),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    return answer.resultType !== 'error' && answer.overallResult === 'Allowed';
  }

  async function deliver(rule: Rule, target: Target, event: object): Promise<void> {
    const { Arn, Id, Input, InputPath, InputTransformer } = target;
    if (Arn.split(':')[2] !== 'sqs') return; // schedules invoke functions; nothing else is served
    if (InputPath !== undefined || InputTransformer !== undefined)
      throw new Error(`the local AWS does not transform events; target ${Id} of the rule ${rule.Name} does`);
    const QueueUrl = `http://sqs/${ACCOUNT_ID}/${queueName(Arn.replaceAll(':', '/'))}`;
    if (!(await mayReceive(rule, Arn, QueueUrl))) {
      console.error(`EventBridge: ${Arn} has no policy that lets the rule ${rule.Arn} send; the event is lost`);
      return;
    }
    await ask('sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: Input ?? JSON.stringify(event) });
  }

  return {
    async put({ source, detailType, resources, detail }) {
      known ??= read();
      const event = {
        ...{ version: '0', id: randomUUID(), 'detail-type': detailType, source, account: ACCOUNT_ID },
        ...{ time: `${new Date().toISOString().slice(0, 19)}Z`, region, resources, detail },
      };
      const rules = await known.catch((error: unknown) => {
        known = undefined;
        throw error;
      });
      const matching = rules.filter(({ EventPattern = '{}' }) => matches(JSON.parse(EventPattern), event));
      await Promise.all(matching.flatMap((rule) => rule.targets.map((target) => deliver(rule, target, event))));
    },
    forget() {
      known = undefined;
    },
  };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether the event matches the pattern. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * @throws Error where the pattern filters by content (`prefix`, `anything-but`, …), which nothing here knows: a rule that
 *   silently matched nothing would be worse
 */
function matches(pattern: Json, event: Json): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = event[key];
    if (isObject(wanted)) return isObject(value) && matches(wanted, value);
    if (!Array.isArray(wanted) || wanted.length === 0)
      throw new Error(`an event pattern has a list of values at "${key}"; got ${JSON.stringify(wanted)}`);
    const filter = wanted.find(isObject);
    if (filter !== undefined)
      throw new Error(`the local AWS knows exact values only; "${key}" is filtered by ${JSON.stringify(filter)}`);
    // An event's list matches where one of its values does.
    return [value].flat().some((one) => wanted.includes(one));
  });
}
