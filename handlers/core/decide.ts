import { backoffSeconds } from './backoff.ts';
import type { Classification } from './classes.ts';
import { type ReturnTo, whereElse } from './evidence/return-to.ts';
import type { ReleasedBy } from './group.ts';
import type { Lineage } from './letter.ts';
import { effectsOf, LEVEL_NAMES, type Level, SLOW_FACTOR } from './level.ts';
import {
  type ClassPolicy,
  classPolicy,
  DEFAULT_CLASSES,
  MAX_ATTEMPTS,
  type Policy,
  type QueuePolicy,
} from './policy.ts';
import { canDelay, type Target, targetOf } from './target.ts';
import type { Verdict } from './verdict.ts';

/** What is known of the letter beyond itself, read before the decision. */
export interface LetterState {
  /** Distinct letters with this very body that died within the poison window, this one included. */
  readonly contentDeaths: number;
  /** A person paused the stack. */
  readonly paused: boolean;
  /** The letter's group is held, probed or ramped: what is safe to heal waits in its lot. */
  readonly breakerOpen: boolean;
  /** Degradation level of the queue. */
  readonly level: Level;
  /** On a FIFO queue: when the last parked letter of its message group is due, epoch milliseconds. */
  readonly behind?: number;
}

/** Of a letter that stands alone in a queue that is at ease. */
export const UNHINDERED: LetterState = { contentDeaths: 1, paused: false, breakerOpen: false, level: 0 };

export interface Decision {
  readonly lineage: Lineage;
  readonly returnTo: ReturnTo;
  readonly classification: Classification;
  /** Id of the user's rule whose repair mends the letter. */
  readonly repair?: string;
  readonly state: LetterState;
  readonly queue: QueuePolicy;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Uniform in [0, 1): the jitter. */
  readonly random: number;
}

/**
 * SQS holds a message back for at most 15 minutes; longer delays go through the parking lot.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const MAX_SQS_DELAY_SECONDS = 900;

/** Causes that lie outside the message: identical bodies that die of them are no sign of a poisonous body. */
const BLAMELESS = new Set(['THROTTLED', 'DEPENDENCY_FAILURE', 'AUTH_FAILURE']);

const mayBePoison = ({ failureClass }: Classification) => !BLAMELESS.has(failureClass);

/**
 * Whether this death counts towards poison: only where the body itself may be what kills. Of a class that is healed,
 * a first death says little (identical messages that time out together in one hiccup are no poison); one that dies
 * again after a heal does.
 */
export function countsTowardsPoison(
  classification: Classification,
  { attempt }: Pick<Lineage, 'attempt'>,
  queue: QueuePolicy,
): boolean {
  return mayBePoison(classification) && (attempt > 0 || verdictOf(classification, queue) !== 'heal');
}

const verdictOf = ({ verdict, failureClass }: Classification, queue: QueuePolicy) =>
  verdict ?? classPolicy(queue, failureClass).verdict;

/**
 * Who ends the holding of a group of such letters: of what is healed the cool-down, of what is parked whoever frees it. On
 * a FIFO queue whose letters nobody allowed to heal, only a person.
 */
export function releasedBy(classification: Classification, queue: QueuePolicy, { healFifo }: Policy): ReleasedBy {
  if (queue.fifo && !healFifo) return 'person';
  if (verdictOf(classification, queue) === 'heal') return 'time';
  return queue.consumerFunction === undefined ? 'person' : classPolicy(queue, classification.failureClass).releasedBy;
}

/** The same of a group of which only the class is known. */
export const endsHolding = (failureClass: string, queue: QueuePolicy, policy: Policy): ReleasedBy =>
  releasedBy({ failureClass, rule: '', words: '', confidence: 1 }, queue, policy);

/** Decides what happens to one letter. Pure: the same arguments give the same verdict. */
export function decide(decision: Decision): Verdict {
  const { classification, state, queue, policy } = decision;
  if (state.paused) return { kind: 'leave', reason: 'the stack is paused', notify: false };
  if (mayBePoison(classification) && state.contentDeaths >= policy.poison.threshold) {
    return {
      kind: 'quarantine',
      reason: `poison: ${state.contentDeaths} letters with this very body died within ${policy.poison.windowSeconds} s`,
      notify: true,
    };
  }
  const rules = classPolicy(queue, classification.failureClass);
  if (decision.repair !== undefined) return mend(decision, rules, decision.repair);
  const kind = verdictOf(classification, queue);
  const notify = rules.notify === 'always';
  const because = `${classification.failureClass} (${classification.rule})`;
  switch (kind) {
    case 'heal':
      return decision.returnTo.kind === 'nowhere' ? keep(decision, rules, because) : heal(decision, rules, because);
    case 'park':
      return decision.returnTo.kind === 'nowhere' ? keep(decision, rules, because) : park(decision, rules, because);
    default:
      return { kind, reason: because, notify };
  }
}

/** What can go nowhere waits for nothing: it is kept, and told of as the last word on it. */
function keep({ returnTo }: Decision, rules: ClassPolicy, because: string): Verdict {
  return { kind: 'archive', reason: `${because}: ${whereElse(returnTo)}`, notify: rules.notify !== 'never' };
}

