// The other team's bad day: messages, events and payloads that die in each of the seven ways, some of them for good.
import { randomUUID } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { request } from '../../local-aws/host/aws-request.ts';
import type { Host } from '../../local-aws/host.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import type { Death } from './account.ts';
import type { Clients } from './clients.ts';

/** The output `theirs` of the example. */
export interface Theirs {
  readonly dlq_arns: Readonly<Record<string, string>>;
  readonly source_arns: Readonly<Record<string, string>>;
  readonly function_names: Readonly<Record<string, string>>;
  readonly function_arns: Readonly<Record<string, string>>;
  readonly topic_arns: Readonly<Record<string, string>>;
  readonly schedule_name: string;
  readonly scheduler_role_arn: string;
}

export interface Their {
  readonly aws: LocalAws;
  readonly host: Host;
  readonly clients: Clients;
  readonly theirs: Theirs;
  /** Prefix of the names. */
  readonly prefix: string;
}

const INVALID = 'VALIDATION_ERROR';
const json = (id: string, total: unknown = 12.5) => JSON.stringify({ id, total });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const nameIn = (arn = '') => arn.slice(arn.lastIndexOf(':') + 1);
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

async function send({ aws, clients, theirs }: Their, key: string, body: string, group?: string): Promise<void> {
  const QueueUrl = aws.gateway.queueUrl(nameIn(theirs.source_arns[key]));
  const MessageAttributes = { tenant: text('t-1'), weight: { DataType: 'Number.kg', StringValue: '1.50' } };
  const fifo = group === undefined ? {} : { MessageGroupId: group };
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes, ...fifo }));
}

async function orders(their: Their): Promise<Death[]> {
  const ids = numbers(3).map((n) => `order-${n}`);
  // Blanks and digits that a parser would not keep.
  const bodyOf = (id: string) => `{"id": "${id}",  "total": 12.50}`;
  for (const id of ids) await send(their, 'orders', bodyOf(id));
  await send(their, 'orders', json('order-bad', 'much'));
  const came = (id: string) => ({ body: bodyOf(id), attributes: { tenant: 't-1', weight: '1.50' } });
  return [
    ...ids.map((id) => ({ queue: 'orders', id, fate: 'given back' as const, by: 'orders', with: came(id) })),
    { queue: 'orders', id: 'order-bad', fate: 'archived', reason: INVALID },
  ];
}

async function ledger(their: Their): Promise<Death[]> {
  const entries = ['a', 'b'].flatMap((group) => numbers(3).map((n) => ({ group, id: `entry-${group}${n}` })));
  for (const { group, id } of entries) await send(their, 'ledger', json(id), group);
  await send(their, 'ledger', json('entry-bad', null), 'c');
  return [
    ...entries.map(({ group, id }) => ({
      ...{ queue: 'ledger', id, fate: 'given back' as const, by: 'ledger' },
      with: { group, body: json(id), attributes: { tenant: 't-1', weight: '1.50' } },
    })),
    { queue: 'ledger', id: 'entry-bad', fate: 'archived', reason: INVALID },
  ];
}

async function invoke({ clients, theirs }: Their, key: string, Payload: string): Promise<void> {
  const FunctionName = theirs.function_names[key] ?? '';
  await clients.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }));
}

async function invoices(their: Their): Promise<Death[]> {
  const ids = numbers(3).map((n) => `invoice-${n}`);
  for (const id of ids) await invoke(their, 'invoices', json(id));
  await invoke(their, 'invoices', json('invoice-bad', 'much'));
  return [
    ...ids.map((id) => ({
      ...{ queue: 'invoices', id, fate: 'given back' as const, by: 'invoices' },
      with: { event: { id, total: 12.5 } },
    })),
    { queue: 'invoices', id: 'invoice-bad', fate: 'archived', reason: INVALID },
  ];
}

/** Stands in for Lambda, which the local AWS has no way of making leave an event out. In the shape of its records. */
async function recordWithoutEvent({ aws, clients, theirs }: Their): Promise<void> {
  const functionArn = `${theirs.function_arns.refunds}:$LATEST`;
  const requestContext = {
    requestId: randomUUID(),
    functionArn,
    condition: 'EventAgeExceeded',
    approximateInvokeCount: 0,
  };
  const responseContext = { statusCode: 429, executedVersion: '$LATEST', functionError: null };
  const record = { version: '1.0', timestamp: new Date().toISOString(), requestContext, responseContext };
  const QueueUrl = aws.gateway.queueUrl(nameIn(theirs.dlq_arns.failures));
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(record) }));
}

