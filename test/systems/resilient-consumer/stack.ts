// The applied stack, as the test's producers, operators and auditors see it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { toSqsAttributes } from '../../../handlers/aws/sqs-attributes.ts';
import { archived } from '../../../handlers/core/archive-record.ts';
import type { MessageAttributes } from '../../../handlers/core/letter.ts';
import { type LetterRow, readTruth } from '../../demo/truth.ts';
import { REPOSITORY } from '../../local-aws/terraform.ts';
import type { Applied } from '../system.ts';
import type { Booking, Letter, Sent } from './account.ts';
import { bodyOf, type Consumer, type KindName } from './kinds.ts';

/** Names that the example's outputs give. */
export interface Names {
  readonly queue_url: string;
  readonly queue_arn: string;
  readonly ledger_table: string;
  readonly archive_bucket: string;
  readonly orders_table: string;
  readonly services_table: string;
  readonly worker_role: string;
  readonly function_names: Readonly<Record<'consumer' | 'payments' | 'recommendations' | 'govern', string>>;
  readonly worker_environment: Readonly<Record<string, string>>;
}

export interface SendOptions {
  readonly by: Consumer;
  /** Equal order ids for copies; else each order has one of its own. */
  readonly orderId?: string;
  readonly until?: string;
  readonly attributes?: MessageAttributes;
  readonly system?: Sent['system'];
}

export type Stack = ReturnType<typeof openStack>;

export function openStack({ aws, outputs }: Applied) {
  const names = outputs as unknown as Names;
  const client = {
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'auditor', secretAccessKey: 'local' },
  };
  const sqs = new SQSClient(client);
  const lambda = new LambdaClient(client);
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  const truth = readTruth(aws);
  const sent: Sent[] = [];
  const stack = names.ledger_table.replace(/-ledger$/, '');

  async function send(kind: KindName, options: SendOptions): Promise<Sent> {
    const { by, orderId = `${by}-${kind}-${sent.length + 1}`, until, attributes = {}, system = {} } = options;
    const body = bodyOf(kind, orderId, until);
    const { MessageId = '' } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: names.queue_url,
        MessageBody: body,
        MessageAttributes: toSqsAttributes(attributes),
        ...(system.messageGroupId === undefined ? {} : { MessageGroupId: system.messageGroupId }),
        ...(system.traceHeader === undefined
          ? {}
          : { MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: system.traceHeader } } }),
      }),
    );
    const asArchived = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, archived(value)]));
    const message: Sent = { messageId: MessageId, orderId, kind, by, body, attributes: asArchived, system };
    sent.push(message);
    return message;
  }

  /** As an operator would type it, by the committed command. */
  async function dlq(...args: string[]): Promise<void> {
    await promisify(execFile)(process.execPath, [join(REPOSITORY, 'dist/dlq.mjs'), ...args, '--stack', stack], {
      env: { ...process.env, ...aws.environment, AWS_ACCESS_KEY_ID: 'operator', DLQ_STATE_DIR: aws.work },
    });
  }

  async function bookings(): Promise<Booking[]> {
    const found: Booking[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: db },
      { TableName: names.orders_table, ConsistentRead: true },
    ))
      found.push(...(Items as Booking[]));
    return found;
  }

  const calls = (caller: string, action: string, resource: string): number =>
    aws.gateway.calls
      .records()
      .filter((one) => one.caller === caller && one.action === action && one.resource.endsWith(resource))
      .reduce((sum, { count }) => sum + count, 0);

  const consumer = names.function_names.consumer;
  const mapping = async () =>
    (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: consumer }))).EventSourceMappings?.[0]?.UUID;

  return {
    ...{ names, sqs, lambda, sent, send, dlq, bookings },
    stack,
    rows: (): Promise<LetterRow[]> => truth.letters(names.ledger_table),

    async letters(): Promise<Letter[]> {
      const rows = await truth.letters(names.ledger_table);
      const { letters } = await truth.archived(names.archive_bucket, rows);
      const kept = new Map(letters.map(({ row, record }) => [`${row.pk} ${row.sk}`, record as Letter['kept']]));
      return rows.map((row) => {
        const record = kept.get(`${row.pk} ${row.sk}`);
        const {
          originId,
          attempt,
          status,
          failureClass,
          evidenceSource: source,
        } = row as LetterRow & {
          evidenceSource: string;
        };
        return { originId, attempt, status, failureClass, source, ...(record === undefined ? {} : { kept: record }) };
      });
    },

    queued: async (): Promise<string[]> => {
      const own = (await aws.depths()).map(({ name }) => name).filter((name) => name.startsWith(`${stack}-`));
      return (await Promise.all(own.map(aws.bodies))).flat().map(({ body }) => body);
    },

    async setService(service: 'payments' | 'recommendations', state: 'up' | 'down'): Promise<void> {
      await db.send(new PutCommand({ TableName: names.services_table, Item: { service, state } }));
    },

    /** How often the consumer, or the worker, has called a service. */
    calls: (caller: string, service: 'payments' | 'recommendations'): number =>
      calls(caller, 'InvokeFunction', `:function:${names.function_names[service]}`),

    /** @returns what its function answered; @throws where it crashed */
    async invoke(FunctionName: string, event: unknown): Promise<unknown> {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
      );
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
      return JSON.parse(text);
    },

    async governorsLevel(): Promise<number> {
      const Key = { pk: 'control', sk: 'queue#orders' };
      const { Item } = await db.send(new GetCommand({ TableName: names.ledger_table, Key, ConsistentRead: true }));
      return Number(Item?.level ?? 0);
    },

    /** Replaces the environment of the consumer for as long as `during` takes: then it is Terraform's again. */
    async withEnvironment(change: Record<string, string>, during: () => Promise<void>): Promise<void> {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: consumer }));
      const set = async (Variables: Record<string, string>) => {
        await lambda.send(
          new UpdateFunctionConfigurationCommand({ FunctionName: consumer, Environment: { Variables } }),
        );
        await sleep(2_000); // new execution environments start
      };
      await set({ ...Environment?.Variables, ...change });
      try {
        await during();
      } finally {
        await set({ ...Environment?.Variables });
      }
    },

    /** The Lambda function goes on receiving from the queue, or stops: then it has when this resolves. */
    async setMapping(Enabled: boolean): Promise<void> {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: await mapping(), Enabled }));
      for (let before = -1, now = 0; !Enabled && now !== before; now = calls(consumer, 'ReceiveMessage', '')) {
        before = now;
        await sleep(3_000); // longer than a poll takes
      }
    },

    close() {
      truth.close();
      sqs.destroy();
      lambda.destroy();
      db.destroy();
    },
  };
}

/** Waits for what must come. @returns whether it came in time: the account says what is missing */
export async function until(holds: () => Promise<boolean>, timeoutSeconds: number): Promise<boolean> {
  for (const end = Date.now() + timeoutSeconds * 1000; Date.now() < end; await sleep(500))
    if (await holds()) return true;
  return false;
}
