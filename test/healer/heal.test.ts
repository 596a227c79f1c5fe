import { gunzipSync } from 'node:zlib';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArchivePlace } from '../../handlers/aws/archive.ts';
import { MAX_MESSAGE_BYTES } from '../../handlers/core/outgoing.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

const TIMEOUT = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };
const text = (stringValue: string) => ({ stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' });
const tenAttributes = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, text('x')]));

async function heal(stack: Stack, ...records: object[]): Promise<string[]> {
  const { batchItemFailures } = await healBatch(stack.healer, { Records: records }, 30_000);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

describe('a letter that is safe to retry', () => {
  it('goes back as it was, with the healer’s mark, and is acknowledged', async () => {
    const stack = await startStack(cloud);
    const attributes = {
      tenant: { ...text('t-1'), dataType: 'String.tenant' },
      size: { ...text('42'), dataType: 'Number' },
      image: { binaryValue: 'AP8B', stringListValues: [], binaryListValues: [], dataType: 'Binary.png' },
    };
    const system = { AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793', MessageGroupId: 'tenant-7' };
    const body = '{"order_id":"o-1","note":"é😀"}';
    expect(
      await heal(stack, deadRecord(stack.dlqArn, { id: 'm-1', error: TIMEOUT, body, attributes, system })),
    ).toEqual([]);
    const [sent, ...more] = await stack.sent();
    expect(more).toEqual([]);
    expect(sent?.Body).toBe(body);
    expect(Object.keys(sent?.MessageAttributes ?? {}).sort()).toEqual(['dlq-healer', 'image', 'size', 'tenant']);
    expect(sent?.MessageAttributes?.tenant).toMatchObject({ DataType: 'String.tenant', StringValue: 't-1' });
    expect([...(sent?.MessageAttributes?.image?.BinaryValue ?? [])]).toEqual([0, 255, 1]);
    expect(JSON.parse(sent?.MessageAttributes?.['dlq-healer']?.StringValue ?? '')).toMatchObject({
      v: 1,
      origin: 'm-1',
      attempt: 1,
    });
    expect(sent?.Attributes).toMatchObject(system);
    expect(await stack.rows()).toMatchObject([
      { originId: 'm-1', attempt: 0, status: 'healed', healKey: 'm-1.1', healedMessageId: sent?.MessageId },
    ]);
  });

  it('is archived with an alert when its heals are used up', async () => {
    const stack = await startStack(cloud);
    const mark = { 'dlq-healer': text(JSON.stringify({ v: 1, origin: 'm-0', attempt: 3, group: 'abcdef012345' })) };
    expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'm-9', error: TIMEOUT, attributes: mark }))).toEqual([]);
    expect(await stack.sent()).toEqual([]);
    expect(await stack.rows()).toMatchObject([{ originId: 'm-0', attempt: 3, status: 'archived' }]);
    expect((await stack.alerts())[0]?.Message).toContain('3 of 3 heals used up');
  });

  it('with ten attributes goes back with just those, and is known again by its new message id', async () => {
    const stack = await startStack(cloud);
    const record = { ...deadRecord(stack.dlqArn, { id: 'm-2' }), messageAttributes: tenAttributes };
    await cloud.db.send(
      new PutCommand({
        TableName: stack.healer.table,
        Item: {
          pk: 'message#m-2',
          sk: 'failure',
          evidence: JSON.stringify({ v: 1, origin: 'm-2', attempt: 0, ...TIMEOUT }),
        },
      }),
    );
    expect(await heal(stack, record)).toEqual([]);
    const [sent] = await stack.sent();
    expect(Object.keys(sent?.MessageAttributes ?? {})).toHaveLength(10);
    expect(sent?.MessageAttributes).not.toHaveProperty('dlq-healer');
    const relapse = { ...record, messageId: sent?.MessageId ?? '' };
    await heal(stack, relapse);
    expect((await stack.rows()).map(({ originId, attempt }) => [originId, attempt]).sort()).toEqual([
      ['m-2', 0],
      ['m-2', 1],
    ]);
  });

  it('of 1 MiB goes back without a mark', async () => {
    const stack = await startStack(cloud, {
      policy: { rules: [{ id: 'all', when: { queue: undefined, source: 'none' } as object, class: 'TIMEOUT' }] },
    });
    const record = {
      ...deadRecord(stack.dlqArn, { id: 'm-3', body: 'x'.repeat(MAX_MESSAGE_BYTES) }),
      messageAttributes: {},
    };
    expect(await heal(stack, record)).toEqual([]);
    const [sent] = await stack.sent();
    expect(sent?.Body?.length).toBe(MAX_MESSAGE_BYTES);
    expect(sent?.MessageAttributes ?? {}).toEqual({});
  });
});

