import { describe, expect, it } from 'vitest';
import {
  advance,
  type Breaker,
  type GroupFacts,
  held,
  kept,
  NEW_BREAKER,
  nextStep,
  rampBudget,
  relapsed,
  released,
  resolved,
} from '../../handlers/core/group.ts';
import { DEFAULT_BREAKER } from '../../handlers/core/policy.ts';
import { NOW } from './builders.ts';

const MINUTE = 60_000;
const POLICY = { ...DEFAULT_BREAKER, relapses: 5, windowSeconds: 300, coolDownSeconds: 120, maxCoolDownSeconds: 600 };
const times = (n: number, round = 0) => Array.from({ length: n }, () => round);
const facts = (over: Partial<GroupFacts> = {}): GroupFacts => ({
  lettersLeft: true,
  probes: [],
  mayProbe: true,
  releasedBy: 'time',
  ...over,
});
const breaker = (over: Partial<Breaker>): Breaker => ({ ...NEW_BREAKER, ...over });
const go = (from: Breaker, over: Partial<GroupFacts>, at = NOW) => advance(from, facts(over), at, POLICY);

describe('relapses of a group that is healed', () => {
  it('open the breaker when they are too many within the window, for the cool-down', () => {
    const four = relapsed(NEW_BREAKER, times(4), 'time', NOW, POLICY);
    expect(four.state).toBe('healing');
    expect(relapsed(four, times(1), 'time', NOW + 1000, POLICY)).toMatchObject({
      state: 'holding',
      round: 1,
      openings: 1,
      until: NOW + 1000 + 120_000,
    });
  });

  it('are forgotten with the window: few at a time never open it', () => {
    let group = NEW_BREAKER;
    for (let i = 0; i < 50; i++) group = relapsed(group, times(1), 'time', NOW + i * 4 * MINUTE, POLICY);
    expect(group.state).toBe('healing');
  });

  it('count across the border between two windows', () => {
    const border = Math.ceil(NOW / 300_000) * 300_000;
    const before = relapsed(NEW_BREAKER, times(4), 'time', border - 1000, POLICY);
    expect(relapsed(before, times(2), 'time', border + 1000, POLICY).state).toBe('holding');
  });

  it('change nothing where there are none', () => {
    expect(relapsed(NEW_BREAKER, [], 'time', NOW, POLICY)).toBe(NEW_BREAKER);
  });
});

describe('a held group', () => {
  const holding = breaker({ state: 'holding', round: 1, openings: 1, until: NOW + 120_000 });

  it.each([
    ['before its cool-down is over', holding, {}, NOW + 119_999, 'holding'],
    ['when its cool-down is over', holding, {}, NOW + 120_000, 'probing'],
    ['when its level lets no probes through', holding, { mayProbe: false }, NOW + 120_000, 'holding'],
    ['without letters', holding, { lettersLeft: false }, NOW, 'healing'],
    ['that waits for a deploy, without one', { ...holding, releasedBy: 'deploy' }, {}, NOW + 1e9, 'holding'],
    [
      'that waits for a deploy, after one',
      { ...holding, releasedBy: 'deploy', lastDiedAt: NOW },
      { deployedAt: NOW + 1 },
      NOW + 2,
      'probing',
    ],
    [
      'whose last letter died after the deploy',
      { ...holding, releasedBy: 'deploy', lastDiedAt: NOW },
      { deployedAt: NOW - 1 },
      NOW + 2,
      'holding',
    ],
    ['that waits for a person', { ...holding, releasedBy: 'person' }, { deployedAt: NOW + 1 }, NOW + 1e9, 'holding'],
  ] as const)('%s is %s', (_, from, over, at, state) => {
    expect(advance(from as Breaker, facts(over), at, POLICY).state).toBe(state);
  });

  it('doubles its cool-down with each opening in a row, up to the longest', () => {
    const waits: number[] = [];
    let group = relapsed(NEW_BREAKER, times(5), 'time', NOW, POLICY);
    for (let i = 0; i < 5; i++) {
      const until = group.until ?? Number.NaN;
      waits.push((until - group.since) / 1000);
      group = { ...advance(group, facts(), until, POLICY), probes: ['o.1'], judgeAt: until + 1e6 };
      group = advance(group, facts({ probes: ['relapsed'] }), until + 1000, POLICY);
    }
    expect(waits).toEqual([120, 240, 480, 600, 600]);
    expect(group.round).toBe(6);
  });

  it('ignores relapses of letters that were sent before it was held', () => {
    expect(relapsed(holding, times(100), 'time', NOW, POLICY)).toBe(holding);
  });

  it('is held until a person releases it, whoever held it before', () => {
    const byPerson = held(holding, NOW);
    expect(byPerson).toMatchObject({ state: 'holding', releasedBy: 'person' });
    expect(byPerson.until).toBeUndefined();
    expect(go(byPerson, {}, NOW + 1e9).state).toBe('holding');
    expect(go(byPerson, { lettersLeft: false }, NOW + 1e9).state).toBe('holding');
    expect(released(byPerson, NOW)).not.toHaveProperty('byHand');
    expect(released(byPerson, NOW)).toMatchObject({ state: 'probing', probes: [] });
  });
});

