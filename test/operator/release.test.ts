import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { expectDocumented } from './documented.ts';
import { expectGolden } from './golden.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const UNKNOWN = { errorType: 'PaymentError', message: 'nobody knows' };

const heal = (stack: OperatedStack, ids: readonly string[], error: object = UNKNOWN) =>
  healBatch(stack.healer, { Records: ids.map((id) => deadRecord(stack.dlqArn, { id, error })) }, 30_000);

async function minute(stack: OperatedStack) {
  stack.clock.now += 60_000;
  await govern(stack.healer, () => 60_000);
}

/** A stack with four letters that wait for a person. */
async function waiting(over: Parameters<typeof operatedStack>[1] = {}, error?: object) {
  const stack = await operatedStack(operated, over);
  await heal(stack, ['a', 'b', 'c', 'd'], error);
  const group = String((await stack.groups())[0]?.group);
  return { stack, group, dlq: (...args: string[]) => operated.dlq([...args, '--stack', stack.name]) };
}

const auditOf = async (stack: OperatedStack) =>
  answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--stack', stack.name, '--json'])).entries;

describe('release', () => {
  it('has the governor send the canary, and then the rest', async () => {
    const { stack, group, dlq } = await waiting();
    await minute(stack);
    expect(await stack.sent()).toEqual([]);
    const answer = answerOf(await dlq('release', group, '--yes', '--json'));
    expect(answer).toEqual({
      ...{ version: 1, stack: stack.name, queue: 'orders', group, failureClass: 'UNKNOWN' },
      ...{ error: 'PaymentError: nobody knows', before: 'holding', state: 'probing', byHand: false },
      ...{ letters: 4, canary: 3, obstacles: [], changed: true },
    });
    expectDocumented('docs/cli/state.md', answer);
    await minute(stack);
    expect(await stack.sent()).toHaveLength(3);
    stack.clock.now += 3600_000; // none of them came back
    await minute(stack);
    expect(await stack.sent()).toHaveLength(1);
    stack.clock.now += 60_000;
    await minute(stack);
    const [row] = await stack.groups();
    expect(row).toMatchObject({ breaker: { state: 'healing' }, expiresAt: expect.any(Number) });
    expect(row).not.toHaveProperty('statusKey');
    expect(await auditOf(stack)).toMatchObject([{ command: 'release', group, queue: 'orders', outcome: 'done' }]);
  });

  it('shows first whom it is about, and what may keep them', async () => {
    const { stack, group, dlq } = await waiting({ mode: 'observe' });
    await dlq('pause', '--yes');
    const shown = await dlq('release', group, '--dry-run');
    expect(shown).toMatchObject({ code: 0, err: 'Nothing was changed (--dry-run).\n' });
    await expectGolden('release.txt', shown.out);
    expect((await stack.groups())[0]?.breaker).toMatchObject({ state: 'holding' });
    expect(await auditOf(stack)).toMatchObject([{ command: 'pause' }]);
  });

  it.each([
    ['1', /a quarter of the rate/],
    ['3', /the canary goes, the rest not until it falls/],
    ['4', /nothing goes until it falls/],
  ])('warns of the queue’s level %s', async (level, warning) => {
    const { group, dlq } = await waiting();
    answerOf(await dlq('level', level, '--yes', '--json'));
    const shown = answerOf<{ obstacles: string[] }>(await dlq('release', group, '--dry-run', '--json'));
    expect(shown.obstacles).toEqual([expect.stringMatching(warning)]);
  });

  it('leaves a group alone whose letters are on their way already', async () => {
    const { stack, group, dlq } = await waiting();
    answerOf(await dlq('release', group, '--yes', '--json'));
    await minute(stack);
    const [before] = await stack.groups();
    const again = answerOf(await dlq('release', group, '--yes', '--json'));
    expect(again).toMatchObject({ changed: false, state: 'probing' });
    expect((await stack.groups())[0]?.breaker).toEqual(before?.breaker);
  });

  it('of letters that lie in no lot says what sends them', async () => {
    const { group, dlq } = await waiting({}, { errorType: 'ValidationError', message: 'store_id is required' });
    const ran = await dlq('release', group, '--yes');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('4 went to the archive');
    expect(ran.err).toContain(`dlq replay --group ${group}`);
  });

  it('asks which queue, says what waits where there is no such group, and what a group looks like', async () => {
    const { stack, group, dlq } = await waiting({ others: ['refunds'] });
    const none = await dlq('release', 'abcdefabcdef', '--yes');
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining(`${group}  orders  UNKNOWN  PaymentError`) });
    const wrong = await dlq('release', 'PaymentError', '--yes');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('12 hexadecimal characters') });
    const [row] = await stack.groups();
    const Item = { ...row, pk: 'queue#refunds', queue: 'refunds' };
    await operated.cloud.db.send(new PutCommand({ TableName: stack.tables.ledger, Item }));
    const several = await dlq('release', group, '--yes');
    expect(several).toMatchObject({
      code: 2,
      err: expect.stringContaining('pass --queue with one of orders, refunds'),
    });
    expect(answerOf(await dlq('release', group, '--queue', 'orders', '--yes', '--json'))).toMatchObject({
      changed: true,
    });
  });
});

describe('hold', () => {
  it('keeps letters that would be healed, a day as well, until they are released', async () => {
    const error = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };
    const stack = await operatedStack(operated);
    await heal(stack, ['a'], error);
    expect(await stack.sent()).toHaveLength(1);
    const group = String((await stack.groups())[0]?.group);
    const ran = (...args: string[]) => operated.dlq([...args, '--stack', stack.name, '--yes', '--json']);
    const answer = answerOf(await ran('hold', group));
    expect(answer).toMatchObject({ before: 'healing', state: 'holding', byHand: true, letters: 0, changed: true });
    await minute(stack);
    await heal(stack, ['b'], error);
    stack.clock.now += 86_400_000;
    await minute(stack);
    expect(await stack.sent()).toEqual([]);
    expect(answerOf(await ran('hold', group))).toMatchObject({ changed: false, letters: 1 });
    expect(answerOf(await ran('release', group))).toMatchObject({ state: 'probing', byHand: false, changed: true });
    await minute(stack);
    expect(await stack.sent()).toHaveLength(1);
  });

  it('shows first what it keeps', async () => {
    const { group, dlq } = await waiting();
    await expectGolden('hold.txt', (await dlq('hold', group, '--dry-run')).out);
  });
});
