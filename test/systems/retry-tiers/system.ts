// Retry tiers: the same good, bad and flaky orders through two chains of queues, one whose consumer answers for each message
// of a batch and one whose consumer fails the whole batch; and how many good orders end in the DLQ of each.
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeOrders } from '../../../examples/retry-tiers/producer/orders.ts';
import { sendAll } from '../../../examples/shared/send.ts';
import { readTruth } from '../../demo/truth.ts';
import { untilQuiet } from '../quiet.ts';
import type { System } from '../system.ts';
import { accountOf, type ChainAccount, faultsOf, type Noted } from './account.ts';
import { gapLines, tableLines } from './print.ts';

const PREFIX = 'shop-tiers-';
export const CHAINS = ['orders', 'whole-batch'] as const;
const SAMPLE = { seed: 7, count: 60, bad: 0.2 };

interface Report {
  readonly settled: boolean;
  readonly unreadable: readonly string[];
  readonly chains: Readonly<Record<(typeof CHAINS)[number], ChainAccount>>;
}

const system: System<Report> = {
  async run(applied) {
    const { aws, outputs, progress } = applied;
    const orders = makeOrders(SAMPLE);
    const credentials = { accessKeyId: 'producer', secretAccessKey: 'local' };
    const sqs = new SQSClient({ region: aws.region, endpoint: aws.gateway.url, credentials });
    const truth = readTruth(aws);
    try {
      progress.step(`sending ${orders.length} orders to each queue`);
      const urls = outputs.queue_urls as Record<string, string>;
      const bodies = orders.map(({ body }) => body);
      for (const chain of CHAINS) await sendAll(sqs, urls[chain] ?? '', bodies);

      progress.step('letting it run until it settles');
      const settled = await untilQuiet(applied, { prefix: PREFIX });
      const noted = await truth.items<Noted>(String(outputs.orders_table));
      const rows = await truth.letters(String(outputs.ledger_table));
      const { letters, unreadable } = await truth.archived(String(outputs.archive_bucket), rows);
      const account = (chain: string) =>
        accountOf(
          orders,
          noted.filter(({ orderId }) => orderId.startsWith(`${chain}#`)),
          letters.filter(({ row }) => row.queue === chain),
        );
      return { settled, unreadable, chains: { orders: account('orders'), 'whole-batch': account('whole-batch') } };
    } finally {
      truth.close();
      sqs.destroy();
    }
  },

  faults: ({ settled, unreadable, chains }) => [
    ...(settled ? [] : ['it did not come to rest']),
    ...unreadable.map((what) => `not readable in the archive: ${what}`),
    ...faultsOf(chains.orders, chains['whole-batch']),
  ],

  lines: ({ chains }) => [...tableLines(chains), ...gapLines(chains.orders)],
};

export default system;
