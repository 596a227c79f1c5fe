import type { Letter, MessageAttributes } from '../letter.ts';
import type { Evidence, EvidenceSource } from './evidence.ts';
import type { ReturnTo } from './return-to.ts';

/** What an adapter read off a letter it recognised. */
export interface Reading {
  readonly evidence: Omit<Evidence, 'source'>;
  /** Names of the letter's attributes that are this evidence; they come off before the letter goes back. */
  readonly attributeNames: readonly string[];
  /** Absent where the letter is a message of the one queue that its DLQ serves. */
  readonly returnTo?: ReturnTo;
  /** Where the letter's lineage may be looked for besides the letter: the message that it wraps, the request that failed. */
  readonly wrapped?: { readonly messageId?: string; readonly attributes: MessageAttributes };
}

/** What the letter was before it died. */
export interface Original {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** Knows one shape of dead letter. Adapters are asked in order and the first that recognises the letter speaks for it. */
export interface EvidenceAdapter {
  readonly source: EvidenceSource;
  /** Undefined when the letter has not this shape; never throws, whatever the letter holds. */
  read(letter: Letter, failureRecord: string | undefined): Reading | undefined;
  /** Given where the letter is not the message itself but holds it; undefined where it does not hold it whole. */
  readonly original?: (letter: Letter) => Original | undefined;
}
