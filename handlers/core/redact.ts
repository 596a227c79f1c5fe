/**
 * Takes secrets and personal data out of text that is shown, logged, stored or alerted on; errs on the side of hiding.
 * The text is cut first, and each pattern either is bounded or runs only over what it replaces: linear time.
 */

/** Longest text that is redacted; the rest is dropped, for what was not read is not shown. */
export const MAX_REDACTED = 65_536;

const MASK = '[redacted]';

/** Names whose value is secret whatever it looks like; they may end a longer name (`db_password`, `X-Amz-Signature`). */
const PASSWORD = 'pass(?:word|wd|phrase)?|pwd|secret|api[_-]?key|apikey|private[_-]?key|access[_-]?key(?:[_-]?id)?';
const TOKEN =
  'token|signature|credentials?|cookie|session[_-]?id|(?<![a-z])(?:sig|cvv|cvc|pin|ssn|iban)|card[_-]?number';

/** A value without quotes ends at a blank or a separator; one that is masked already is left alone. */
const BARE_VALUE = `(?!\\[redacted\\])[^\\s"'\\\\,;&)}\\]]+`;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z ]{0,60}-----)?/g, MASK],
  // A JSON web token, whose first part begins with `{"` in base64; so does any JSON in base64, which is data.
  [/eyJ[\w-]{8,}(?:\.[\w-]+){0,4}/g, MASK],
  [
    /(authorization\\{0,3}["']?\s{0,8}[:=]\s{0,8}\\{0,3}["']?)(?!\[redacted\])(?:[a-z][a-z0-9-]{1,30} )?[^\s"'\\,;]+/gi,
    `$1${MASK}`,
  ],
  [/\b(bearer|basic|digest|negotiate)( {1,4})(?=[\w+/.~-]{0,40}[0-9_=/+.~-])[\w+/.~=-]{8,}/gi, `$1$2${MASK}`],
  // The password of a URL: `amqp://user:secret@host`.
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@"'<>]{0,256}:[^\s/@"'<>]{1,1024}@/gi, `$1${MASK}@`],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,}/g, MASK],
  // An AWS secret key has no mark but its 40 characters; a hash in hex has no capitals.
  [
    /(?<![\w/+=])(?=[a-z0-9/+]{0,39}[A-Z])(?=[A-Z0-9/+]{0,39}[a-z])(?=[A-Za-z/+]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![\w/+=])/g,
    MASK,
  ],
  // Keys of well-known services begin with what they are.
  [
    /\b(?:sk|pk|rk|whsec)_\w{10,}|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|npm_|AIza|ya29\.|SG\.|sk-)[\w.-]{12,}/g,
    MASK,
  ],
  [
    new RegExp(
      `((?:${PASSWORD}|${TOKEN})\\\\{0,3}["']?\\s{0,8}[:=]\\s{0,8}\\\\{0,3}["'])(?!\\[redacted\\])[^"'\\\\]+`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [new RegExp(`((?:${PASSWORD})\\s{0,8}[:=]\\s{0,8})${BARE_VALUE}`, 'gi'), `$1${MASK}`],
  [new RegExp(`((?:${TOKEN})=)${BARE_VALUE}`, 'gi'), `$1${MASK}`],
  // `token: 8c1f…` is a value, `invalid token: expired` is prose that explains the death.
  [new RegExp(`((?:${TOKEN})\\s{0,8}:\\s{0,8})(?=[^\\s"',;]{0,60}[0-9])${BARE_VALUE}`, 'gi'), `$1${MASK}`],
  [/[\w.+%-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi, '[e-mail]'],
];

/** Every pattern needs one of these, which plain words lack. */
const MAY_HOLD_SECRETS = /[\d:=@_/+.~-]|eyJ|AIza|A[KSRIBC][IOC][AC]|bearer|basic|digest|negotiate/i;

/** Payment cards begin with 2 to 6; epoch milliseconds, as long as a card, begin with 1. */
const CARD = /(?<![\w.])[2-6](?:[ -]?[0-9]){12,18}(?![\w])/g;

/**
 * The text with keys, tokens, passwords, e-mail addresses and card numbers hidden, at most `MAX_REDACTED` characters of it.
 * Redacting twice changes nothing more.
 */
export function redact(text: string): string {
  // Half a surrogate pair is a text that neither DynamoDB nor a URL takes.
  let shown = cut(text, MAX_REDACTED).toWellFormed();
  if (!MAY_HOLD_SECRETS.test(shown)) return shown;
  // What one mask uncovers (a key that another ran into) the next round hides; ordinary text takes one round or two.
  for (let round = 0; round < 4; round++) {
    const masked = maskOnce(shown);
    if (masked === shown) break;
    shown = masked;
  }
  return shown;
}

function maskOnce(text: string): string {
  let masked = text;
  for (const [pattern, mask] of PATTERNS) masked = masked.replace(pattern, mask);
  masked = masked.replace(CARD, (digits) => (passesLuhn(digits) ? '[card]' : digits));
  // Masks are longer than some values they hide.
  return cut(masked, MAX_REDACTED);
}

/** The first `max` UTF-16 units of the text, one fewer where that would split a surrogate pair: SQS refuses half a pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

function passesLuhn(text: string): boolean {
  const digits = text.replace(/[^0-9]/g, '');
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
