import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs one of the repository's tools; its output is the failure's message. */
function run(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

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

  it('builds to the very bytes that are committed in dist/', () => {
    expect(run(process.execPath, 'build.mjs', '--check')).toContain('dist/heal.zip');
  });
});
