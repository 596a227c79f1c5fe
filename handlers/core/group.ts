import type { BreakerPolicy } from './policy.ts';

/**
 * The breaker of one group, as a value. The healer and the governor read it from the group's row, ask these functions
 * for the next one and write that under a condition, so that whoever was faster is seen and asked again.
 *
 * `healing` → letters go at once. `holding` → they wait in the group's lot. `probing` → a few are let through (the
 * canary). `ramping` → the rest follows at a rate that doubles each minute.
 */
export interface Breaker {
  readonly state: 'healing' | 'holding' | 'probing' | 'ramping';
  /** When it came into this state, epoch milliseconds. */
  readonly since: number;
  /**
   * Counts the openings, ever. A letter carries the round that sent it, so that stragglers of an earlier round, which
   * died before the dependency came back, do not condemn this one.
   */
  readonly round: number;
  /** Openings without a full recovery in between: each doubles the cool-down. */
  readonly openings: number;
  /** Relapses of this window and of the one before. */
  readonly relapses: { readonly window: number; readonly count: number; readonly before: number };
  /** Who ends the holding. */
  readonly releasedBy: ReleasedBy;
  /** A person holds it: it stays held when its lot is empty, for the letters that come. */
  readonly byHand?: true;
  /** End of the cool-down, epoch milliseconds, where time ends the holding. */
  readonly until?: number;
  /** Heal keys of the letters that were let through in this round. */
  readonly probes: readonly string[];
  /** When probes that did not come back count as successful, epoch milliseconds. Unset until they are on their way. */
  readonly judgeAt?: number;
  /** Minutes of ramping so far, and when the last of them began. */
  readonly step: number;
  readonly stepAt: number;
  /** Latest death of a letter that was put into the lot, epoch milliseconds: only a later deploy can have mended it. */
  readonly lastDiedAt: number;
  /** When letters were last put into the lot, epoch milliseconds: whoever looked into it before did not see them. */
  readonly keptAt?: number;
}

export type ReleasedBy = 'time' | 'deploy' | 'person';

export const NEW_BREAKER: Breaker = {
  state: 'healing',
  since: 0,
  round: 0,
  openings: 0,
  relapses: { window: 0, count: 0, before: 0 },
  releasedBy: 'time',
  probes: [],
  step: 0,
  stepAt: 0,
  lastDiedAt: 0,
};

/** Whether letters of the group wait in its lot instead of being healed. */
export const isOpen = ({ state }: Breaker): boolean => state !== 'healing';

/**
 * Healed letters died again.
 * @param rounds for each of them, the round that had sent it
 * @param releasedBy who will end the holding, should this begin one
 */
export function relapsed(
  breaker: Breaker,
  rounds: readonly number[],
  releasedBy: ReleasedBy,
  now: number,
  policy: BreakerPolicy,
): Breaker {
  if (rounds.length === 0 || breaker.state === 'holding') return breaker;
  if (breaker.state !== 'healing')
    return rounds.includes(breaker.round) ? opened(breaker, releasedBy, now, policy) : breaker;
  const counted = { ...breaker, relapses: counting(breaker.relapses, rounds.length, now, policy) };
  return recent(counted.relapses, now, policy) >= policy.relapses ? opened(counted, releasedBy, now, policy) : counted;
}

/** Two windows make one that slides: the older counts by the share of it that is still within reach. */
function counting(relapses: Breaker['relapses'], n: number, now: number, policy: BreakerPolicy): Breaker['relapses'] {
  const window = windowOf(now, policy);
  if (relapses.window === window) return { ...relapses, count: relapses.count + n };
  return { window, count: n, before: relapses.window === window - 1 ? relapses.count : 0 };
}

function recent({ count, before }: Breaker['relapses'], now: number, policy: BreakerPolicy): number {
  const passed = (now / 1000 / policy.windowSeconds) % 1;
  return count + before * (1 - passed);
}

const windowOf = (now: number, { windowSeconds }: BreakerPolicy) => Math.floor(now / 1000 / windowSeconds);

function opened(breaker: Breaker, releasedBy: ReleasedBy, now: number, policy: BreakerPolicy): Breaker {
  const coolDown = Math.min(policy.maxCoolDownSeconds, policy.coolDownSeconds * 2 ** breaker.openings);
  return {
    ...holding(breaker, releasedBy, now),
    round: breaker.round + 1,
    openings: breaker.openings + 1,
    ...(releasedBy === 'time' ? { until: now + coolDown * 1000 } : {}),
  };
}

function holding(
  { until: _until, judgeAt: _judgeAt, byHand: _byHand, ...breaker }: Breaker,
  releasedBy: ReleasedBy,
  now: number,
) {
  const relapses = NEW_BREAKER.relapses;
  return { ...breaker, state: 'holding' as const, since: now, releasedBy, probes: [], relapses };
}

/**
 * Letters were put into the group's lot; someone must come for them. Where nothing held the group until now (they wait
 * by their class, or a level, or the breaker closed in that moment) it is held from now on.
 */
export function kept(breaker: Breaker, releasedBy: ReleasedBy, lastDiedAt: number, now: number): Breaker {
  const known = { ...breaker, lastDiedAt: Math.max(breaker.lastDiedAt, lastDiedAt), keptAt: now };
  if (isOpen(breaker)) return known;
  return { ...holding(known, releasedBy, now), ...(releasedBy === 'time' ? { until: now } : {}) };
}

/** A person sets the group free: its canary goes with the governor's next run. */
export const released = (breaker: Breaker, now: number): Breaker => probing(breaker, now);

