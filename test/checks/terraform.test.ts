import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareTerraform, REPOSITORY } from '../local-aws/terraform.ts';
import { examples } from '../systems/system.ts';

const TESTS = 'test/terraform';

/** A line of `terraform test -json`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
interface Line {
  readonly type?: string;
  readonly test_run?: {
    readonly path: string;
    readonly run: string;
    readonly status?: string;
    readonly progress?: string;
  };
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
  readonly test_summary?: {
    readonly passed: number;
    readonly failed: number;
    readonly errored: number;
    readonly skipped: number;
  };
}

const terraform = await prepareTerraform();
const configurations = ['.', ...(await examples()).map((name) => `examples/${name}`)];
afterAll(() => terraform.close());

async function init(directory: string, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await terraform.run(directory, ['init', '-backend=false', '-no-color', ...args]);
  if (code !== 0) throw new Error(`terraform init failed:\n${stdout}${stderr}`);
}

/** Runs every `terraform test` file once; each of its runs becomes a test of this file. */
async function terraformTest() {
  await init('.', `-test-directory=${TESTS}`);
  const { stdout, stderr, code } = await terraform.run('.', ['test', '-json', `-test-directory=${TESTS}`], {
    env: { ...process.env, AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'dummy', AWS_SECRET_ACCESS_KEY: 'dummy' },
  });
  const lines = stdout.split('\n').flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as Line] : []));
  const runs = lines.flatMap(({ test_run: run }) =>
    run?.status !== undefined && run.progress !== 'starting' ? [[`${run.path} ${run.run}`, run.status] as const] : [],
  );
  const faults = lines.flatMap(({ diagnostic: d }) =>
    d?.severity === 'error' ? [`${d.summary}: ${d.detail ?? ''}`] : [],
  );
  return {
    runs: [...new Map(runs)],
    faults,
    code,
    stderr,
    summary: lines.findLast((line) => line.test_summary)?.test_summary,
  };
}

const tested = await terraformTest();

describe('terraform test', () => {
  it.each(tested.runs)('%s', (_, status) => {
    expect(status, tested.faults.join('\n')).toBe('pass');
  });

  it('ran to its end, and every run is among the tests above', () => {
    expect({ code: tested.code, stderr: tested.stderr, faults: tested.faults }).toEqual({
      code: 0,
      stderr: '',
      faults: [],
    });
    expect(tested.summary).toMatchObject({ passed: tested.runs.length, failed: 0, errored: 0, skipped: 0 });
    expect(tested.runs.length).toBeGreaterThan(100);
  });
});

describe('the configurations', () => {
  it('are formatted', () => {
    execFileSync('terraform', ['fmt', '-check', '-recursive', '-diff'], {
      cwd: REPOSITORY,
      env: { ...process.env, ...terraform.environment },
    });
  });

  it.each(configurations)('%s is valid', async (directory) => {
    await init(directory);
    const { stdout } = await terraform.run(directory, ['validate', '-json']);
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
  });
});
