import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import type { Call, Fault } from '../local-aws/gateway/call.ts';
import { expectDocumented } from './documented.ts';
import { expectGolden } from './golden.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const UNKNOWN = { errorType: 'PaymentError', message: 'nobody knows' };
const HOUR = 3600_000;

const heal = (stack: OperatedStack, ids: readonly string[], error: object = UNKNOWN) =>
  healBatch(stack.healer, { Records: ids.map((id) => deadRecord(stack.dlqArn, { id, error })) }, 30_000);

async function minute(stack: OperatedStack) {
  stack.clock.now += 60_000;
  await govern(stack.healer, () => 60_000);
}

/** A stack where four letters wait, one of them outside the lot as refused ones do; the first were alerted on, the last was not yet. */
async function waiting(ago = 10 * 60_000) {
  const stack = await operatedStack(operated);
  stack.clock.now = Date.now() - ago;
  await heal(stack, ['a', 'b', 'c']);
  await heal(stack, ['d']);
  const row = (await stack.rows()).find(({ originId }) => originId === 'a');
  await operated.cloud.db.send(
    new UpdateCommand({
      TableName: stack.tables.ledger,
      Key: { pk: row?.pk, sk: row?.sk },
      UpdateExpression: 'REMOVE dueKey, dueAt',
    }),
  );
  expect(await stack.alerts()).toHaveLength(1);
  const group = String((await stack.groups())[0]?.group);
  const resolve = (...args: string[]) =>
    operated.dlq(['resolve', group, '--stack', stack.name, '--yes', '--json', ...args]);
  return { stack, group, resolve };
}

/** Something that happens to the command's calls, the first of which is number 0. */
async function disturbed<T>(hook: (call: Call, number: number) => Promise<Fault>, run: () => Promise<T>) {
  let number = 0;
  operated.cloud.faults.set('operator', (call) => hook(call, number++));
  const ran = await run();
  operated.cloud.faults.delete('operator');
  return { ran, calls: number };
}

const PASS: Fault = { kind: 'pass' };
const groupOf = async (stack: OperatedStack): Promise<Record<string, unknown>> => (await stack.groups())[0] ?? {};
const letterOf = async (stack: OperatedStack, id: string) =>
  (await stack.rows()).find(({ originId }) => originId === id);

describe('resolve', () => {
  it('archives the letters that wait, closes the group and takes back what was still to be alerted', async () => {
    const { stack, group, resolve } = await waiting();
    expect(await groupOf(stack)).toMatchObject({ unalerted: 1, dueKey: 'alert', nextAlertAt: expect.any(String) });
    const answer = answerOf(await resolve('--reason', 'refunded, OPS-1742'));
    expect(answer).toEqual({
      ...{ version: 1, stack: stack.name, queue: 'orders', group, failureClass: 'UNKNOWN' },
      ...{ error: 'PaymentError: nobody knows', letters: 4, archived: 4, left: 0, gone: 0, failed: 0 },
      ...{ state: 'healing', changed: true },
    });
    expectDocumented('docs/cli/state.md', answer);
    const rows = await stack.rows();
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'archived', statusKey: 'orders#archived', expiresAt: expect.any(Number) });
      expect(row.reason).toMatch(/^resolved by \S+: refunded, OPS-1742; it waited: UNKNOWN/);
      expect(row).not.toHaveProperty('dueKey');
      expect(row).toHaveProperty('archive');
    }
    const left = await groupOf(stack);
    expect(left).toMatchObject({ unalerted: 0, breaker: { state: 'healing' }, resolvedAt: expect.any(String) });
    for (const gone of ['statusKey', 'dueKey', 'dueAt', 'nextAlertAt']) expect(left).not.toHaveProperty(gone);
    const audit = await operated.dlq(['audit', '--stack', stack.name, '--json']);
    const [entry] = answerOf<{ entries: Record<string, unknown>[] }>(audit).entries;
    expect(entry).toMatchObject({ command: 'resolve', group, letters: { archived: 4 }, outcome: 'done' });
    expect(new Set([left.resolvedBy, ...rows.map(({ resolvedBy }) => resolvedBy)])).toEqual(new Set([entry?.id]));
    expect([entry?.ids].flat().toSorted()).toEqual(['a', 'b', 'c', 'd']);
    await minute(stack);
    expect(await stack.alerts()).toEqual([]);
    expect(answerOf(await resolve())).toMatchObject({ letters: 0, changed: false });
  });

  it('hides nothing that comes later: it is counted, alerted on at once, and waits for its release', async () => {
    const { stack, group, resolve } = await waiting();
    answerOf(await resolve());
    stack.clock.now += 60_000; // within the window of the alert before
    await heal(stack, ['e']);
    expect(await stack.alerts()).toMatchObject([{ data: { count: '1', levelReason: 'first alert of this group' } }]);
    expect(await letterOf(stack, 'e')).toMatchObject({ status: 'waiting', dueKey: `held#orders#${group}` });
    expect(await groupOf(stack)).toMatchObject({ waitingCount: 5, breaker: { state: 'holding' } });
    answerOf(await operated.dlq(['release', group, '--stack', stack.name, '--yes', '--json']));
    await minute(stack);
    expect((await stack.sent()).map(({ Body }) => JSON.parse(Body ?? '{}').order_id)).toEqual(['e']);
  });

  it('ends a hold by hand, and frees what comes', async () => {
    const stack = await operatedStack(operated);
    stack.clock.now = Date.now() - HOUR;
    const error = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };
    await heal(stack, ['a'], error);
    const group = String((await groupOf(stack)).group);
    const ran = (command: string) => operated.dlq([command, group, '--stack', stack.name, '--yes', '--json']);
    answerOf(await ran('hold'));
    await heal(stack, ['b'], error);
    expect(answerOf(await ran('resolve'))).toMatchObject({ letters: 1, archived: 1, state: 'healing' });
    await heal(stack, ['c'], error);
    expect(await letterOf(stack, 'c')).toMatchObject({ status: 'healed' });
  });

  it('shows first whom it is about, and changes nothing on a dry run', async () => {
    const { stack, group } = await waiting();
    const before = await stack.rows();
    const shown = await operated.dlq(['resolve', group, '--stack', stack.name, '--dry-run']);
    expect(shown).toMatchObject({ code: 0, err: 'Nothing was changed (--dry-run).\n' });
    const done = await operated.dlq(['resolve', group, '--stack', stack.name, '--dry-run', '--json']);
    expect(answerOf(done)).toMatchObject({ letters: 4, archived: 0, changed: false });
    expect(await stack.rows()).toEqual(before);
    const real = await operated.dlq(['resolve', group, '--stack', stack.name, '--yes']);
    await expectGolden('resolve.txt', `${shown.out}---\n${real.out}`);
  });

  it('leaves a letter to the run that is sending it, and the group open for it', async () => {
    const { stack, resolve } = await waiting();
    const row = await letterOf(stack, 'b');
    await operated.cloud.db.send(
      new UpdateCommand({
        TableName: stack.tables.ledger,
        Key: { pk: row?.pk, sk: row?.sk },
        UpdateExpression: 'SET leaseUntil = :until',
        ExpressionAttributeValues: { ':until': new Date(Date.now() + HOUR).toISOString() },
      }),
    );
    expect(answerOf(await resolve())).toMatchObject({ archived: 3, left: 1, state: 'holding' });
    expect(await letterOf(stack, 'b')).toMatchObject({ status: 'waiting', dueKey: expect.any(String) });
  });
});

