import { describe, expect, it } from 'vitest';
import { type Decision, decide, UNHINDERED } from '../../handlers/core/decide.ts';
import type { ReturnTo } from '../../handlers/core/evidence/return-to.ts';
import { classPolicy, DEFAULT_CLASSES } from '../../handlers/core/policy.ts';
import { statusOf } from '../../handlers/core/verdict.ts';
import { classification, NOW, policy, queue } from './builders.ts';

const decision = (failureClass: string, over: Partial<Decision> = {}): Decision => ({
  lineage: { originId: 'o-1', attempt: 0 },
  returnTo: { kind: 'queue' },
  classification: classification(failureClass),
  state: UNHINDERED,
  queue: queue(),
  policy: policy(),
  now: NOW,
  random: 0.5,
  ...over,
});

describe('the default verdict of each class', () => {
  it.each([
    ['TIMEOUT', 'healed', false],
    ['THROTTLED', 'healed', false],
    ['DEPENDENCY_FAILURE', 'healed', false],
    ['RESOURCE_EXHAUSTED', 'healed', true],
    ['AUTH_FAILURE', 'waiting', true],
    ['CODE_BUG', 'waiting', true],
    ['UNKNOWN', 'waiting', true],
    ['VALIDATION_ERROR', 'archived', false],
    ['BAD_PAYLOAD', 'archived', false],
    ['SOMEBODYS_OWN', 'waiting', true],
  ])('%s is %s, notify %s', (failureClass, status, notify) => {
    const verdict = decide(decision(failureClass));
    expect(statusOf(verdict)).toBe(status);
    expect(verdict.notify).toBe(notify);
  });

  it('sets a code bug free by a deploy and a refused log-in by a person', () => {
    const consumed = queue({ consumerFunction: 'orders' });
    expect(decide(decision('CODE_BUG', { queue: consumed }))).toMatchObject({ kind: 'park', releasedBy: 'deploy' });
    expect(decide(decision('CODE_BUG'))).toMatchObject({ kind: 'park', releasedBy: 'person' });
    expect(decide(decision('AUTH_FAILURE'))).toMatchObject({ kind: 'park', releasedBy: 'person' });
  });
});

describe('attempts', () => {
  it.each([
    ['TIMEOUT', 2, 'heal'],
    ['TIMEOUT', 3, 'archive'],
    ['RESOURCE_EXHAUSTED', 0, 'heal'],
    ['RESOURCE_EXHAUSTED', 1, 'archive'],
    ['TIMEOUT', 900, 'archive'],
  ])('a %s letter healed %i times before is due for: %s', (failureClass, attempt, kind) => {
    expect(decide(decision(failureClass, { lineage: { originId: 'o-1', attempt } })).kind).toBe(kind);
  });

  it('alerts when the heals are used up, and says how many there were', () => {
    const verdict = decide(decision('TIMEOUT', { lineage: { originId: 'o-1', attempt: 3 } }));
    expect(verdict).toMatchObject({ kind: 'archive', notify: true });
    expect(verdict.reason).toContain('3 of 3 heals used up');
  });

  it('caps a heal that a user rule asks for of a class without attempts of its own', () => {
    const rule = classification('VALIDATION_ERROR', { verdict: 'heal' });
    const at = (attempt: number) =>
      decide(decision('VALIDATION_ERROR', { classification: rule, lineage: { originId: 'o-1', attempt } })).kind;
    expect([0, 1, 2, 3].map(at)).toEqual(['heal', 'heal', 'heal', 'archive']);
  });
});

describe('delays', () => {
  it('doubles the ceiling with each attempt and spreads heals over all of it', () => {
    const delay = (attempt: number, random: number) => {
      const verdict = decide(decision('TIMEOUT', { lineage: { originId: 'o-1', attempt }, random }));
      return verdict.kind === 'heal' ? verdict.delaySeconds : undefined;
    };
    expect([0, 1, 2].map((attempt) => delay(attempt, 1))).toEqual([60, 120, 240]);
    expect([delay(0, 0), delay(0, 0.5)]).toEqual([1, 30]);
  });

  it('parks a letter whose delay SQS cannot hold, due at the very time', () => {
    const longDelays = queue({
      classes: { ...DEFAULT_CLASSES, THROTTLED: { ...DEFAULT_CLASSES.THROTTLED, baseDelaySeconds: 3600 } },
    });
    const verdict = decide(decision('THROTTLED', { queue: longDelays, random: 0.5 }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy: 'time', dueAt: NOW + 1_800_000 });
    expect(statusOf(verdict)).toBe('parked');
  });

  it('sends with a delay of exactly 15 minutes and parks one second more', () => {
    const at = (baseDelaySeconds: number) =>
      decide(
        decision('TIMEOUT', {
          random: 1,
          queue: queue({
            classes: {
              ...DEFAULT_CLASSES,
              TIMEOUT: { ...DEFAULT_CLASSES.TIMEOUT, baseDelaySeconds, maxDelaySeconds: 9000 },
            },
          }),
        }),
      ).kind;
    expect([at(900), at(901)]).toEqual(['heal', 'park']);
  });
});

