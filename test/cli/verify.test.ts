import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../cli/audit/entry.ts';
import type { Depth } from '../../cli/stack/depth.ts';
import { judge } from '../../cli/verify/judge.ts';
import { sinceIn, type VerifyOptions, watchingOf } from '../../cli/verify/options.ts';
import type { Calls, Deaths, Executions, Held, QueueReadings, Readings } from '../../cli/verify/readings.ts';
import { sentSince, sinceOf } from '../../cli/verify/since.ts';
import { NOW } from '../core/builders.ts';

const depths = (...visible: (number | Partial<Depth>)[]) => ({
  value: visible.map((one) => ({
    visible: 0,
    inFlight: 0,
    delayed: 0,
    ...(typeof one === 'number' ? { visible: one } : one),
  })),
});
const deaths = (over: Partial<Deaths> = {}) => ({
  value: { died: 0, relapsed: 0, relapsedIds: [], isWhole: true, ...over },
});
const relapses = (n: number, over: Partial<Deaths> = {}) =>
  deaths({ relapsed: n, relapsedIds: Array.from({ length: Math.min(n, 20) }, (_, i) => `id-${i}`), ...over });
const calls = (invocations: number, errors: number) => ({
  consumer: { function: 'worker', calls: { value: { invocations, errors } satisfies Calls } },
});
const held = (over: Partial<Held> = {}) => ({ held: { value: { open: [], waiting: 0, isWhole: true, ...over } } });
const REFUSED = { refused: 'you may not' };
const source = (...visible: (number | Partial<Depth>)[]) => ({
  sources: [{ name: 'orders', isTier: false, depths: depths(...visible) }],
});
const tier = (...visible: (number | Partial<Depth>)[]) => ({
  sources: [{ name: 'orders-retry-1', isTier: true, depths: depths(...visible) }],
});

/** A queue of which all is well. */
const sound: QueueReadings = {
  queue: 'orders',
  place: '--stack shop --queue orders',
  dlq: { name: 'orders-dlq', depths: depths(0, 0) },
  sources: [],
  ...calls(100, 1),
  processed: { value: 1000 },
  deaths: deaths(),
  sent: { value: 40 },
  ...held(),
};
const DEMANDS = { successRate: 0.95, strict: false };

const judged = (over: Partial<QueueReadings>, demands = DEMANDS, rest: Partial<Readings> = {}) =>
  judge({ queues: [{ ...sound, ...over }], watchedSeconds: 120, ...rest }, demands);

