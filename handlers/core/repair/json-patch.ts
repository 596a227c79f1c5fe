import { canonicalNumber, isObject, isRawNumber } from '../exact-json.ts';
import { refuse } from './refusal.ts';

/**
 * JSON Patch, https://www.rfc-editor.org/rfc/rfc6902. Not a library's: those know numbers as JavaScript has them, so an
 * amount of `10.0` or an id above 2^53 would be changed in passing, and the small ones are lax (an index `1x` is 1, what
 * is missing is skipped).
 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }
  | { readonly op: 'remove'; readonly path: string };

type Tokens = readonly string[];

/** What copies may add up to, in characters: each may double the body. */
const MAX_COPIED = 16 * 1_048_576;

/**
 * Carries out every operation, on the document itself: a copy for each would take a wide body's time as often.
 * @returns the document, or what took its place
 * @throws RepairRefusal at the first that cannot be carried out, naming it; the document is of no use then
 */
export function applyJsonPatch(document: unknown, operations: readonly PatchOperation[]): unknown {
  let patched = document;
  let copied = 0;
  for (const [index, operation] of operations.entries()) {
    const place = `operation ${index} (${operation.op} "${operation.path}")`;
    if (operation.op === 'copy') {
      copied += JSON.stringify(valueAt(patched, tokensOf(operation.from), place)).length;
      if (copied > MAX_COPIED) refuse(`${place} must not copy more than ${MAX_COPIED} characters in all`);
    }
    patched = carryOut(patched, operation, place);
  }
  return patched;
}

function carryOut(document: unknown, operation: PatchOperation, place: string): unknown {
  const path = tokensOf(operation.path);
  switch (operation.op) {
    case 'add':
      return add(document, path, cloned(operation.value), place);
    case 'remove':
      return remove(document, path, place);
    case 'replace':
      return replace(document, path, cloned(operation.value), place);
    case 'move': {
      const from = tokensOf(operation.from);
      const value = valueAt(document, from, place);
      if (operation.from === operation.path) return document;
      if (from.every((token, i) => token === path[i])) refuse(`${place} must not move a value into itself`);
      return add(remove(document, from, place), path, value, place);
    }
    case 'copy':
      return add(document, path, cloned(valueAt(document, tokensOf(operation.from), place)), place);
    case 'test':
      if (isEqual(valueAt(document, path, place), operation.value)) return document;
      return refuse(`${place} must find the value that it names; the body has another`);
  }
}

/** https://www.rfc-editor.org/rfc/rfc6901: `~01` is `~1`, so `~1` is replaced first. */
function tokensOf(pointer: string): Tokens {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(document: unknown, tokens: Tokens, place: string): unknown {
  return tokens.reduce((parent, token) => {
    if (Array.isArray(parent)) return parent[indexIn(parent, token, place)];
    if (isObject(parent) && Object.hasOwn(parent, token)) return parent[token];
    return missing(place);
  }, document);
}

const missing = (place: string) => refuse(`${place} must name something that the body has; it has no such member`);

/** No sign, no leading zero, no `-`, which stands for what is not there yet. */
function indexIn(list: readonly unknown[], token: string, place: string): number {
  const index = /^(?:0|[1-9]\d{0,15})$/.test(token) ? Number(token) : Number.NaN;
  return index < list.length ? index : missing(place);
}

function add(document: unknown, tokens: Tokens, value: unknown, place: string): unknown {
  const token = tokens.at(-1);
  if (token === undefined) return value;
  const parent = parentOf(document, tokens, place);
  if (!Array.isArray(parent)) set(parent, token, value);
  else if (token === '-' || token === String(parent.length)) parent.push(value);
  else parent.splice(indexIn(parent, token, place), 0, value);
  return document;
}

function replace(document: unknown, tokens: Tokens, value: unknown, place: string): unknown {
  const token = tokens.at(-1);
  if (token === undefined) return value;
  const parent = parentOf(document, tokens, place);
  if (Array.isArray(parent)) parent[indexIn(parent, token, place)] = value;
  else if (Object.hasOwn(parent, token)) set(parent, token, value);
  else missing(place);
  return document;
}

function remove(document: unknown, tokens: Tokens, place: string): unknown {
  const token = tokens.at(-1);
  if (token === undefined) return refuse(`${place} must leave something of the body; it removes the whole`);
  const parent = parentOf(document, tokens, place);
  if (Array.isArray(parent)) parent.splice(indexIn(parent, token, place), 1);
  else if (Object.hasOwn(parent, token)) delete parent[token];
  else missing(place);
  return document;
}

function parentOf(document: unknown, tokens: Tokens, place: string): unknown[] | Record<string, unknown> {
  const parent = valueAt(document, tokens.slice(0, -1), place);
  if (Array.isArray(parent) || isObject(parent)) return parent;
  return refuse(`${place} must point into an object or a list; its parent is neither`);
}

/** Not by assignment, which would give the object a prototype where the name is `__proto__`. */
function set(parent: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(parent, name, { value, configurable: true, enumerable: true, writable: true });
}

/** Another value of its own: the next letter gets the rule's values as they were. */
function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, cloned(part)]));
}

/** Numbers by their value, objects whatever their order (RFC 6902, section 4.6). */
function isEqual(a: unknown, b: unknown): boolean {
  if (isNumber(a) || isNumber(b))
    return isNumber(a) && isNumber(b) && (a === b || canonicalNumber(textOf(a)) === canonicalNumber(textOf(b)));
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  );
}

const isNumber = (value: unknown) => typeof value === 'number' || isRawNumber(value);
const textOf = (number: unknown) => (isRawNumber(number) ? number.rawJSON : String(number));
