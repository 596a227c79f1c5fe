import { describe, expect, it } from 'vitest';
import {
  AT_EASE,
  CALM_MS,
  effectsOf,
  LEVEL_NAMES,
  type Level,
  type LevelState,
  levelFrom,
  type Measured,
  nextLevel,
  type SignalName,
  type Thresholds,
} from '../../handlers/core/level.ts';
import { DEFAULT_DEGRADATION } from '../../handlers/core/policy.ts';
import { NOW } from './builders.ts';

describe('the level that signals ask for', () => {
  it.each([
    [{}, 0, 'no signal is at its first threshold'],
    [{ errorRate: 0, depth: 0 }, 0, 'no signal is at its first threshold'],
    [{ errorRate: 0.0499 }, 0, 'no signal is at its first threshold'],
    [{ errorRate: 0.05 }, 1, 'error rate 0.05 ≥ 0.05'],
    [{ errorRate: 0.13 }, 2, 'error rate 0.13 ≥ 0.1'],
    [{ errorRate: 0.2 }, 3, 'error rate 0.2 ≥ 0.2'],
    [{ errorRate: 1 }, 4, 'error rate 1 ≥ 0.5'],
    [{ errorRate: 0.57 }, 4, 'error rate 0.57 ≥ 0.5'],
    [{ errorRate: 0.09999 }, 1, 'error rate 0.099 ≥ 0.05'],
    [{ depth: 9_999 }, 0, 'no signal is at its first threshold'],
    [{ depth: 10_000 }, 1, 'depth 10000 ≥ 10000'],
    [{ depth: 20_000 }, 2, 'depth 20000 ≥ 20000'],
    [{ depth: 99_999 }, 3, 'depth 99999 ≥ 50000'],
    [{ depth: 100_000 }, 4, 'depth 100000 ≥ 100000'],
    [{ errorRate: 0.06, depth: 60_000 }, 3, 'depth 60000 ≥ 50000'],
    [{ errorRate: 0.3, depth: 60_000 }, 3, 'error rate 0.3 ≥ 0.2'],
    [{ depth: 5, latencySeconds: 1e9 }, 0, 'no signal is at its first threshold'],
  ] as const)('by default is that of the worst one that is known: %j is %i', (signals, level, because) => {
    expect(levelFrom(signals, DEFAULT_DEGRADATION)).toMatchObject({ level, because });
  });

  it('goes by the age of messages once it has thresholds, and names the signal', () => {
    const thresholds: Thresholds = { ...DEFAULT_DEGRADATION, latencySeconds: [60, 600, 1200, 3600] };
    expect(levelFrom({ depth: 10_000, latencySeconds: 700 }, thresholds)).toEqual({
      level: 2,
      because: 'age of the oldest message in seconds 700 ≥ 600',
      signal: 'latencySeconds',
    });
  });
});

const at = (level: Level, over: Partial<LevelState> = {}): LevelState => ({
  level,
  since: NOW - 3_600_000,
  because: 'error rate',
  signal: 'errorRate',
  ...over,
});
const measured = (level: Level): Measured => ({ level, because: `measured ${level}` });

describe('the next level', () => {
  it('rises at once, to whatever is measured, and forgets how calm it was', () => {
    const risen = nextLevel(at(1, { calmSince: NOW - 60_000 }), { ...measured(4), signal: 'depth' }, [], NOW);
    expect(risen).toEqual({ level: 4, since: NOW, because: 'measured 4', signal: 'depth' });
  });

  it.each([
    ['what it was stays', at(2), measured(2)],
    ['nothing was ever noted and nothing is wrong', AT_EASE, measured(0)],
    ['it is calm and not yet for 3 minutes', at(2, { calmSince: NOW - CALM_MS + 1 }), measured(0)],
  ])('is the same object where nothing changed, so that nothing is written: %s', (_, previous, now) => {
    expect(nextLevel(previous, now, [], NOW)).toBe(previous);
  });

  it('begins to count calm when less is measured, and starts over when it is not', () => {
    const calming = nextLevel(at(2), measured(1), [], NOW);
    expect(calming).toEqual({ ...at(2), calmSince: NOW });
    expect(nextLevel(calming, measured(2), [], NOW + 60_000)).toEqual(at(2));
  });

  it('falls by one step after 3 minutes of calm, and counts again from there if a lower one still is measured', () => {
    expect(nextLevel(at(3, { calmSince: NOW - CALM_MS }), measured(0), [], NOW)).toEqual({
      level: 2,
      since: NOW,
      calmSince: NOW,
      because: 'calm for 3 minutes: measured 0',
      signal: 'errorRate',
    });
    expect(nextLevel(at(3, { calmSince: NOW - CALM_MS }), measured(2), [], NOW)).not.toHaveProperty('calmSince');
  });

  it('takes 12 minutes from an emergency to normal, measured each minute, and does not flap', () => {
    const seen: Level[] = [];
    let state = nextLevel(AT_EASE, { ...measured(4), signal: 'errorRate' }, [], NOW);
    for (let minute = 1; state.level > 0; minute++) {
      state = nextLevel(state, measured(0), [], NOW + minute * 60_000);
      seen.push(state.level);
    }
    expect(seen).toEqual([4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 0]);
    expect(state).not.toHaveProperty('signal');
    expect(state).not.toHaveProperty('calmSince');
  });

  it.each<[string, SignalName[], Level]>([
    ['the signal that raised it cannot be read', ['errorRate'], 3],
    ['another signal cannot be read', ['depth', 'latencySeconds'], 2],
  ])('where %s: nobody knows that things are calm, or somebody does', (_, unread, level) => {
    expect(nextLevel(at(3, { calmSince: NOW - CALM_MS }), measured(0), unread, NOW).level).toBe(level);
  });

  it('rises even where the signal that raised it cannot be read', () => {
    expect(nextLevel(at(1), { ...measured(2), signal: 'depth' }, ['errorRate'], NOW).level).toBe(2);
  });

  it('breaks the count of calm where it is blind', () => {
    const blind = nextLevel(at(3, { calmSince: NOW - CALM_MS }), measured(0), ['errorRate'], NOW);
    expect(blind).toEqual(at(3));
  });
});

describe('what a level does', () => {
  const all = { heal: 'at once', probes: true, release: 'full' };
  const slowly = { heal: 'slowly', probes: true, release: 'reduced' };
  const probes = { heal: 'park', probes: true, release: 'none' };
  const nothing = { heal: 'park', probes: false, release: 'none' };
  it.each([
    ['normal', 0, all, all],
    ['light', 1, slowly, slowly],
    ['moderate', 2, probes, slowly],
    ['severe', 3, probes, probes],
    ['emergency', 4, nothing, nothing],
  ] as const)('%s (%i)', (name, level, others, critical) => {
    expect(LEVEL_NAMES[level]).toBe(name);
    expect(effectsOf(level, false)).toEqual(others);
    expect(effectsOf(level, true)).toEqual(critical);
  });
});