describe('a canary', () => {
  const probing = breaker({ state: 'probing', round: 3, openings: 1, probes: ['a.1', 'b.1'], judgeAt: NOW });

  it.each([
    ['has come through when it has not come back in time', ['sent', 'sent'], NOW, 'ramping'],
    ['is waited for', ['sent', 'confirmed'], NOW - 1, 'probing'],
    ['has come through when every letter is confirmed', ['confirmed', 'confirmed'], NOW - 1, 'ramping'],
    ['has failed with one letter that died again', ['confirmed', 'relapsed'], NOW + 1, 'holding'],
    ['is not judged while a letter is unsent', ['sent', 'unsent'], NOW + 1, 'probing'],
    ['is judged by the letters that are left', ['confirmed', 'gone'], NOW - 1, 'ramping'],
    ['starts anew when none is left', ['gone', 'gone'], NOW + 1, 'probing'],
  ] as const)('%s', (_, probes, at, state) => {
    const after = go(probing, { probes }, at);
    expect(after.state).toBe(state);
    if (probes[0] === 'gone') expect(after.probes).toEqual([]);
  });

  it('that has letters on the way without a time of judgement is waited for', () => {
    const { judgeAt: _, ...unsent } = probing;
    expect(go(unsent, { probes: ['sent', 'sent'] }, NOW + 1e9).state).toBe('probing');
  });

  it('is condemned by a relapse of its own round only', () => {
    expect(relapsed(probing, times(9, 2), 'time', NOW, POLICY)).toBe(probing);
    expect(relapsed(probing, times(1, 3), 'time', NOW, POLICY)).toMatchObject({ state: 'holding', round: 4 });
  });

  it('of letters that waited for a deploy leaves them waiting for the next when it fails', () => {
    const failed = go(probing, { probes: ['relapsed'], releasedBy: 'deploy' });
    expect(failed).toMatchObject({ state: 'holding', releasedBy: 'deploy' });
    expect(failed.until).toBeUndefined();
  });

  it('without any letter left closes the breaker', () => {
    expect(go(breaker({ state: 'probing' }), { lettersLeft: false }).state).toBe('healing');
  });
});

describe('a ramp', () => {
  const ramping = breaker({ state: 'ramping', round: 3, openings: 2 });

  it('doubles its rate each minute up to the cap, and not before the minute is over', () => {
    const budgets: number[] = [];
    let group = ramping;
    for (let minute = 0; minute < 9; minute++) {
      group = nextStep(group, NOW + minute * MINUTE);
      budgets.push(rampBudget(group, POLICY));
      expect(nextStep(group, NOW + minute * MINUTE + 30_000)).toBe(group);
    }
    expect(budgets).toEqual([30, 60, 120, 240, 480, 960, 1920, 3000, 3000]);
  });

  it('ends with a relapse of its own letters, not with a straggler', () => {
    expect(relapsed(ramping, times(1, 3), 'time', NOW, POLICY)).toMatchObject({ state: 'holding', openings: 3 });
    expect(relapsed(ramping, times(1, 2), 'time', NOW, POLICY)).toBe(ramping);
  });

  it('closes the breaker when nothing is left, and the next opening starts with the first cool-down', () => {
    const closed = go(ramping, { lettersLeft: false });
    expect(closed).toMatchObject({ state: 'healing', openings: 0, round: 3 });
    expect(relapsed(closed, times(5), 'time', NOW, POLICY).until).toBe(NOW + 120_000);
  });

  it('has no budget outside its minutes', () => {
    expect(rampBudget(ramping, POLICY)).toBe(0);
    expect(nextStep(breaker({ state: 'holding' }), NOW).step).toBe(0);
  });
});