describe('the verdict', () => {
  it.each<[string, Partial<QueueReadings>, string, string]>([
    [
      'a DLQ with letters',
      { dlq: { name: 'd', depths: depths(9, 3) } },
      'failed dlq',
      '3 letters in the DLQ (3 visible)',
    ],
    [
      'letters of it in flight and delayed',
      { dlq: { name: 'd', depths: depths(0, { inFlight: 1200, delayed: 1 }) } },
      'failed dlq',
      '1,201 letters in the DLQ (0 visible, 1,200 in flight, 1 delayed)',
    ],
    [
      'letters that came and were taken out meanwhile',
      { dlq: { name: 'd', depths: depths(0, 2, 0, 0) } },
      'failed dlq',
      'letters came into the DLQ meanwhile, 2 at once (4 looks in 120 s)',
    ],
    [
      'a DLQ that became empty in this moment',
      { dlq: { name: 'd', depths: depths(4, 2, 0) } },
      'unknown dlq',
      'the DLQ was empty at the last look only',
    ],
    [
      'a DLQ that was emptied and stays so',
      { dlq: { name: 'd', depths: depths(4, 0, 0) } },
      'passed dlq',
      'the DLQ is empty and stayed so (3 looks in 120 s)',
    ],
    ['a DLQ that nobody may look at', { dlq: { name: 'd', depths: REFUSED } }, 'unknown dlq', 'you may not'],
    [
      'deaths beside much that was processed',
      { deaths: deaths({ died: 50 }), processed: { value: 950 } },
      'passed deaths',
      '50 letters died for the first time, of 1,000 messages that ended (5 %)',
    ],
    [
      'more deaths than that',
      { deaths: deaths({ died: 51 }), processed: { value: 949 } },
      'failed deaths',
      '51 letters died for the first time, of 1,000 messages that ended (5.1 %)',
    ],
    [
      'a death beside little',
      { deaths: deaths({ died: 1 }), processed: { value: 18 } },
      'failed deaths',
      '1 letter died for the first time, of 19 messages that ended (5.26 %)',
    ],
    [
      'more deaths than are counted',
      { deaths: deaths({ died: 2000, isWhole: false }), processed: { value: 1e6 } },
      'failed deaths',
      'at least 2,000 letters died for the first time, of 1,002,000 messages that ended (0.2 %)',
    ],
    [
      'a death among nobody knows how many',
      { deaths: deaths({ died: 1 }), processed: REFUSED },
      'unknown deaths',
      '1 letter died for the first time; of how many messages is not known: you may not',
    ],
    [
      'a relapse of few that were sent back',
      { deaths: relapses(1), sent: { value: 19 } },
      'failed relapses',
      '1 letter died again of 19 that were sent back by hand (5.26 %): id-0',
    ],
    [
      'a relapse of many',
      { deaths: relapses(6), sent: { value: 1000 } },
      'passed relapses',
      '6 letters died again of 1,000 that were sent back by hand (0.6 %): id-0, id-1, id-2, id-3, id-4, …',
    ],
    [
      'a relapse where nobody sent anything by hand',
      { deaths: relapses(1), sent: { value: 0 } },
      'failed relapses',
      '1 letter died again: id-0',
    ],
    ['relapses that nobody may read', { deaths: REFUSED }, 'unknown relapses', 'you may not'],
    ['a source that is worked off', source(90, 12), 'passed source', 'orders drains: 90 → 12 messages'],
    [
      'a source whose last messages are in flight',
      source(9, { inFlight: 2 }),
      'passed source',
      'orders is empty, 2 in flight',
    ],
    ['a source that fills', source(3, 5), 'failed source', 'orders does not drain: 3 → 5 messages'],
    ['a source that stands still', source(3, 3), 'failed source', 'orders does not drain: 3 → 3 messages'],
    [
      'a source that was empty in between',
      source(3, 0, 5),
      'passed source',
      'orders was empty in between, and holds 5 messages',
    ],
    ['what a producer delays', source({ delayed: 7 }, { delayed: 9 }), 'passed source', 'orders is empty'],
    [
      'what a tier holds back',
      tier({ delayed: 7 }, { delayed: 9 }),
      'failed source',
      'orders-retry-1 does not drain: 7 → 9 messages',
    ],
    ['a consumer that fails at times', calls(100, 5), 'passed consumer', '5 of 100 invocations of worker failed (5 %)'],
    [
      'a consumer that fails more often',
      calls(100, 6),
      'failed consumer',
      '6 of 100 invocations of worker failed (6 %)',
    ],
    [
      'a failure of few invocations',
      calls(19, 1),
      'unknown consumer',
      '1 of 19 invocations of worker failed: too few to tell a rate by',
    ],
    ['few invocations without one', calls(3, 0), 'passed consumer', '0 of 3 invocations of worker failed (0 %)'],
    [
      'no invocation',
      calls(0, 0),
      'unknown consumer',
      'worker was not invoked, or CloudWatch does not know yet (it needs a minute or two)',
    ],
    [
      'groups that are held and letters that wait',
      held({ open: [{ group: 'abc', class: 'CODE_BUG', state: 'holding' }], waiting: 2 }),
      'noted groups',
      '1 group not healing (abc CODE_BUG holding); 2 letters waiting for a person or a deploy',
    ],
    ['groups that nobody may read', { held: REFUSED }, 'noted groups', 'you may not'],
  ])('over %s', (_, over, outcome, found) => {
    const { verdict, checks } = judged(over);
    const [first] = outcome.split(' ');
    expect(verdict).toBe({ failed: 'not recovered', unknown: 'cannot tell' }[first ?? ''] ?? 'recovered');
    const check = checks.find((one) => `${one.outcome} ${one.check}` === outcome);
    expect(check?.found).toBe(found);
    // What is wrong comes with what to do; a refusal says that itself.
    if (first === 'failed') expect(check?.advice).toMatch(/dlq |log|consumer/);
  });

  it('fails by groups that are held where that is asked for, and is open where nobody may read them', () => {
    const strict = { ...DEMANDS, strict: true };
    expect(judged(held({ waiting: 1 }), strict).verdict).toBe('not recovered');
    expect(judged({ held: REFUSED }, strict).verdict).toBe('cannot tell');
    expect(judged({}, strict).verdict).toBe('recovered');
  });

  it('is a no where something failed, whatever else nobody knows, and begins with it', () => {
    const { verdict, checks } = judged({ ...source(3, 5), consumer: { function: 'worker', calls: REFUSED } });
    expect(verdict).toBe('not recovered');
    expect(checks.map(({ outcome }) => outcome)).toEqual(['failed', 'unknown', 'passed', 'passed', 'passed', 'passed']);
  });

  it.each<[Partial<Executions>, string]>([
    [{ succeeded: 95, failed: 5 }, 'recovered'],
    [{ succeeded: 94, failed: 6 }, 'not recovered'],
    [{ succeeded: 1 }, 'recovered'],
    [{ succeeded: 1, failed: 1 }, 'cannot tell'],
    [{ running: 3 }, 'cannot tell'],
  ])('over executions %j', (executions, verdict) => {
    const value = { succeeded: 0, failed: 0, running: 0, isWhole: true, ...executions };
    const machine = { arn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:nightly', executions: { value } };
    expect(judged({}, DEMANDS, { machine }).verdict).toBe(verdict);
  });

  it('says what was not looked at', () => {
    const { queue, place, dlq } = sound;
    const { verdict, leftOut } = judge({ queues: [{ queue, place, dlq, sources: [] }], watchedSeconds: 1 }, DEMANDS);
    expect(verdict).toBe('recovered');
    expect(leftOut.map(({ why }) => why)).toEqual([
      'no source is known: --source URL',
      'no function is known: --function NAME',
      'no stack, no ledger: --stack NAME',
    ]);
  });
});

describe('the instant from which on all must have gone well', () => {
  const entry = (command: string, minutesAgo: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
    id: command,
    at: new Date(NOW - minutesAgo * 60_000).toISOString(),
    who: 'ada',
    command,
    what: `${command} letters`,
    outcome: 'done',
    ...over,
  });
  const minutesAgo = (at: number) => (NOW - at) / 60_000;

  it.each([
    ['2h', 120],
    ['90 min', 90],
    ['2026-11-22T02:30:00Z', 30],
    ['2026-11-22', 180],
  ])('%s', (text, minutes) => {
    expect(minutesAgo(sinceIn(text, NOW))).toBe(minutes);
  });

  it.each(['', '5', '-2h', 'yesterday', '15d', '2026-11-22T03:00:01Z', '2026-13-01'])('is not %j', (text) => {
    expect(() => sinceIn(text, NOW)).toThrow(/--since (takes|must)/);
  });

  it('is else the last change that sent letters back', () => {
    const entries = { value: [entry('pause', 1), entry('level', 2), entry('replay', 7), entry('redrive', 9)] };
    const since = sinceOf(undefined, entries, NOW);
    expect([minutesAgo(since.at), since.because]).toEqual([7, 'the last change: replay, replay letters']);
  });

  it.each([
    ['nothing was sent back', { value: [entry('pause', 1)] }, /no change in the audit/],
    ['the last one is too old', { value: [entry('redrive', 15 * 24 * 60)] }, /no change in the audit/],
    ['nobody may read it', { refused: 'no' }, /cannot be read/],
  ])('is an hour ago where %s', (_, entries, because) => {
    const since = sinceOf(undefined, entries, NOW);
    expect(minutesAgo(since.at)).toBe(60);
    expect(since.because).toMatch(because);
  });

  it('counts what was sent back to the queue since then', () => {
    const sent = (n: number) => ({ letters: { sent: n, left: 99 } });
    const entries = [
      entry('redrive', 5, { ...sent(1), queue: 'orders' }),
      entry('replay', 10, sent(2)),
      entry('edit', 10, { ...sent(4), queue: 'payments' }),
      entry('hold', 10, sent(8)),
      entry('redrive', 11, { ...sent(16), queue: 'orders' }),
      entry('redrive', 10, { queue: 'orders' }),
    ];
    expect(sentSince(entries, 'orders', NOW - 10 * 60_000)).toBe(3);
  });
});

describe('how long is watched', () => {
  const options = (over: Partial<VerifyOptions>): VerifyOptions => ({
    source: [],
    for: '2m',
    interval: '10',
    successRate: '0.95',
    ...over,
  });

  it.each([
    [{}, 13, 10_000],
    [{ for: '1s' }, 2, 1000],
    [{ for: '30s', interval: '60' }, 2, 30_000],
    [{ for: '25s' }, 3, 12_500],
  ])('%j', (over, looks, pauseMs) => {
    expect(watchingOf(options(over))).toMatchObject({ looks, pauseMs });
  });

  it.each([{ for: '0s' }, { for: '2h' }, { for: 'long' }, { interval: '0' }, { interval: '' }, { successRate: '1.1' }])(
    'is not %j',
    (over) => {
      expect(() => watchingOf(options(over))).toThrow(/^--(for|interval|success-rate) (takes|must be)/);
    },
  );
});
