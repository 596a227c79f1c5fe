import { createHash } from 'node:crypto';
import type { Classification } from './classes.ts';
import { causesOf } from './classify/cause.ts';
import { MAX_NAME } from './classify/chain.ts';
import { type Evidence, MAX_TEXT } from './evidence/evidence.ts';
import { cut } from './redact.ts';

/**
 * What differs between two deaths of one fault, what stands for it, and a character without which the pattern cannot
 * match (most texts lack most of them); in this order.
 */
const VARIABLE: readonly (readonly [RegExp, string, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>)\]]{1,2000}/gi, ' <url> ', '://'],
  [/[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, ' <e-mail> ', '@'],
  [/\barn:aws[\w-]{0,20}:[^\s"'`,)]{1,500}/g, ' <arn> ', 'arn:aws'],
  [/\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:z| ?[+-]\d\d:?\d\d)?)?/gi, ' <time> ', '-'],
  [
    /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? \d{1,2} [a-z]{3,9} \d{4}(?: \d\d:\d\d:\d\d)?(?: gmt| utc| [+-]\d{4})?/gi,
    ' <time> ',
    ' ',
  ],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, ' <id> ', '-'],
  [/(\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|scala|cs|php|c|cc|cpp)):(?:line )?\d{1,7}(?::\d{1,7})?/gi, '$1', ':'],
  [/\b\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\b(?!:)/g, ' <time> ', ':'],
  [/\b0x[0-9a-f]{1,16}\b/gi, ' <address> ', '0x'],
  [/@[0-9a-f]{5,16}\b/gi, ' <address> ', '@'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, ' <host> ', '.'],
  [/\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])\]?(?::\d{1,5}\b)?/gi, ' <host> ', ':'],
  [/\b(?=[\w.-]{0,63}[a-z])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}:\d{2,5}(?![\d:.])/gi, ' <host> ', ':'],
  [
    /\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}\.(?:com|net|org|io|dev|internal|local|localdomain|cloud|app|svc|test|example|aws|eu|de|uk)\b(?!\.\w|\w)/gi,
    ' <host> ',
    '.',
  ],
  [/\b(?=[\w-]{0,63}\d)(?=[\w-]{0,63}[a-z])[a-z0-9][\w-]{5,127}\b/gi, ' <id> ', ''],
  [/\b[a-z]{1,3}\d{2,8}\b/gi, ' <id> ', ''],
  [/[+-]?\b\d[\d,._]{0,40}/g, ' # ', ''],
];

