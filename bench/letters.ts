import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

// The letters of the mover's bench, each made from its number: a hundred thousand of them need no memory.

/** Of the body alone. */
const BYTES = 1024;

export const DLQ = 'orders-dlq';
export const SOURCE = 'orders';
export const arnOf = (queue: string): string => `arn:aws:sqs:eu-central-1:000000000000:${queue}`;

const padded = (id: number, base: number, length: number) => id.toString(base).padStart(length, '0');

const START = '{"order_id":"';
const bodyOf = (id: number) => `${START}${padded(id, 10, 12)}","note":"`.padEnd(BYTES - 2, 'x').concat('"}');

/** The number of a letter, by its body; `NaN` for one that is none of these. */
export const numberIn = (body: string): number => Number(body.slice(START.length, START.length + 12));

/** As SQS spells them in JSON: binary values in base64. */
const attributesOf = (id: number) => ({
  tenant: { DataType: 'String', StringValue: `Grüße ${id % 97}` },
  amount: { DataType: id % 2 === 0 ? 'Number' : 'Number.int', StringValue: id % 2 === 0 ? `${id}.10` : String(id) },
  checksum: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, id % 256]).toString('base64') },
});

const groupOf = (id: number) => `tenant-${id % 97}`;
const traceOf = (id: number) => `Root=1-5759e988-${padded(id, 16, 24)}`;

/** SQS's handles are about that long. */
const RECEIPT = 'AQEB'.padEnd(168, 'w');
export const receiptOf = (id: number): string => `${RECEIPT}${padded(id, 16, 12)}`;
export const receivedBy = (receipt: string): number => Number.parseInt(receipt.slice(RECEIPT.length), 16);

export const md5Of = (text: string): string => hash('md5', text);

/** A letter as `ReceiveMessage` answers it. */
export function messageOf(id: number): object {
  const Body = bodyOf(id);
  return {
    MessageId: `5fea7756-0ea4-451a-a703-${padded(id, 16, 12)}`,
    ReceiptHandle: receiptOf(id),
    MD5OfBody: md5Of(Body),
    Body,
    Attributes: {
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      SentTimestamp: '1545082649183',
      ApproximateReceiveCount: '4',
      ApproximateFirstReceiveTimestamp: '1545082649185',
      DeadLetterQueueSourceArn: arnOf(SOURCE),
      MessageGroupId: groupOf(id),
      AWSTraceHeader: traceOf(id),
    },
    MessageAttributes: attributesOf(id),
  };
}

/** What was sent of a letter, as `SendMessageBatch` has it in JSON. */
export interface Sent {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageAttributes?: object;
  readonly MessageSystemAttributes?: object;
}

/** Whether nothing of a letter was lost on its way, and nothing added. */
export const isWhole = (id: number, sent: Sent): boolean =>
  sent.MessageBody === bodyOf(id) &&
  sent.MessageGroupId === groupOf(id) &&
  isDeepStrictEqual(sent.MessageAttributes, attributesOf(id)) &&
  isDeepStrictEqual(sent.MessageSystemAttributes, {
    AWSTraceHeader: { DataType: 'String', StringValue: traceOf(id) },
  });
