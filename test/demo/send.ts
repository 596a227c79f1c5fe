// Plays the shop's producers: most orders through the HTTP API, some straight into the queue.
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import type { SampleOrder } from '../../examples/complete/producer/orders.ts';
import { HTTP_API_PREFIX } from '../local-aws/gateway/http-api.ts';

export type Target = { gatewayUrl: string; apiUrl: string; queueUrl: string; region: string };
export type Sent = { order: SampleOrder; refused?: string };

const AT_ONCE = 4;

/** Sends in order, a few at once. An order that is not accepted is told, not sent again: nothing hides here. */
export async function sendOrders(
  orders: readonly SampleOrder[],
  target: Target,
  onSent: (count: number) => void,
): Promise<Sent[]> {
  const sqs = new SQSClient({
    region: target.region,
    endpoint: target.gatewayUrl,
    credentials: { accessKeyId: 'producer', secretAccessKey: 'local' },
  });
  const api = localApiUrl(target.gatewayUrl, target.apiUrl);
  const limit = pLimit(AT_ONCE);
  let count = 0;
  const send = async (order: SampleOrder): Promise<Sent> => {
    const refused =
      order.route === 'api' ? await post(api, order.body) : await enqueue(sqs, target.queueUrl, order.body);
    onSent(++count);
    return refused === undefined ? { order } : { order, refused };
  };
  try {
    return await Promise.all(orders.map((order) => limit(send, order)));
  } finally {
    sqs.destroy();
  }
}

/** Where the gateway answers for `https://<api id>.execute-api.<region>.amazonaws.com/<path>`. */
export function localApiUrl(gatewayUrl: string, apiUrl: string): string {
  const { hostname, pathname } = new URL(apiUrl);
  return `${gatewayUrl}${HTTP_API_PREFIX}${hostname.split('.')[0]}${pathname}`;
}

async function post(url: string, body: string): Promise<string | undefined> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  return response.ok ? undefined : `${response.status} ${text}`;
}

async function enqueue(sqs: SQSClient, QueueUrl: string, MessageBody: string): Promise<string | undefined> {
  return sqs.send(new SendMessageCommand({ QueueUrl, MessageBody })).then(
    () => undefined,
    (error: Error) => error.message,
  );
}
