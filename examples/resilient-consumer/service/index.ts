// A service that the consumer depends on, simulated: up, unless its row in the table or the order says otherwise.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { requireEnv } from '../../../handlers/core/env.ts';
import type { Answer, Request } from '../consumer/service.ts';

/** Longer than the consumer waits for an answer. */
const SLOW_MS = 6_000;

const WORDS: Readonly<Record<number, string>> = {
  401: '401 Unauthorized: the access token expired',
  422: '422 Unprocessable Entity: the card number is not valid',
  429: '429 Too Many Requests: rate limit exceeded',
  503: '503 Service Unavailable: no healthy upstream',
};

let environment: ReturnType<typeof connect> | undefined;

function connect() {
  return { ...requireEnv(['SERVICE', 'SERVICES_TABLE']), dynamodb: new DynamoDBClient({}) };
}

export async function handler({ order, idempotencyKey }: Request): Promise<Answer> {
  environment ??= connect();
  const { SERVICE, SERVICES_TABLE, dynamodb } = environment;
  const { simulate } = order;
  const key = { service: { S: SERVICE } };
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: SERVICES_TABLE, Key: key, ConsistentRead: true }),
  );
  if (Item?.state?.S === 'down') return refusal(503);
  const isOver = simulate?.until !== undefined && Date.now() >= Date.parse(simulate.until);
  if (simulate === undefined || simulate.service !== SERVICE || isOver) return success(idempotencyKey);
  if (simulate.answer === 'slow') {
    await sleep(SLOW_MS);
    return success(idempotencyKey);
  }
  return refusal(simulate.answer);
}

/** The same key gets the same receipt: asked twice, done once. */
function success(idempotencyKey: string): Answer {
  return { status: 200, receipt: createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16) };
}

function refusal(status: number): Answer {
  const message = WORDS[status] ?? `status ${status}`;
  return { status, message, ...(status === 429 ? { retryAfterSeconds: 2 } : {}) };
}
