import { createHash } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DEFAULT_BREAKER, DEFAULT_CLASSES } from '../../handlers/core/policy.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import type { Holdings } from './account.ts';
import { type Cloud, deadRecord, type Stack, startStack } from './cloud.ts';

/** The ways that letters take through the healer and the governor, each as a stack on which one run goes that way. */

export interface Path {
  readonly name: string;
  /** A stack in which everything is ready for the run that will be disturbed. */
  start(cloud: Cloud): Promise<Stack>;
  /** Other cases may begin with copies of it. */
  readonly copies?: false;
  /** What a copy does not take over. */
  arrange?(cloud: Cloud, stack: Stack): Promise<Stack | undefined>;
  /** The batch that the healer gets; absent: it is a run of the governor. */
  records?(stack: Stack, before: Holdings): object[];
  /** By `<origin>.<attempt>`: the status of each letter at the end, `@time` or `@lot` where it lies; several may be right. */
  readonly ends: Readonly<Record<string, string | readonly string[]>>;
  /** What else must have come about before everything is settled. */
  isDone?(now: Holdings, stack: Stack): boolean;
  /** Alerts that are sent or noted at the end. */
  readonly alerts?: number;
  /** The call that gives letters to another target than the queue. */
  readonly givesBy?: 'InvokeFunction' | 'StartExecution';
  /** What must hold besides. */
  check?(now: Holdings, stack: Stack, cloud: Cloud): void | Promise<void>;
}

export const TIMEOUT = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };
export const DOWN = { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 };
export const THROTTLED = { errorType: 'TooManyRequestsException', message: 'Rate exceeded', httpStatus: 429 };
export const AUTH = { errorType: 'PaymentError', message: 'token expired', httpStatus: 401 };
export const INVALID = { errorType: 'ValidationError', message: 'store_id is required' };
export const HOURS = 3600_000;
export const MINUTE = 60_000;

/** Delays of hours, so that every heal goes through the parking lot. */
export const LONG = {
  ...DEFAULT_CLASSES,
  THROTTLED: { ...DEFAULT_CLASSES.THROTTLED, baseDelaySeconds: 7200, maxDelaySeconds: 7200 },
};
export const EAGER = { ...DEFAULT_BREAKER, relapses: 3, probes: 2, rampPerMinute: 2 };

export const text = (stringValue: string) => ({
  stringValue,
  stringListValues: [],
  binaryListValues: [],
  dataType: 'String',
});
export const markedAs = (origin: string, attempt: number, group = 'abcdef012345', round?: number) => ({
  'dlq-healer': text(JSON.stringify({ v: 1, origin, attempt, group, ...(round === undefined ? {} : { round }) })),
});
export const FULL = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, text('x')]));

/** Heals a batch with nothing in the way, delays at their longest. */
export async function handle(stack: Stack, records: readonly object[]): Promise<void> {
  const { batchItemFailures } = await healBatch({ ...stack.healer, random: () => 1 }, { Records: records }, 30_000);
  if (batchItemFailures.length > 0) throw new Error(`not handled: ${JSON.stringify(batchItemFailures)}`);
}

/** What the kit noted of a letter that has no room for evidence. */
export const noteFailure = (cloud: Cloud, stack: Stack, id: string, error: object) =>
  cloud.db.send(
    new PutCommand({
      TableName: stack.healer.table,
      Item: {
        pk: `message#${id}`,
        sk: 'failure',
        evidence: JSON.stringify({ v: 1, origin: id, attempt: 0, ...error }),
      },
    }),
  );

/** A letter without evidence and with no room for a mark. */
export const fullRecord = (stack: Stack, id: string) => ({
  ...deadRecord(stack.dlqArn, { id }),
  messageAttributes: FULL,
});

const inLine = (stack: Stack, id: string, n: number) =>
  deadRecord(stack.dlqArn, {
    id,
    error: n % 2 === 0 ? TIMEOUT : DOWN,
    system: { MessageGroupId: id.slice(0, 1), SequenceNumber: String(n).padStart(20, '0') },
  });
