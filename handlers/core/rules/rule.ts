import type { BuiltInClass } from '../classes.ts';
import type { Cause, Facts } from '../classify/cause.ts';
import { DRIVER_CODE_SIGNS, type DriverVendor } from '../classify/driver-codes.ts';
import { SQL_STATE_SIGNS } from '../classify/numbers.ts';
import { alternativesOf, requiredWords } from '../classify/required.ts';

let patternCount = 0;

/** One row of a table: what is looked for, what it means, and why it means that. */
export interface Rule {
  /** Unique; users see it as `builtin:<name>`. */
  readonly name: string;
  readonly class: BuiltInClass;
  readonly why: string;
  readonly test: Test;
  /** 0 to 1; left out where the table's own applies. */
  readonly confidence?: number;
}

/** Looks at one cause (and, for context, at all that is known). */
export interface Test {
  /** The words that matched, or undefined. */
  readonly find: (cause: Cause, facts: Facts, seen: Seen) => string | undefined;
  readonly needs: Needs;
  /** Every pattern and name that the test may look for, those that hold it back too. */
  readonly patterns: readonly Pattern[];
  readonly names: readonly string[];
}

/** A pattern and words in small letters, of which at least one stands in whatever it matches. */
export interface Pattern {
  /** Its own among all patterns: the engine notes by number which may match. */
  readonly id: number;
  readonly pattern: RegExp;
  readonly words: readonly string[];
}

/** What of the rules' vocabulary stands in the cause. */
export interface Seen {
  /** Names that stand in it as whole identifiers. */
  readonly names: readonly string[];
  /** Whether a word is there without which the pattern cannot match. */
  readonly mayMatch: (pattern: Pattern) => boolean;
}

/** What a cause must have, one of all these, for the test to be worth asking. */
export interface Needs {
  /** One of which may match. */
  readonly patterns?: readonly Pattern[];
  /** Whole identifiers, with case. */
  readonly names?: readonly string[];
  /** The error's own type or code. */
  readonly types?: readonly string[];
  /** Asked about every cause: the test looks at what is cheap. */
  readonly always?: true;
}

/**
 * Exception and error-code names that mean one thing wherever they stand: `ThrottlingException`, `ECONNREFUSED`.
 * Matched whole and with case, so they never match inside a longer word. Each argument lists names between blanks.
 */
export function names(...lists: readonly string[]): Test {
  const known = listed(lists);
  return {
    needs: { names: [...known], types: [...known] },
    patterns: [],
    names: [...known],
    find: (cause, _facts, seen) =>
      seen.names.find((name) => known.has(name)) ?? cause.types.find((type) => known.has(type)),
  };
}

/** Names that are ordinary words too (`Timeout`, `Forbidden`): only as the type or code of the error. */
export function types(...lists: readonly string[]): Test {
  const known = listed(lists);
  return {
    needs: { types: [...known] },
    patterns: [],
    names: [],
    find: (cause) => cause.types.find((type) => known.has(type)),
  };
}

/**
 * Words in the text of the cause, whatever their case: one phrase a line, each a regular expression that begins at the
 * beginning of a word (`\b` is put before a letter or digit). What needs case, or begins within a word, is given as a
 * RegExp. Patterns must be linear: every quantifier bounded (`{0,80}`), none nested; a test enforces it. Each must need a
 * word of three letters or more, or it would have to be tried on every text.
 */
export function text(...phrases: readonly (string | RegExp)[]): Test {
  const patterns = phrases.flatMap(patternsIn).map((pattern) => {
    const words = requiredWords(pattern);
    if (words.length === 0) throw new Error(`${pattern} can match without any word of three letters: give it one`);
    return { id: patternCount++, pattern, words };
  });
  return {
    needs: { patterns },
    patterns,
    names: [],
    find: (cause, _facts, seen) => {
      for (const one of patterns) {
        if (!seen.mayMatch(one)) continue;
        const found = one.pattern.exec(cause.text);
        if (found !== null) return found[0];
      }
      return undefined;
    },
  };
}

function patternsIn(phrases: string | RegExp): RegExp[] {
  if (phrases instanceof RegExp) return alternativesOf(phrases);
  const lines = phrases.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((line) => new RegExp(/^\w/.test(line) ? `\\b${line}` : line, 'i'));
}

/**
 * Words that an error's name is made of: `/timeout|timed out/` finds PaymentGatewayTimeoutException and ERR_TIMED_OUT.
 * For names that no table lists: libraries and teams call their errors after what happened.
 */
export function named(pattern: RegExp): Test {
  return {
    needs: { always: true },
    patterns: [],
    names: [],
    find: (cause) => cause.errorNames().find(({ words }) => pattern.test(words))?.name,
  };
}

