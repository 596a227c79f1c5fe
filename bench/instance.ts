// One function instance, in a process of its own so that its CPU time is the healer's alone. Logs and metrics go to
// standard output as in Lambda; the figures go to the parent.

import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { archiveIn } from '../handlers/aws/archive.ts';
import { claimsIn } from '../handlers/aws/claims.ts';
import { NO_BUS } from '../handlers/aws/events.ts';
import type { Healer } from '../handlers/aws/healer.ts';
import { healBatch } from '../handlers/heal/heal-batch.ts';
import { policy, queue } from '../test/core/builders.ts';
import { deadRecord } from '../test/healer/cloud.ts';
import { DEATHS } from './costs.ts';
import { bodyOf } from './measure.ts';
import { healNaively } from './naive.ts';

/** How fast one instance heals. */
export interface Speed {
  readonly how: string;
  readonly lettersPerSecond: number;
  readonly cpuMsPerLetter: number;
}

const NAIVE_LETTERS = 200;
const LETTERS = 4000;

const [endpoint = ''] = process.argv.slice(2);
const healer = healerAt(endpoint);
const own = healer.policy.queues[0] ?? queue();
let made = 0;

function healerAt(url: string): Healer {
  const region = 'eu-central-1';
  const config = { region, endpoint: url, credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
  const dynamo = new DynamoDBClient(config);
  return {
    stack: 'bench',
    mode: 'heal',
    region: 'eu-central-1',
    bus: NO_BUS,
    policy: policy({ queues: [queue({ sourceUrl: `${url}/000000000000/orders`, dlqUrl: `${url}/000000000000/dlq` })] }),
    table: 'ledger',
    topicArn: `arn:aws:sns:${region}:000000000000:alerts`,
    db: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    sqs: new SQSClient(config),
    lambda: new LambdaClient(config),
    startExecution: () => Promise.reject(new Error("no letter of this bench is a state machine's")),
    sns: new SNSClient(config),
    logs: new CloudWatchLogsClient(config),
    archive: archiveIn(new S3Client({ ...config, forcePathStyle: true }), 'letters', region),
    claims: claimsIn(dynamo, 'idempotency', 'heal'),
    logger: new Logger({ logLevel: 'INFO' }),
    now: Date.now,
    random: Math.random,
  };
}

async function heal(size: number): Promise<void> {
  const Records = Array.from({ length: size }, () => {
    made += 1;
    return deadRecord(own.dlqArn, { id: `m-${made}`, error: DEATHS.TIMEOUT, body: bodyOf(made) });
  });
  const { batchItemFailures } = await healBatch(healer, { Records }, 30_000);
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} letters were not handled`);
}

async function healOneByOne(size: number): Promise<void> {
  const letters = Array.from({ length: size }, (_, i) => ({ body: bodyOf(i), receiptHandle: `r-${i}` }));
  await healNaively(healer.sqs, { source: own.sourceUrl ?? '', dlq: own.dlqUrl }, letters);
}

/** One invocation after another, as one instance works. */
async function speedOf(how: string, letters: number, size: number, run: (size: number) => Promise<void>) {
  for (let warm = 0; warm < letters / 4; warm += size) await run(size);
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let done = 0; done < letters; done += size) await run(size);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const speed: Speed = {
    how,
    lettersPerSecond: letters / seconds,
    cpuMsPerLetter: (user + system) / 1000 / letters,
  };
  process.send?.(speed);
}

await speedOf('naive healer: send, delete, one by one', NAIVE_LETTERS, 10, healOneByOne);
await speedOf('batches of 10', LETTERS / 4, 10, heal);
await speedOf('batches of 100', LETTERS, 100, heal);
process.disconnect?.();
