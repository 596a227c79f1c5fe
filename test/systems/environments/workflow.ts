// Runs a job of the example's own workflow file: its `run` steps as they are written, in a shell as GitHub's, and for the
// actions what they would do: the checkout is there, Terraform is there, the role is the caller.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

export interface Runner {
  /** The checked-out folder. */
  readonly folder: string;
  /** What every step gets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `${{ … }}` stands for. */
  readonly values: Readonly<Record<string, string>>;
  /** Where artifacts are between jobs. */
  readonly artifacts: string;
}

export interface Ran {
  /** Of the first step that fails, else 0. */
  readonly code: number;
  readonly output: string;
}

export const readWorkflow = async (folder: string): Promise<Workflow> =>
  parse(await readFile(join(folder, '.github/workflows/terraform.yml'), 'utf8')) as Workflow;

/** @throws Error for an action or an expression that this runner does not know: nothing is passed over */
export async function runJob(workflow: Workflow, name: string, runner: Runner): Promise<Ran> {
  const job = workflow.jobs[name];
  if (job === undefined) throw new Error(`the workflow has no job ${name}`);
  let env = runner.env;
  let output = '';
  for (const step of job.steps) {
    const text = (value: unknown) => substituted(String(value), runner.values);
    if (step.uses !== undefined) {
      env = { ...env, ...(await act(step.uses, (key) => text(step.with?.[key]), runner)) };
      continue;
    }
    const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, value]) => [key, text(value)]));
    const ran = await shell(text(step.run), runner.folder, { ...env, ...own });
    output += ran.output;
    if (ran.code !== 0) return { code: ran.code, output };
  }
  return { code: 0, output };
}

function substituted(text: string, values: Runner['values']): string {
  return text.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the workflow asks for ${name}, which this runner does not know`);
    return value;
  });
}

/** @returns what the action adds to the environment of later steps */
async function act(uses: string, input: (key: string) => string, { folder, artifacts }: Runner) {
  switch (uses.replace(/@.*$/, '')) {
    case 'actions/checkout':
    case 'hashicorp/setup-terraform':
      return {};
    case 'aws-actions/configure-aws-credentials':
      return { AWS_ACCESS_KEY_ID: basename(input('role-to-assume')), AWS_REGION: input('aws-region') };
    case 'actions/upload-artifact':
      await mkdir(artifacts, { recursive: true });
      await copyFile(join(folder, input('path')), join(artifacts, basename(input('path'))));
      await rm(join(folder, input('path')));
      return {};
    case 'actions/download-artifact':
      for (const file of await readdir(artifacts)) await copyFile(join(artifacts, file), join(folder, file));
      return {};
    default:
      throw new Error(`the workflow uses ${uses}, which this runner does not know`);
  }
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell */
async function shell(script: string, cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<Ran> {
  const options = { cwd, env: { ...env }, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: `${error.stdout}${error.stderr}`,
    }),
  );
}
