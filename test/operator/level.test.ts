import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readControls, writeLevel } from '../../handlers/aws/control.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { expectDocumented } from './documented.ts';
import { expectGolden } from './golden.ts';
import { answerOf, type Operated, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

async function started(others: readonly string[] = []) {
  const stack = await operatedStack(operated, { others });
  const level = (...args: string[]) => operated.dlq(['level', ...args, '--stack', stack.name]);
  const control = async () => (await readControls(operated.cloud.db, stack.tables.ledger, ['orders'])).get('orders');
  return { stack, level, control };
}

describe('level', () => {
  it('pins a level that the healer goes by, and takes the pin off', async () => {
    const { stack, level, control } = await started();
    const pinned = answerOf(await level('severe', '--yes', '--json'));
    expect(pinned).toEqual({
      ...{ version: 1, stack: stack.name, changed: true },
      queues: [
        {
          ...{ queue: 'orders', level: 3, name: 'severe', pinned: true, because: 'a person pinned it' },
          effects: { heal: 'park', probes: true, release: 'none' },
          criticalEffects: { heal: 'park', probes: true, release: 'none' },
          measured: { level: 0, name: 'normal', because: 'nothing was measured yet', since: null },
        },
      ],
    });
    expectDocumented('docs/cli/state.md', pinned);
    const error = { errorType: 'TimeoutError', message: 'gave up after 5400 ms' };
    await healBatch(stack.healer, { Records: [deadRecord(stack.dlqArn, { id: 'a', error })] }, 30_000);
    expect(await stack.rows()).toMatchObject([{ status: 'parked' }]);
    expect(answerOf(await level('3', '--yes', '--json'))).toMatchObject({ changed: false });
    expect(answerOf(await level('auto', '--yes', '--json'))).toMatchObject({ changed: true, queues: [{ level: 0 }] });
    expect(await control()).not.toHaveProperty('pinnedLevel');
    expect(answerOf(await level('auto', '--yes', '--json'))).toMatchObject({ changed: false });
    const audit = await operated.dlq(['audit', '--stack', stack.name, '--json']);
    expect(answerOf(audit)).toMatchObject({
      entries: [{ what: 'take the pin off queue orders' }, { what: 'pin level 3 (severe) on queue orders' }],
    });
  });

  it('shows what the governor measured, what a person pinned over it, and what each does', async () => {
    const { stack, level } = await started(['refunds']);
    const state = { level: 2 as const, since: Date.now(), because: 'error rate 0.13 ≥ 0.1' };
    await writeLevel(operated.cloud.db, stack.tables.ledger, 'orders', state, 0);
    const shown = await level();
    const changing = await level('light', '--queue', 'orders', '--dry-run');
    answerOf(await level('1', '--queue', 'orders', '--yes', '--json'));
    await expectGolden(
      'level.txt',
      [shown, changing, await level('--queue', 'orders')].map(({ out }) => out).join('---\n'),
    );
  });

  it.each([
    [['5'], 'LEVEL must be 0 to 4, one of normal, light, moderate, severe, emergency, or auto; got 5'],
    [['1'], 'which queue? Pass --queue with one of orders, refunds'],
    [['1', '--queue', 'orders'], 'pass --yes'],
  ])('refuses %j', async (args, told) => {
    const { level, control } = await started(['refunds']);
    expect(await level(...args)).toMatchObject({ code: 2, err: expect.stringContaining(told) });
    expect(await control()).not.toHaveProperty('pinnedLevel');
  });
});
