// A service behind a time-out and a circuit breaker. The breaker's state lives in the execution environment: each learns
// for itself that the service is down, which costs a few calls each; shared state would cost a read for every message.
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  type FailureReason,
  handleWhen,
  noop,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { RetryableError } from '../../../kit/index.ts';
import { isOutage, spread } from './failures.ts';

export interface Limits {
  /** How long one answer is waited for. */
  readonly timeoutMs: number;
  /** Failures in a row that open the breaker; 0: there is none. */
  readonly failures: number;
  /** How long it stays open; then one call tries whether the service is back. */
  readonly openMs: number;
}

export interface Dependency {
  /**
   * @throws RetryableError while the breaker is open, with the time until it lets a call through: the service is not
   *   called; else what the call throws, or cockatiel's TaskCancelledError after the time-out
   */
  ask<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** @param tell is told of each change of the breaker */
export function dependency(name: string, limits: Limits, tell: (what: string) => void): Dependency {
  const { timeoutMs, failures, openMs } = limits;
  const patience = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const breaker =
    failures === 0
      ? undefined
      : circuitBreaker(handleWhen(isOutage), { breaker: new ConsecutiveBreaker(failures), halfOpenAfter: openMs });
  let openUntil = 0;
  breaker?.onBreak(() => {
    openUntil = Date.now() + openMs;
    tell(`${name}: breaker opened`);
  });
  breaker?.onHalfOpen(() => tell(`${name}: breaker lets one call through`));
  breaker?.onReset(() => tell(`${name}: breaker closed`));
  // The time-out is inside: an answer that does not come counts as a failure.
  const policy = wrap(breaker ?? noop, patience);

  return {
    async ask(call, signal) {
      try {
        return await policy.execute((context) => call(context.signal), signal);
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new RetryableError(`${name} is not asked: its breaker is open`, {
          delaySeconds: spread((openUntil - Date.now()) / 1000, Math.random()),
          // Why it is open: should this be the message's last receive, it is what the message died of.
          cause: reasonOf(breaker?.lastFailure),
        });
      }
    },
  };
}

const reasonOf = (failure: FailureReason<unknown> | undefined): unknown =>
  failure !== undefined && 'error' in failure ? failure.error : undefined;
