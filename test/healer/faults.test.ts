import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Call, type Fault, parseJson, type Reply } from '../local-aws/gateway/call.ts';
import { expectAccounted, holdingsOf, scanAll } from './account.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';
import { endClaims } from './copies.ts';
import { AUTH, HOURS, handle, INVALID, LONG, MINUTE, THROTTLED, TIMEOUT } from './paths.ts';

/** Services that take a part, take nothing for a while, or take their time. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

type Json = Record<string, unknown>;

async function heal(stack: Stack, records: readonly object[], remainingMs = 30_000): Promise<string[]> {
  const { batchItemFailures } = await healBatch(stack.healer, { Records: records }, remainingMs);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** The letters that stayed come again, when the claims on them are over. */
async function again(stack: Stack, records: readonly object[], left: readonly string[]): Promise<string[]> {
  await endClaims(cloud, stack);
  return heal(
    stack,
    records.filter((record) => left.includes((record as { messageId: string }).messageId)),
  );
}

const books = (stack: Stack) => holdingsOf(cloud, stack);
const sentIds = async (stack: Stack) =>
  (await holdingsOf(cloud, stack)).sent.map(({ body }) => (JSON.parse(body) as { order_id: string }).order_id);

/** Serves the call with its JSON body changed, and changes the JSON of its answer. */
const changing = (request: (body: Json) => Json, answer: (body: Json) => Json): Fault => ({
  kind: 'change',
  call: (call) => ({ ...call, body: Buffer.from(JSON.stringify(request(parseJson(call.body)))) }),
  reply: (reply: Reply) => ({
    ...reply,
    headers: plain(reply),
    body: Buffer.from(JSON.stringify(answer(parseJson(reply.body)))),
  }),
});
/** The checksum is that of the answer as it was. */
const plain = ({ headers }: Reply) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/crc32|content-length/i.test(name)));

/** SQS takes the other entries of the batch. */
function refusingEntries(call: Call, isRefused: (entry: Json) => boolean, fault: Json): Fault {
  const all = (parseJson(call.body).Entries ?? []) as Json[];
  const Failed = all.filter(isRefused).map(({ Id }) => ({ Id, ...fault }));
  if (Failed.length === all.length)
    return {
      kind: 'reply',
      reply: {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify({ Failed })),
      },
    };
  return changing(
    (body) => ({ ...body, Entries: all.filter((entry) => !isRefused(entry)) }),
    (body) => ({ ...body, Failed }),
  );
}

/** DynamoDB takes the other rows of the batch. */
function leavingRows(call: Call, table: string, isLeft: (row: string) => boolean): Fault {
  const requests = ((parseJson(call.body).RequestItems as Json)[table] ?? []) as Json[];
  const left = requests.filter((request) => isLeft(JSON.stringify(request)));
  const taken = requests.filter((request) => !left.includes(request));
  if (left.length === 0) return { kind: 'pass' };
  const UnprocessedItems = { [table]: left };
  if (taken.length === 0)
    return {
      kind: 'reply',
      reply: {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: Buffer.from(JSON.stringify({ UnprocessedItems })),
      },
    };
  return changing(
    (body) => ({ ...body, RequestItems: { [table]: taken } }),
    (body) => ({ ...body, UnprocessedItems }),
  );
}

/** DynamoDB reads the first half of the keys. */
function leavingKeys(call: Call, table: string): Fault {
  const wanted = (parseJson(call.body).RequestItems as Json)[table] as { Keys: Json[] };
  const half = Math.floor(wanted.Keys.length / 2);
  const UnprocessedKeys = { [table]: { ...wanted, Keys: wanted.Keys.slice(half) } };
  return changing(
    (body) => ({ ...body, RequestItems: { [table]: { ...wanted, Keys: wanted.Keys.slice(0, half) } } }),
    (body) => ({ ...body, UnprocessedKeys }),
  );
}

const letters = ({ dlqArn }: Stack, ids: readonly string[], error: object = TIMEOUT) =>
  ids.map((id) => deadRecord(dlqArn, { id, error }));

