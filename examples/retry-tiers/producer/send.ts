// Sends orders to a queue: node examples/retry-tiers/producer/send.ts --queue-url URL [--count 100] [--bad 0.2] [--seed 1]
import { parseArgs } from 'node:util';
import { SQSClient } from '@aws-sdk/client-sqs';
import { sendAll } from '../../shared/send.ts';
import { makeOrders } from './orders.ts';

const { values } = parseArgs({
  options: {
    'queue-url': { type: 'string' },
    count: { type: 'string', default: '100' },
    bad: { type: 'string', default: '0.2' },
    seed: { type: 'string', default: '1' },
  },
});
const queueUrl = values['queue-url'];
if (queueUrl === undefined) {
  console.error('--queue-url is missing: one of `terraform output queue_urls`');
  process.exit(2);
}
const orders = makeOrders({ seed: Number(values.seed), count: Number(values.count), bad: Number(values.bad) });
await sendAll(
  new SQSClient({}),
  queueUrl,
  orders.map(({ body }) => body),
);
const count = (kind: string) => orders.filter((order) => order.kind === kind).length;
console.log(`sent ${orders.length} orders: ${count('good')} good, ${count('bad')} bad, ${count('flaky')} flaky`);
