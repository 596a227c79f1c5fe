import Table from 'cli-table3';
import type { Kind } from '../../../examples/retry-tiers/producer/orders.ts';
import { type ChainAccount, inDlq } from './account.ts';

const KINDS: readonly Kind[] = ['good', 'flaky', 'bad'];

/** Both chains side by side. */
export function tableLines(chains: Readonly<Record<string, ChainAccount>>): string[] {
  const table = new Table({ head: ['', 'partial batch responses', 'whole batches'], style: { head: [], border: [] } });
  const row = (what: string, of: (chain: ChainAccount) => number | string) =>
    table.push([what, ...Object.values(chains).map((chain) => String(of(chain)))]);
  row('orders sent', (chain) =>
    KINDS.map((kind) => `${chain.filter((one) => one.kind === kind).length} ${kind}`).join(', '),
  );
  for (const kind of KINDS) row(`${kind} orders that ended in the DLQ`, (chain) => inDlq(chain, kind));
  row('orders booked more than once', (chain) => chain.filter(({ booked }) => booked > 1).length);
  row('most bookings of one order', (chain) => Math.max(...chain.map(({ booked }) => booked)));
  return table.toString().split('\n');
}

/** Seconds between the tries of those that used up all. */
export function gapLines(chain: ChainAccount): string[] {
  const dead = chain.filter(({ kind }) => kind === 'bad').map(({ times }) => times);
  const gaps = Array.from({ length: (dead[0]?.length ?? 1) - 1 }, (_, at) =>
    dead.map((times) => ((times[at + 1] ?? 0) - (times[at] ?? 0)) / 1000).sort((a, b) => a - b),
  );
  return gaps.map((seconds, at) => {
    const [least, median, most] = [0, Math.floor(seconds.length / 2), seconds.length - 1].map((i) =>
      seconds[i]?.toFixed(1),
    );
    return `try ${at + 1} to ${at + 2}: ${least} to ${most} s, half of them within ${median} s`;
  });
}
