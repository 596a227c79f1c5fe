/** What the exit code tells a script; docs/cli.md and `dlq --help` say the same. */
export const EXIT = { ok: 0, failed: 1, usage: 2, stopped: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line, or a file that belongs to it, is wrong: nothing was done. Shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Some input could not be read, or what was asked for cannot be done. Shown without a stack. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};

/** The system's error codes in words; else the error's own message. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}
