import type { Readable, Writable } from 'node:stream';
import { redact } from '../handlers/core/redact.ts';
import type { ExitCode } from './exit.ts';
import { type Colours, coloursOf, widthOf } from './output/terminal.ts';
import { printable } from './output/text.ts';
import { type Writer, writerTo } from './output/writer.ts';

/** What the command may touch of the world, passed in once. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A terminal, a pipe or a file; the last two have neither columns nor colours. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  hasColors?(): boolean;
};

/** One run of the command: every sub-command reads, prints and complains through this. */
export interface Session {
  readonly io: Io;
  readonly out: Writer;
  readonly err: Writer;
  readonly isTerminal: boolean;
  /** Standard error is one: progress can be shown there. */
  readonly isErrTerminal: boolean;
  readonly width: number;
  readonly colours: Colours;
  /** Some of the input could not be read: told on standard error; the rest is still answered, the exit code is 1. */
  complain(message: string): Promise<void>;
  readonly failed: boolean;
  /** The exit code, where it is neither that of a failure nor 0. */
  exitCode: ExitCode | undefined;
  /** What a person sees before and beside the answer: on standard output, or with `--json` on standard error. */
  show(options: { readonly json?: boolean }, text: string): Promise<void>;
  /** The answer: one JSON document with `--json`, else the text. */
  answer(options: { readonly json?: boolean }, document: object, text: string): Promise<void>;
}

export function openSession(io: Io): Session {
  const err = writerTo(io.stderr);
  const out = writerTo(io.stdout);
  let failed = false;
  return {
    io,
    out,
    err,
    isTerminal: io.stdout.isTTY === true,
    isErrTerminal: io.stderr.isTTY === true,
    width: widthOf(io.stdout, io.env),
    colours: coloursOf(io.stdout, io.env),
    async complain(message) {
      failed = true;
      await err.write(complaint(message));
    },
    get failed() {
      return failed;
    },
    exitCode: undefined,
    show: ({ json }, text) => (json === true ? err : out).write(text),
    answer: ({ json }, document, text) => out.write(json === true ? `${JSON.stringify(document, null, 2)}\n` : text),
  };
}

/** Complaints may quote what a stranger wrote. */
export function complaint(message: string): string {
  const lines = redact(message).split('\n').map(printable);
  return `dlq: ${lines.join('\n')}\n`;
}
