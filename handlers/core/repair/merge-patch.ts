import { isObject } from '../exact-json.ts';

/**
 * JSON Merge Patch, https://www.rfc-editor.org/rfc/rfc7396#section-2: members of the patch replace the target's, null
 * removes one, objects are merged. A library would take an exact number for an object.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, applyMergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
