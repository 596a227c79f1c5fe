/** What `JSON.parse` tells its reviver of a number, and how a number is written as it was; both since Node 21. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const { rawJSON, isRawJSON } = JSON as unknown as {
  rawJSON?: (text: string) => RawNumber;
  isRawJSON?: (value: unknown) => boolean;
};

/** A number that JavaScript would not write as it was read; `JSON.stringify` writes these digits. */
export interface RawNumber {
  readonly rawJSON: string;
}

export const isRawNumber = (value: unknown): value is RawNumber => isRawJSON?.(value) === true;

/** Whether the value is a JSON object: no list, no null, no number in disguise. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);

/**
 * `JSON.parse` that loses no digit: ids above 2^53, `1.0`, `-0` and `1e400` come as raw numbers, the others as numbers.
 * (On Node 20, which may run the command but no Lambda of ours, all come as numbers.)
 * @throws SyntaxError, whose message quotes the text; RangeError where it is nested too deeply
 */
export function parseExact(text: string): unknown {
  const keepDigits: Reviver = (_key, value, context) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || rawJSON === undefined) return value;
    return String(value) === source ? value : rawJSON(source);
  };
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

/** A number's value, the same text for all its spellings: `10`, `10.0` and `1e1` are one. */
export function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d{1,18}))?$/.exec(text) ?? [];
  if (whole === '') return text; // an exponent of 19 digits: equal to its own spelling alone
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = withoutTrailingZeros(digits);
  if (significant === '') return '0';
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}

/** Not a regular expression: `/0+$/` takes quadratic time on zeros that are not at the end. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
