/** Numbers count only as what they are: a 503 in an order id, a port or a line number is no status. */

const CANDIDATE = /(?<![\w.])[45]\d\d(?!\w)/g;

/** How much of the text around a number says what it is. */
const BEFORE = 48;
const AFTER = 32;
const MAX_CANDIDATES = 40;

/** Words before a number that call it a status. */
const CALLED =
  /(?<!exit |exit_|order )\b(?:status(?:[ _-]?code)?|http(?:[ _-]?(?:error|status|response))?(?:[ _-]?code)?|http\/[123](?:\.[01])?|response code|error code|too many|an error occurred|(?:respon(?:ded|se)|answered|answers|replied|failed|returned|returns|got|received|came back)(?: with| as)?(?: an?)?(?: http)?(?: error| status| code| response){0,3}|server returned(?: http)?(?: response code)?)["']?\s{0,2}(?:is |was |of |=>)?[:=]?\s{0,2}["'([]?$/i;

/** An error of an HTTP client whose message begins with the status: `HttpClientErrorException: 429 null`, `HTTPError: 502`. */
const AFTER_TYPE =
  /\w{0,60}(?:Http|HTTP|Api|API|Status|Response|Request|WebService|Rest)\w{0,40}(?:Error|Exception|Failure|Fault)?: \(?$/;

/** Words after a number that make it a count or a duration. */
const COUNTED =
  /^(?:[.-]?\d| ?(?:ms|msec|seconds?|s|min|rows?|items?|records?|results?|bytes|kb|mb|messages?|orders?|lines|times|of|events|retries|attempts|characters)\b)/i;

/** The reason phrase of a status: `503 Service Unavailable`, `(404) Not Found`. */
const REASON =
  /^\)?[ :,-]{1,3}"?(?:client error|server error|bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|proxy authentication|request time-?out|conflict|gone|length required|precondition|payload too large|request entity too large|content too large|uri too long|unsupported media|unprocessable|locked|failed dependency|too early|too many requests|internal server error|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|insufficient storage|bandwidth limit)/i;

/** The error object of an API's JSON answer: `"code": 403, "message": …`. */
const KEY =
  /["'](?:code|status|statusCode|status_code|http_status|httpStatus|httpStatusCode)["']\s{0,2}(?::|=>)\s{0,2}"?$/;

/** HTTP statuses from 400 to 599 that the text shows to be one, each once, in order. */
export function statusesIn(text: string): number[] {
  if (!mayHoldStatus(text)) return [];
  const found = new Set<number>();
  let candidates = 0;
  for (const { 0: number, index } of text.matchAll(CANDIDATE)) {
    if (++candidates > MAX_CANDIDATES) break;
    const before = text.slice(Math.max(0, index - BEFORE), index);
    const after = text.slice(index + number.length, index + number.length + AFTER);
    if (isStatus(before, after) && !isOwnAnswer(before, text)) found.add(Number(number));
  }
  return [...found];
}

/** Most texts hold no number from 400 to 599; a look at their digits says so. */
function mayHoldStatus(text: string): boolean {
  for (let i = text.length - 3; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if ((code === 52 || code === 53) && isDigit(text.charCodeAt(i + 1)) && isDigit(text.charCodeAt(i + 2))) return true;
  }
  return false;
}

const isDigit = (code: number) => code >= 48 && code <= 57;

/** `{"statusCode":500,"body":…}` is what a function answers its API: it says that it failed, the body says of what. */
const isOwnAnswer = (before: string, text: string) => /"statusCode"\s?:\s?$/.test(before) && /"body"\s?:/.test(text);

function isStatus(before: string, after: string): boolean {
  if (REASON.test(after) && !/[/:#-]$/.test(before)) return true;
  if (KEY.test(before)) return /^"?\s{0,2}[,}]/.test(after);
  return (CALLED.test(before) || AFTER_TYPE.test(before)) && !COUNTED.test(after);
}

const SQL_STATE =
  /\b(?:sqlstate|sql ?state|pgcode)["']?\s{0,2}[:=]?\s{0,2}["'([]{0,2}([0-9A-Z]{5})\b|\bcode["']?\s{0,2}[:=]\s{0,2}["']([0-9]{2}[0-9A-Z]{3}|P0[0-9A-Z]{3}|XX00\d)["']|\(([0-9]{2}[0-9A-Z]{3}|HYT0\d|HY000)\): /gi;

/** In small letters; a text without any of them holds no SQLSTATE. */
export const SQL_STATE_SIGNS: readonly string[] = ['sqlstate', 'sql state', 'pgcode', 'code', '): '];

/** SQLSTATE codes that the text shows to be one. */
export function sqlStatesIn(text: string): string[] {
  const found = Array.from(text.matchAll(SQL_STATE), (match) => (match[1] ?? match[2] ?? match[3] ?? '').toUpperCase());
  return [...new Set(found)];
}