describe('a batch that SQS answers with 200 and takes in part', () => {
  const some = (call: Call, fault: Json): Fault =>
    call.action === 'SendMessageBatch'
      ? refusingEntries(call, ({ MessageBody }) => /"[bd]"/.test(String(MessageBody)), fault)
      : { kind: 'pass' };

  it('for a throttle: what was not taken stays in the DLQ, and goes with the next delivery, once', async () => {
    const stack = await startStack(cloud);
    const records = letters(stack, ['a', 'b', 'c', 'd']);
    const start = await books(stack);
    stack.faults((call) => some(call, { Code: 'RequestThrottled', SenderFault: false }));
    const left = await heal(stack, records);
    expect(left).toEqual(['b', 'd']);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'c']);
    stack.faults(undefined);
    expect(await again(stack, records, left)).toEqual([]);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'b', 'c', 'd']);
    await expectAccounted(stack, start, await holdingsOf(cloud, stack));
  });

  it('for a fault of the message: it is kept, waits for a person, who is told, and its neighbours go', async () => {
    const stack = await startStack(cloud);
    const start = await books(stack);
    stack.faults((call) => some(call, { Code: 'InvalidMessageContents', SenderFault: true, Message: 'no' }));
    expect(await heal(stack, letters(stack, ['a', 'b', 'c', 'd']))).toEqual([]);
    const now = await holdingsOf(cloud, stack);
    expect([...now.letters].map(([name, { status }]) => [name, status]).sort()).toEqual([
      ['a.0', 'healed'],
      ['b.0', 'waiting'],
      ['c.0', 'healed'],
      ['d.0', 'waiting'],
    ]);
    expect(now.letters.get('b.0')?.reason).toContain('InvalidMessageContents');
    expect(now.alerts).toHaveLength(1);
    await expectAccounted(stack, start, now);
  });

  it('without a word on some of them: they stay', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) => {
      if (call.action !== 'SendMessageBatch') return { kind: 'pass' };
      const isQuiet = ({ MessageBody }: Json) => String(MessageBody).includes('"b"');
      return changing(
        (body) => ({ ...body, Entries: (body.Entries as Json[]).filter((entry) => !isQuiet(entry)) }),
        (body) => body,
      );
    });
    expect(await heal(stack, letters(stack, ['a', 'b']))).toEqual(['b']);
  });

  it('of released letters: those that were not taken stay parked and due, free for the next run', async () => {
    const stack = await startStack(cloud, { queue: { classes: LONG } });
    await handle(stack, letters(stack, ['a', 'b', 'c'], THROTTLED));
    stack.clock.now += 3 * HOURS;
    stack.faults((call) => some(call, { Code: 'RequestThrottled', SenderFault: false }));
    await expect(govern(stack.healer, () => 60_000)).rejects.toThrow('1 task');
    expect((await sentIds(stack)).sort()).toEqual(['a', 'c']);
    const row = (await holdingsOf(cloud, stack)).letters.get('b.0');
    expect(row).toMatchObject({ status: 'parked', dueKey: `due#${stack.queue.key}` });
    expect(row).not.toHaveProperty('leaseUntil');
    stack.faults(undefined);
    await govern(stack.healer, () => 60_000);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('DynamoDB', () => {
  it('leaves some rows unwritten once: they are written again, and all letters are acknowledged', async () => {
    const stack = await startStack(cloud);
    let writes = 0;
    stack.faults((call) => {
      if (call.action !== 'BatchWriteItem') return { kind: 'pass' };
      writes += 1;
      return writes > 1 ? { kind: 'pass' } : leavingRows(call, stack.tables.ledger, (row) => /"letter#[bc]"/.test(row));
    });
    expect(await heal(stack, letters(stack, ['a', 'b', 'c']))).toEqual([]);
    expect(writes).toBe(2);
    expect((await stack.rows()).map(({ originId }) => originId).sort()).toEqual(['a', 'b', 'c']);
  });

  it('leaves one row unwritten for good: just its letter stays, and is sent again under the same key', async () => {
    const stack = await startStack(cloud);
    const records = letters(stack, ['a', 'b', 'c']);
    const start = await books(stack);
    stack.faults((call) =>
      call.action === 'BatchWriteItem'
        ? leavingRows(call, stack.tables.ledger, (row) => row.includes('"letter#b"'))
        : { kind: 'pass' },
    );
    expect(await heal(stack, records)).toEqual(['b']);
    stack.faults(undefined);
    expect(await again(stack, records, ['b'])).toEqual([]);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'b', 'b', 'c']);
    await expectAccounted(stack, start, await holdingsOf(cloud, stack));
  });

  it('leaves the row of a FIFO letter unwritten: nobody behind it stands in the line before it', async () => {
    const stack = await startStack(cloud, { queue: { fifo: true }, policy: { healFifo: true } });
    const records = ['x1', 'x2', 'x3', 'y1'].map((id, n) =>
      deadRecord(stack.dlqArn, {
        id,
        error: TIMEOUT,
        system: { MessageGroupId: id.slice(0, 1), SequenceNumber: String(n).padStart(20, '0') },
      }),
    );
    stack.faults((call) =>
      call.action === 'BatchWriteItem'
        ? leavingRows(call, stack.tables.ledger, (row) => row.includes('"letter#x2"'))
        : { kind: 'pass' },
    );
    expect(await heal(stack, records)).toEqual(['x2', 'x3']);
    expect((await stack.rows()).map(({ originId }) => originId).sort()).toEqual(['x1', 'y1']);
    stack.faults(undefined);
    expect(await again(stack, records, ['x2', 'x3'])).toEqual([]);
    stack.clock.now += HOURS;
    await govern(stack.healer, () => 60_000);
    expect((await sentIds(stack)).filter((id) => id.startsWith('x'))).toEqual(['x1', 'x2', 'x3']);
  });

  it('leaves keys unread once: they are asked for again, and what they say is heeded', async () => {
    const stack = await startStack(cloud);
    const records = letters(stack, ['a', 'b', 'c', 'd']);
    await heal(stack, records);
    let reads = 0;
    stack.faults((call) => {
      if (call.action !== 'BatchGetItem') return { kind: 'pass' };
      reads += 1;
      return reads % 2 === 1 ? leavingKeys(call, stack.tables.ledger) : { kind: 'pass' };
    });
    expect(await heal(stack, records)).toEqual([]);
    expect(reads).toBe(4);
    expect(await sentIds(stack)).toHaveLength(4);
  });

  it('leaves keys unread for good: the whole batch stays, and nothing is claimed', async () => {
    const stack = await startStack(cloud);
    stack.faults((call) =>
      call.action === 'BatchGetItem' ? leavingKeys(call, stack.tables.ledger) : { kind: 'pass' },
    );
    await expect(heal(stack, letters(stack, ['a', 'b']))).rejects.toThrow(/unread after 5 rounds/);
    expect(await scanAll(cloud, stack.tables.idempotency)).toEqual([]);
  });

  it('throttles a claim: just its letter stays', async () => {
    const stack = await startStack(cloud);
    const records = letters(stack, ['a', 'b', 'c']);
    let claims = 0;
    stack.faults((call) => {
      if (call.action !== 'PutItem') return { kind: 'pass' };
      claims += 1;
      return claims === 2
        ? { kind: 'fail', status: 400, code: 'ProvisionedThroughputExceededException' }
        : { kind: 'pass' };
    });
    const left = await heal(stack, records);
    expect(left).toHaveLength(1);
    expect(await sentIds(stack)).toHaveLength(2);
    stack.faults(undefined);
    expect(await again(stack, records, left)).toEqual([]);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'b', 'c']);
  });

  it('has another writer of the group’s breaker each time: the letter is kept and stays until its group holds it', async () => {
    const stack = await startStack(cloud);
    const records = letters(stack, ['a'], AUTH);
    let races = 0;
    stack.race(async (command) => {
      const { Key, UpdateExpression = '' } = command.input as { Key?: Json; UpdateExpression?: string };
      if (!UpdateExpression.includes('#breakerVersion')) return;
      races += 1;
      const update = { UpdateExpression: 'ADD breakerVersion :one', ExpressionAttributeValues: { ':one': 1 } };
      await cloud.db.send(new UpdateCommand({ TableName: stack.tables.ledger, Key, ...update }));
    });
    const start = await books(stack);
    expect(await heal(stack, records)).toEqual(['a']);
    expect(races).toBe(8);
    expect((await holdingsOf(cloud, stack)).letters.get('a.0')?.status).toBe('waiting');
    stack.race(undefined);
    expect(await again(stack, records, ['a'])).toEqual([]);
    await expectAccounted(stack, start, await holdingsOf(cloud, stack));
  });
});