/** HTTP statuses, where the evidence shows that they are one. */
export function status(...list: readonly number[]): Test {
  return {
    needs: { always: true },
    patterns: [],
    names: [],
    find: (cause) => {
      const found = cause.statuses().find((code) => list.includes(code));
      return found === undefined ? undefined : `status ${found}`;
    },
  };
}

/** SQLSTATE codes, or their classes by the first two characters, where the text shows that they are one. */
export function sqlState(...prefixes: readonly string[]): Test {
  return {
    ...onlyWith(SQL_STATE_SIGNS),
    find: (cause) => {
      const found = cause.sqlStates().find((state) => prefixes.some((prefix) => state.startsWith(prefix)));
      return found === undefined ? undefined : `SQLSTATE ${found}`;
    },
  };
}

/** Numbers of drivers and operating systems, by vendor. */
export function driverCode(numbers: Readonly<Partial<Record<DriverVendor, readonly number[]>>>): Test {
  const known = new Set(
    Object.entries(numbers).flatMap(([vendor, list]) => list.map((number) => `${vendor}:${number}`)),
  );
  return {
    ...onlyWith(DRIVER_CODE_SIGNS),
    find: (cause) => cause.driverCodes().find((code) => known.has(code)),
  };
}

/** A test that finds nothing in a text without one of these words. */
function onlyWith(words: readonly string[]): Omit<Test, 'find'> {
  const signs = [{ id: patternCount++, pattern: NOTHING, words }];
  return { needs: { patterns: signs }, patterns: signs, names: [] };
}

/** Where a test reads the text by other means than a pattern. */
const NOTHING = /(?!)/;

/** Enhanced status codes of a mail server's reply (`550 5.1.1 …`, RFC 3463), by their beginning. */
export function mailReply(...prefixes: readonly string[]): Test {
  return {
    needs: { always: true },
    patterns: [],
    names: [],
    find: ({ text: said }) => {
      const [, code] = /(?:^|[\s:('"])[45]\d\d(?:[ -]|, b?['"])([45]\.\d\.\d{1,3})\b/.exec(said) ?? [];
      return code !== undefined && prefixes.some((prefix) => code.startsWith(prefix)) ? `reply ${code}` : undefined;
    },
  };
}

/** A word of the letter's own body, looked for only to hold another test back. */
export function body(pattern: RegExp): Test {
  return {
    needs: { always: true },
    patterns: [],
    names: [],
    find: (_cause, facts) => pattern.exec(facts.body.slice(0, 64))?.[0],
  };
}

/** The first test that matches. */
export function either(...tests: readonly Test[]): Test {
  return {
    needs: union(tests),
    ...allOf(tests),
    find: (...about) => {
      for (const test of tests) {
        const words = test.find(...about);
        if (words !== undefined) return words;
      }
      return undefined;
    },
  };
}

/** The first test's words, if the second matches too. */
export function both(test: Test, other: Test): Test {
  return {
    needs: test.needs,
    ...allOf([test, other]),
    find: (...about) => {
      const words = test.find(...about);
      return words === undefined || other.find(...about) === undefined ? undefined : words;
    },
  };
}

/** The first test's words, unless the cause matches the second too. */
export function butNot(test: Test, exception: Test): Test {
  return {
    needs: test.needs,
    ...allOf([test, exception]),
    find: (...about) => {
      const words = test.find(...about);
      return words === undefined || exception.find(...about) !== undefined ? undefined : words;
    },
  };
}

/** The first test's words, if the text around them (stack and outer causes too) matches `context` and not `unless`. */
export function within(test: Test, context: RegExp | undefined, unless?: RegExp): Test {
  return {
    needs: test.needs,
    ...allOf([test]),
    find: (cause, facts, seen) => {
      const words = test.find(cause, facts, seen);
      if (words === undefined || unless?.test(facts.all())) return undefined;
      return context === undefined || context.test(facts.all()) ? words : undefined;
    },
  };
}

function allOf(tests: readonly Test[]): Pick<Test, 'patterns' | 'names'> {
  return {
    patterns: tests.flatMap(({ patterns }) => patterns),
    names: tests.flatMap(({ names: list }) => list),
  };
}

function union(tests: readonly Test[]): Needs {
  const all = tests.map(({ needs }) => needs);
  return {
    patterns: all.flatMap(({ patterns = [] }) => patterns),
    names: all.flatMap(({ names: list = [] }) => list),
    types: all.flatMap(({ types: list = [] }) => list),
    ...(all.some(({ always }) => always) ? { always: true as const } : {}),
  };
}

function listed(lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.trim().split(/\s+/)));
}
