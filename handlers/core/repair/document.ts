import { isObject, parseExact } from '../exact-json.ts';
import { fail, onlyKnown, optionalText, record } from '../parse.ts';
import type { Repair } from '../repair.ts';
import type { PatchOperation } from './json-patch.ts';

/** A function, a version or an alias of it. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const FUNCTION_ARN =
  /^arn:[a-z-]{1,32}:lambda:[a-z0-9-]{1,32}:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_$-]{1,128})?$/;

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test'] as const;
const MAX_OPERATIONS = 100;

/** In JavaScript these lead to what all objects share. No message needs them; the body itself may have them. */
const REFUSED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads a rule's repair: exactly one of `json_patch`, `merge_patch` (both JSON as a text, as `jsonencode` writes it) and
 * `function_arn`.
 * @returns undefined where there is none
 * @throws Error naming the path, what was expected and what came
 */
export function parseRepair(value: unknown, path: string): Repair | undefined {
  if (value === null || value === undefined) return undefined;
  const repair = onlyKnown(record(value, path), ['json_patch', 'merge_patch', 'function_arn'], path);
  const jsonPatch = optionalText(repair.json_patch, `${path}.json_patch`);
  const mergePatch = optionalText(repair.merge_patch, `${path}.merge_patch`);
  const arn = optionalText(repair.function_arn, `${path}.function_arn`);
  const given = [jsonPatch, mergePatch, arn].filter((one) => one !== undefined).length;
  if (given !== 1) fail(path, 'an object with exactly one of json_patch, merge_patch and function_arn', value);
  if (jsonPatch !== undefined)
    return { kind: 'json-patch', operations: parseJsonPatch(jsonPatch, `${path}.json_patch`) };
  if (mergePatch !== undefined)
    return { kind: 'merge-patch', patch: parseMergePatch(mergePatch, `${path}.merge_patch`) };
  if (arn === undefined || !FUNCTION_ARN.test(arn))
    return fail(`${path}.function_arn`, 'the ARN of a Lambda function, a version or an alias', arn);
  return { kind: 'function', arn };
}

function parseJsonPatch(text: string, path: string): readonly PatchOperation[] {
  const operations = json(text, path);
  if (!Array.isArray(operations)) return fail(path, 'a JSON list of operations', text);
  if (operations.length < 1 || operations.length > MAX_OPERATIONS)
    return fail(path, `a list of 1–${MAX_OPERATIONS} operations`, operations.length);
  return operations.map((operation, index) => parseOperation(operation, `${path}[${index}]`));
}

/** What RFC 6902 asks of an operation; it wants unknown members ignored, but here one is a misspelling. */
function parseOperation(value: unknown, path: string): PatchOperation {
  const operation = record(value, path);
  const op =
    OPERATIONS.find((known) => known === operation.op) ?? fail(`${path}.op`, OPERATIONS.join(', '), operation.op);
  const target = pointer(operation.path, `${path}.path`);
  switch (op) {
    case 'remove':
      onlyKnown(operation, ['op', 'path'], path);
      return { op, path: target };
    case 'move':
    case 'copy':
      onlyKnown(operation, ['op', 'path', 'from'], path);
      return { op, path: target, from: pointer(operation.from, `${path}.from`) };
    default:
      onlyKnown(operation, ['op', 'path', 'value'], path);
      if (operation.value === undefined) fail(`${path}.value`, 'given (null is a value too)', undefined);
      return { op, path: target, value: harmless(operation.value, `${path}.value`) };
  }
}

/** A JSON Pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function pointer(value: unknown, path: string): string {
  if (typeof value !== 'string' || !/^(?:\/(?:[^/~]|~[01])*)*$/.test(value))
    return fail(path, 'a JSON Pointer: "", or "/" and names, with ~0 for ~ and ~1 for /', value);
  const refused = value.split('/').find((token) => REFUSED_NAMES.includes(token));
  return refused === undefined ? value : fail(path, `without ${REFUSED_NAMES.join(', ')}`, value);
}

function parseMergePatch(text: string, path: string): Readonly<Record<string, unknown>> {
  const patch = json(text, path);
  if (!isObject(patch) || Object.keys(patch).length === 0)
    return fail(path, 'a JSON object with at least one member', text);
  harmless(patch, path);
  return patch;
}

function harmless(value: unknown, path: string): unknown {
  const parts = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  const refused = isObject(value) ? Object.keys(value).find((name) => REFUSED_NAMES.includes(name)) : undefined;
  if (refused !== undefined) fail(path, `without ${REFUSED_NAMES.join(', ')}`, refused);
  for (const part of parts) harmless(part, path);
  return value;
}

/** The patch is the rule's author's own, so its text may be shown. */
function json(text: string, path: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return fail(path, 'JSON (use jsonencode)', text);
  }
}
