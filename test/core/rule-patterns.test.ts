import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_RULES } from '../../handlers/core/rules/built-in.ts';

const folder = join(import.meta.dirname, '../../handlers/core/rules');
const LITERAL = /(?<=[\s(,])\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/[a-z]*(?=[,;).\s])/g;

/** `rule.ts` holds the builders of tests, not tables. */
const tables = readdirSync(folder).filter((file) => file !== 'rule.ts');

/** Every pattern that a rule searches for, and every regular expression beside them that the sources have. */
const patterns = [
  ...BUILT_IN_RULES.flatMap(({ name, test }) => test.patterns.map(({ pattern }) => [name, pattern.source] as const)),
  ...tables.flatMap((file) =>
    Array.from(
      readFileSync(join(folder, file), 'utf8').matchAll(LITERAL),
      ([, source = '']) => [file, source] as const,
    ),
  ),
];

const faults = (fault: (source: string) => boolean) =>
  patterns.filter(([, source]) => fault(source)).map(([where, source]) => `${where}: ${source}`);

describe('the patterns of the rules', () => {
  it('are found by this test, in rules and in sources', () => {
    expect(patterns.length).toBeGreaterThan(1500);
    expect(patterns.some(([where]) => where.endsWith('.ts'))).toBe(true);
  });

  it('have no unbounded quantifier', () => {
    const unbounded = (source: string) => {
      const bare = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '');
      return /[*+]|\{\d+,\}/.test(bare);
    };
    expect(faults(unbounded)).toEqual([]);
    expect(unbounded('a.*b')).toBe(true);
  });

  it('repeat no repetition', () => {
    const nested = (source: string) => {
      const bare = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
      return /\{\d+,\d+\}[^()]*\)\{\d+,\d*[1-9]\d\}/.test(bare);
    };
    expect(faults(nested)).toEqual([]);
    expect(nested('(?:a{1,9}b){1,20}')).toBe(true);
  });
});
