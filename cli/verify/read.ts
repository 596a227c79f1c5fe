import type { AuditEntry } from '../audit/entry.ts';
import type { Clients } from '../aws/clients.ts';
import { nameInUrl } from '../stack/depth.ts';
import type { Stack } from '../stack/stack.ts';
import { deathsSince, heldNow } from './ledger.ts';
import type { Answer, QueueReadings, Readings } from './readings.ts';
import { answer } from './refusal.ts';
import { sentSince } from './since.ts';
import type { Target, Targets } from './targets.ts';
import { executionsSince, type Traffic, trafficSince } from './traffic.ts';
import type { Depths } from './watch.ts';

/** What was found out before. */
interface Known {
  readonly depths: Depths;
  readonly entries: Answer<readonly AuditEntry[]>;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly watchedSeconds: number;
  readonly machineArn: string | undefined;
}

/** Everything but the depths, read once at the end of the watching, so that it tells of that time too. Never throws. */
export async function read(clients: Clients, { targets, stack }: Targets, known: Known): Promise<Readings> {
  const { since, machineArn, watchedSeconds } = known;
  const [traffic, executions, ...ledgers] = await Promise.all([
    trafficSince(clients, targets, since),
    machineArn === undefined ? undefined : answer(() => executionsSince(clients, machineArn, since)),
    ...targets.map(({ queue }) => ledgerOf(stack, queue, since)),
  ]);
  return {
    queues: targets.map((target, i) => ({
      ...readingOf(target, known, traffic[i] ?? {}),
      ...ledgers[i],
    })),
    ...(machineArn === undefined || executions === undefined ? {} : { machine: { arn: machineArn, executions } }),
    watchedSeconds,
  };
}

async function ledgerOf(
  stack: Stack | undefined,
  queue: string,
  since: number,
): Promise<Pick<QueueReadings, 'deaths' | 'held'>> {
  if (stack === undefined) return {};
  const [deaths, held] = await Promise.all([
    answer(() => deathsSince(stack.healer, queue, since)),
    answer(() => heldNow(stack.healer, queue)),
  ]);
  return { deaths, held };
}

function readingOf(target: Target, { depths, entries, since }: Known, { calls, processed }: Traffic): QueueReadings {
  const { queue, place, dlqUrl, consumerFunction } = target;
  const depthsAt = (url: string) => depths.get(url) ?? { refused: `${url} was not looked at` };
  return {
    queue,
    place,
    dlq: { name: nameInUrl(dlqUrl), depths: depthsAt(dlqUrl) },
    sources: target.sources.map(({ name, url, isTier }) => ({ name, isTier, depths: depthsAt(url) })),
    ...(consumerFunction === undefined || calls === undefined
      ? {}
      : { consumer: { function: consumerFunction, calls } }),
    ...(processed === undefined ? {} : { processed }),
    sent: 'value' in entries ? { value: sentSince(entries.value, queue, since) } : entries,
  };
}
