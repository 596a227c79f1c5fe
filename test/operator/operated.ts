import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { zipSync } from 'fflate';
import { expect } from 'vitest';
import type { Policy, QueuePolicy } from '../../handlers/core/policy.ts';
import { dlq, type Ran, type Setting } from '../cli/dlq.ts';
import { type Cloud, REGION, startCloud, startStack } from '../healer/cloud.ts';
import { createRole, ROLE } from '../local-aws/fixture.ts';
import { ACCOUNT_ID } from '../local-aws/moto.ts';

/** The command against emulators, with a stack as it finds one: a heal function's environment and a policy document. */
export async function startOperated() {
  const cloud = await startCloud();
  await createRole({ region: REGION, gateway: cloud.gateway });
  const state = await mkdtemp(join(tmpdir(), 'dlq-healer-operator-'));
  const env = {
    AWS_ENDPOINT_URL: cloud.url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'local',
    DLQ_STATE_DIR: state,
    HOME: state,
  };
  return {
    cloud,
    state,
    env,
    /** Runs the committed command. */
    dlq: (args: readonly string[], setting: Setting = {}): Promise<Ran> =>
      dlq(args, { ...setting, env: { ...env, ...setting.env } }),
    stop: async () => {
      await cloud.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

export type Operated = Awaited<ReturnType<typeof startOperated>>;

let counter = 0;

/** A stack of one queue, with its DLQ and the heal function that the command looks for. */
export async function operatedStack(
  { cloud }: Operated,
  over: {
    readonly mode?: string;
    readonly policy?: Partial<Policy>;
    readonly queue?: Partial<QueuePolicy>;
    /** Keys of further queues of the stack, of which nothing but the policy is there. */
    readonly others?: readonly string[];
  } = {},
) {
  counter += 1;
  const name = `shop-${counter}`;
  const suffix = over.queue?.fifo ? '.fifo' : '';
  const { url: dlqUrl, arn: dlqArn } = await createQueue(cloud, `${name}-orders-dlq${suffix}`);
  const stack = await startStack(cloud, {
    policy: { stack: name, ...over.policy },
    queue: { key: 'orders', dlqUrl, dlqArn, sourceArn: '', ...over.queue },
  });
  const source = stack.sourceUrl.split('/').at(-1) ?? '';
  const queue: QueuePolicy = { ...stack.queue, sourceArn: arnOf(source) };
  await redriveTo(cloud, stack.sourceUrl, dlqArn);
  const others = (over.others ?? []).map((key) => ({ ...queue, key, dlqArn: `${dlqArn}-${key}` }));
  const queues = [queue, ...others];
  await writePolicy(cloud, stack.tables.ledger, name, { ...stack.healer.policy, queues });
  const Variables = {
    STACK_NAME: name,
    MODE: over.mode ?? 'heal',
    LEDGER_TABLE: stack.tables.ledger,
    IDEMPOTENCY_TABLE: stack.tables.idempotency,
    ARCHIVE_BUCKET: 'letters',
    ALERT_TOPIC_ARN: stack.healer.topicArn,
    POLICY_HASH: await hashOf(cloud, stack.tables.ledger),
    EVENT_BUS: 'none',
  };
  await cloud.lambda.send(
    new CreateFunctionCommand({
      FunctionName: `${name}-heal`,
      Role: ROLE,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipSync({ 'index.mjs': Buffer.from('') }) },
      Environment: { Variables },
    }),
  );
  const healer = { ...stack.healer, stack: name, policy: { ...stack.healer.policy, stack: name, queues } };
  return { ...stack, name, healer, queue, dlqUrl, dlqArn };
}

export type OperatedStack = Awaited<ReturnType<typeof operatedStack>>;

const arnOf = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`;

export async function createQueue(cloud: Cloud, name: string, attributes: Readonly<Record<string, string>> = {}) {
  const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
  const { QueueUrl = '' } = await cloud.sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { ...fifo, ...attributes } }),
  );
  return { name, url: QueueUrl, arn: arnOf(name) };
}

/** Has SQS move what dies in the source to the DLQ. */
export async function redriveTo(cloud: Cloud, QueueUrl: string, dlqArn: string, maxReceiveCount = 1): Promise<void> {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount });
  await cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
}

/** The document that Terraform writes. */
async function writePolicy(cloud: Cloud, TableName: string, stack: string, policy: Policy): Promise<void> {
  const queues = policy.queues.map((queue) => [
    queue.key,
    {
      dlq_url: queue.dlqUrl,
      dlq_arn: queue.dlqArn,
      source_url: queue.sourceUrl,
      source_arn: queue.sourceArn,
      tier_arns: queue.tierArns,
      targets: queue.targets,
      fifo: queue.fifo,
      consumer_function: queue.consumerFunction,
      log_group: queue.logGroup,
    },
  ]);
  const { threshold, windowSeconds } = policy.poison;
  const document = JSON.stringify({
    version: 1,
    stack,
    queues: Object.fromEntries(queues),
    rules: [],
    policy: { poison: { threshold, window_seconds: windowSeconds }, heal_fifo: policy.healFifo },
    alerts: {},
    retention: {},
  });
  await cloud.db.send(new PutCommand({ TableName, Item: { pk: 'document', sk: 'policy', document } }));
}

async function hashOf(cloud: Cloud, table: string): Promise<string> {
  const { Item } = await cloud.db.send(new GetCommand({ TableName: table, Key: { pk: 'document', sk: 'policy' } }));
  return createHash('sha256').update(String(Item?.document)).digest('hex');
}

/** Expects the exit code and gives the answer of a `--json` run. */
export function answerOf<T = Record<string, unknown>>(ran: Ran, code = 0): T {
  expect(ran, ran.err).toMatchObject({ code });
  return JSON.parse(ran.out) as T;
}
