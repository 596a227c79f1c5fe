/** What `JSON.parse` tells its reviver of a number, and how a number is written as it was; both since Node 21. */
type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON?: (text: string) => unknown };

/**
 * The member of a JSON object as JSON text, its numbers digit for digit: ids above 2^53 and `1.0` survive.
 * @returns undefined where the text is no object or has no such member
 */
export function exactJson(text: string, member: string): string | undefined {
  const keepDigits: Reviver = (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && rawJSON !== undefined
      ? rawJSON(context.source)
      : value;
  const value: unknown = JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)?.[member];
  return value === undefined ? undefined : JSON.stringify(value);
}
