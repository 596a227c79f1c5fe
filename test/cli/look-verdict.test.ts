import { describe, expect, it } from 'vitest';
import type { QueueState, StackState } from '../../cli/look/status.ts';
import { stackVerdict, verdictOf } from '../../cli/look/verdict.ts';

const AT_EASE: QueueState = {
  queue: 'orders',
  messages: [{ role: 'dlq', name: 'orders-dlq', visible: 0, inFlight: 0, delayed: 0, oldestSeconds: null }],
  lastHour: { arrived: 0, healed: 0 },
  letters: { waiting: { count: 0, more: false }, quarantined: { count: 0, more: false } },
  groups: { count: 0, more: false, holding: 0, probing: 0, ramping: 0 },
  level: { level: 0, name: 'normal', because: '', since: null, pinned: false, measured: 0 },
  traffic: null,
};
const STACK: StackState = {
  ...{ stack: 'shop', region: 'eu-central-1', mode: 'heal', paused: false, at: '', queues: [], unread: [] },
};
const dlq = (visible: number): Partial<QueueState> => ({
  messages: AT_EASE.messages.map((one) => ({ ...one, visible })),
});
const waiting = (count: number, more = false): Partial<QueueState> => ({ letters: { waiting: { count, more } } });
const groups = (over: Partial<NonNullable<QueueState['groups']>>): Partial<QueueState> => ({
  groups: { count: 1, more: false, holding: 0, probing: 0, ramping: 0, ...over },
});
const level = (over: Partial<NonNullable<QueueState['level']>>): Partial<QueueState> => ({
  level: {
    level: 2,
    name: 'moderate',
    because: 'error rate 0.13 ≥ 0.1',
    since: null,
    pinned: false,
    measured: 2,
    ...over,
  },
});

describe('the verdict of a queue', () => {
  it.each<[string, Partial<QueueState>, Partial<StackState>, string, string, string | null]>([
    ['nothing is wrong', {}, {}, 'ok', '', null],
    ['one letter waits', waiting(1), {}, 'trouble', '1 letter waits for a person or a deploy', 'groups'],
    [
      'more than were counted',
      waiting(10_000, true),
      {},
      'trouble',
      '10,000+ letters wait for a person or a deploy',
      'groups',
    ],
    [
      'quarantine',
      { letters: { quarantined: { count: 2, more: false } } },
      {},
      'trouble',
      '2 letters are in quarantine',
      'groups',
    ],
    ['a held group', groups({ holding: 1 }), {}, 'attention', '1 group is held', 'groups'],
    [
      'groups in every state',
      groups({ count: 4, holding: 2, probing: 1, ramping: 1 }),
      {},
      'attention',
      '2 groups are held, 1 group is tried with a canary, 1 group is let go by and by',
      'groups',
    ],
    ['a level', level({}), {}, 'attention', 'level 2 moderate (error rate 0.13 ≥ 0.1)', 'monitor'],
    [
      'a high level',
      level({ level: 4, name: 'emergency' }),
      {},
      'trouble',
      'level 4 emergency (error rate 0.13 ≥ 0.1)',
      'monitor',
    ],
    [
      'a pin that hides a level',
      level({ level: 0, name: 'normal', because: 'a person pinned it', pinned: true, measured: 3 }),
      {},
      'attention',
      'level 0 normal (a person pinned it, and the governor’s is 3 severe)',
      'monitor',
    ],
    [
      'a healer that takes nothing',
      dlq(12),
      {},
      'trouble',
      '12 letters lie in the DLQ, and the healer took none within the hour',
      'peek',
    ],
    [
      'letters on their way through the DLQ',
      { ...dlq(1), lastHour: { arrived: 5, healed: 5 } },
      {},
      'attention',
      '1 letter lies in the DLQ',
      'peek',
    ],
    ['a paused stack leaves them there', dlq(12), { paused: true }, 'attention', '12 letters lie in the DLQ', 'peek'],
    [
      'the worst decides where to look',
      { ...level({}), ...waiting(53), ...groups({ holding: 1 }) },
      {},
      'trouble',
      '53 letters wait for a person or a deploy; 1 group is held; level 2 moderate (error rate 0.13 ≥ 0.1)',
      'groups',
    ],
    [
      'what was not read is not well',
      { letters: { waiting: null } },
      { unread: [{ queue: 'orders', reading: 'letters waiting', why: 'no' }] },
      'unknown',
      'not everything could be read',
      null,
    ],
    ['another queue’s failure is not its own', {}, { unread: [{ queue: 'x', reading: '', why: '' }] }, 'ok', '', null],
  ])('%s', (_, queue, stack, state, words, command) => {
    const next = command === null ? null : `dlq ${command} --stack shop --queue orders`;
    expect(verdictOf({ ...AT_EASE, ...queue }, { ...STACK, ...stack })).toEqual({ state, words, next });
  });

  it('of a queue without a stack names the DLQ', () => {
    const verdict = verdictOf(
      { ...AT_EASE, ...dlq(3), lastHour: null },
      { ...STACK, stack: null, mode: null, paused: null },
    );
    expect(verdict).toEqual({ state: 'trouble', words: '3 letters lie in the DLQ', next: 'dlq peek --dlq orders-dlq' });
  });
});

it.each([
  [{}, undefined],
  [{ paused: true }, { words: 'stack shop is paused: nothing is healed or released', next: 'dlq resume --stack shop' }],
  [{ mode: 'observe' }, { words: expect.stringContaining('mode observe: nothing is touched'), next: null }],
  [{ mode: 'pause' }, { words: expect.stringContaining('mode pause: nothing is healed'), next: null }],
])('what holds for the whole stack: %j', (over, expected) => {
  expect(stackVerdict({ ...STACK, ...over })).toEqual(expected);
});