describe('letters that are put into the lot', () => {
  it('hold their group, so that someone comes for them', () => {
    expect(kept(NEW_BREAKER, 'time', NOW, NOW)).toMatchObject({ state: 'holding', until: NOW, round: 0 });
    expect(kept(NEW_BREAKER, 'deploy', NOW - 5, NOW)).toMatchObject({ releasedBy: 'deploy', lastDiedAt: NOW - 5 });
  });

  it('leave an open group as it is, but for the time of the latest death and their own', () => {
    const probing = breaker({ state: 'probing', lastDiedAt: NOW });
    expect(kept(probing, 'deploy', NOW - 1, NOW)).toEqual({ ...probing, keptAt: NOW });
    expect(kept(probing, 'deploy', NOW + 1, NOW)).toEqual({ ...probing, lastDiedAt: NOW + 1, keptAt: NOW });
  });

  it.each(['holding', 'probing', 'ramping'] as const)(
    'keep their group from being closed by who looked into its lot before them; it is %s',
    (state) => {
      const open = kept(breaker({ state, since: NOW - 3600_000 }), 'time', NOW, NOW);
      const empty = facts({ lettersLeft: false });
      expect(advance(open, empty, NOW + 100, POLICY).state).not.toBe('healing');
      expect(advance(open, empty, NOW + 60_000, POLICY).state).toBe('healing');
    },
  );

  it('find a breaker that they have just opened still open', () => {
    const open = breaker({ state: 'holding', since: NOW, until: NOW + 120_000 });
    expect(advance(open, facts({ lettersLeft: false }), NOW + 100, POLICY)).toBe(open);
  });
});

describe('a group that a person has dealt with', () => {
  const holding = breaker({
    state: 'holding',
    since: NOW - MINUTE,
    releasedBy: 'person',
    openings: 2,
    keptAt: NOW - MINUTE,
  });
  const resolve = (from: Breaker, over: { listedAt?: number; isEmpty?: boolean } = {}) =>
    resolved(from, { listedAt: NOW, isEmpty: true, ...over }, 'time', NOW);

  it.each(['holding', 'probing', 'ramping'] as const)('closes from %s, whoever held it, and begins anew', (state) => {
    const closed = resolve({ ...held(holding, NOW - MINUTE), state, probes: ['a.1'] });
    expect(closed).toMatchObject({ state: 'healing', since: NOW, openings: 0, probes: [] });
    expect(closed).not.toHaveProperty('byHand');
  });

  it.each([
    ['somebody is still in its lot', holding, { isEmpty: false }],
    ['somebody was put there just before it was looked into', { ...holding, keptAt: NOW - 10_000 }, {}],
    ['somebody was put there since', { ...holding, keptAt: NOW }, { listedAt: NOW - 10_000 }],
    ['nothing is held', breaker({}), {}],
  ])('stays as it is where %s', (_, from, over) => {
    expect(resolve(from, over)).toBe(from);
  });

  it('that stays open is no longer held by hand: whoever is in its lot goes by his class', () => {
    const byHand = held(holding, NOW - MINUTE);
    const after = resolve(byHand, { isEmpty: false });
    expect(after).toMatchObject({ state: 'holding', releasedBy: 'time' });
    expect(after).not.toHaveProperty('byHand');
    expect(go(after, {})).toMatchObject({ state: 'probing' });
    expect(go(after, { lettersLeft: false })).toMatchObject({ state: 'healing' });
  });
});
