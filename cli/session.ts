import type { Readable, Writable } from 'node:stream';
import { redact } from '../handlers/core/redact.ts';
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
  hasColors?(): boolean;
};

/** One run of the command: every sub-command reads, prints and complains through this. */
export interface Session {
  readonly io: Io;
  readonly out: Writer;
  readonly err: Writer;
  readonly isTerminal: boolean;
  readonly width: number;
  readonly colours: Colours;
  /** Some of the input could not be read: told on standard error; the rest is still answered, the exit code is 1. */
  complain(message: string): Promise<void>;
  readonly failed: boolean;
}

export function openSession(io: Io): Session {
  const err = writerTo(io.stderr);
  let failed = false;
  return {
    io,
    out: writerTo(io.stdout),
    err,
    isTerminal: io.stdout.isTTY === true,
    width: widthOf(io.stdout, io.env),
    colours: coloursOf(io.stdout, io.env),
    async complain(message) {
      failed = true;
      await err.write(complaint(message));
    },
    get failed() {
      return failed;
    },
  };
}

/** Complaints may quote what a stranger wrote. */
export function complaint(message: string): string {
  const lines = redact(message).split('\n').map(printable);
  return `dlq: ${lines.join('\n')}\n`;
}