describe('a letter that no retry can cure', () => {
  it.each([
    ['TypeError', { errorType: 'TypeError', message: 'x is undefined' }, 'waiting', 'CODE_BUG', 1],
    ['401', { errorType: 'PaymentError', message: 'token expired', httpStatus: 401 }, 'waiting', 'AUTH_FAILURE', 1],
    [
      'missing field',
      { errorType: 'ValidationError', message: 'store_id is required' },
      'archived',
      'VALIDATION_ERROR',
      0,
    ],
    ['no words', { errorType: 'Error', message: '' }, 'waiting', 'UNKNOWN', 1],
  ])(
    '(%s) is kept whole in the archive: read alone by its byte range',
    async (_, error, status, failureClass, alerts) => {
      const stack = await startStack(cloud);
      const body = '{"a":1}\n\u2028é😀';
      expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'm-4', error, body }))).toEqual([]);
      const [row] = await stack.rows();
      expect(row).toMatchObject({ status, failureClass, originId: 'm-4' });
      expect(row?.expiresAt === undefined).toBe(status === 'waiting');
      const record = JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace));
      expect(record).toMatchObject({
        body,
        messageId: 'm-4',
        classification: { failureClass },
        evidence: { errorType: error.errorType },
      });
      expect(await stack.sent()).toEqual([]);
      const sent = await stack.alerts();
      expect(sent).toHaveLength(alerts);
      const place = row?.archive as ArchivePlace;
      for (const { Message } of sent) expect(Message).toContain(`s3://letters/${place.key}`);
    },
  );

  it('shares one object with the others of its class in the batch, and reads back as itself', async () => {
    const stack = await startStack(cloud);
    const records = ['a', 'b', 'c'].map((id) => deadRecord(stack.dlqArn, { id, body: `{"order_id":"${id}"}` }));
    await heal(stack, ...records);
    const objects = await stack.objects();
    expect(objects).toHaveLength(1);
    expect(objects[0]?.Key).toMatch(
      /^letters\/queue=orders-\d+\/class=CODE_BUG\/dt=\d{4}-\d\d-\d\d\/[0-9a-f]{32}\.jsonl\.gz$/,
    );
    for (const row of await stack.rows()) {
      expect(JSON.parse(await stack.healer.archive.read(row.archive as ArchivePlace)).messageId).toBe(row.originId);
    }
    const whole = gunzipSync(await wholeObject(objects[0]?.Key ?? '')).toString();
    expect(whole.trim().split('\n')).toHaveLength(3);
  });
});