describe('S3', () => {
  const slowDown: Fault = { kind: 'fail', status: 503, code: 'SlowDown' };

  it('says SlowDown to one object: its letters stay, those of other classes are kept, those to heal go', async () => {
    const stack = await startStack(cloud);
    const records = [
      ...letters(stack, ['bug-1', 'bug-2'], {}),
      ...letters(stack, ['bad'], INVALID),
      ...letters(stack, ['slow']),
    ];
    stack.faults((call) =>
      call.action === 'PutObject' && call.url.includes('CODE_BUG') ? slowDown : { kind: 'pass' },
    );
    const left = await heal(stack, records);
    expect(left).toEqual(['bug-1', 'bug-2']);
    const names = (await stack.rows()).map(({ originId, status }) => `${originId} ${status}`);
    expect(names.sort()).toEqual(['bad archived', 'slow healed']);
    stack.faults(undefined);
    // Their claims were given back: nobody has to wait for them to end.
    expect(await heal(stack, records)).toEqual([]);
  });

  it('says SlowDown when one object is read: its letters stay due, those of others are released', async () => {
    const stack = await startStack(cloud, { queue: { classes: LONG } });
    await handle(stack, letters(stack, ['a'], THROTTLED));
    await handle(stack, letters(stack, ['b'], THROTTLED));
    const key = (await holdingsOf(cloud, stack)).letters.get('a.0')?.archive as { key: string };
    stack.clock.now += 3 * HOURS;
    stack.faults((call) =>
      call.action === 'GetObject' && decodeURIComponent(call.url).includes(key.key) ? slowDown : { kind: 'pass' },
    );
    await expect(govern(stack.healer, () => 60_000)).rejects.toThrow('1 task');
    expect(await sentIds(stack)).toEqual(['b']);
    stack.faults(undefined);
    await govern(stack.healer, () => 60_000);
    expect((await sentIds(stack)).sort()).toEqual(['a', 'b']);
  });

  it('has each object for good: two runs at one twin leave two, and the row’s place reads back', async () => {
    const stack = await startStack(cloud);
    const twin = (id: string) =>
      deadRecord(stack.dlqArn, { id, error: { origin: 'o', ...TIMEOUT }, body: '{"order_id":"o"}' });
    expect(await heal(stack, [twin('first')])).toEqual([]);
    const start = await books(stack);
    const archived = Promise.withResolvers<void>();
    let puts = 0;
    let writes = 0;
    stack.faults(({ action }) => {
      if (action === 'PutObject') puts += 1;
      if (action !== 'BatchWriteItem') return { kind: 'pass' };
      writes += 1;
      archived.resolve();
      return writes === 1 ? { kind: 'delay', milliseconds: 1_500 } : { kind: 'pass' };
    });
    const day = new Date(stack.clock.now).toISOString().slice(0, 10);
    const at = (time: string) => ({ ...stack.healer, now: () => Date.parse(`${day}T${time}Z`) });
    const slow = healBatch(at('00:00:00.000'), { Records: [twin('second')] }, 30_000);
    await archived.promise;
    await healBatch(at('13:47:59.863'), { Records: [twin('second')] }, 30_000);
    await slow;
    expect(puts).toBe(2);
    await expectAccounted(stack, start, await holdingsOf(cloud, stack));
  });
});