/** A person holds the group until a person releases it. */
export const held = (breaker: Breaker, now: number): Breaker => ({
  ...holding(breaker, 'person', now),
  byHand: true,
});

/**
 * A person has dealt with the letters that lay in the lot. The group closes, unless letters may be in the lot that nobody
 * saw: then it is only no longer held by hand, and the governor closes it once it has found the lot empty.
 * @param lot when it was looked into, epoch milliseconds, and whether all that were seen there are out of it
 * @param releasedBy who ends a holding of letters of this class
 */
export function resolved(
  breaker: Breaker,
  lot: { readonly listedAt: number; readonly isEmpty: boolean },
  releasedBy: ReleasedBy,
  now: number,
): Breaker {
  if (!isOpen(breaker)) return breaker;
  if (lot.isEmpty && wasSettled(breaker.keptAt, lot.listedAt)) return closed(breaker, now);
  const { byHand, ...rest } = breaker;
  return byHand === undefined ? breaker : { ...rest, releasedBy };
}

/** Whether who looked into the lot then saw what was put there last; the index may show it later than that. */
export const wasSettled = (keptAt: number | undefined, listedAt: number): boolean =>
  listedAt - (keptAt ?? 0) >= SETTLED_MS;

function probing({ until: _until, judgeAt: _judgeAt, byHand: _byHand, ...breaker }: Breaker, now: number): Breaker {
  return { ...breaker, state: 'probing', since: now, probes: [] };
}

/** What the governor found out about an open group. */
export interface GroupFacts {
  /** Whether letters lie in the group's lot. */
  readonly lettersLeft: boolean;
  /** When the consumer was last seen to change, epoch milliseconds. */
  readonly deployedAt?: number;
  /** What became of the probes; empty outside `probing`. */
  readonly probes: readonly ProbeFate[];
  /** Whether the queue's degradation level lets probes through. */
  readonly mayProbe: boolean;
  /** Who ends a holding of letters of this class. */
  readonly releasedBy: ReleasedBy;
}

/** `unsent`: still in the lot. `sent`: on its way. `gone`: neither, a person or its queue took it out. */
export type ProbeFate = 'unsent' | 'sent' | 'confirmed' | 'relapsed' | 'gone';

/** The next state of an open group; the same value where nothing changes. Called about once a minute. */
export function advance(breaker: Breaker, facts: GroupFacts, now: number, policy: BreakerPolicy): Breaker {
  switch (breaker.state) {
    case 'healing':
      return breaker;
    case 'holding':
      if (isEmpty(breaker, facts, now)) return breaker.byHand || isNew(breaker, now) ? breaker : closed(breaker, now);
      return facts.mayProbe && mayGo(breaker, facts, now) ? probing(breaker, now) : breaker;
    case 'probing':
      return judge(breaker, facts, now, policy);
    case 'ramping':
      return isEmpty(breaker, facts, now) ? closed(breaker, now) : breaker;
  }
}

/** The index that shows the lots lags behind; and who opens a breaker, or looks into a lot, needs a moment as well. */
const SETTLED_MS = 30_000;

/** Nobody is in the lot, and nobody was put there since it was looked into: closed, the group would leave him behind. */
const isEmpty = ({ keptAt }: Breaker, { lettersLeft }: GroupFacts, now: number) =>
  !lettersLeft && wasSettled(keptAt, now);

/** The letters that opened it are on their way into its lot. */
const isNew = ({ since }: Breaker, now: number) => now - since < SETTLED_MS;

function mayGo({ releasedBy, until, lastDiedAt }: Breaker, { deployedAt }: GroupFacts, now: number): boolean {
  if (releasedBy === 'time') return until === undefined || now >= until;
  return releasedBy === 'deploy' && deployedAt !== undefined && deployedAt > lastDiedAt;
}

function judge(breaker: Breaker, facts: GroupFacts, now: number, policy: BreakerPolicy): Breaker {
  const { probes } = facts;
  if (probes.includes('relapsed')) return opened(breaker, facts.releasedBy, now, policy);
  const alive = probes.filter((fate) => fate !== 'gone');
  if (alive.length === 0) {
    if (isEmpty(breaker, facts, now)) return closed(breaker, now);
    return breaker.probes.length === 0 ? breaker : probing(breaker, now); // none of them is left to judge by
  }
  if (alive.includes('unsent')) return breaker;
  const survived = breaker.judgeAt !== undefined && now >= breaker.judgeAt;
  if (!survived && alive.some((fate) => fate !== 'confirmed')) return breaker;
  const { judgeAt: _judgeAt, ...rest } = breaker;
  return { ...rest, state: 'ramping', since: now, probes: [], step: 0, stepAt: 0 };
}

function closed({ until: _until, judgeAt: _judgeAt, byHand: _byHand, ...breaker }: Breaker, now: number): Breaker {
  return { ...breaker, state: 'healing', since: now, openings: 0, probes: [] };
}

/** A minute of ramping begins; unchanged where the last one is not over. Ten seconds of grace: schedules are not exact. */
export function nextStep(breaker: Breaker, now: number): Breaker {
  if (breaker.state !== 'ramping' || now - breaker.stepAt < 50_000) return breaker;
  return { ...breaker, step: breaker.step + 1, stepAt: now };
}

/** Letters that this minute of ramping may release. */
export function rampBudget({ step }: Breaker, policy: BreakerPolicy): number {
  return step === 0 ? 0 : Math.min(policy.maxPerMinute, policy.rampPerMinute * 2 ** (step - 1));
}
