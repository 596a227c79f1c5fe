import { join } from 'node:path';
import { expect } from 'vitest';

/** What differs between two runs, and what stands for it at the same width, so that tables keep their shape. */
const VARIABLE: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, () => '00000000-0000-4000-8000-000000000000'],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{3})?)?/g, (found) => '2026-11-26T03:00:00.000'.slice(0, found.length)],
  [/\bshop-\d+\b/g, (found) => 'shop-0'.padEnd(found.length, '0')],
  [/127\.0\.0\.1:\d{4,5}/g, () => '127.0.0.1:99999'],
];

/** Compares what a person sees with the file `golden/<name>`; `vitest -u` writes it, and somebody reads it. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const masked = VARIABLE.reduce((seen, [pattern, mask]) => seen.replace(pattern, mask), text);
  await expect(masked).toMatchFileSnapshot(join(import.meta.dirname, 'golden', name));
}
