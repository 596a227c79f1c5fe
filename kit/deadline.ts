import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';

/**
 * When the kit gives messages up: a margin before Lambda kills the function, so that their neighbours are acknowledged.
 *
 * What it cannot do: a handler that never yields (a long loop, a synchronous call) keeps the timer from firing. Lambda
 * then kills the function, and the whole batch comes back after the queue's visibility timeout.
 */
export interface Deadline {
  readonly context: Context;
  /** The function's timeout, whole seconds as Lambda has it. */
  readonly timeoutSeconds: number;
  /** Time left for handlers; negative within the margin. */
  remainingMs(): number;
  /** Time that an aborted handler gets to end by itself. */
  readonly graceMs: number;
  /** `600 ms before the function's timeout of 6 s` */
  describe(): string;
}

/** Made at the start of an invocation, while what remains is the timeout. */
export function deadlineOf(context: Context, marginMs?: number): Deadline {
  const timeoutSeconds = Math.ceil(context.getRemainingTimeInMillis() / 1000);
  const margin = marginMs ?? Math.min(5_000, Math.max(500, timeoutSeconds * 100));
  return {
    context,
    timeoutSeconds,
    remainingMs: () => context.getRemainingTimeInMillis() - margin,
    graceMs: Math.floor(margin / 4),
    describe: () => `${margin} ms before the function's timeout of ${timeoutSeconds} s`,
  };
}

/** What the promise gives within the time, or undefined. The timer holds nothing back once the promise has settled. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  const timeout = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
  }
}

/** Whatever AWS does, the answer leaves in time, and later calls have a share. */
export function halfOfWhatIsLeft(context: Context): AbortSignal {
  return AbortSignal.timeout(Math.max(1, Math.floor(context.getRemainingTimeInMillis() / 2)));
}
