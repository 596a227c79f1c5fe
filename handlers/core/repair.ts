import type { Classification } from './classes.ts';
import type { Original } from './evidence/adapter.ts';
import { isObject, isRawNumber, parseExact } from './exact-json.ts';
import { MAX_MESSAGE_BYTES, messageBytes } from './outgoing.ts';
import { applyJsonPatch, type PatchOperation } from './repair/json-patch.ts';
import { applyMergePatch } from './repair/merge-patch.ts';
import { RepairRefusal, refuse } from './repair/refusal.ts';
import type { UserRule } from './rules/user.ts';

/** How a user's rule mends the body of the message that died. */
export type Repair = Patch | { readonly kind: 'function'; readonly arn: string };

/** The repairs that need nothing but the body. */
export type Patch =
  | { readonly kind: 'json-patch'; readonly operations: readonly PatchOperation[] }
  | { readonly kind: 'merge-patch'; readonly patch: Readonly<Record<string, unknown>> };

/** The repair that the letter's class came with, where a rule of the user's gave both. */
export function repairOf(
  rules: readonly UserRule[],
  { rule }: Classification,
): { readonly rule: string; readonly repair: Repair } | undefined {
  const found = rules.find(({ id }) => rule === `user:${id}`);
  return found?.repair === undefined ? undefined : { rule: found.id, repair: found.repair };
}

/** The mended body, or why there is none; the reason never quotes the body, for it is logged and alerted. */
export type Patched = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly reason: string };

/**
 * Mends a JSON body by a patch. Numbers that the patch does not touch keep their digits, whatever JavaScript would make
 * of them; blanks between values and the spelling of escapes may change. Pure; never throws for what a body holds.
 * @param repair its numbers as `parseExact` reads them
 * @returns a body that SQS takes and that differs from the one that came
 */
export function applyPatch(repair: Patch, body: string): Patched {
  try {
    const document = parsed(body);
    const before = written(document);
    const mended = written(
      repair.kind === 'json-patch'
        ? applyJsonPatch(document, repair.operations)
        : applyMergePatch(document, repair.patch),
    );
    return mended === before ? { ok: false, reason: UNCHANGED } : checked({ body, attributes: {} }, mended);
  } catch (error) {
    if (error instanceof RepairRefusal) return { ok: false, reason: error.message };
    // The stack ends in the middle of the body's nesting, or a string would be longer than strings can be.
    if (error instanceof RangeError) return { ok: false, reason: 'the body is nested too deeply, or too large' };
    throw error;
  }
}

const UNCHANGED = 'the repair must change the body; it changed nothing';

/**
 * What SQS takes as a text; a single character outside makes it refuse the message.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED_BY_SQS = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The mended body where it may take the original's place, or why it may not. */
export function checked({ body, attributes }: Original, mended: string): Patched {
  const reason = unfit(body, attributes, mended);
  return reason === undefined ? { ok: true, body: mended } : { ok: false, reason };
}

function unfit(body: string, attributes: Original['attributes'], mended: string): string | undefined {
  if (mended === '') return 'the mended body must not be empty: SQS takes no message without one';
  if (mended === body) return UNCHANGED;
  const bytes = messageBytes(mended, attributes);
  if (bytes > MAX_MESSAGE_BYTES)
    return `the mended message must have at most ${MAX_MESSAGE_BYTES} bytes with its attributes; it has ${bytes}`;
  const refused = REFUSED_BY_SQS.exec(mended)?.[0];
  if (refused === undefined) return undefined;
  const point = (refused.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `the mended body must consist of characters that SQS takes; it has a U+${point}`;
}

function parsed(body: string): unknown {
  const document = jsonOf(body);
  // JavaScript keeps the last of two members with one name, the consumer perhaps the first.
  if (membersIn(document) !== membersWritten(body))
    return refuse('the body must have no two members of one name in one object; it has');
  return document;
}

function jsonOf(body: string): unknown {
  try {
    return parseExact(body);
  } catch (error) {
    // The message of a SyntaxError quotes the body.
    if (error instanceof SyntaxError)
      return refuse(body.trim() === '' ? 'the body must be JSON; it is blank' : 'the body must be JSON; it is not');
    throw error;
  }
}

function membersIn(document: unknown): number {
  let members = 0;
  const left = [document];
  while (left.length > 0) {
    const value = left.pop();
    if (isObject(value)) members += Object.keys(value).length;
    if (typeof value === 'object' && value !== null && !isRawNumber(value))
      for (const part of Object.values(value)) left.push(part);
  }
  return members;
}

/** In JSON a string is a name where a colon follows. */
function membersWritten(json: string): number {
  let names = 0;
  for (const [, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:)?/g)) if (colon !== undefined) names++;
  return names;
}

/** Two characters that SQS refuses are escaped by nobody else; half surrogates and controls `JSON.stringify` escapes. */
function written(document: unknown): string {
  return JSON.stringify(document).replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}
