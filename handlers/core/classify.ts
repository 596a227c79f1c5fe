import type { BuiltInClass, Classification } from './classes.ts';
import { type Cause, type Facts, factsOf } from './classify/cause.ts';
import { type ClassifiedLetter, matchUserRules } from './classify/user-rules.ts';
import type { Evidence } from './evidence/evidence.ts';
import { cut, redact } from './redact.ts';
import { BUILT_IN_RULES, type RankedRule } from './rules/built-in.ts';
import type { UserRule } from './rules/user.ts';

export interface ClassifyContext {
  /** Key of the queue in the policy. */
  readonly queue: string;
  readonly rules: readonly UserRule[];
}

const MAX_WORDS = 120;

/** Below this a rule is a guess, which must not overrule a sure match beside it. */
const SURE = 0.7;

/** Errors that carry several, side by side. */
const AGGREGATE =
  /\b(?:AggregateError|AggregateException|ExceptionGroup|BaseExceptionGroup|MultiError|MultipleErrors|CompositeException)\b|\(Inner Exception #\d|\b\d{1,4} errors? occurred:/;

/** Classes that time alone cures; in an aggregate the others decide. */
const CURED_BY_TIME: ReadonlySet<BuiltInClass> = new Set([
  'TIMEOUT',
  'THROTTLED',
  'DEPENDENCY_FAILURE',
  'RESOURCE_EXHAUSTED',
]);

/**
 * The failure class of a death, and why. The user's rules come first; else the innermost cause that a built-in rule knows
 * decides. Without usable evidence the class is `UNKNOWN`, never one that is retried. Pure; never throws.
 */
export function classify(evidence: Evidence, letter: ClassifiedLetter, context: ClassifyContext): Classification {
  const byUser = matchUserRules(context.rules, evidence, letter, context.queue);
  if (byUser !== undefined) {
    const { rule, words } = byUser;
    const classification = { failureClass: rule.class, rule: `user:${rule.id}`, words: shown(words), confidence: 1 };
    return rule.verdict === undefined ? classification : { ...classification, verdict: rule.verdict };
  }
  return classifyByTables(factsOf(evidence, letter.body));
}

function classifyByTables(facts: Facts): Classification {
  if (facts.causes.every((cause) => cause.text === '' && cause.names.length === 0 && cause.statuses.length === 0)) {
    return { failureClass: 'UNKNOWN', rule: 'builtin:no-evidence', words: '', confidence: 0.1 };
  }
  const matches = AGGREGATE.test(facts.all) ? allMatches(facts) : firstMatch(facts);
  const match = matches.find(({ rule }) => !CURED_BY_TIME.has(rule.class) && rule.class !== 'UNKNOWN') ?? matches[0];
  if (match === undefined) {
    return {
      failureClass: 'UNKNOWN',
      rule: 'builtin:no-rule',
      words: shown(facts.causes[0]?.text ?? ''),
      confidence: 0.2,
    };
  }
  const { rule, words } = match;
  return { failureClass: rule.class, rule: `builtin:${rule.name}`, words: shown(words), confidence: rule.confidence };
}

interface Match {
  readonly rule: RankedRule;
  readonly words: string;
}

function firstMatch(facts: Facts): Match[] {
  for (const cause of facts.causes) {
    const match = ruleFor(cause, facts);
    if (match !== undefined) return [match];
  }
  return [];
}

/** Every sure match of every cause: side by side in one text, the first table asked is not the one that matters. */
function allMatches(facts: Facts): Match[] {
  const sure = facts.causes.flatMap((cause) =>
    BUILT_IN_RULES.filter((rule) => rule.confidence >= SURE).flatMap((rule) => {
      const words = rule.test(cause, facts);
      return words === undefined ? [] : [{ rule, words }];
    }),
  );
  return sure.length > 0 ? sure : firstMatch(facts);
}

function ruleFor(cause: Cause, facts: Facts): Match | undefined {
  for (const rule of BUILT_IN_RULES) {
    const words = rule.test(cause, facts);
    if (words !== undefined) return { rule, words };
  }
  return undefined;
}

function shown(words: string): string {
  return cut(
    redact(cut(words, MAX_WORDS * 2))
      .replace(/\s+/g, ' ')
      .trim(),
    MAX_WORDS,
  );
}