describe('what is never healed', () => {
  it.each([
    ['the source queue is not known', { queue: (({ sourceUrl: _, ...rest }) => rest)(queue()) }],
    ['the queue is FIFO and the policy does not say so', { queue: queue({ fifo: true }) }],
  ])('a letter waits for a person where %s', (_, over) => {
    expect(decide(decision('TIMEOUT', over))).toMatchObject({ kind: 'park', releasedBy: 'person', notify: true });
  });

  it('parks a FIFO letter until its delay is over where the policy allows healing it', () => {
    const verdict = decide(decision('TIMEOUT', { queue: queue({ fifo: true }), policy: policy({ healFifo: true }) }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy: 'time', dueAt: NOW + 30_000 });
  });

  it('leaves every letter where it is while the stack is paused, poison or not', () => {
    expect(decide(decision('TIMEOUT', { state: { ...UNHINDERED, contentDeaths: 99, paused: true } })).kind).toBe(
      'leave',
    );
  });
});

describe('what belongs elsewhere', () => {
  const elsewhere: [ReturnTo, string][] = [
    [{ kind: 'queue', byHand: 'its envelope has no id' }, 'its envelope has no id'],
    [{ kind: 'function' }, 'the function that has this dead-letter queue'],
    [{ kind: 'function', arn: 'arn:f' }, 'function arn:f'],
    [{ kind: 'rule-target', ruleArn: 'arn:r', targetArn: 'arn:t' }, 'for arn:t of the rule arn:r'],
    [{ kind: 'state-machine', arn: 'arn:s' }, 'state machine arn:s'],
    [{ kind: 'schedule-target', scheduleArn: 'arn:s' }, 'of the schedule arn:s'],
    [{ kind: 'topic-subscription', topicArn: 'arn:t' }, 'notification of arn:t'],
  ];

  it.each(elsewhere)('is never healed but waits for a person, who is told where: %j', (returnTo, where) => {
    const verdict = decide(decision('TIMEOUT', { returnTo }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy: 'person', notify: true });
    expect(verdict.reason).toContain(where);
  });

  it.each(elsewhere)('is not set free by a deploy of the queue’s consumer: %j', (returnTo, where) => {
    const verdict = decide(decision('CODE_BUG', { returnTo }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy: 'person', notify: true });
    expect(verdict.reason).toContain(where);
  });

  it.each([
    ['TIMEOUT', true],
    ['CODE_BUG', true],
    ['VALIDATION_ERROR', false],
  ])('nowhere is archived, whatever heals or parks %s, and told of: %s', (failureClass, notify) => {
    const verdict = decide(decision(failureClass, { returnTo: { kind: 'nowhere', why: 'it holds no event' } }));
    expect(verdict).toMatchObject({ kind: 'archive', notify });
    if (notify) expect(verdict.reason).toContain('it holds no event');
  });

  it('nowhere is archived in silence where the class says so', () => {
    const quiet = { ...DEFAULT_CLASSES.TIMEOUT, notify: 'never' } as const;
    const own = queue({ classes: { ...DEFAULT_CLASSES, TIMEOUT: quiet } });
    const returnTo = { kind: 'nowhere', why: 'x' } as const;
    expect(decide(decision('TIMEOUT', { returnTo, queue: own }))).toMatchObject({ kind: 'archive', notify: false });
  });
});

describe('poison', () => {
  it.each([
    ['VALIDATION_ERROR', 4, 'archive'],
    ['VALIDATION_ERROR', 5, 'quarantine'],
    ['TIMEOUT', 5, 'quarantine'],
    ['CODE_BUG', 5, 'quarantine'],
    ['DEPENDENCY_FAILURE', 50, 'heal'],
    ['THROTTLED', 50, 'heal'],
    ['AUTH_FAILURE', 50, 'park'],
  ])('%s with %i deaths of the same body: %s', (failureClass, contentDeaths, kind) => {
    expect(decide(decision(failureClass, { state: { ...UNHINDERED, contentDeaths } })).kind).toBe(kind);
  });
});

it('takes a queue’s own policy for a class before the stack’s', () => {
  const own = queue({ classes: { ...DEFAULT_CLASSES, TIMEOUT: { ...DEFAULT_CLASSES.TIMEOUT, verdict: 'archive' } } });
  expect(classPolicy(own, 'TIMEOUT').verdict).toBe('archive');
  expect(decide(decision('TIMEOUT', { queue: own })).kind).toBe('archive');
});

