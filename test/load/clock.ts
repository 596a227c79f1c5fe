import { mock } from 'node:test';

/** Time that passes only when it is told to: for the healer, for the queues of fauxqs, for everything in this process. */
export interface Clock {
  /** Minutes since the start. */
  minutes(): number;
  advance(seconds: number): void;
  stop(): void;
}

/**
 * Stops this process' clock. fauxqs runs in it, so a delay of five minutes ends when the clock was moved by five
 * minutes, and the policy can be the one that users get. Timers and `performance` keep real time.
 */
export function startClock(): Clock {
  const start = Date.now();
  mock.timers.enable({ apis: ['Date'], now: start });
  let now = start;
  return {
    minutes: () => (now - start) / 60_000,
    advance(seconds) {
      now += seconds * 1000;
      mock.timers.setTime(now);
    },
    stop: () => mock.timers.reset(),
  };
}
