import { type ArchivedAttribute, archived } from '../archive-record.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { originalOf } from '../evidence/evidence-of.ts';
import type { Handled } from '../handled.ts';

/** What a repair needs to know of a letter: all but its verdict. */
export type Repairable = Pick<
  Handled,
  'letter' | 'lineage' | 'evidence' | 'evidenceNames' | 'classification' | 'queue'
>;

/**
 * What a function that repairs is given; docs/repair.md promises it. The evidence is not redacted: the function gets the
 * message itself, whose secrets are its owner's.
 */
export interface RepairRequest {
  readonly version: 1;
  readonly queue: string;
  readonly class: string;
  /** Id of the user's rule. */
  readonly rule: string;
  readonly originId: string;
  /** Heals before this death. */
  readonly attempt: number;
  readonly messageId: string;
  /** Of the message that died, without what wraps it and without the evidence. */
  readonly body: string;
  readonly attributes: Readonly<Record<string, ArchivedAttribute>>;
  readonly evidence: Evidence;
}

/** The message that a repair works on: what would go back to its queue if it were healed as it is. */
export function originalToMend({ letter, evidence, evidenceNames }: Repairable) {
  return originalOf(letter, evidence.source, evidenceNames);
}

export function repairRequest(letter: Repairable, rule: string): RepairRequest {
  const { body, attributes } = originalToMend(letter);
  return {
    version: 1,
    queue: letter.queue.key,
    class: letter.classification.failureClass,
    rule,
    originId: letter.lineage.originId,
    attempt: letter.lineage.attempt,
    messageId: letter.letter.messageId,
    body,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, archived(value)])),
    evidence: letter.evidence,
  };
}