const FIFO = { queue: { fifo: true }, policy: { healFifo: true } } as const;
const LINE = ['x1', 'x2', 'y1', 'x3'];

/** Three letters that were healed once: their relapses, under the group that they were healed in, open its breaker. */
async function relapsing(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud, { policy: { breaker: EAGER } });
  const records = ['a', 'b', 'c'].map((id) => deadRecord(stack.dlqArn, { id, error: DOWN }));
  await healBatch(stack.healer, { Records: records }, 30_000);
  await stack.sent();
  return stack;
}

export const relapses = (stack: Stack, { letters }: Holdings, names: readonly string[]) =>
  names.map((origin) =>
    deadRecord(stack.dlqArn, {
      id: `${origin}-again`,
      error: DOWN,
      body: JSON.stringify({ order_id: origin }),
      attributes: markedAs(origin, 1, String(letters.get(`${origin}.0`)?.group)),
    }),
  );

/** As `relapsed` of `handle`, with more deaths noted of the body than a row keeps. */
async function poisoned(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud, { policy: { poison: { threshold: 3, windowSeconds: 3600 } } });
  const old = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`died#old-${i}`, 1]));
  const contentHash = createHash('sha256').update('same').digest('hex');
  const Item = { pk: `content#${stack.queue.key}#${contentHash}`, sk: 'deaths', ...old };
  await cloud.db.send(new PutCommand({ TableName: stack.healer.table, Item }));
  return stack;
}

/** Another run writes the group's breaker in the moment before each of the healer's first two writes of it. */
async function raced(cloud: Cloud): Promise<Stack> {
  const stack = await startStack(cloud);
  let races = 2;
  stack.race(async (command) => {
    const { Key, UpdateExpression = '' } = command.input as { Key?: Record<string, string>; UpdateExpression?: string };
    if (!UpdateExpression.includes('#breakerVersion') || races === 0) return;
    races -= 1;
    const update = { UpdateExpression: 'ADD breakerVersion :one', ExpressionAttributeValues: { ':one': 1 } };
    await cloud.db.send(new UpdateCommand({ TableName: stack.healer.table, Key, ...update }));
  });
  return stack;
}

