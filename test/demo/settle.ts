// Waits until nothing moves any more: no message in a queue or in flight, no function running, nothing due.
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueDepth } from '../local-aws/fauxqs.ts';

export type Activity = { queues: readonly QueueDepth[]; busy: number; due: number };
export type SettleOptions = {
  look: () => Promise<Activity>;
  onLook: (text: string) => void;
  timeoutSeconds: number;
  quietSeconds: number;
};
export type Settled = { settled: boolean; seconds: number; activity: Activity };

const LOOK_MS = 1_000;

/** Resolves when it was quiet long enough, or the time is up; the caller decides what that means. */
export async function settle(options: SettleOptions): Promise<Settled> {
  const begin = Date.now();
  let quietSince: number | undefined;
  for (;;) {
    const activity = await options.look();
    const now = Date.now();
    quietSince = isQuiet(activity) ? (quietSince ?? now) : undefined;
    const seconds = (now - begin) / 1000;
    options.onLook(describe(activity));
    if (quietSince !== undefined && now - quietSince >= options.quietSeconds * 1000)
      return { settled: true, seconds, activity };
    if (seconds >= options.timeoutSeconds) return { settled: false, seconds, activity };
    await sleep(LOOK_MS);
  }
}

const messagesIn = ({ visible, inFlight, delayed }: QueueDepth): number => visible + inFlight + delayed;

const isQuiet = ({ queues, busy, due }: Activity): boolean =>
  busy === 0 && due === 0 && queues.every((queue) => messagesIn(queue) === 0);

export function describe({ queues, busy, due }: Activity): string {
  const depths = queues.filter((queue) => messagesIn(queue) > 0).map((queue) => `${queue.name} ${messagesIn(queue)}`);
  return (
    [...depths, ...(due > 0 ? [`due later ${due}`] : []), ...(busy > 0 ? [`running ${busy}`] : [])].join(', ') ||
    'quiet'
  );
}
