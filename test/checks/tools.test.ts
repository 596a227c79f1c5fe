import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('the code', () => {
  it('is formatted and passes the linter', () => {
    run('biome', 'ci', '--error-on-warnings', '.');
  });

  it('type-checks', () => {
    run('tsc', '--noEmit', '-p', '.');
  });

  it('has the README’s tables of inputs and outputs', () => {
    expect(run(process.execPath, 'docs/tables.mjs', '--check')).toContain('12 inputs');
  });

  it('is right as often as the docs say', () => {
    expect(run(process.execPath, 'test/corpus/score.ts', '--check')).toContain('held aside');
  });
});