export const HEAL_PATHS: readonly Path[] = [
  {
    name: 'a batch of many kinds',
    start: (cloud) => startStack(cloud),
    records: ({ dlqArn }) => [
      deadRecord(dlqArn, { id: 'healed', error: TIMEOUT }),
      deadRecord(dlqArn, { id: 'relapse', error: TIMEOUT, attributes: markedAs('first', 1) }),
      deadRecord(dlqArn, { id: 'parked' }),
      deadRecord(dlqArn, { id: 'archived', error: INVALID }),
      deadRecord(dlqArn, { id: 'used-up', error: TIMEOUT, attributes: markedAs('used-up', 3) }),
    ],
    ends: {
      'healed.0': 'healed',
      'first.1': 'healed',
      'parked.0': 'waiting@lot',
      'archived.0': 'archived',
      'used-up.3': 'archived',
    },
    alerts: 2,
  },
  {
    name: 'two letters of one death',
    start: (cloud) => startStack(cloud),
    records: ({ dlqArn }) =>
      ['t1', 't2'].map((id) =>
        deadRecord(dlqArn, { id, error: { origin: 't', ...TIMEOUT }, body: '{"order_id":"t"}' }),
      ),
    ends: { 't.0': 'healed' },
    isDone: ({ letters }) => letters.size === 2,
    check: ({ letters }) => {
      const [first, second] = [...letters.values()].sort((a, b) => String(a.sk).localeCompare(String(b.sk)));
      if (second?.status !== 'duplicate' || first?.messageId === second.messageId)
        throw new Error(`the twin is kept once beside its first: ${JSON.stringify([first, second])}`);
    },
  },
  {
    name: 'a letter without room for its mark',
    start: async (cloud) => {
      const stack = await startStack(cloud);
      await noteFailure(cloud, stack, 'full', TIMEOUT);
      return stack;
    },
    records: (stack) => [fullRecord(stack, 'full')],
    ends: { 'full.0': 'healed' },
    check: ({ letters, lineages }) => expectLineage(letters.get('full.0'), lineages),
  },
  {
    name: 'poison',
    start: poisoned,
    records: ({ dlqArn }) => ['p1', 'p2', 'p3'].map((id) => deadRecord(dlqArn, { id, body: 'same' })),
    ends: { 'p1.0': 'quarantined', 'p2.0': 'quarantined', 'p3.0': 'quarantined' },
    alerts: 1,
  },
  {
    name: 'relapses that open a breaker',
    start: relapsing,
    records: (stack, before) => [
      ...relapses(stack, before, ['a', 'b', 'c']),
      deadRecord(stack.dlqArn, { id: 'd', error: DOWN }),
    ],
    ends: { 'a.1': 'parked@lot', 'b.1': 'parked@lot', 'c.1': 'parked@lot', 'd.0': 'parked@lot' },
    alerts: 1,
  },
  {
    name: 'first letters of groups that wait for a deploy or a person',
    start: (cloud) => startStack(cloud, { queue: { consumerFunction: 'worker' } }),
    records: ({ dlqArn }) => [
      deadRecord(dlqArn, { id: 'bug' }),
      deadRecord(dlqArn, { id: 'auth', error: AUTH }),
      deadRecord(dlqArn, { id: 'auth-2', error: AUTH }),
    ],
    ends: { 'bug.0': 'waiting@lot', 'auth.0': 'waiting@lot', 'auth-2.0': 'waiting@lot' },
    alerts: 2,
  },
  {
    name: 'a breaker that another run changes meanwhile',
    start: raced,
    copies: false,
    records: ({ dlqArn }) => [deadRecord(dlqArn, { id: 'raced', error: AUTH })],
    ends: { 'raced.0': 'waiting@lot' },
    alerts: 1,
  },
  {
    name: 'letters of a FIFO queue',
    start: (cloud) => startStack(cloud, FIFO),
    records: (stack) => LINE.map((id, n) => inLine(stack, id, n)),
    ends: Object.fromEntries(LINE.map((id) => [`${id}.0`, 'parked@time'])),
    check: ({ letters, all }) => {
      for (const lane of ['x', 'y']) {
        const due = LINE.filter((id) => id.startsWith(lane)).map((id) => String(letters.get(`${id}.0`)?.dueAt));
        if (due.join() !== due.toSorted().join() || new Set(due).size < due.length)
          throw new Error(`the letters of ${lane} are due one after the other: ${due}`);
        const row = all.find(({ pk }) => String(pk).startsWith('lane#') && String(pk).endsWith(`#${lane}`));
        if (!(Number(row?.dueMs) >= Date.parse(due.at(-1) ?? '')))
          throw new Error(`the line of ${lane} ends before its last letter`);
      }
    },
  },
  {
    name: 'a letter that its queue refuses for good',
    start: (cloud) => startStack(cloud, { queue: { classes: LONG } }),
    arrange: refusing,
    records: ({ dlqArn }) => [deadRecord(dlqArn, { id: 'large', error: TIMEOUT, body: `"${'x'.repeat(2000)}"` })],
    ends: { 'large.0': 'waiting' },
    alerts: 1,
  },
];

export function expectLineage(row: Record<string, unknown> | undefined, lineages: Holdings['lineages']): void {
  const lineage = lineages.get(String(row?.healedMessageId));
  if (lineage?.originId !== row?.originId || lineage?.attempt !== Number(row?.attempt) + 1)
    throw new Error(`the sent letter is known by its new id ${row?.healedMessageId}: ${JSON.stringify(lineage)}`);
}

/** A queue that takes small messages only. */
export async function refusing(cloud: Cloud, stack: Stack): Promise<undefined> {
  const { SetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const Attributes = { MaximumMessageSize: '1024' };
  await cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl: stack.sourceUrl, Attributes }));
  return undefined;
}
