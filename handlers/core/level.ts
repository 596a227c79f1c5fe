/** How much of its work the healer still does for a queue (DESIGN §8). */
export type Level = 0 | 1 | 2 | 3 | 4;

export const LEVEL_NAMES = ['normal', 'light', 'moderate', 'severe', 'emergency'] as const;

/** At `light`, and for what is critical at `moderate`: delays are this many times longer, releases as many times fewer. */
export const SLOW_FACTOR = 4;

/** How long a lower level must be measured without a break before the level falls by one. */
export const CALM_MS = 3 * 60_000;

/** What was measured of a queue. What is not known is not there, and says nothing. */
export interface Signals {
  /** Of what the consumer was given, the share that failed: 0 to 1. */
  readonly errorRate?: number;
  /** Messages that wait in the source queue and its retry tiers. */
  readonly depth?: number;
  /** Age of the oldest message of the source queue. */
  readonly latencySeconds?: number;
}

export type SignalName = keyof Signals;

/** Where levels 1, 2, 3 and 4 begin. */
export type Steps = readonly [number, number, number, number];

export interface Thresholds {
  readonly errorRate: Steps;
  readonly depth: Steps;
  /** Absent: the age of messages is no signal. */
  readonly latencySeconds?: Steps;
}

export interface Measured {
  readonly level: Level;
  /** For a person: what is why, e.g. `error rate 0.13 ≥ 0.1`. */
  readonly because: string;
  /** The signal that gave the level; absent at level 0. */
  readonly signal?: SignalName;
}

/** The level that the worst of the signals asks for; of equals the first in the order error rate, depth, latency. */
export function levelFrom(signals: Signals, thresholds: Thresholds): Measured {
  let worst: Measured = { level: 0, because: 'no signal is at its first threshold' };
  for (const signal of ['errorRate', 'depth', 'latencySeconds'] as const) {
    const value = signals[signal];
    const steps = thresholds[signal];
    if (value === undefined || steps === undefined) continue;
    const level = steps.filter((step) => value >= step).length as Level;
    const because = `${WORDS[signal]} ${round(value)} ≥ ${steps[level - 1]}`;
    if (level > worst.level) worst = { level, because, signal };
  }
  return worst;
}

const WORDS: Readonly<Record<SignalName, string>> = {
  errorRate: 'error rate',
  depth: 'depth',
  latencySeconds: 'age of the oldest message in seconds',
};

/** Down, so that the text never shows a threshold as reached that is not; 0.57 × 1000 is a little less than 570. */
const round = (value: number) => Math.floor(value * 1000 + 1e-6) / 1000;

/** The level of a queue as the governor keeps it; times in epoch milliseconds. */
export interface LevelState {
  readonly level: Level;
  /** Since when the level is this one. */
  readonly since: number;
  /** Since when a lower level is measured without a break. */
  readonly calmSince?: number;
  readonly because: string;
  /** The signal that raised the level. */
  readonly signal?: SignalName;
}

/** A queue of which nothing was ever noted. */
export const AT_EASE: LevelState = { level: 0, since: 0, because: 'nothing was measured yet' };

/**
 * The level after a measurement: it rises at once, and falls by one step when a lower level was measured for 3 minutes
 * without a break, so that it does not flap. Where the signal that raised it could not be read, nobody knows that
 * things are calm and it stays.
 *
 * @param unread signals whose reading failed, unlike those that have nothing to say
 * @param now epoch milliseconds
 * @returns `previous` itself where nothing changed
 */
export function nextLevel(
  previous: LevelState,
  measured: Measured,
  unread: readonly SignalName[],
  now: number,
): LevelState {
  if (measured.level > previous.level) return { ...measured, since: now };
  const blind = previous.signal !== undefined && unread.includes(previous.signal);
  if (measured.level === previous.level || blind) {
    const { calmSince, ...unbroken } = previous;
    return calmSince === undefined ? previous : unbroken;
  }
  const calmSince = previous.calmSince ?? now;
  if (now - calmSince < CALM_MS) return previous.calmSince === undefined ? { ...previous, calmSince } : previous;
  const level = (previous.level - 1) as Level;
  const stillCalm = measured.level < level ? { calmSince: now } : {};
  const raisedBy = level > 0 && previous.signal !== undefined ? { signal: previous.signal } : {};
  return { level, since: now, because: `calm for 3 minutes: ${measured.because}`, ...raisedBy, ...stillCalm };
}

/** What the healer and the governor do at a level with letters of one class. */
export interface Effects {
  /** `slowly`: with delays `SLOW_FACTOR` times as long. `park`: kept until the level falls. */
  readonly heal: 'at once' | 'slowly' | 'park';
  /** Whether a group that is held may be tried with a few letters. */
  readonly probes: boolean;
  /** What of that which is due goes out: `reduced` is one of `SLOW_FACTOR`. */
  readonly release: 'full' | 'reduced' | 'none';
}

const SLOWLY: Effects = { heal: 'slowly', probes: true, release: 'reduced' };
const ONLY_PROBES: Effects = { heal: 'park', probes: true, release: 'none' };

/** @param critical whether the policy calls the letter's class critical: those go on, slowly, one level longer */
export function effectsOf(level: Level, critical: boolean): Effects {
  switch (level) {
    case 0:
      return { heal: 'at once', probes: true, release: 'full' };
    case 1:
      return SLOWLY;
    case 2:
      return critical ? SLOWLY : ONLY_PROBES;
    case 3:
      return ONLY_PROBES;
    case 4:
      return { heal: 'park', probes: false, release: 'none' };
  }
}
