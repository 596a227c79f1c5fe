import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeBreaker } from '../../handlers/aws/breakers.ts';
import { held } from '../../handlers/core/group.ts';
import { expectGolden } from './golden.ts';
import { AUTH, BUG, DOWN, die, INVALID, refused, relapse, untold, untoldOptions } from './looked.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
let stack: OperatedStack;
const DAY = 24 * 3_600_000;

beforeAll(async () => {
  operated = await startOperated();
  stack = await operatedStack(operated);
  stack.clock.now -= 2 * DAY;
  await die(stack, [{ id: 'p1', error: INVALID }]);
  stack.clock.now += 2 * DAY;
  await die(stack, [...['w1', 'w2', 'w3'].map((id) => ({ id, error: AUTH })), { id: 'b1', error: BUG }]);
  await relapse(stack, ['d1', 'd2', 'd3', 'd4', 'd5'], DOWN);
});
afterAll(() => operated.stop());

interface Answer {
  readonly groups: readonly { readonly class: string; readonly group: string }[];
  readonly quiet: number;
}
const groups = (...more: string[]) => operated.dlq(['groups', '--stack', stack.name, ...more]);
const classes = async (...more: string[]) =>
  answerOf<Answer>(await groups('--json', ...more)).groups.map((group) => group.class);

describe('groups', () => {
  it('those of which most letters wait come first, and quiet ones are left out', async () => {
    const ran = await groups();
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expectGolden('groups.txt', ran.out.replaceAll(stack.name, 'shop-prod'));
    const answer = answerOf<Answer>(await groups('--json'));
    expect(untold(answer)).toEqual([]);
    expect(await untoldOptions(operated, 'groups')).toEqual([]);
    expect(answer).toMatchObject({
      ...{ version: 1, stack: stack.name, queues: ['orders'], quiet: 1, uncounted: [], unread: [] },
      groups: [
        {
          ...{ queue: 'orders', class: 'DEPENDENCY_FAILURE', group: expect.stringMatching(/^[0-9a-f]{12}$/) },
          breaker: { state: 'holding', releasedBy: 'time', until: expect.any(String), byHand: false, round: 1 },
          counts: { healed: 5, parked: 5 },
          now: { waiting: 0, parked: 5, quarantined: 0 },
          example: 'd1',
        },
        {
          class: 'AUTH_FAILURE',
          error: 'HttpError: # unauthorized: bearer [redacted] has expired',
          breaker: { state: 'holding', releasedBy: 'person', until: null },
          now: { waiting: 3 },
        },
        { class: 'CODE_BUG', now: { waiting: 1 } },
      ],
    });
    const narrow = await operated.dlq(['groups', '--stack', stack.name], { env: { COLUMNS: '60' } });
    const rows = narrow.out.split('\n').filter((line) => /^[│┌├└]/.test(line));
    expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it('are all shown with --all', async () => {
    expect(await classes('--all')).toEqual(['DEPENDENCY_FAILURE', 'AUTH_FAILURE', 'CODE_BUG', 'VALIDATION_ERROR']);
    expect((await groups('--all')).out).not.toContain('left out');
  });

  it.each([
    [['--class', 'AUTH_FAILURE'], ['AUTH_FAILURE']],
    [
      ['--state', 'waiting'],
      ['AUTH_FAILURE', 'CODE_BUG'],
    ],
    [['--state', 'parked'], ['DEPENDENCY_FAILURE']],
    [['--state', 'held', '--class', 'CODE_BUG'], ['CODE_BUG']],
    [['--state', 'healing'], []],
    [['--state', 'healing', '--all'], ['VALIDATION_ERROR']],
    [['--state', 'quarantined'], []],
  ])('%j are chosen', async (options, expected) => {
    expect(await classes(...options)).toEqual(expected);
  });

  it('of which there are none are told of', async () => {
    expect((await groups('--state', 'healing')).out).toMatch(
      /^Nothing waits, no group is held.*\n1 quiet group left out/,
    );
    expect((await groups('--state', 'probing')).out).toBe('There is no such group.\n');
  });

  it('that a person holds stay in sight when nothing waits', async () => {
    const other = await operatedStack(operated);
    other.clock.now -= 3 * DAY;
    await die(other, [{ id: 'x', error: INVALID }]);
    const [row] = await other.groups();
    const name = { queueKey: 'orders', group: String(row?.group), failureClass: 'VALIDATION_ERROR' };
    await changeBreaker(
      other.healer,
      name,
      row,
      (breaker) => held(breaker, other.clock.now),
      () => {
        throw new Error('not an opening');
      },
    );
    const args = ['groups', '--stack', other.name];
    expect(answerOf(await operated.dlq([...args, '--json']))).toMatchObject({
      groups: [{ breaker: { state: 'holding', byHand: true, releasedBy: 'person' }, now: { parked: 0 } }],
    });
    const wide = await operated.dlq(args, { env: { COLUMNS: '160' } });
    expect(wide.out).toContain('until a person releases it (a person holds it)');
  });
});

describe('groups refuse', () => {
  it.each([
    [['--class', 'AUTH_FAILUER'], '--class must be a failure class of this stack: AUTH_FAILURE, '],
    [['--state', 'open'], 'Allowed choices are waiting, parked, quarantined, held, probing, ramping, healing'],
    [['--queue', 'x'], 'has no queue "x"'],
  ])('%j', async (options, told) => {
    expect(await groups(...options)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(told) });
  });

  it('nothing that can be shown without the rest', async () => {
    const ran = await refused(operated, ['dynamodb:Query'], () => groups('--json'));
    expect(answerOf(ran, 1)).toMatchObject({ groups: [], unread: [{ queue: 'orders' }, { reading: 'groups' }] });
    expect(ran.err).toContain('may not dynamodb:Query');
  });
});
