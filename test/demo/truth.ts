// Reads what really became of the orders: tables, archive, queues, alert inbox. Nothing here counts on its own.

import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { LocalAws } from '../local-aws/local-aws.ts';

export type LetterRow = {
  pk: string;
  sk: string;
  originId: string;
  attempt: number;
  status: string;
  failureClass: string;
  queue: string;
  dueAt?: string;
  archive?: { key: string; offset: number; length: number };
};

/** A letter whose archive record was read back, and the body found in it. `record` is the whole of it. */
export type ArchivedLetter = { row: LetterRow; body: string; record?: unknown };

export type Truth = {
  processed(table: string): Promise<Map<string, number>>;
  /** All items of a table. */
  items<T>(table: string): Promise<T[]>;
  letters(table: string): Promise<LetterRow[]>;
  archived(bucket: string, rows: readonly LetterRow[]): Promise<{ letters: ArchivedLetter[]; unreadable: string[] }>;
  alerts(queueUrl: string): Promise<unknown[]>;
  close(): void;
};

/** Where the local AWS is, in this process or in another. */
export type Source = { region: string; gateway: { url: string } };

/** Bodies of what lies in the queues, but for those of these names. */
export async function queuedBodies(aws: LocalAws, except: readonly string[]): Promise<string[]> {
  const names = (await aws.depths()).map(({ name }) => name).filter((name) => !except.includes(name));
  return (await Promise.all(names.map(aws.bodies))).flat().map(({ body }) => body);
}

export function readTruth(aws: Source): Truth {
  const client = {
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'auditor', secretAccessKey: 'local' },
  };
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const sqs = new SQSClient(client);

  async function scan<T>(TableName: string): Promise<T[]> {
    const items: T[] = [];
    for await (const page of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true })) {
      items.push(...((page.Items ?? []) as T[]));
    }
    return items;
  }

  /** Each letter is one gzip member of an object that holds many; the row says where it lies. */
  async function recordOf(Bucket: string, { key, offset, length }: NonNullable<LetterRow['archive']>) {
    const Range = `bytes=${offset}-${offset + length - 1}`;
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: key, Range }));
    const bytes = await object.Body?.transformToByteArray();
    const record = JSON.parse(gunzipSync(bytes ?? new Uint8Array()).toString()) as { body?: unknown };
    if (typeof record.body !== 'string') throw new Error('the record has no body');
    return { body: record.body, record };
  }

  return {
    items: scan,
    async processed(table) {
      const items = await scan<{ orderId: string; processed: number }>(table);
      return new Map(items.map(({ orderId, processed }) => [orderId, processed]));
    },
    async letters(table) {
      const items = await scan<LetterRow>(table);
      return items.filter(({ pk }) => pk.startsWith('letter#'));
    },
    async archived(bucket, rows) {
      const limit = pLimit(8);
      const letters: ArchivedLetter[] = [];
      const unreadable: string[] = [];
      const read = async (row: LetterRow) => {
        try {
          if (row.archive === undefined) throw new Error('the row names no archive record');
          letters.push({ row, ...(await recordOf(bucket, row.archive)) });
        } catch (error) {
          unreadable.push(`${row.pk} ${row.sk}: ${(error as Error).message}`);
        }
      };
      await Promise.all(rows.map((row) => limit(read, row)));
      return { letters, unreadable };
    },
    async alerts(QueueUrl) {
      const bodies: unknown[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return bodies;
        bodies.push(...Messages.map(({ Body }) => JSON.parse(Body ?? 'null') as unknown));
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    close() {
      dynamodb.destroy();
      s3.destroy();
      sqs.destroy();
    },
  };
}
