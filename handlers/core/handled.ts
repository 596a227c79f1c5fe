import type { Classification } from './classes.ts';
import type { Evidence } from './evidence/evidence.ts';
import type { ReturnTo } from './evidence/return-to.ts';
import type { Letter, Lineage } from './letter.ts';
import type { QueuePolicy } from './policy.ts';
import type { Target } from './target.ts';
import type { Status, Verdict } from './verdict.ts';

/** How the ledger knows a death that was handled before. */
export interface First {
  readonly messageId: string;
  /** sha256 of the body: a letter with another body under the same key is another letter. */
  readonly contentHash: string;
  readonly status: Status;
  /** It lies in its group's lot. */
  readonly held: boolean;
  /** A person must be told of it, and why, in the words of its row. A decision made again may see less than the first one did. */
  readonly notify: boolean;
  readonly reason: string;
}

/** A letter with everything that was found out and decided about it: what the acts work on. */
export interface Handled {
  readonly letter: Letter;
  readonly lineage: Lineage;
  readonly healKey: string;
  readonly evidence: Evidence;
  /** Names of the attributes that are evidence and come off before the letter goes back. */
  readonly evidenceNames: readonly string[];
  readonly returnTo: ReturnTo;
  readonly classification: Classification;
  /** Fingerprint of the letter's group. */
  readonly group: string;
  /** Round of the group's breaker: it travels with the letter if it is healed. */
  readonly round: number;
  /** This death was handled before: what the ledger's row says of it. */
  readonly first?: First;
  readonly queue: QueuePolicy;
  /** A person's word on where it goes, instead of where it belongs. */
  readonly toward?: Target;
  readonly verdict: Verdict;
  /** sha256 of the body of the message that died, hex; an envelope around it differs with each death. */
  readonly contentHash: string;
  /** When it died, epoch milliseconds, as near as the evidence tells. */
  readonly diedAt: number;
}
