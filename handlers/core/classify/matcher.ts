import type { Pattern, Rule, Seen } from '../rules/rule.ts';
import type { Cause, Facts } from './cause.ts';
import { vocabularyOf } from './vocabulary.ts';

export interface Match<R extends Rule = Rule> {
  readonly rule: R;
  readonly words: string;
}

export interface Matcher<R extends Rule> {
  /** Every rule that matches the cause, in the order of the rules, found one by one as they are asked for. */
  matches(cause: Cause, facts: Facts): Iterable<Match<R>>;
}

/** Asks of a hundred rules only those whose words, names or types the cause has: what it says is read once. */
export function matcherOf<R extends Rule>(rules: readonly R[]): Matcher<R> {
  const names = indexed(rules, ({ test }) => test.needs.names);
  const types = indexed(rules, ({ test }) => test.needs.types);
  const always = Uint8Array.from(rules, ({ test }) => (test.needs.always ? 1 : 0));
  const rulesOf = indexed(rules, ({ test }) => test.needs.patterns);
  const patternsOf = indexedWords(rules);
  const patterns = [...patternsOf.values()];
  const vocabulary = vocabularyOf([...patternsOf.keys()], [...new Set(rules.flatMap(({ test }) => test.names))]);
  return {
    *matches(cause, facts) {
      const found = vocabulary.find(cause.text);
      const likely = new Set<Pattern>();
      const worthAsking = always.slice();
      const ask = (some: readonly number[] = []) => {
        for (const rule of some) worthAsking[rule] = 1;
      };
      for (const word of found.words) {
        for (const pattern of patterns[word] ?? []) {
          likely.add(pattern);
          ask(rulesOf.get(pattern));
        }
      }
      for (const name of found.names) ask(names.get(name));
      for (const type of cause.types) ask(types.get(type));
      const seen: Seen = { names: found.names, mayMatch: (pattern) => likely.has(pattern) };
      for (let index = worthAsking.indexOf(1); index !== -1; index = worthAsking.indexOf(1, index + 1)) {
        const rule = rules[index] as R;
        const matched = rule.test.find(cause, facts, seen);
        if (matched !== undefined) yield { rule, words: matched };
      }
    },
  };
}

/** Which patterns need a word, by the word. */
function indexedWords(rules: readonly Rule[]): Map<string, Pattern[]> {
  const index = new Map<string, Pattern[]>();
  for (const pattern of new Set(rules.flatMap(({ test }) => test.patterns)))
    for (const word of pattern.words) index.set(word, [...(index.get(word) ?? []), pattern]);
  return index;
}

/** Which rules need a thing, by the thing. */
function indexed<R, T>(rules: readonly R[], needed: (rule: R) => readonly T[] | undefined): Map<T, number[]> {
  const index = new Map<T, number[]>();
  rules.forEach((rule, at) => {
    for (const one of new Set(needed(rule))) index.set(one, [...(index.get(one) ?? []), at]);
  });
  return index;
}
