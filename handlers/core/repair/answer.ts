import type { Original } from '../evidence/adapter.ts';
import { isObject } from '../exact-json.ts';
import { cut, redact } from '../redact.ts';
import { checked, type Patched } from '../repair.ts';

/** What Lambda gave back for one call. */
export interface FunctionAnswer {
  /** Set where the function threw or ended otherwise than by an answer: `Handled` or `Unhandled`. */
  readonly functionError?: string;
  readonly payload: Uint8Array;
}

/**
 * Reads a repair function's answer: `{"body": "…"}` mends, `{"reason": "…"}` declines, all else is nonsense. Never throws.
 * @returns a body that may take the original's place, or why there is none: what a stranger wrote is redacted and cut
 */
export function readAnswer({ functionError, payload }: FunctionAnswer, original: Original): Patched {
  const answer = jsonOf(payload);
  if (functionError !== undefined) return no(`the repair function failed: ${errorIn(answer)}`);
  if (!isObject(answer)) return no(`${EXPECTED}; got ${typeName(answer)}`);
  const { body, reason } = answer;
  const given = (value: unknown) => value !== undefined && value !== null;
  if (given(body) && given(reason)) return no(`${EXPECTED}; got both`);
  if (typeof reason === 'string') return no(`the repair function declined: ${shown(reason)}`);
  if (typeof body !== 'string') return no(`${EXPECTED}; got a body that is ${typeName(body)}`);
  return checked(original, body);
}

const EXPECTED = 'the repair function must answer {"body": "…"} or {"reason": "…"}';

const no = (reason: string): Patched => ({ ok: false, reason });

const NOT_JSON = Symbol('not JSON');

function jsonOf(payload: Uint8Array): unknown {
  if (payload.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return NOT_JSON;
  }
}

/** `{"errorType", "errorMessage"}`: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
function errorIn(answer: unknown): string {
  const texts = isObject(answer) ? [answer.errorType, answer.errorMessage] : [];
  const said = texts.filter((text) => typeof text === 'string' && text !== '');
  return said.length === 0 ? 'it did not say why' : shown(said.join(': '));
}

const shown = (text: string) => cut(redact(cut(text, 1000)).replace(/\s+/g, ' ').trim(), 200);

function typeName(value: unknown): string {
  if (value === NOT_JSON) return 'no JSON';
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
