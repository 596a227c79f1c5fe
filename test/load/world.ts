import { waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { seededRandom } from '../../examples/shared/random.ts';
import type { Governor } from '../../handlers/govern/govern.ts';
import { SOURCE_ARN } from '../core/builders.ts';
import { type Cloud, startCloud, startStack } from '../healer/cloud.ts';
import { startDynalite } from '../local-aws/dynalite.ts';
import { ACCOUNT_ID } from '../local-aws/moto.ts';
import type { Queue } from './queues.ts';

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Row = Readonly<Record<string, unknown>>;

const REGION = 'eu-central-1';
const DLQ = 'load-dlq';

/** The local AWS with one queue of the healer's, its DLQ, and what the run needs to look inside. */
export async function startWorld(options: { readonly seed: number; readonly faults: number }) {
  const dynalite = await startDynalite();
  const cloud = await startCloud({ dynalitePort: dynalite.port });
  const { QueueUrl: dlqUrl = '' } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: DLQ }));
  const dlqArn = `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${DLQ}`;
  const stack = await startStack(cloud, { queue: { dlqUrl, dlqArn } });
  await waitUntilTableExists({ client: cloud.dynamo, maxWaitTime: 30 }, { TableName: stack.healer.table });
  const random = seededRandom(options.seed);
  // Not `Date.now` itself: the clock is stopped by putting another in its place.
  const healer: Governor = { ...stack.healer, now: () => Date.now(), random };
  const calls = new Map<string, number>();
  const chance = seededRandom(options.seed + 1);
  stack.faults((call) => {
    const name = `${call.service}:${call.action}`;
    calls.set(name, (calls.get(name) ?? 0) + 1);
    const drawn = chance() * 1e6;
    if (drawn >= options.faults) return { kind: 'pass' };
    const failing = { kind: 'fail', status: 503, code: 'ServiceUnavailable' } as const;
    return drawn < options.faults / 2 ? failing : { kind: 'drop-after-forward' };
  });
  const queueAt = (url: string): Queue => ({ gateway: cloud.gateway, region: REGION, url });
  return {
    healer,
    /** `service:action` → calls of the healer and the governor. */
    calls,
    source: queueAt(stack.sourceUrl),
    dlq: queueAt(dlqUrl),
    sourceArn: SOURCE_ARN,
    dlqArn,
    groups: () => query(cloud, healer.table, { key: 'pk', value: `queue#${stack.queue.key}` }),
    /** At most `limit` rows of letters with this status. */
    withStatus: (status: string, limit: number) =>
      query(cloud, healer.table, {
        index: 'by-status',
        key: 'statusKey',
        value: `${stack.queue.key}#${status}`,
        limit,
      }),
    /** Messages of source queue and DLQ, in whatever state. */
    queued: async () => {
      const names = [stack.sourceUrl, dlqUrl].map((url) => url.slice(url.lastIndexOf('/') + 1));
      return (await Promise.all(names.map((name) => cloud.bodies(name)))).flat();
    },
    queuedCount: async () => {
      const names = [stack.sourceUrl, dlqUrl].map((url) => url.slice(url.lastIndexOf('/') + 1));
      return (await cloud.depths())
        .filter(({ name }) => names.includes(name))
        .reduce((sum, { visible, inFlight, delayed }) => sum + visible + inFlight + delayed, 0);
    },
    cloud,
    /** From now on nothing fails and nothing is counted. */
    endFaults: () => stack.faults(undefined),
    stop: async () => {
      await cloud.stop();
      await dynalite.stop();
    },
  };
}

async function query(
  { db }: Cloud,
  TableName: string,
  what: { readonly key: string; readonly value: string; readonly index?: string; readonly limit?: number },
): Promise<Row[]> {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName,
      ...(what.index === undefined ? {} : { IndexName: what.index }),
      ...(what.limit === undefined ? {} : { Limit: what.limit }),
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': what.key },
      ExpressionAttributeValues: { ':value': what.value },
    }),
  );
  return Items;
}