/** A letter that waits is in the lot of an open group, and its alert has gone out or goes out with the next minute. */
async function expectSeen(stack: OperatedStack, id: string) {
  const row = await letterOf(stack, id);
  expect(['waiting', 'archived']).toContain(row?.status);
  if (row?.status === 'archived') return;
  expect(row?.dueKey).toMatch(/^held#orders#/);
  expect(await groupOf(stack)).toMatchObject({ statusKey: 'orders#group' });
  stack.clock.now = Date.now();
  await minute(stack);
  expect(await stack.alerts()).not.toEqual([]);
  expect(await groupOf(stack)).toMatchObject({ statusKey: 'orders#group' });
}

describe('a letter that dies while its group is being resolved', () => {
  it('is never left behind in a closed group, nor its alert taken back, whenever it comes', async () => {
    const { calls } = await waiting().then(({ resolve }) => disturbed(async () => PASS, resolve));
    expect(calls).toBeGreaterThan(10);
    const waited: number[] = [];
    for (let at = 0; at < calls; at++) {
      const { stack, resolve } = await waiting();
      const { ran } = await disturbed(async (_, number) => {
        if (number !== at) return PASS;
        stack.clock.now = Date.now();
        await heal(stack, ['late']);
        return PASS;
      }, resolve);
      answerOf(ran);
      if ((await letterOf(stack, 'late'))?.status === 'waiting') waited.push(at);
      await expectSeen(stack, 'late');
    }
    // Of its calls those after the listing.
    expect(waited.length).toBeGreaterThan(7);
  });

  it('and that the index does not show yet is not left behind either', async () => {
    const { stack, group, resolve } = await waiting();
    stack.clock.now = Date.now() - 5000;
    await heal(stack, ['late']);
    const { ran } = await disturbed(
      async (call) => (call.action === 'Query' ? { kind: 'change', reply: without('late') } : PASS),
      resolve,
    );
    expect(answerOf(ran)).toMatchObject({ letters: 4, archived: 4, state: 'holding' });
    await expectSeen(stack, 'late');
    answerOf(await operated.dlq(['release', group, '--stack', stack.name, '--yes', '--json']));
    await minute(stack);
    expect(await stack.sent()).toHaveLength(1);
  });

  it('is not left behind by a governor that was about to put it into the lot', async () => {
    const stack = await operatedStack(operated);
    stack.clock.now = Date.now() - HOUR;
    // A throttled letter's back-off is longer than SQS holds a message back: it is parked until its time.
    const error = { errorType: 'TooManyRequestsException', message: 'Rate exceeded', httpStatus: 429 };
    const late = { ...stack.healer, random: () => 0.999 };
    const records = ['a', 'b'].map((id, i) =>
      deadRecord(stack.dlqArn, { id, error, attributes: healedBefore(id, 1 + i) }),
    );
    await healBatch(late, { Records: records }, 30_000);
    const group = String((await groupOf(stack)).group);
    const ran = (command: string) => operated.dlq([command, group, '--stack', stack.name, '--yes', '--json']);
    answerOf(await ran('hold'));
    stack.clock.now = Date.now() + HOUR;
    let resolved: unknown;
    stack.race(async ({ input }) => {
      if (!String((input as { UpdateExpression?: string }).UpdateExpression).startsWith('SET dueKey = :lot')) return;
      stack.race(undefined);
      resolved = answerOf(await ran('resolve'));
    });
    await govern(stack.healer, () => 60_000);
    expect(resolved).toMatchObject({ letters: 0, changed: true });
    const rows = await stack.rows();
    expect(rows.filter(({ dueKey }) => String(dueKey).startsWith('held#'))).not.toEqual([]);
    expect(await groupOf(stack)).toMatchObject({ statusKey: 'orders#group' });
  });
});

describe('a run that dies', () => {
  it('at any of its calls leaves every letter where the next run finds it', async () => {
    const { calls } = await waiting().then(({ resolve }) => disturbed(async () => PASS, resolve));
    for (let at = 0; at < calls; at++) {
      const { stack, resolve } = await waiting();
      const dead: Fault = { kind: 'fail', status: 400, code: 'AccessDeniedException', message: 'not any more' };
      const { ran } = await disturbed(async (_, number) => (number < at ? PASS : dead), resolve);
      // Only the last write of the audit may fail and the work be done.
      expect(ran.code, `call ${at}`).toBe(1);
      for (const row of await stack.rows()) {
        expect(row).toHaveProperty('archive');
        if (row.status === 'archived') continue;
        expect(row).toMatchObject({ status: 'waiting', statusKey: 'orders#waiting' });
        if (row.originId !== 'a') expect(row.dueKey).toMatch(/^held#/);
        expect(await groupOf(stack)).toMatchObject({ statusKey: 'orders#group' });
      }
      answerOf(await resolve());
      expect(new Set((await stack.rows()).map(({ status }) => status))).toEqual(new Set(['archived']));
      const group = await groupOf(stack);
      expect(group).toMatchObject({ breaker: { state: 'healing' }, unalerted: 0 });
      expect(group).not.toHaveProperty('dueKey');
      stack.clock.now += 60_000;
      await heal(stack, ['e']);
      expect(await stack.alerts()).toMatchObject([{ data: { count: '1' } }]);
    }
  });

  it('or whose call fails once, or whose answer is lost once, says so or tries again; the next run finishes', async () => {
    const { calls } = await waiting().then(({ resolve }) => disturbed(async () => PASS, resolve));
    for (let at = 5; at < calls; at++)
      for (const fault of [
        { kind: 'fail', status: 400, code: 'AccessDeniedException' },
        { kind: 'drop-after-forward' },
      ] as const) {
        const { stack, resolve } = await waiting();
        const { ran } = await disturbed(async (_, number) => (number === at ? fault : PASS), resolve);
        expect(ran.code, `call ${at}: ${fault.kind}`).toBe(fault.kind === 'fail' ? 1 : 0);
        const again = answerOf(await resolve());
        if (fault.kind !== 'fail') expect(again).toMatchObject({ changed: false });
        expect(new Set((await stack.rows()).map(({ status }) => status))).toEqual(new Set(['archived']));
        expect(await groupOf(stack)).toMatchObject({ breaker: { state: 'healing' }, unalerted: 0 });
      }
  });
});

const healedBefore = (origin: string, attempt: number) => ({
  'dlq-healer': {
    stringValue: JSON.stringify({ v: 1, origin, attempt }),
    stringListValues: [],
    binaryListValues: [],
    dataType: 'String',
  },
});

/** DynamoDB's answer to a query, as an index gives it that lags behind. */
const without =
  (originId: string) =>
  (reply: { status: number; headers: Record<string, string>; body: Buffer }): typeof reply => {
    const answer = JSON.parse(reply.body.toString()) as { Items?: { originId?: { S?: string } }[] };
    const Items = answer.Items?.filter((item) => item.originId?.S !== originId);
    const headers = Object.fromEntries(
      Object.entries(reply.headers).filter(([name]) => !/^(x-amz-crc32|content-length)$/i.test(name)),
    );
    return { ...reply, headers, body: Buffer.from(JSON.stringify({ ...answer, Items })) };
  };
