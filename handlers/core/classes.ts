/** The nine built-in failure classes; their definitions and tie-breaks are in docs/failure-classes.md. */
export const FAILURE_CLASSES = [
  'AUTH_FAILURE',
  'VALIDATION_ERROR',
  'BAD_PAYLOAD',
  'TIMEOUT',
  'THROTTLED',
  'DEPENDENCY_FAILURE',
  'RESOURCE_EXHAUSTED',
  'CODE_BUG',
  'UNKNOWN',
] as const;

export type BuiltInClass = (typeof FAILURE_CLASSES)[number];

/** A built-in class or one that a user's rule names. */
export type FailureClass = BuiltInClass | (string & {});

/** Why a letter is of its class: every verdict can be traced to one rule and the words it saw. */
export interface Classification {
  readonly failureClass: FailureClass;
  /** `user:<id>` or `builtin:<name>`. */
  readonly rule: string;
  /** The words of the evidence that the rule matched; redacted where it is shown. */
  readonly words: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** A user rule may override the verdict of its class. */
  readonly verdict?: VerdictKind;
}

export const VERDICT_KINDS = ['heal', 'park', 'archive', 'quarantine', 'leave'] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];
