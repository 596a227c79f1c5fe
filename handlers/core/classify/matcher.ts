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
  /** By word: the patterns that need it and the rules that it makes worth asking. */
  const wakes = [...patternsOf.values()].map((patterns) => ({
    patterns: patterns.map(({ id }) => id),
    rules: [...new Set(patterns.flatMap((pattern) => rulesOf.get(pattern) ?? []))],
  }));
  const highest = Math.max(0, ...wakes.flatMap(({ patterns }) => patterns));
  const vocabulary = vocabularyOf([...patternsOf.keys()], [...new Set(rules.flatMap(({ test }) => test.names))]);
  return {
    *matches(cause, facts) {
      const found = vocabulary.find(cause.text);
      const likely = new Uint8Array(highest + 1);
      const worthAsking = always.slice();
      for (const word of found.words) {
        const { patterns, rules: woken } = wakes[word] as (typeof wakes)[number];
        for (let i = 0; i < patterns.length; i++) likely[patterns[i] as number] = 1;
        for (let i = 0; i < woken.length; i++) worthAsking[woken[i] as number] = 1;
      }
      for (const name of found.names) for (const rule of names.get(name) ?? []) worthAsking[rule] = 1;
      for (const type of cause.types) for (const rule of types.get(type) ?? []) worthAsking[rule] = 1;
      const seen: Seen = { names: found.names, mayMatch: ({ id }) => likely[id] === 1 };
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