async function wholeObject(Key: string): Promise<Uint8Array> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { Body } = await cloud.s3.send(new GetObjectCommand({ Bucket: 'letters', Key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

describe('alerts', () => {
  it('are sent once per group and window, and the rest are counted', async () => {
    const stack = await startStack(cloud);
    await heal(stack, deadRecord(stack.dlqArn, { id: 'a1' }), deadRecord(stack.dlqArn, { id: 'a2' }));
    await heal(stack, deadRecord(stack.dlqArn, { id: 'a3' }));
    expect(await stack.alerts()).toHaveLength(1);
    expect((await stack.groups())[0]).toMatchObject({ unalerted: 1, waitingCount: 3 });
    stack.clock.now += 901_000;
    await heal(stack, deadRecord(stack.dlqArn, { id: 'a4' }));
    const [alert] = await stack.alerts();
    expect(alert?.Message).toContain('2 letters');
  });

  it('that SNS refuses stay due, and their letters are acknowledged: they are safe', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) =>
      call.service === 'sns' ? { kind: 'fail', status: 503, code: 'ServiceUnavailable' } : { kind: 'pass' },
    );
    expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'a5' }))).toEqual([]);
    expect((await stack.groups())[0]).toMatchObject({ unalerted: 1, dueKey: 'alert' });
  });
});

describe('poison', () => {
  it('is quarantined once the body has killed as often as the threshold says, whoever sent it', async () => {
    const stack = await startStack(cloud, { policy: { poison: { threshold: 3, windowSeconds: 3600 } } });
    for (const id of ['p1', 'p2', 'p2', 'p3', 'p4']) await heal(stack, deadRecord(stack.dlqArn, { id, body: 'same' }));
    const statuses = Object.fromEntries((await stack.rows()).map(({ originId, status }) => [originId, status]));
    expect(statuses).toEqual({ p1: 'waiting', p2: 'waiting', p3: 'quarantined', p4: 'quarantined' });
  });

  it('is counted right in a batch with more copies than one update can note', async () => {
    const stack = await startStack(cloud, { policy: { poison: { threshold: 60, windowSeconds: 3600 } } });
    const copies = Array.from({ length: 61 }, (_, i) => deadRecord(stack.dlqArn, { id: `c${i}`, body: 'same' }));
    expect(await heal(stack, ...copies)).toEqual([]);
    expect(new Set((await stack.rows()).map(({ status }) => status))).toEqual(new Set(['quarantined']));
  });

  it('is forgotten when the window has passed', async () => {
    const stack = await startStack(cloud, { policy: { poison: { threshold: 2, windowSeconds: 60 } } });
    await heal(stack, deadRecord(stack.dlqArn, { id: 'w1', body: 'again' }));
    stack.clock.now += 61_000;
    await heal(stack, deadRecord(stack.dlqArn, { id: 'w2', body: 'again' }));
    expect((await stack.rows()).map(({ status }) => status)).toEqual(['waiting', 'waiting']);
  });
});

describe('two letters of one death', () => {
  const evidence = { origin: 'm-origin', ...TIMEOUT };

  it('are healed once, and the second is kept as a duplicate', async () => {
    const stack = await startStack(cloud);
    await heal(stack, deadRecord(stack.dlqArn, { id: 't1', error: evidence, body: 'b' }));
    expect(await heal(stack, deadRecord(stack.dlqArn, { id: 't2', error: evidence, body: 'b' }))).toEqual([]);
    expect(await stack.sent()).toHaveLength(1);
    const rows = await stack.rows();
    expect(rows.map(({ status }) => status).sort()).toEqual(['duplicate', 'healed']);
    const twin = rows.find(({ status }) => status === 'duplicate');
    expect(JSON.parse(await stack.healer.archive.read(twin?.archive as ArchivePlace)).messageId).toBe('t2');
  });

  it('where the first waits: the second may be that one, sent back by hand, and is told of', async () => {
    const stack = await startStack(cloud);
    const error = { origin: 'm-hand' }; // a TypeError, as the builder has it
    await heal(stack, deadRecord(stack.dlqArn, { id: 'h1', error, body: 'b' }));
    expect(await stack.alerts()).toHaveLength(1);
    stack.clock.now += 901_000;
    expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'h2', error, body: 'b' }))).toEqual([]);
    expect((await stack.rows()).map(({ messageId, status }) => [messageId, status]).sort()).toEqual([
      ['h1', 'waiting'],
      ['h2', 'waiting'],
    ]);
    expect((await stack.alerts())[0]?.Message).toContain('sent back by hand');
  });

  it('in one batch: the second stays until the first is done', async () => {
    const stack = await startStack(cloud);
    const twins = ['t3', 't4'].map((id) => deadRecord(stack.dlqArn, { id, error: { ...evidence, origin: 'm-o2' } }));
    const left = await heal(stack, ...twins);
    expect(left).toHaveLength(1);
    expect(await stack.sent()).toHaveLength(1);
  });

  it('with different bodies are no twins: a person must look at the second', async () => {
    const stack = await startStack(cloud);
    await heal(stack, deadRecord(stack.dlqArn, { id: 't5', error: { ...evidence, origin: 'm-o3' }, body: 'one' }));
    await heal(stack, deadRecord(stack.dlqArn, { id: 't6', error: { ...evidence, origin: 'm-o3' }, body: 'another' }));
    expect((await stack.rows()).map(({ status }) => status).sort()).toEqual(['healed', 'waiting']);
    expect(await stack.alerts()).toHaveLength(1);
  });

  it('the same letter delivered again is acknowledged and nothing is done twice', async () => {
    const stack = await startStack(cloud);
    const record = deadRecord(stack.dlqArn, { id: 't7', error: TIMEOUT });
    expect([await heal(stack, record), await heal(stack, record)]).toEqual([[], []]);
    expect(await stack.sent()).toHaveLength(1);
  });
});

