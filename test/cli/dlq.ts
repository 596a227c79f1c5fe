import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { vi } from 'vitest';
import { type Size, screenOf } from './screen.ts';

/** The committed command, run as its users run it. */

// Each test starts processes, on machines that others share.
vi.setConfig({ testTimeout: 120_000 });

export const DLQ = join(import.meta.dirname, '../../dist/dlq.mjs');
export const FIXTURES = join(import.meta.dirname, 'fixtures');
const TERMINAL = join(import.meta.dirname, 'terminal.py');

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
  const { out, ...rest } = await ran('python3', [TERMINAL, String(columns), process.execPath, DLQ, ...args], setting);
  return { ...rest, out: out.replaceAll('\r\n', '\n') };
}

/** Waits for what is printed after the last step, colours left out; then does what it names. */
export type Step = { readonly wait?: string | RegExp } & (
  | { readonly send: string }
  | { readonly signal: NodeJS.Signals }
  | { readonly resize: readonly [columns: number, rows: number] }
);

export interface Conversation {
  readonly code: number | undefined;
  /** With every escape sequence. */
  readonly out: string;
  /** What the terminal shows at the end. */
  readonly screen: string;
}

/**
 * A conversation with the command on a terminal of 50 rows.
 * @throws when a step's text never came, or the command did not end within `seconds` (60)
 */
export const converse = (columns: number, args: readonly string[], steps: readonly Step[], setting: Talk = {}) =>
  converseWith(columns, [process.execPath, DLQ, ...args], steps, setting);

export type Talk = Setting & { readonly seconds?: number };

/** The same with another command. */
export async function converseWith(
  columns: number,
  command: readonly string[],
  steps: readonly Step[],
  { seconds = 60, ...setting }: Talk = {},
): Promise<Conversation> {
  const TERMINAL_STEPS = JSON.stringify(steps.map(({ wait, ...act }) => ({ ...waitFor(wait), ...act })));
  const env = { ...setting.env, TERMINAL_STEPS, TERMINAL_SECONDS: String(seconds) };
  const { code, out, err } = await ran('python3', [TERMINAL, String(columns), ...command], { ...setting, env });
  const [sizes = '', ...complaints] = err.trimEnd().split('\n').reverse();
  if (complaints.length > 0) throw new Error(`${complaints.reverse().join('\n')}; it printed:\n${out}`);
  return { code, out, screen: screenOf(out, JSON.parse(sizes) as Size[]) };
}

function waitFor(wait: string | RegExp | undefined): { text?: string; pattern?: string } {
  if (wait === undefined) return {};
  return typeof wait === 'string' ? { text: wait } : { pattern: wait.source };
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
