import type { Clients } from '../aws/clients.ts';
import { type Depth, readDepth } from '../stack/depth.ts';
import { type Taken, take } from './dlq.ts';
import { HIDDEN_SECONDS, holder } from './held.ts';

/** What a look through a DLQ came to. */
export interface Scanned {
  readonly seen: number;
  /** Letters that somebody else has received: they could not be seen. */
  readonly inFlight: number;
  /** Letters that SQS did not make visible again at once; they come back by themselves. */
  readonly stuck: number;
}

/** Asked at the same time: each answer brings ten letters at most. */
const WORKERS = 8;
const EMPTY_RECEIVES = 2;

/**
 * Looks through a DLQ without consuming: receives letters, hands them on, and makes them visible again at the end,
 * whatever happens. A letter is handed on once. Looking counts as a receive: a DLQ that has a redrive policy of its own
 * moves letters on by it.
 *
 * @param max letters to see at most
 * @param onLetters is awaited before the same worker receives again
 */
export async function scan(
  { sqs }: Clients,
  queueUrl: string,
  max: number,
  onLetters: (letters: readonly Taken[]) => Promise<void> | void,
  signal: AbortSignal,
): Promise<Scanned> {
  const before = await readDepth(sqs, queueUrl);
  const held = holder(sqs, queueUrl);
  let seen = 0;
  let reserved = 0;
  let empty = 0;
  const work = async () => {
    while (!signal.aborted && empty < EMPTY_RECEIVES) {
      const wanted = Math.min(10, max - reserved);
      if (wanted < 1) return;
      reserved += wanted;
      const taken = await take(sqs, queueUrl, wanted, HIDDEN_SECONDS, 1);
      const fresh = taken.filter(({ id }) => !held.has(id));
      empty = fresh.length === 0 ? empty + 1 : 0;
      held.add(taken);
      reserved -= wanted - fresh.length;
      seen += fresh.length;
      if (fresh.length > 0) await onLetters(fresh);
    }
  };
  const workers = isFifo(queueUrl) ? 1 : Math.max(1, Math.min(WORKERS, Math.ceil(Math.min(max, before.visible) / 10)));
  const done = await Promise.allSettled(Array.from({ length: workers }, work));
  const now: Depth = await readDepth(sqs, queueUrl).catch(() => before);
  const inFlight = Math.max(0, now.inFlight - held.size);
  const stuck = await held.giveBack();
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  return { seen, inFlight, stuck };
}

const isFifo = (url: string) => url.endsWith('.fifo');
