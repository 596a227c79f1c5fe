/** Numbers count only as what they are: a 503 in an order id, a port or a line number is no status. */

/** A number that the text calls a status, by the words before it. */
const CALLED_STATUS =
  /(?<!exit |exit_|order )\b(?:status(?:[ _-]?code)?|http(?:[ _-]?status)?(?:[ _-]?code)?|http\/[123](?:\.[01])?|response code|(?:respon(?:ded|se)|answered|replied|failed) with(?: an?)?(?: http)?(?: error)?|server returned(?: http)?(?: response code)?)["']?\s{0,2}[:=]?\s{0,2}["'(]?([45]\d\d)\b(?![.\d-]\d)/gi;

/** A number followed by its reason phrase: `503 Service Unavailable`, `401 Client Error`. */
const WITH_REASON =
  /(?<![\w.:/#-])([45]\d\d)\)?[ :,-]{1,3}"?(?:client error|server error|bad request|unauthorized|payment required|forbidden|not found|method not allowed|not acceptable|proxy authentication|request time-?out|conflict|gone|length required|precondition|payload too large|request entity too large|content too large|uri too long|unsupported media|unprocessable|locked|failed dependency|too early|too many requests|internal server error|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|insufficient storage|bandwidth limit)/gi;

/** The error object of an API's JSON answer: `"code": 403, "message": …`. */
const IN_JSON = /"(?:code|status|statusCode|http_status)"\s{0,2}:\s{0,2}"?([45]\d\d)"?\s{0,2}[,}]/g;

export function statusesIn(text: string): number[] {
  const found = [CALLED_STATUS, WITH_REASON, IN_JSON].flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => Number(match[1])),
  );
  return [...new Set(found)];
}

const SQL_STATE =
  /\b(?:sqlstate|sql ?state|pgcode)["']?\s{0,2}[:=]?\s{0,2}["'([]{0,2}([0-9A-Z]{5})\b|\bcode["']?\s{0,2}[:=]\s{0,2}["']([0-9]{2}[0-9A-Z]{3}|P0[0-9A-Z]{3}|XX00\d)["']/gi;

export function sqlStatesIn(text: string): string[] {
  const found = Array.from(text.matchAll(SQL_STATE), (match) => (match[1] ?? match[2] ?? '').toUpperCase());
  return [...new Set(found)];
}
