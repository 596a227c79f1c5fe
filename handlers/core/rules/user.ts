import type { FailureClass, VerdictKind } from '../classes.ts';
import type { EvidenceSource } from '../evidence/evidence.ts';
import type { Repair } from '../repair.ts';

/** A rule of the module's user; every condition that is present must hold. */
export interface UserRule {
  readonly id: string;
  readonly when: UserConditions;
  readonly class: FailureClass;
  readonly verdict?: VerdictKind;
  /** Mends the body of a letter before it is healed; the verdict is `heal` or absent then. */
  readonly repair?: Repair;
}

export interface UserConditions {
  /** The error's type, whole or without its package. */
  readonly errorType?: string;
  /** A part of the message or of a cause, as written. */
  readonly messageContains?: string;
  /** RE2, searched for in the message and the causes. */
  readonly messageMatches?: string;
  readonly httpStatus?: number;
  readonly awsErrorCode?: string;
  /** An evidence source (`kit`, `sqs-redrive`, …). */
  readonly source?: EvidenceSource | (string & {});
  readonly queue?: string;
  /** Message attributes by name; the text must be equal. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** JMESPath (Powertools' flavour) over the body parsed as JSON; the result must be truthy. */
  readonly body?: string;
}
