// Asked by the healer for each letter that died of missing metadata: looks the device up in the registry, loads it into
// Redis for the records to come, and answers the record with what was missing. docs/repair.md is its contract.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { requireEnv } from '../../../handlers/core/env.ts';
import { loadMetadata } from '../metadata.ts';
import { redisAt } from '../redis.ts';
import { mended, readRecord } from './mend.ts';
import { lookUp } from './registry.ts';

/** What of the healer's request is needed here. */
export interface Letter {
  readonly body: string;
  readonly originId: string;
  readonly attempt: number;
}

export type Answer = { readonly body: string } | { readonly reason: string };

let services: ReturnType<typeof connect> | undefined;

function connect() {
  const environment = requireEnv(['REDIS_URL', 'DEVICES_TABLE']);
  return { environment, redis: redisAt(environment.REDIS_URL), dynamodb: new DynamoDBClient({}) };
}

/** @throws what DynamoDB throws: the letter is archived then, as unmended, for a person to send again */
export async function handler({ body, originId, attempt }: Letter): Promise<Answer> {
  services ??= connect();
  const { environment, redis, dynamodb } = services;
  const log = (outcome: string, more = {}) => console.log(JSON.stringify({ outcome, originId, attempt, ...more }));

  const record = readRecord(body);
  if (record === undefined) return { reason: 'the body is no telemetry record' };
  const found = await lookUp(dynamodb, environment.DEVICES_TABLE, record.device_id);
  if ('reason' in found) {
    log('declined', { reason: found.reason });
    return found;
  }
  // A cache that is down must not cost the letter its repair: it carries the metadata itself. The next record of the
  // device dies and asks again.
  const loaded = await loadMetadata(redis, found, record.device_id).then(
    () => true,
    (error: Error) => {
      log('not loaded into Redis', { error: error.message });
      return false;
    },
  );
  log('mended', { loaded });
  return { body: mended(record, found) };
}