describe('bad input', () => {
  it.each([
    ['is not JSON', { body: 'not json' }],
    ['is empty', { body: '' }],
    ['is 1 MiB', { body: 'x'.repeat(MAX_MESSAGE_BYTES - 400) }],
  ])('a body that %s is handled like any other', async (_, over) => {
    const stack = await startStack(cloud);
    expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'i1', ...over }))).toEqual([]);
    const [row] = await stack.rows();
    expect(JSON.parse(await stack.healer.archive.read(row?.archive as ArchivePlace)).body).toBe(over.body);
  });

  it('a record that cannot be read stays in the DLQ and its neighbour is healed', async () => {
    const stack = await startStack(cloud);
    const bad = { ...deadRecord(stack.dlqArn, { id: 'i2' }), body: undefined };
    expect(await heal(stack, bad, deadRecord(stack.dlqArn, { id: 'i3', error: TIMEOUT }))).toEqual(['i2']);
    expect(await stack.sent()).toHaveLength(1);
  });

  it('a letter of a DLQ that no queue has stays there', async () => {
    const stack = await startStack(cloud);
    expect(await heal(stack, deadRecord('arn:aws:sqs:eu-central-1:000000000000:stranger', { id: 'i4' }))).toEqual([
      'i4',
    ]);
  });

  it('a record without a message id is archived whole under an id of its own', async () => {
    const stack = await startStack(cloud);
    const record = { ...deadRecord(stack.dlqArn, { id: 'x' }), messageId: undefined, messageAttributes: {} };
    expect(await heal(stack, record)).toEqual([]);
    expect(await stack.rows()).toMatchObject([
      { originId: expect.stringMatching(/^no-id-/), status: 'waiting', archive: expect.anything() },
    ]);
  });

  it('a record without a message id that cannot be archived fails the whole batch: leaving it out would delete it', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) =>
      call.service === 's3' ? { kind: 'fail', status: 503, code: 'SlowDown' } : { kind: 'pass' },
    );
    const record = { ...deadRecord(stack.dlqArn, { id: 'x' }), messageId: '', messageAttributes: {} };
    await expect(heal(stack, record, deadRecord(stack.dlqArn, { id: 'i6', error: TIMEOUT }))).rejects.toThrow(
      'without a message id',
    );
  });

  it.each([[null], [{}], [{ Records: 'x' }]])(
    'an event %j that is none throws, so that nothing is acknowledged',
    async (event) => {
      const stack = await startStack(cloud);
      await expect(healBatch(stack.healer, event, 30_000)).rejects.toThrow('expected an SQS event');
    },
  );
});

