// `npm run demo -- --keep --json` as someone uses it who goes on in another shell: what it printed tells all.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CallRecord } from '../local-aws/gateway/calls.ts';
import type { State } from './permissions.ts';
import type { DemoReport } from './print.ts';

const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));

export interface Kept {
  readonly report: DemoReport;
  /** What it says to export. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  /** `terraform show -json` of the stack that is up. */
  state(): Promise<State>;
  /** The calls that the local AWS has served. */
  calls(): Promise<CallRecord[]>;
  /** Ctrl-C. @returns its exit code */
  end(): Promise<number>;
}

/** @throws Error with what it printed, when it ends instead of staying up */
export async function startKept(args: readonly string[]): Promise<Kept> {
  const child = spawn(process.execPath, [DEMO, '--json', '--keep', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const told: string[] = [];
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the demo ended with ${code}:\n${told.join('\n')}`);
  });
  ended.catch(() => undefined); // told where it is waited for
  const report = await Promise.race([firstLine(child, told), ended]);
  const directory = / {2}cd (.*) && terraform plan/.exec(told.join('\n'))?.[1] ?? '';
  const variables = told.map((line) => /^ {2}export ([^=]+)=(.*)$/.exec(line)).filter((found) => found !== null);
  const environment = Object.fromEntries(variables.map(([, name = '', value = '']) => [name, value]));
  return {
    report: JSON.parse(report) as DemoReport,
    environment,
    pid: child.pid ?? 0,
    async state() {
      const options = { cwd: directory, env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
      return JSON.parse((await promisify(execFile)('terraform', ['show', '-json'], options)).stdout) as State;
    },
    calls: async () => (await fetch(`${environment.AWS_ENDPOINT_URL}/local-aws/calls`)).json() as Promise<CallRecord[]>,
    async end() {
      const exit = child.exitCode === null ? once(child, 'exit') : [child.exitCode];
      child.kill('SIGINT');
      const [code] = await exit;
      return Number(code);
    },
  };
}

/** The report is one line on standard output; what to export follows on the other stream, and ends with a line of its own. */
function firstLine(child: ChildProcess, told: string[]): Promise<string> {
  const report = new Promise<string>((resolve) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', resolve);
  });
  const up = new Promise<void>((resolve) => {
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      told.push(line);
      if (line.includes('&& terraform plan')) resolve();
    });
  });
  return up.then(() => report);
}