describe('a letter that a rule mends', () => {
  const mending = (over: Partial<Decision> = {}) =>
    decide(
      decision('VALIDATION_ERROR', {
        repair: 'fix-it',
        ...over,
        classification: classification('VALIDATION_ERROR', { rule: 'user:fix-it', verdict: 'heal' }),
      }),
    );

  it('goes at once, whatever its class says and though its group’s breaker is open', () => {
    const verdict = { kind: 'heal', delaySeconds: 0, repair: 'fix-it' };
    expect(mending()).toMatchObject(verdict);
    expect(mending({ state: { ...UNHINDERED, breakerOpen: true } })).toMatchObject(verdict);
  });

  it.each([
    [
      'was mended by this rule before',
      { lineage: { originId: 'o', attempt: 1, repair: 'fix-it' } },
      'archive',
      'did not help',
    ],
    ['has used its heals up', { lineage: { originId: 'o', attempt: 3 } }, 'archive', '3 of 3'],
    ['can go nowhere', { returnTo: { kind: 'nowhere', why: 'a pointer' } }, 'archive', 'a pointer'],
    ['belongs to a function that is not listed', { returnTo: { kind: 'function' } }, 'park', 'function'],
    ['is of a queue at level 2', { state: { ...UNHINDERED, level: 2 } }, 'leave', 'level 2'],
    [
      'stands in line behind others of its message group',
      { state: { ...UNHINDERED, behind: NOW } },
      'leave',
      'parked before it',
    ],
    ['is of a FIFO queue that nobody allowed to heal', { queue: queue({ fifo: true }) }, 'park', 'heal_fifo'],
  ] as const)('but %s: %s', (_, over, kind, reason) => {
    expect(mending(over as Partial<Decision>)).toMatchObject({ kind, reason: expect.stringContaining(reason) });
  });

  it('by another rule may be mended again', () => {
    expect(mending({ lineage: { originId: 'o', attempt: 1, repair: 'other' } })).toMatchObject({ kind: 'heal' });
  });
});

describe('what stands in the way of a heal', () => {
  it.each([
    ['an open breaker', { breakerOpen: true }, 'breaker', 'breaker is open'],
    ['level 2', { level: 2 }, 'breaker', 'level 2 (moderate)'],
    ['level 4', { level: 4 }, 'breaker', 'level 4 (emergency)'],
  ] as const)('%s parks it in its group’s lot', (_, state, releasedBy, reason) => {
    const verdict = decide(decision('TIMEOUT', { state: { ...UNHINDERED, ...state } }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy, reason: expect.stringContaining(reason) });
  });

  it('level 1 makes its delay four times as long, and so does level 2 for what is critical', () => {
    const delay = (level: 0 | 1 | 2, critical = false) => {
      const classes = { ...DEFAULT_CLASSES, TIMEOUT: { ...DEFAULT_CLASSES.TIMEOUT, critical } };
      return decide(decision('TIMEOUT', { queue: queue({ classes }), state: { ...UNHINDERED, level } }));
    };
    expect(delay(0)).toMatchObject({ kind: 'heal', delaySeconds: 30 });
    expect(delay(1)).toMatchObject({ kind: 'heal', delaySeconds: 120 });
    expect(delay(2, true)).toMatchObject({ kind: 'heal', delaySeconds: 120 });
  });

  it('a target that takes no delay parks it until its time', () => {
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:mailer';
    const over = { returnTo: { kind: 'function', arn } as const, queue: queue({ targets: [arn] }) };
    expect(decide(decision('TIMEOUT', over))).toMatchObject({ kind: 'park', releasedBy: 'time', dueAt: NOW + 30_000 });
  });

  it('FIFO letters stand in line: never before the last of their message group', () => {
    const fifo = { queue: queue({ fifo: true }), policy: policy({ healFifo: true }) };
    const due = (state: object) => decide(decision('TIMEOUT', { ...fifo, state: { ...UNHINDERED, ...state } }));
    expect(due({})).toMatchObject({ releasedBy: 'time', dueAt: NOW + 30_000 });
    expect(due({ behind: NOW + 90_000 })).toMatchObject({ dueAt: NOW + 90_001 });
    expect(due({ breakerOpen: true })).toMatchObject({ dueAt: NOW });
  });

  it('five deploys that did not help leave a bug’s letters to a person', () => {
    const consumed = queue({ consumerFunction: 'orders' });
    const verdict = decide(decision('CODE_BUG', { queue: consumed, lineage: { originId: 'o', attempt: 5 } }));
    expect(verdict).toMatchObject({ kind: 'park', releasedBy: 'person', reason: expect.stringContaining('5 times') });
  });
});
