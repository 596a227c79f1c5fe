import { backoffSeconds } from './backoff.ts';
import type { Classification } from './classes.ts';
import { type ReturnTo, whereElse } from './evidence/return-to.ts';
import type { Lineage } from './letter.ts';
import { type ClassPolicy, classPolicy, DEFAULT_CLASSES, type Policy, type QueuePolicy } from './policy.ts';
import type { Verdict } from './verdict.ts';

/** What is known of the letter beyond itself, read before the decision. */
export interface LetterState {
  /** Distinct letters with this very body that died within the poison window, this one included. */
  readonly contentDeaths: number;
  /** A person paused the stack. */
  readonly paused: boolean;
}

export interface Decision {
  readonly lineage: Lineage;
  readonly returnTo: ReturnTo;
  readonly classification: Classification;
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

/** Whether deaths of this class count towards poison: only where the body itself may be what kills. */
export function countsTowardsPoison(failureClass: string): boolean {
  return !BLAMELESS.has(failureClass);
}

/** Decides what happens to one letter. Pure: the same arguments give the same verdict. */
export function decide(decision: Decision): Verdict {
  const { classification, state, queue, policy } = decision;
  if (state.paused) return { kind: 'leave', reason: 'the stack is paused', notify: false };
  if (countsTowardsPoison(classification.failureClass) && state.contentDeaths >= policy.poison.threshold) {
    return {
      kind: 'quarantine',
      reason: `poison: ${state.contentDeaths} letters with this very body died within ${policy.poison.windowSeconds} s`,
      notify: true,
    };
  }
  const rules = classPolicy(queue, classification.failureClass);
  const kind = classification.verdict ?? rules.verdict;
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

/** A deploy of the queue's consumer sets nobody free whom another must receive. */
function park({ returnTo }: Decision, rules: ClassPolicy, because: string): Verdict {
  const elsewhere = whereElse(returnTo);
  const notify = rules.notify === 'always';
  return elsewhere === undefined
    ? { kind: 'park', releasedBy: rules.releasedBy, reason: because, notify }
    : { kind: 'park', releasedBy: 'person', reason: `${because}; ${elsewhere}`, notify };
}

function heal(decision: Decision, rules: ClassPolicy, because: string): Verdict {
  const { lineage, returnTo, queue, policy, now, random } = decision;
  // A rule of the user's may heal a class that has no attempts of its own.
  const allowed = rules.verdict === 'heal' ? rules : { ...DEFAULT_CLASSES.TIMEOUT, notify: rules.notify };
  if (lineage.attempt >= allowed.attempts) {
    return {
      kind: 'archive',
      reason: `${because}: ${lineage.attempt} of ${allowed.attempts} heals used up`,
      notify: rules.notify !== 'never',
    };
  }
  const obstacle = whatHindersHealing(returnTo, queue, policy);
  if (obstacle !== undefined)
    return { kind: 'park', releasedBy: 'person', reason: `${because}, but ${obstacle}`, notify: true };
  const delaySeconds = backoffSeconds(lineage.attempt, allowed, random);
  const notify = rules.notify === 'always';
  // A FIFO queue takes no delay for a single message, so each of its delays goes through the parking lot.
  if (delaySeconds > MAX_SQS_DELAY_SECONDS || queue.fifo) {
    return { kind: 'park', releasedBy: 'time', dueAt: now + delaySeconds * 1000, reason: because, notify };
  }
  return { kind: 'heal', delaySeconds, reason: because, notify };
}

/** A letter that cannot go back to its queue as it is must wait for a person. */
function whatHindersHealing(returnTo: ReturnTo, queue: QueuePolicy, policy: Policy): string | undefined {
  const elsewhere = whereElse(returnTo);
  if (elsewhere !== undefined) return elsewhere;
  if (queue.sourceUrl === undefined)
    return 'no queue is known that it may go back to (of an attached queue: existing.source_arn)';
  if (queue.fifo && !policy.healFifo) {
    return 'healing would change the order within its message group (allow it with policy.heal_fifo)';
  }
  return undefined;
}
