import { backoffSeconds } from './backoff.ts';
import type { Classification } from './classes.ts';
import type { Evidence, EvidenceSource } from './evidence/evidence.ts';
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
  readonly evidence: Evidence;
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
      return heal(decision, rules, because);
    case 'park':
      return { kind, releasedBy: rules.releasedBy, reason: because, notify };
    default:
      return { kind, reason: because, notify };
  }
}

function heal(decision: Decision, rules: ClassPolicy, because: string): Verdict {
  const { lineage, evidence, queue, policy, now, random } = decision;
  // A rule of the user's may heal a class that has no attempts of its own.
  const allowed = rules.verdict === 'heal' ? rules : { ...DEFAULT_CLASSES.TIMEOUT, notify: rules.notify };
  if (lineage.attempt >= allowed.attempts) {
    return {
      kind: 'archive',
      reason: `${because}: ${lineage.attempt} of ${allowed.attempts} heals used up`,
      notify: rules.notify !== 'never',
    };
  }
  const obstacle = whatHindersHealing(evidence, queue, policy);
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

/** Sources whose letters hold something else than the message that the queue's consumer expects. */
const FOREIGN_BODIES: Readonly<Partial<Record<EvidenceSource, string>>> = {
  'lambda-async-dlq': 'its body is the event of a function, not a message of a queue',
  'lambda-destination': 'its body is the record of a function’s failure, not a message of a queue',
  'application-envelope': 'its body is an envelope around the message, not the message itself',
};

/** A letter that cannot go back to its queue as it is must wait for a person. */
function whatHindersHealing(evidence: Evidence, queue: QueuePolicy, policy: Policy): string | undefined {
  const foreignBody = FOREIGN_BODIES[evidence.source];
  if (foreignBody !== undefined) return foreignBody;
  if (queue.sourceUrl === undefined)
    return 'no queue is known that it may go back to (of an attached queue: existing.source_arn)';
  if (queue.fifo && !policy.healFifo) {
    return 'healing would change the order within its message group (allow it with policy.heal_fifo)';
  }
  return undefined;
}
