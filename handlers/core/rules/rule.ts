import type { BuiltInClass } from '../classes.ts';
import type { Cause, Facts } from '../classify/cause.ts';

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

/** Looks at one cause (and, for context, at all that is known); returns the words that matched. */
export type Test = (cause: Cause, facts: Facts) => string | undefined;

/**
 * Exception and error-code names that mean one thing wherever they stand: `ThrottlingException`, `ECONNREFUSED`.
 * Matched whole and with case, so they never match inside a longer word. Each argument lists names between blanks.
 */
export function names(...lists: readonly string[]): Test {
  const known = listed(lists);
  return (cause) => cause.names.find((name) => known.has(name));
}

/** Names that are ordinary words too (`Timeout`, `Forbidden`): only as the type or code of the error. */
export function types(...lists: readonly string[]): Test {
  const known = listed(lists);
  return (cause) => cause.types.find((type) => known.has(type));
}

/**
 * Words in the text of the cause. Patterns must be linear: every quantifier bounded (`{0,80}`), none nested; a test
 * enforces it. Case does not matter unless the pattern says so.
 */
export function text(...patterns: readonly RegExp[]): Test {
  return (cause) => {
    for (const pattern of patterns) {
      const found = pattern.exec(cause.text);
      if (found !== null) return found[0];
    }
    return undefined;
  };
}

/** HTTP statuses, where the evidence shows that they are one. */
export function status(...list: readonly number[]): Test {
  return (cause) => {
    const found = cause.statuses.find((code) => list.includes(code));
    return found === undefined ? undefined : `status ${found}`;
  };
}

/** SQLSTATE codes, or their classes by the first two characters, where the text shows that they are one. */
export function sqlState(...prefixes: readonly string[]): Test {
  return (cause) => {
    const found = cause.sqlStates.find((state) => prefixes.some((prefix) => state.startsWith(prefix)));
    return found === undefined ? undefined : `SQLSTATE ${found}`;
  };
}

/** The first test that matches. */
export function either(...tests: readonly Test[]): Test {
  return (cause, facts) => {
    for (const test of tests) {
      const words = test(cause, facts);
      if (words !== undefined) return words;
    }
    return undefined;
  };
}

/** The first test's words, if the text around them (stack and outer causes too) matches `context` and not `unless`. */
export function within(test: Test, context: RegExp | undefined, unless?: RegExp): Test {
  return (cause, facts) => {
    const words = test(cause, facts);
    if (words === undefined || unless?.test(facts.all)) return undefined;
    return context === undefined || context.test(facts.all) ? words : undefined;
  };
}

/** The first test's words, unless the cause matches the second too. */
export function butNot(test: Test, exception: Test): Test {
  return (cause, facts) => {
    const words = test(cause, facts);
    return words === undefined || exception(cause, facts) !== undefined ? undefined : words;
  };
}

function listed(lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split(' ')));
}
