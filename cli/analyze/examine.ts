import { createHash } from 'node:crypto';
import type { Classification } from '../../handlers/core/classes.ts';
import { classify } from '../../handlers/core/classify.ts';
import { countsTowardsPoison, decide, UNHINDERED } from '../../handlers/core/decide.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import { evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { fingerprint, normalise } from '../../handlers/core/fingerprint.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import type { Letter, Lineage } from '../../handlers/core/letter.ts';
import type { Policy } from '../../handlers/core/policy.ts';
import { redact } from '../../handlers/core/redact.ts';
import { repairOf } from '../../handlers/core/repair.ts';
import { queueOf } from '../../handlers/core/route.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import type { Verdict } from '../../handlers/core/verdict.ts';
import { defaultPolicy } from '../default-policy.ts';
import { AVERAGE_JITTER } from '../explain.ts';
import { clip, printable } from '../output/text.ts';

/** A letter as the healer sees it before it decides; without body and error text, so that many fit into memory. */
export interface Examined {
  readonly messageId: string;
  /** Key of its queue; '' where nothing names it. */
  readonly queue: string;
  readonly classification: Classification;
  readonly fingerprint: string;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly sentAt: number | undefined;
  /** When it died, where the evidence says so. */
  readonly diedAt: number | undefined;
  /** Letters of one queue with one key have the very same body; '' where the cause lies elsewhere and it means nothing. */
  readonly contentKey: string;
  readonly lineage: Lineage;
  /** @param contentDeaths distinct letters with this very body */
  verdict(contentDeaths: number, now: number): Verdict;
}

/** What is shown of the error that killed the letter. */
export interface ErrorText {
  readonly errorType: string;
  /** Normalised, so that it stands for its group, and redacted. */
  readonly error: string;
}

const MAX_ERROR = 500;

export function errorTextOf(evidence: Evidence): ErrorText {
  const shown = (text: string) => clip(printable(text).trim(), MAX_ERROR);
  return {
    errorType: shown(redact(evidence.errorType ?? '')),
    error: shown(normalise(redact(evidence.message ?? ''))),
  };
}

/**
 * Evidence → class → group of one letter, and what would decide over it under the default policy.
 * @param queueName key of the queue; undefined: each letter's own, as far as it names one
 */
export function examiner(rules: readonly UserRule[], queueName: string | undefined) {
  const policies = new Map<string, Policy>();
  return (letter: Letter): Examined & { readonly text: ErrorText } => {
    const { evidence, lineage, returnTo } = evidenceOf(letter);
    const sourceArn = letter.system.deadLetterQueueSourceArn ?? evidence.queueArn ?? '';
    const queue = queueName ?? sourceArn.split(':').at(-1) ?? '';
    const fifo = letter.system.sequenceNumber !== undefined || sourceArn.endsWith('.fifo');
    const policy = remembered(policies, `${sourceArn} ${fifo}`, () =>
      // A queue needs some source; letters that name none are taken for its own.
      defaultPolicy({ key: queue, sourceArn: sourceArn || 'arn:aws:sqs:::source', fifo }, rules),
    );
    const classification = classify(evidence, letter, { queue, rules });
    const routed = queueOf(policy, letter.dlqArn, returnTo);
    if (routed === undefined) throw new Error('the default policy does not know its own DLQ');
    const repair = repairOf(rules, classification)?.rule;
    const counts = countsTowardsPoison(classification, lineage, routed);
    const hash = createHash('sha256')
      .update(originalOf(letter, evidence.source, []).body)
      .digest('base64');
    const diedAt = evidence.at === undefined ? Number.NaN : Date.parse(evidence.at);
    return {
      messageId: letter.messageId,
      queue,
      classification,
      fingerprint: fingerprint(queue, classification, evidence),
      source: evidence.source,
      sentAt: letter.system.sentAt,
      diedAt: Number.isNaN(diedAt) ? undefined : diedAt,
      contentKey: counts ? `${queue} ${hash}` : '',
      lineage,
      text: errorTextOf(evidence),
      verdict: (contentDeaths, now) =>
        decide({
          lineage,
          returnTo,
          classification,
          ...(repair === undefined ? {} : { repair }),
          state: { ...UNHINDERED, contentDeaths },
          queue: routed,
          policy,
          now,
          random: AVERAGE_JITTER,
        }),
    };
  };
}

/** The same of a letter with its verdict, which is by its own queue's policy and by what the ledger knows. */
export function examinedFrom(handled: Handled): Examined & { readonly text: ErrorText } {
  const { letter, evidence, lineage, classification, queue, group, verdict, diedAt } = handled;
  return {
    messageId: letter.messageId,
    queue: queue.key,
    classification,
    fingerprint: group,
    source: evidence.source,
    sentAt: letter.system.sentAt,
    diedAt: evidence.at === undefined ? undefined : diedAt,
    contentKey: '', // poison is counted by the ledger
    lineage,
    text: errorTextOf(evidence),
    verdict: () => verdict,
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
