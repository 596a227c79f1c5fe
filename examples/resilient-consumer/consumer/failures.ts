// Which failures pass, and what becomes of a message that met one. Pure.
import { TaskCancelledError } from 'cockatiel';
import { type Message, PermanentError, RetryableError } from '../../../kit/index.ts';
import { ServiceError } from './service.ts';

/**
 * An error that nobody foresaw is most likely a bug, and receives are many here (`main.tf`): after so many of them the
 * message goes to the DLQ, where it waits for a deploy.
 */
export const PATIENCE = 3;

/** Whether the same call may succeed later: the service or the way to it is in trouble, not the order. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ServiceError) return [408, 425, 429].includes(error.status) || error.status >= 500;
  return error instanceof TaskCancelledError || isTransientOfSdk(error);
}

/** Whether a failure says that the service is down. A throttle says that it is up, and when to come back. */
export const isOutage = (error: unknown): boolean =>
  isTransient(error) && !(error instanceof ServiceError && error.status === 429);

/** The AWS SDK's own: throttled, a fault of the service, or no connection at all. */
function isTransientOfSdk(error: unknown): boolean {
  const { $retryable, $fault, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly $retryable?: unknown;
    readonly $fault?: unknown;
    readonly code?: unknown;
  };
  const isNetwork = typeof code === 'string' && /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/.test(code);
  return $retryable !== undefined || $fault === 'server' || isNetwork;
}

/**
 * What the kit is thrown for an error: itself, where the kit's back-off is right; a `RetryableError` where somebody said
 * when to come back; a `PermanentError` where no retry helps.
 *
 * @param random uniform in [0, 1)
 */
export function judge(error: unknown, { receiveCount }: Pick<Message, 'receiveCount'>, random: number): unknown {
  if (error instanceof PermanentError || error instanceof RetryableError) return error;
  if (error instanceof ServiceError && error.retryAfterSeconds !== undefined)
    return new RetryableError(error.message, {
      delaySeconds: spread(error.retryAfterSeconds, random),
      cause: error,
    });
  if (isTransient(error)) return error;
  if (error instanceof ServiceError)
    return new PermanentError(error.message, { name: error.name, status: error.status });
  if (!(error instanceof Error) || receiveCount < PATIENCE) return error;
  // With the name and the stack of the bug itself: they are the evidence that it is found by.
  return Object.assign(new PermanentError(error.message, { name: error.name }), { stack: error.stack });
}

/**
 * So many seconds and up to half as many more, so that those who were sent away together do not come back together.
 * @returns whole seconds, at least 1
 */
export const spread = (seconds: number, random: number): number => Math.max(1, Math.ceil(seconds * (1 + random / 2)));
