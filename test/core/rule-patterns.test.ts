import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../handlers/core/rules');
const LITERAL = /(?<=[\s(,])\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/[a-z]*(?=[,;).\s])/g;

/** Every regular expression of the tables, as the source has it. */
const patterns = readdirSync(folder).flatMap((file) =>
  Array.from(readFileSync(join(folder, file), 'utf8').matchAll(LITERAL), ([, source = '']) => [file, source] as const),
);

describe('the patterns of the rules', () => {
  it('are found by this test', () => {
    expect(patterns.length).toBeGreaterThan(60);
  });

  it.each(patterns)('in %s have no unbounded quantifier: %s', (_file, source) => {
    const bare = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
    expect(bare).not.toMatch(/[*+]|\{\d+,\}/);
  });

  it.each(patterns)('in %s repeat no repetition: %s', (_file, source) => {
    const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
    expect(bare).not.toMatch(/\{\d+,\d+\}[^()]*\)\{\d+,\d*[1-9]\d\}/);
  });
});