it('SNS is down for healer and governor: the letters are safe, and one alert tells of all of them when it is back', async () => {
  const stack = await startStack(cloud);
  stack.faults(({ service }) =>
    service === 'sns' ? { kind: 'fail', status: 503, code: 'ServiceUnavailable' } : { kind: 'pass' },
  );
  expect(await heal(stack, letters(stack, ['a', 'b'], AUTH))).toEqual([]);
  for (let i = 0; i < 2; i++) {
    stack.clock.now += 2 * MINUTE;
    await govern(stack.healer, () => 60_000);
  }
  expect((await holdingsOf(cloud, stack)).alerts).toEqual([]);
  stack.faults(undefined);
  stack.clock.now += 2 * MINUTE;
  await govern(stack.healer, () => 60_000);
  const { alerts } = await holdingsOf(cloud, stack);
  expect(alerts.map(({ Message }) => Message)).toEqual([expect.stringContaining('2 letters')]);
});

describe('time runs out', () => {
  it('the healer stops taking work, finishes what it began and gives the rest back untouched', async () => {
    const stack = await startStack(cloud);
    const ids = Array.from({ length: 250 }, (_, i) => `t${i}`);
    const start = await books(stack);
    stack.faults(({ action }) =>
      action === 'SendMessageBatch' ? { kind: 'delay', milliseconds: 6_000 } : { kind: 'pass' },
    );
    const begun = performance.now();
    const left = await heal(stack, letters(stack, ids), 12_000);
    expect(performance.now() - begun).toBeLessThan(12_000);
    expect(left).toEqual(ids.slice(100));
    const now = await holdingsOf(cloud, stack);
    expect([...now.letters.keys()].sort()).toEqual(
      ids
        .slice(0, 100)
        .map((id) => `${id}.0`)
        .sort(),
    );
    expect(now.sent).toHaveLength(100);
    expect(await scanAll(cloud, stack.tables.idempotency)).toHaveLength(100);
    await expectAccounted(stack, start, now);
  });

  it('the ledger answers late: the healer begins nothing that it could not finish', async () => {
    const stack = await startStack(cloud);
    let reads = 0;
    stack.faults(({ action }) => {
      if (action === 'BatchGetItem') reads += 1;
      return action === 'BatchGetItem' && reads === 2 ? { kind: 'delay', milliseconds: 2_600 } : { kind: 'pass' };
    });
    expect(await heal(stack, letters(stack, ['a', 'b'], AUTH), 3_000)).toEqual(['a', 'b']);
    expect(reads).toBe(2);
    expect(await scanAll(cloud, stack.tables.idempotency)).toEqual([]);
    expect(await stack.rows()).toEqual([]);
  });

  it('the governor finishes the letters that it took on, and leaves the others due', async () => {
    const stack = await startStack(cloud, { queue: { classes: LONG } });
    const ids = Array.from({ length: 120 }, (_, i) => `g${i}`);
    await handle(stack, letters(stack, ids, THROTTLED));
    stack.clock.now += 3 * HOURS;
    const sends = () => stack.served.filter(({ action }) => action === 'SendMessageBatch').length;
    await govern(stack.healer, () => (sends() === 0 ? 60_000 : 9_000));
    const now = await holdingsOf(cloud, stack);
    expect(now.sent).toHaveLength(100);
    const left = [...now.letters.values()].filter(({ status }) => status === 'parked');
    expect(left).toHaveLength(20);
    for (const row of left) expect(row).not.toHaveProperty('leaseUntil');
  });

  it('the governor has none for its groups: they stay as they are', async () => {
    const stack = await startStack(cloud);
    await handle(stack, letters(stack, ['a'], AUTH));
    const [group] = await stack.groups();
    const Key = { pk: group?.pk, sk: group?.sk };
    const update = {
      UpdateExpression: 'SET breaker.#state = :probing',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':probing': 'probing' },
    };
    await cloud.db.send(new UpdateCommand({ TableName: stack.tables.ledger, Key, ...update }));
    await govern(stack.healer, () => 9_000);
    const { Item } = await cloud.db.send(new GetCommand({ TableName: stack.tables.ledger, Key }));
    expect(Item?.breaker).toMatchObject({ state: 'probing', probes: [] });
    await govern(stack.healer, () => 60_000);
    expect(await sentIds(stack)).toEqual(['a']);
  });
});