/** What nobody can be given back waits for a person; and no deploy sets free for ever who dies of each. */
function park(
  { lineage, classification, returnTo, queue, policy }: Decision,
  rules: ClassPolicy,
  because: string,
): Verdict {
  const notify = rules.notify === 'always';
  const byPerson = (why: string): Verdict => ({
    kind: 'park',
    releasedBy: 'person',
    reason: `${because}; ${why}`,
    notify,
  });
  const destination = targetOf(returnTo, queue);
  if ('obstacle' in destination) return byPerson(destination.obstacle);
  const by = releasedBy(classification, queue, policy);
  if (by === 'deploy' && lineage.attempt >= MAX_ATTEMPTS)
    return byPerson(`it was set free ${lineage.attempt} times already, so no deploy does it again`);
  return { kind: 'park', releasedBy: by === 'deploy' ? 'deploy' : 'person', reason: because, notify };
}

/**
 * A mended letter is another message: it needs no delay, and no canary of letters that were not mended. Where it cannot go
 * now it stays in the DLQ, for only what was not mended can be kept.
 */
function mend(decision: Decision, rules: ClassPolicy, repair: string): Verdict {
  const { classification, lineage, returnTo, queue, policy, state, now } = decision;
  const because = `${classification.failureClass} (${classification.rule})`;
  if (returnTo.kind === 'nowhere') return keep(decision, rules, because);
  if (lineage.repair === repair)
    return { kind: 'archive', reason: `${because}: its repair did not help`, notify: true };
  const { attempts } = rules.verdict === 'heal' ? rules : DEFAULT_CLASSES.TIMEOUT;
  if (lineage.attempt >= attempts)
    return { kind: 'archive', reason: `${because}: ${lineage.attempt} of ${attempts} heals used up`, notify: true };
  const destination = targetOf(returnTo, queue);
  const obstacle = 'obstacle' in destination ? destination.obstacle : orderOf(destination.target, policy);
  if (obstacle !== undefined)
    return { kind: 'park', releasedBy: 'person', reason: `${because}, but ${obstacle}`, notify: true };
  if (effectsOf(state.level, rules.critical).heal === 'park')
    return { kind: 'leave', reason: `its queue is at degradation level ${state.level}`, notify: false };
  if ((state.behind ?? 0) >= now)
    return { kind: 'leave', reason: 'letters of its message group are parked before it', notify: false };
  return { kind: 'heal', delaySeconds: 0, repair, reason: `${because}, mended`, notify: rules.notify === 'always' };
}

function heal(decision: Decision, rules: ClassPolicy, because: string): Verdict {
  const { lineage, returnTo, queue, policy } = decision;
  // A rule of the user's may heal a class that has no attempts of its own.
  const allowed = rules.verdict === 'heal' ? rules : { ...DEFAULT_CLASSES.TIMEOUT, notify: rules.notify };
  if (lineage.attempt >= allowed.attempts) {
    return {
      kind: 'archive',
      reason: `${because}: ${lineage.attempt} of ${allowed.attempts} heals used up`,
      notify: rules.notify !== 'never',
    };
  }
  const destination = targetOf(returnTo, queue);
  const obstacle = 'obstacle' in destination ? destination.obstacle : orderOf(destination.target, policy);
  if ('obstacle' in destination || obstacle !== undefined)
    return { kind: 'park', releasedBy: 'person', reason: `${because}, but ${obstacle}`, notify: true };
  return timed(decision, allowed, destination.target, because);
}

/** FIFO letters are healed only where someone has said so. */
function orderOf(target: Target, policy: Policy): string | undefined {
  return target.kind === 'queue' && target.fifo && !policy.healFifo
    ? 'healing would change the order within its message group (allow it with policy.heal_fifo)'
    : undefined;
}

/** A letter that is safe to send back: now, after a delay, at a time, or when its group or its queue can bear it. */
function timed(
  { lineage, queue, classification, state, now, random }: Decision,
  allowed: ClassPolicy,
  target: Target,
  because: string,
): Verdict {
  const notify = allowed.notify === 'always';
  const effects = effectsOf(state.level, classPolicy(queue, classification.failureClass).critical);
  const waitsFor = state.breakerOpen
    ? 'its group’s breaker is open'
    : effects.heal === 'park'
      ? `the queue is at degradation level ${state.level} (${LEVEL_NAMES[state.level]})`
      : undefined;
  const factor = effects.heal === 'slowly' ? SLOW_FACTOR : 1;
  const delaySeconds = factor * backoffSeconds(lineage.attempt, allowed, random);
  // A FIFO queue takes no delay for a single message, so each of its delays goes through the parking lot. What must
  // wait for more than its time stands there in line as well, for the order of its message group.
  if (target.kind === 'queue' && target.fifo) {
    const own = now + (waitsFor === undefined ? delaySeconds * 1000 : 0);
    const dueAt = Math.max(own, (state.behind ?? 0) + 1);
    const reason = waitsFor === undefined ? because : `${because}; ${waitsFor}`;
    return { kind: 'park', releasedBy: 'time', dueAt, reason, notify };
  }
  if (waitsFor !== undefined) return { kind: 'park', releasedBy: 'breaker', reason: `${because}; ${waitsFor}`, notify };
  if (delaySeconds > MAX_SQS_DELAY_SECONDS || !canDelay(target))
    return { kind: 'park', releasedBy: 'time', dueAt: now + delaySeconds * 1000, reason: because, notify };
  return { kind: 'heal', delaySeconds, reason: because, notify };
}
