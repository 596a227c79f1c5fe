import type { Letter } from '../letter.ts';
import type { Evidence, EvidenceSource } from './evidence.ts';

/** What an adapter read off a letter it recognised. */
export interface Reading {
  readonly evidence: Omit<Evidence, 'source'>;
  /** Names of the letter's attributes that are this evidence; they come off before the letter goes back. */
  readonly attributeNames: readonly string[];
}

/** Knows one shape of dead letter. Adapters are asked in order and the first that recognises the letter speaks for it. */
export interface EvidenceAdapter {
  readonly source: EvidenceSource;
  /** Undefined when the letter has not this shape; never throws, whatever the letter holds. */
  read(letter: Letter, failureRecord: string | undefined): Reading | undefined;
}
