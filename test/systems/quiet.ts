// When a system has come to rest: the host and the emulators serve others too, so only its own queues tell.
import { settle } from '../demo/settle.ts';
import type { Applied } from './system.ts';

export interface QuietOptions {
  /** How the names of the system's queues begin. */
  readonly prefix: string;
  /** Names of queues that may hold messages: inboxes, DLQs that nobody empties. */
  readonly except?: readonly string[];
  /** How much else is still to come, as letters that are due later. */
  readonly due?: () => Promise<number>;
  readonly timeoutSeconds?: number;
}

/** @returns whether nothing moved for some seconds before the time was up. */
export async function untilQuiet({ aws, progress }: Applied, options: QuietOptions): Promise<boolean> {
  const { prefix, except = [], due = async () => 0, timeoutSeconds = 300 } = options;
  const { settled } = await settle({
    look: async () => {
      const all = await aws.depths();
      const queues = all.filter(({ name }) => name.startsWith(prefix) && !except.includes(name));
      const moving = queues.some(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
      // A look into the ledger is dear for the emulator; as long as messages move the answer is known.
      return { queues, busy: 0, due: moving ? 0 : await due() };
    },
    onLook: progress.update,
    timeoutSeconds,
    quietSeconds: 4,
  });
  return settled;
}