async function failures(their: Their): Promise<Death[]> {
  const [refunds, returns] = [numbers(3).map((n) => `refund-${n}`), numbers(2).map((n) => `return-${n}`)];
  for (const id of refunds) await invoke(their, 'refunds', json(id));
  for (const id of returns) await invoke(their, 'returns', json(id));
  await invoke(their, 'refunds', json('refund-bad', 'much'));
  await recordWithoutEvent(their);
  return [
    ...refunds.map((id) => ({
      ...{ queue: 'failures', id, fate: 'given back' as const, by: 'refunds' },
      with: { event: { id, total: 12.5 } },
    })),
    ...returns.map((id) => ({ queue: 'failures', id, fate: 'waiting' as const, reason: 'name the function' })),
    { queue: 'failures', id: 'refund-bad', fate: 'archived', reason: INVALID },
    { queue: 'failures', id: 'unnamed', fate: 'archived', reason: 'does not hold the event' },
  ];
}

async function news({ clients, theirs }: Their): Promise<Death[]> {
  const [told, audited] = [numbers(3).map((n) => `news-${n}`), numbers(2).map((n) => `audit-${n}`)];
  const MessageAttributes = { tenant: text('t-1') };
  const [TopicArn, audit] = [theirs.topic_arns.news, theirs.topic_arns.audit];
  for (const id of told)
    await clients.sns.send(new PublishCommand({ TopicArn, Message: json(id), Subject: 'news', MessageAttributes }));
  for (const id of audited) await clients.sns.send(new PublishCommand({ TopicArn: audit, Message: json(id) }));
  return [
    ...told.map((id) => ({
      ...{ queue: 'news', id, fate: 'given back' as const, by: 'mailer' },
      with: { Subject: 'news', MessageAttributes: { tenant: { Type: 'String', Value: 't-1' } } },
    })),
    ...audited.map((id) => ({ queue: 'news', id, fate: 'waiting' as const, reason: 'name the topic' })),
  ];
}

async function events({ clients, prefix }: Their): Promise<Death[]> {
  const [placed, returned] = [numbers(3).map((n) => `placed-${n}`), numbers(2).map((n) => `returned-${n}`)];
  const entry = (DetailType: string, id: string) => ({ Source: `${prefix}.shop`, DetailType, Detail: json(id) });
  const Entries = [
    ...placed.map((id) => entry('Order placed', id)),
    ...returned.map((id) => entry('Order returned', id)),
  ];
  await clients.events.send(new PutEventsCommand({ Entries }));
  return [
    ...placed.map((id) => ({
      ...{ queue: 'events', id, fate: 'given back' as const, by: 'loyalty' },
      with: { event: { source: `${prefix}.shop`, 'detail-type': 'Order placed', detail: { id, total: 12.5 } } },
    })),
    ...returned.map((id) => ({ queue: 'events', id, fate: 'waiting' as const, reason: 'name the rule too' })),
  ];
}

async function nightly({ aws, host, theirs, prefix }: Their): Promise<Death[]> {
  const times = [1, 2];
  for (const _ of times) await host.fire(theirs.schedule_name);
  const name = `${prefix}-report`;
  const schedule = (method: string, body?: object) =>
    request(aws.gateway, { service: 'scheduler', method, url: `/schedules/${name}`, body, region: aws.region });
  await schedule('POST', {
    ScheduleExpression: 'cron(0 4 * * ? *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: theirs.function_arns.nightly,
      RoleArn: theirs.scheduler_role_arn,
      Input: JSON.stringify({ id: 'report', total: 1, pad: 'x'.repeat(262_000) }),
      DeadLetterConfig: { Arn: theirs.dlq_arns.nightly },
    },
  });
  await host.fire(name);
  await schedule('DELETE');
  return [
    ...times.map(() => ({ queue: 'nightly', id: 'nightly', fate: 'given back' as const, by: 'nightly' })),
    { queue: 'nightly', id: 'report', fate: 'archived', reason: 'cut the payload' },
  ];
}

/** Resolves when everything is on its way to die. */
export async function die(their: Their): Promise<Death[]> {
  const ways = [orders, ledger, invoices, failures, news, events, nightly];
  return (await Promise.all(ways.map((way) => way(their)))).flat();
}
