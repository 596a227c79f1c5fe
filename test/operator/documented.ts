import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Expects that a page tells of every key of a `--json` document, however deep. */
export function expectDocumented(page: string, document: unknown): void {
  const text = readFileSync(page, 'utf8');
  const told = (key: string) => text.includes(`\`${key}\``) || text.includes(`.${key}\``);
  expect(keysOf(document).filter((key) => !told(key))).toEqual([]);
}

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap(keysOf))];
  return [...new Set(Object.entries(value).flatMap(([key, part]) => [key, ...keysOf(part)]))];
}
