import { AUTH } from './auth.ts';
import { BY_NAME } from './by-name.ts';
import { BY_WORD } from './by-word.ts';
import { CODE_BUG, WEAK_CODE_BUG, WEAK_VALIDATION } from './code-bug.ts';
import { DEPENDENCY } from './dependency.ts';
import { BROKEN_DEPLOYMENT } from './deployment.ts';
import { DRIVER_CODES, ERRNOS } from './driver-codes.ts';
import { KNOWN_NAMES } from './known-names.ts';
import { LAMBDA, UNUSABLE } from './lambda.ts';
import { MISLEADING_NAMES } from './misleading-names.ts';
import { MISLEADING_PARSERS } from './misleading-parsers.ts';
import { MISLEADING_WORDS } from './misleading-words.ts';
import { MISUSED } from './misused.ts';
import { PAYLOAD } from './payload.ts';
import { RESOURCES } from './resources.ts';
import type { Rule } from './rule.ts';
import { STATUSES } from './status.ts';
import { THROTTLED } from './throttled.ts';
import { TIMEOUT } from './timeout.ts';
import { VALIDATION } from './validation.ts';

interface Table {
  readonly rules: readonly Rule[];
  /** Confidence of a row that names none. */
  readonly confidence: number;
  /** Believed only when no other cause of the death has a sure match. */
  readonly guess?: true;
}

/**
 * The order in which the tables are asked about each cause, innermost cause first; within a table, top to bottom.
 * What borrows another class's words is asked before that class: pool waits before time-outs, refused log-ins before
 * connection errors, undecodable data before defects. Words come before statuses, statuses before names that say little.
 */
const TABLES: readonly Table[] = [
  { rules: LAMBDA, confidence: 0.95 },
  { rules: MISUSED, confidence: 0.85 },
  { rules: MISLEADING_WORDS, confidence: 0.85 },
  { rules: MISLEADING_PARSERS, confidence: 0.85 },
  { rules: MISLEADING_NAMES, confidence: 0.85 },
  { rules: DRIVER_CODES, confidence: 0.9 },
  { rules: KNOWN_NAMES, confidence: 0.85 },
  { rules: BROKEN_DEPLOYMENT, confidence: 0.85 },
  { rules: THROTTLED, confidence: 0.9 },
  { rules: RESOURCES, confidence: 0.9 },
  { rules: AUTH, confidence: 0.9 },
  { rules: PAYLOAD, confidence: 0.9 },
  { rules: VALIDATION, confidence: 0.9 },
  { rules: CODE_BUG, confidence: 0.85 },
  { rules: TIMEOUT, confidence: 0.9 },
  { rules: DEPENDENCY, confidence: 0.9 },
  { rules: STATUSES, confidence: 0.85 },
  { rules: ERRNOS, confidence: 0.8 },
  { rules: UNUSABLE, confidence: 0.2, guess: true },
  { rules: BY_NAME, confidence: 0.7, guess: true },
  { rules: WEAK_VALIDATION, confidence: 0.5, guess: true },
  { rules: WEAK_CODE_BUG, confidence: 0.5, guess: true },
  { rules: BY_WORD, confidence: 0.4, guess: true },
];

export interface RankedRule extends Rule {
  readonly confidence: number;
  readonly guess: boolean;
}

export const BUILT_IN_RULES: readonly RankedRule[] = TABLES.flatMap(({ rules, confidence, guess = false }) =>
  rules.map((rule) => ({ confidence, guess, ...rule })),
);
