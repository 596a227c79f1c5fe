// The committed command, as a person on call runs it on the applied stack.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { REPOSITORY } from '../../local-aws/terraform.ts';

/** The caller of every call that the command makes. */
export const OPERATOR = 'operator-crawler';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface OnCall {
  /** Runs `dlq` with these arguments, and this on standard input. */
  dlq(args: readonly string[], input?: string): Promise<Ran>;
  /** What was run and how it ended, in order. */
  readonly ran: readonly { readonly command: string; readonly code: number }[];
  close(): Promise<void>;
}

export async function onCall(aws: LocalAws, stack: string): Promise<OnCall> {
  const directory = await mkdtemp(join(tmpdir(), 'dlq-healer-operator-'));
  const ran: { command: string; code: number }[] = [];
  const env = {
    ...{ PATH: process.env.PATH, LC_ALL: 'C.UTF-8', DLQ_STACK: stack, DLQ_STATE_DIR: directory },
    ...aws.environment,
    AWS_ACCESS_KEY_ID: OPERATOR,
  };
  return {
    ran,
    async dlq(args, input = '') {
      const command = join(REPOSITORY, 'dist', 'dlq.mjs');
      const options = { cwd: directory, env, maxBuffer: 64 * 1024 * 1024 };
      const running = promisify(execFile)(process.execPath, [command, ...args], options);
      running.child.stdin?.end(input);
      const result = await running.then(
        ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
        (error: { code: number; stdout: string; stderr: string }) => ({
          code: error.code,
          out: error.stdout,
          err: error.stderr,
        }),
      );
      ran.push({ command: `dlq ${args.join(' ')}`, code: result.code });
      return result;
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
