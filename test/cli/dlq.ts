import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { vi } from 'vitest';

/** The committed command, run as its users run it. */

// Each test starts processes, on machines that others share.
vi.setConfig({ testTimeout: 120_000 });

export const DLQ = join(import.meta.dirname, '../../dist/dlq.mjs');
export const FIXTURES = join(import.meta.dirname, 'fixtures');

export interface Ran {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Variables that would change the output; a test sets those that it is about. */
const NEUTRAL = { PATH: process.env.PATH, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };

export type Setting = Pick<Options, 'env' | 'input'> & { readonly nodeOptions?: readonly string[] };

export async function dlq(args: readonly string[], { nodeOptions = [], ...setting }: Setting = {}): Promise<Ran> {
  return ran(process.execPath, [...nodeOptions, DLQ, ...args], setting);
}

/** The same on a terminal, whose lines end by CR LF and hold standard error too. */
export async function dlqOnTerminal(columns: number, args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const terminal = join(import.meta.dirname, 'terminal.py');
  const { out, ...rest } = await ran('python3', [terminal, String(columns), process.execPath, DLQ, ...args], setting);
  return { ...rest, out: out.replaceAll('\r\n', '\n') };
}

async function ran(command: string, args: readonly string[], { env, ...setting }: Setting): Promise<Ran> {
  const { exitCode, stdout, stderr } = await execa(command, args, {
    cwd: FIXTURES,
    reject: false,
    extendEnv: false,
    env: { ...NEUTRAL, ...env },
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
    // Without input there is none, and no wait for it.
    ...(setting.input === undefined ? { stdin: 'ignore' } : setting),
  });
  return { code: exitCode, out: String(stdout), err: String(stderr) };
}

/** The JSON documents of an output of JSON Lines. */
export function documents(out: string): Record<string, unknown>[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
