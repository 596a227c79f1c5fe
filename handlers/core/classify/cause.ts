import type { Evidence } from '../evidence/evidence.ts';
import { MAX_TEXT } from '../evidence/evidence.ts';
import { causeTexts, MAX_NAME } from './chain.ts';
import { sqlStatesIn, statusesIn } from './numbers.ts';

/** One link of the chain of causes, read once so that a hundred rules need not read it again. */
export interface Cause {
  /** `Type: message`, without stack frames. */
  readonly text: string;
  /** What the error calls itself: its type without package, and its code. */
  readonly types: readonly string[];
  /** Every identifier in the text, once, in order. */
  readonly names: readonly string[];
  readonly statuses: readonly number[];
  readonly sqlStates: readonly string[];
}

/** All that is known of one death. */
export interface Facts {
  /** Innermost first. */
  readonly causes: readonly Cause[];
  /** Everything the evidence says, stack frames too: context for the tie-breaks. */
  readonly all: string;
  readonly body: string;
}

const MAX_NAMES = 400;

export function factsOf(evidence: Evidence, body: string): Facts {
  const texts = causeTexts(evidence);
  const causes = texts.map((text, i) => causeOf(text, i === texts.length - 1 ? evidence : undefined));
  const said = [evidence.errorType, evidence.message, ...(evidence.causes ?? []).slice(0, 10), evidence.stack];
  const all = said.flatMap((part) => (part === undefined ? [] : part.slice(0, MAX_TEXT))).join('\n');
  return { causes, all: all.slice(0, 3 * MAX_TEXT), body };
}

/** The structured facts (status, code) are those of the error itself, the outermost of the chain. */
function causeOf(text: string, evidence: Evidence | undefined): Cause {
  const types = [evidence?.errorType, evidence?.awsErrorCode, leadingType(text)].flatMap(
    (type) => lastSegment(type) ?? [],
  );
  const statuses = statusesIn(text);
  if (evidence?.httpStatus !== undefined) statuses.unshift(evidence.httpStatus);
  return { text, types, names: [...new Set([...types, ...identifiers(text)])], statuses, sqlStates: sqlStatesIn(text) };
}

function identifiers(text: string): string[] {
  return (text.match(/[A-Za-z_]\w*/g) ?? []).slice(0, MAX_NAMES);
}

/** `java.net.ConnectException` of `java.net.ConnectException: Connection refused`. */
function leadingType(text: string): string | undefined {
  return /^(?:Uncaught |Unhandled exception\. )?([A-Za-z_][\w.$:\\/#-]{0,160}?)(?::?\s|\s?\(|$)/.exec(text)?.[1];
}

/** The name without package, module or namespace: `Errors.Http.TimeoutError`, `mod::Error`, `com.aws#Throttled`, `A\B`. */
function lastSegment(type: string | undefined): string | undefined {
  const segment = type
    ?.slice(0, MAX_NAME)
    .split(/[.#\\/]|::/)
    .findLast((part) => part !== '');
  return segment?.slice(0, 160);
}
