import { EXIT } from './exit.ts';

/**
 * Does work that can be ended at its next good moment: the first Ctrl-C says so, the second ends the process at once.
 * @param told what to print at the first
 */
export async function interruptible<T>(told: () => void, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    told();
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of signals) process.removeListener(name, onSignal);
  }
}