describe('when AWS refuses', () => {
  it.each([
    ['the archive', (s: string) => s === 's3', ['k1']],
    ['the queue', (_s: string, a: string) => a === 'SendMessageBatch', ['k2']],
    ['the ledger’s rows', (_s: string, a: string) => a === 'BatchWriteItem', ['k1', 'k2']],
    ['the claims', (_s: string, a: string) => a === 'PutItem', ['k1', 'k2']],
  ])('%s, just the letters that need it stay in the DLQ, and the next delivery settles them', async (_, hit, left) => {
    const stack = await startStack(cloud);
    const records = [deadRecord(stack.dlqArn, { id: 'k1' }), deadRecord(stack.dlqArn, { id: 'k2', error: TIMEOUT })];
    stack.faults((call) =>
      hit(call.service, call.action) ? { kind: 'fail', status: 400, code: 'AccessDeniedException' } : { kind: 'pass' },
    );
    expect(await heal(stack, ...records)).toEqual(left);
    stack.faults(undefined);
    expect(await heal(stack, ...records)).toEqual([]);
    expect((await stack.rows()).map(({ originId, status }) => [originId, status]).sort()).toEqual([
      ['k1', 'waiting'],
      ['k2', 'healed'],
    ]);
  });

  it('the ledger’s reads, the whole batch stays in the DLQ', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) =>
      call.action === 'BatchGetItem' ? { kind: 'fail', status: 400, code: 'AccessDeniedException' } : { kind: 'pass' },
    );
    await expect(heal(stack, deadRecord(stack.dlqArn, { id: 'k3' }))).rejects.toThrow();
  });

  it('a message for good (too large for the queue), it waits for a person with the reason', async () => {
    const stack = await startStack(cloud);
    await cloud.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: stack.sourceUrl, Attributes: { MaximumMessageSize: '1024' } }),
    );
    const records = [
      deadRecord(stack.dlqArn, { id: 'k4', error: TIMEOUT, body: 'x'.repeat(2000) }),
      deadRecord(stack.dlqArn, { id: 'k5', error: TIMEOUT }),
    ];
    expect(await heal(stack, ...records)).toEqual([]);
    const rows = Object.fromEntries((await stack.rows()).map((row) => [row.originId, row]));
    expect(rows).toMatchObject({
      k4: { status: 'waiting', reason: expect.stringContaining('its target refused it') },
      k5: { status: 'healed' },
    });
    expect(await stack.alerts()).toHaveLength(1);
  });
});

it('of a FIFO DLQ, everything behind a group’s first failure goes back too, and other groups do not', async () => {
  const stack = await startStack(cloud, { queue: { fifo: true } });
  const inGroup = (id: string, MessageGroupId: string, over = {}) =>
    deadRecord(stack.dlqArn, { id, system: { MessageGroupId }, ...over });
  const unreadable = { ...inGroup('f2', 'a'), messageAttributes: { x: { dataType: 'String' } } };
  const records = [inGroup('f1', 'a'), unreadable, inGroup('f3', 'b'), inGroup('f4', 'a')];
  expect(await heal(stack, ...records)).toEqual(['f2', 'f4']);
});

it('a paused stack leaves every letter where it is', async () => {
  const stack = await startStack(cloud);
  await cloud.db.send(
    new PutCommand({ TableName: stack.healer.table, Item: { pk: 'control', sk: 'stack', paused: true } }),
  );
  expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'z1', error: TIMEOUT }))).toEqual(['z1']);
  await cloud.db.send(
    new PutCommand({ TableName: stack.healer.table, Item: { pk: 'control', sk: 'stack', paused: false } }),
  );
  expect(await heal(stack, deadRecord(stack.dlqArn, { id: 'z1', error: TIMEOUT }))).toEqual([]);
});
