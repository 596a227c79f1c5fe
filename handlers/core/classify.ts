import type { BuiltInClass, Classification } from './classes.ts';
import { type Facts, factsOf } from './classify/cause.ts';
import { type Match, type Matcher, matcherOf } from './classify/matcher.ts';
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

const byTables = classifierOf(BUILT_IN_RULES);

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
    const verdict = rule.repair === undefined ? rule.verdict : 'heal';
    return verdict === undefined ? classification : { ...classification, verdict };
  }
  return byTables(factsOf(evidence, letter.body));
}

/** Classifies by tables of rules alone. */
export function classifierOf(rules: readonly RankedRule[]): (facts: Facts) => Classification {
  const matcher = matcherOf(rules);
  return (facts) => {
    const match = decisive(facts, matcher);
    if (match !== undefined) {
      const { rule, words } = match;
      return {
        failureClass: rule.class,
        rule: `builtin:${rule.name}`,
        words: shown(words),
        confidence: rule.confidence,
      };
    }
    const said = facts.causes.some(({ text, types, statuses }) => text !== '' || types.length + statuses().length > 0);
    return said
      ? { failureClass: 'UNKNOWN', rule: 'builtin:no-rule', words: shown(facts.causes[0]?.text ?? ''), confidence: 0.2 }
      : { failureClass: 'UNKNOWN', rule: 'builtin:no-evidence', words: '', confidence: 0.1 };
  };
}

/** The innermost cause that a sure rule knows decides; a guess only where no cause has a sure match. */
function decisive(facts: Facts, matcher: Matcher<RankedRule>): Match<RankedRule> | undefined {
  return (
    (facts.causes.some(({ text }) => AGGREGATE.test(text)) ? incurable(facts, matcher) : undefined) ??
    firstMatch(facts, matcher)
  );
}

function firstMatch(facts: Facts, matcher: Matcher<RankedRule>): Match<RankedRule> | undefined {
  let guess: Match<RankedRule> | undefined;
  for (const cause of facts.causes) {
    for (const match of matcher.matches(cause, facts)) {
      if (!match.rule.guess) return match;
      // The tables' order counts among guesses: the words of a name say more than single words of a text.
      if (guess === undefined || rank(match) < rank(guess)) guess = match;
      break;
    }
  }
  return guess;
}

const rank = ({ rule }: Match<RankedRule>) => BUILT_IN_RULES.indexOf(rule);

/** Side by side in one text, the first table asked is not the one that matters: what no retry cures decides. */
function incurable(facts: Facts, matcher: Matcher<RankedRule>): Match<RankedRule> | undefined {
  for (const cause of facts.causes) {
    for (const match of matcher.matches(cause, facts))
      if (!match.rule.guess && !CURED_BY_TIME.has(match.rule.class)) return match;
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
