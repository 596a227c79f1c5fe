// Orders for dev: most are booked, some break a rule, for some the warehouse is away for a while.
import { SQSClient } from '@aws-sdk/client-sqs';
import { sendAll } from '../../../examples/shared/send.ts';
import { readTruth } from '../../demo/truth.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied } from '../system.ts';

interface SentOrder {
  readonly orderId: string;
  readonly body: string;
  readonly fate: 'booked' | 'archived';
}

const COUNT = 40;
/** Longer than all receives of source and tier take, so that letters die; shorter than that they die five times. */
const AWAY_MS = 20_000;

export interface Books {
  readonly sent: number;
  readonly booked: number;
  readonly archived: number;
  readonly lost: number;
  readonly faults: readonly string[];
}

export function ordersOf(now: number): SentOrder[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const orderId = `order-${String(index).padStart(3, '0')}`;
    if (index % 8 === 3) return { orderId, body: JSON.stringify({ orderId }), fate: 'archived' };
    const awayUntil = index % 8 === 5 ? now + AWAY_MS : undefined;
    return { orderId, body: JSON.stringify({ orderId, storeId: 's-1', awayUntil }), fate: 'booked' };
  });
}

export async function sendOrders(orders: readonly SentOrder[], { aws, outputs }: Applied): Promise<void> {
  const credentials = { accessKeyId: 'producer', secretAccessKey: 'local' };
  const sqs = new SQSClient({ region: aws.region, endpoint: aws.gateway.url, credentials });
  try {
    await sendAll(
      sqs,
      String(outputs.orders_queue_url),
      orders.map(({ body }) => body),
    );
  } finally {
    sqs.destroy();
  }
}

export async function readBooks(orders: readonly SentOrder[], applied: Applied): Promise<Books> {
  const { aws, outputs } = applied;
  const truth = readTruth(aws);
  const ledger = String(outputs.ledger_table);
  try {
    const due = async () => (await truth.letters(ledger)).filter((row) => row.status === 'parked' && row.dueAt).length;
    const quiet = await untilQuiet(applied, { prefix: 'checkout-dev-', due, timeoutSeconds: 240 });
    const booked = await truth.processed(String(outputs.orders_table));
    const rows = (await truth.letters(ledger)).filter(({ status }) => status === 'archived');
    const { letters, unreadable } = await truth.archived(String(outputs.archive_bucket), rows);
    const archived = new Set(letters.map(({ body }) => (JSON.parse(body) as { orderId: string }).orderId));
    const lost = orders.filter(({ orderId }) => !booked.has(orderId) && !archived.has(orderId));
    const healed = (await truth.letters(ledger)).filter(({ status }) => status === 'healed').length;
    return {
      sent: orders.length,
      booked: [...booked.values()].filter((times) => times === 1).length,
      archived: archived.size,
      lost: lost.length,
      faults: [
        ...(quiet ? [] : ['dev did not come to rest']),
        ...lost.map(({ orderId }) => `${orderId} is lost`),
        ...unreadable.map((what) => `not readable in the archive: ${what}`),
        ...orders.flatMap(({ orderId, fate }) => {
          const times = booked.get(orderId) ?? 0;
          if (times > 1) return [`${orderId} was booked ${times} times`];
          const is = times === 1 ? 'booked' : 'archived';
          return is === fate ? [] : [`${orderId} is ${is}, and should be ${fate}`];
        }),
        ...(healed > 0 ? [] : ['no letter was healed']),
      ],
    };
  } finally {
    truth.close();
  }
}
