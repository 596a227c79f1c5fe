import { setTimeout as sleep } from 'node:timers/promises';

/** Lets letters go at a rate that may change. */
export interface Pacer {
  /** Waits until letters may go. @returns how many, at least 1 and at most `max`; 0 when `signal` says that it is over */
  turn(max: number, signal: AbortSignal): Promise<number>;
}

/**
 * A bucket that fills at the rate and holds what one second brings, at least one letter and at most ten.
 * @param rate letters per second at the moment; undefined for as many as there are
 */
export function pacer(rate: () => number | undefined, now: () => number = Date.now): Pacer {
  let tokens = 0;
  let filledAt = now();
  const fill = (perSecond: number) => {
    const at = now();
    tokens = Math.min(Math.max(1, Math.min(10, perSecond)), tokens + ((at - filledAt) / 1000) * perSecond);
    filledAt = at;
  };
  return {
    async turn(max, signal) {
      for (;;) {
        if (signal.aborted) return 0;
        const perSecond = rate();
        if (perSecond === undefined) return max;
        fill(perSecond);
        const granted = Math.min(max, Math.floor(tokens));
        // Whole batches cost a tenth of single letters: a fast run waits for ten.
        if (granted >= Math.min(max, 10, Math.max(1, Math.floor(perSecond)))) {
          tokens -= granted;
          return granted;
        }
        await sleep(Math.min(1000, Math.max(20, 500 / perSecond)), undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
