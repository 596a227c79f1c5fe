import type { Evidence } from '../evidence/evidence.ts';
import { MAX_TEXT } from '../evidence/evidence.ts';
import { lazily } from '../lazily.ts';
import { causeTexts, MAX_NAME } from './chain.ts';
import { driverCodesIn } from './driver-codes.ts';
import { nameWords } from './name-words.ts';
import { sqlStatesIn, statusesIn } from './numbers.ts';

/** One link of the chain of causes; what costs something to find out is found out when a rule asks, and once. */
export interface Cause {
  /** `Type: message`, without stack frames. */
  readonly text: string;
  /** What the error calls itself: its type without package, and its code. */
  readonly types: readonly string[];
  /** Names of errors anywhere in the text (`SomethingError`, `ERR_SOMETHING`) and the words they are made of. */
  readonly errorNames: () => readonly ErrorName[];
  readonly statuses: () => readonly number[];
  readonly sqlStates: () => readonly string[];
  /** `vendor:number`. */
  readonly driverCodes: () => readonly string[];
}

export interface ErrorName {
  readonly name: string;
  /** In small letters, between blanks. */
  readonly words: string;
}

/** All that is known of one death. */
export interface Facts {
  /** Innermost first. */
  readonly causes: readonly Cause[];
  /** Everything the evidence says, stack frames too: context for the tie-breaks. */
  readonly all: () => string;
  readonly body: string;
}

const MAX_ERROR_NAMES = 40;

export function factsOf(evidence: Evidence, body: string): Facts {
  return { causes: causesOf(evidence), all: lazily(() => everythingSaid(evidence)), body };
}

const known = new WeakMap<Evidence, readonly Cause[]>();

/** The chain of causes, innermost first. Read once for each evidence: class and fingerprint both come from it. */
export function causesOf(evidence: Evidence): readonly Cause[] {
  const before = known.get(evidence);
  if (before !== undefined) return before;
  const texts = causeTexts(evidence);
  const causes = texts.map((text, i) => causeOf(text, i === texts.length - 1 ? evidence : undefined));
  known.set(evidence, causes);
  return causes;
}

function everythingSaid({ errorType, message, causes = [], stack }: Evidence): string {
  const said = [errorType, message, ...causes.slice(0, 10), stack];
  const all = said.flatMap((part) => (part === undefined ? [] : part.slice(0, MAX_TEXT))).join('\n');
  return all.slice(0, 3 * MAX_TEXT);
}

/** The structured facts (status, code) are those of the error itself, the outermost of the chain. */
function causeOf(text: string, evidence: Evidence | undefined): Cause {
  const types = [evidence?.errorType, evidence?.awsErrorCode, leadingType(text)].flatMap(
    (type) => lastSegment(type) ?? [],
  );
  return {
    text,
    types,
    errorNames: lazily(() =>
      [...new Set([...types, ...errorNamesIn(text)])].map((name) => ({ name, words: nameWords(name).join(' ') })),
    ),
    statuses: lazily(() => [...(evidence?.httpStatus === undefined ? [] : [evidence.httpStatus]), ...statusesIn(text)]),
    sqlStates: lazily(() => sqlStatesIn(text)),
    driverCodes: lazily(() => driverCodesIn(text)),
  };
}

function errorNamesIn(text: string): string[] {
  return (
    text.match(
      /\b[A-Za-z_]\w{0,80}(?:Error|Exception|Fault|Failure)\b|\b[A-Z][a-z]\w{1,60}(?:Timeout|TimedOut|Exceeded|Denied|NotFound|Unavailable|Refused|Expired|Throttled|Unauthorized|Forbidden|Violation|Mismatch|Conflict|Exhausted)\b|\b[A-Z][A-Z0-9]{1,20}_[A-Z0-9_]{2,60}\b/g,
    ) ?? []
  ).slice(0, MAX_ERROR_NAMES);
}

const TYPE = /^(?:Uncaught |Unhandled exception\. )?([A-Za-z_][\w.$:\\/#-]{0,160})(\s?\(|\s|$)/;

/**
 * `java.net.ConnectException` of `java.net.ConnectException: Connection refused`. The first word of a sentence is no type:
 * a colon follows a type, or it stands alone or looks like one.
 */
function leadingType(text: string): string | undefined {
  const [, word = '', after] = TYPE.exec(text) ?? [];
  if (word.endsWith(':')) return word.slice(0, -1);
  return after === '' || /(?:Error|Exception|Fault)$/.test(word) ? word : undefined;
}

/** The name without package, module or namespace: `Errors.Http.TimeoutError`, `mod::Error`, `com.aws#Throttled`, `A\B`. */
function lastSegment(type: string | undefined): string | undefined {
  return type === undefined ? undefined : /[^.#\\/$:]{1,160}(?=[.#\\/$:]{0,8}$)/.exec(type.slice(0, MAX_NAME))?.[0];
}
