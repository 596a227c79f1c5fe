import { isObject, parseExact } from '../exact-json.ts';

/**
 * The member of a JSON object as JSON text, its numbers digit for digit: ids above 2^53 and `1.0` survive.
 * @returns undefined where the text is no object or has no such member
 */
export function exactJson(text: string, member: string): string | undefined {
  const document = parseExact(text);
  const value = isObject(document) && Object.hasOwn(document, member) ? document[member] : undefined;
  return value === undefined ? undefined : JSON.stringify(value);
}