const QUOTED = /(?<!\w)(["'`«‘“])([^"'`«»‘’“”\n]{0,200})(["'`»’”])(?!\w)/g;

/** Quoted after these words, a name says which fault it is; elsewhere a quoted text is a value of one letter. */
const NAMING =
  /\b(?:reading|setting|propert(?:y|ies)|field|column|key|module|package|attribute|parameter|param|argument|relation|table|index|name|named|function|method|constraint|type|class|variable|header|queue|topic|command|object|exchange|role|invoke|path|code|has no)\W{1,3}$/i;
const NAMED =
  /^\s{0,2}(?:is (?:a )?(?:required|missing|not (?:defined|a function|allowed|iterable))|must|does not exist|has no|object|because)\b/i;

/**
 * A key of a JSON object (or of a Python dictionary) and its value, where that is a text, a number or a word. Objects and
 * lists are taken apart by their own pairs.
 */
const PAIR =
  /["']([A-Za-z_][\w.$-]{0,40})["']\s{0,2}(?::|=>)\s{0,2}(?:(["'])(?!\s?[{[])([^\n]{0,600}?)\2(?=\s{0,2}[,}\]])|([\w.+-]{1,40})(?=\s{0,2}[,}\]]))/g;

/** What is left of JSON once its pairs are taken out. */
const JSON_MARKS =
  /["'][\w.$-]{1,41}["']\s{0,2}:(?=\s{0,2}["']?\s?[{[])|["'](?=\s?[{[])|(?<=[}\]])["']|[{}[\],](?=\s|["'{}[\],]|$)/g;

/** Keys whose value says what went wrong; the others hold what differs from letter to letter. */
const TELLING_KEY =
  /error|exception|message|msg|reason|cause|(?<!status_?)code|type|detail|title|descri|fault|field|param|property|path|rule|constraint|keyword|column|table|name$/i;

/** Codes whose digits are the fault, not an instance of it. */
const CODE_WITH_DIGITS = /\b(?:ORA|TNS|PLS|DPY|DPI|NJS|SQLSTATE|AADSTS|E|P|CS|HTTP|TS)-?\d{3,8}\b/g;

const MAX_KEY = 1024;

/**
 * The message with everything replaced that changes from letter to letter (ids, numbers, hosts, times, quoted values), so
 * that two deaths of one fault read alike. For comparing, not for showing.
 */
export function normalise(message: string): string {
  let text = cut(message, MAX_TEXT).replace(/\\(["'])/g, '$1');
  text = text.replace(PAIR, (_whole, key: string, _quote, said: string | undefined, word: string | undefined) =>
    TELLING_KEY.test(key) ? ` ${key} ${said ?? word ?? ''} ` : ' ',
  );
  if (text.includes('{')) text = text.replace(JSON_MARKS, ' ');
  text = text.replace(QUOTED, (_whole, _open, inner: string, _close, at: number) => {
    const end = at + inner.length + 2;
    const names = NAMING.test(text.slice(Math.max(0, at - 24), at)) || NAMED.test(text.slice(end, end + 32));
    return names && /^[A-Za-z_$][\w.$-]{0,80}$/.test(inner) ? ` ${inner} ` : ' <value> ';
  });
  for (const [pattern, placeholder, needed] of VARIABLE)
    if (text.includes(needed)) text = text.replace(pattern, placeholder);
  return cut(
    text
      .replace(/["'`«»‘’“”]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .toLowerCase(),
    MAX_KEY,
  );
}

/**
 * 12 hex characters that name the fault: letters of one queue with the same fingerprint are one group.
 * @param queue The queue's own name is replaced in the text, so that one fault has one fingerprint on every queue.
 */
export function fingerprint(queue: string, classification: Classification, evidence: Evidence): string {
  const causes = causesOf(evidence);
  const self = causes.at(-1);
  const cause = causes[0];
  const text = cause?.text ?? '';
  const parts = [
    classification.failureClass,
    (evidence.errorType ?? '').slice(0, MAX_NAME),
    (evidence.awsErrorCode ?? '').slice(0, MAX_NAME),
    [...(self?.statuses() ?? []), ...(cause?.statuses() ?? [])].join(),
    [...(cause?.sqlStates() ?? []), ...(text.match(CODE_WITH_DIGITS) ?? [])].join(),
    // A defect is told apart by the name it stumbled on and by the place; of other faults the place says nothing.
    classification.failureClass === 'CODE_BUG' ? `${stumbledOn(text)} ${ownFrame(evidence.stack)}` : '',
    withoutName(normalise(text), queue),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

/** `total` of `KeyError: 'total'`; neither key nor value of a JSON object. */
const STUMBLED = /(?<!["']\s?:\s?)["'`]([A-Za-z_$][\w.$]{0,80})["'`](?!\s{0,2}(?::|=>))/;

function stumbledOn(text: string): string {
  return STUMBLED.exec(cut(text, MAX_TEXT))?.[1] ?? '';
}

/** The first frame of the consumer's own code, without line numbers. */
function ownFrame(stack: string | undefined): string {
  const frames = cut(stack ?? '', MAX_TEXT)
    .split('\n')
    .filter(
      (line) =>
        /^\s{1,16}(?:at |File ")/.test(line) && !/node_modules|node:internal|site-packages|<anonymous>/.test(line),
    );
  return normalise(frames[0] ?? '');
}

function withoutName(text: string, queue: string): string {
  return queue.length < 3 ? text : text.split(queue.toLowerCase()).join('<queue>');
}
