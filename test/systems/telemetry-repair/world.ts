// The applied example's queue and registry, as its producers and its registrar see them.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Sender, Sent } from '../../../examples/telemetry-repair/producer/fleet.ts';
import type { Applied } from '../system.ts';

export interface Outputs {
  readonly queue_url: string;
  readonly devices_table: string;
  readonly positions_table: string;
  readonly ledger_table: string;
  readonly archive_bucket: string;
  readonly function_names: { readonly consumer: string; readonly repair: string };
}

export type World = ReturnType<typeof createWorld>;

export function createWorld({ aws, outputs: given }: Applied) {
  const outputs = given as unknown as Outputs;
  const client = {
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'producer', secretAccessKey: 'local' },
  };
  const sqs = new SQSClient(client);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(client));
  const queue = outputs.queue_url.split('/').at(-1) ?? '';

  return {
    outputs,
    functions: outputs.function_names,
    /** How the names of its queues begin. */
    prefix: queue,

    /** Sends in batches of ten. @throws Error when SQS refuses one: then nothing that follows could be counted */
    async send(records: readonly Sent[]): Promise<(Sent & { readonly originId: string })[]> {
      const sent = [];
      for (let start = 0; start < records.length; start += 10) {
        const batch = records.slice(start, start + 10);
        const Entries = batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
        const { Successful = [], Failed = [] } = await sqs.send(
          new SendMessageBatchCommand({ QueueUrl: outputs.queue_url, Entries }),
        );
        if (Failed.length > 0) throw new Error(`SQS refused ${Failed.length} records: ${Failed[0]?.Message}`);
        const ids = new Map(Successful.map(({ Id, MessageId }) => [Id, MessageId ?? '']));
        sent.push(...batch.map((record, index) => ({ ...record, originId: ids.get(String(index)) ?? '' })));
      }
      return sent;
    },

    /** Enters devices into the registry; of a replaced one the entry of its old id, too. */
    async register(senders: readonly Sender[]): Promise<void> {
      for (const { deviceId, truth } of senders) {
        if (truth === undefined) continue;
        const items: object[] = [truth];
        if (truth.deviceId !== deviceId) items.push({ deviceId, replacedBy: truth.deviceId });
        for (const Item of items)
          await dynamodb.send(new PutCommand({ TableName: outputs.devices_table, Item: { ...Item } }));
      }
    },

    close(): void {
      sqs.destroy();
      dynamodb.destroy();
    },
  };
}
