import type { Call } from '../test/local-aws/gateway/call.ts';
import { PRICES, SQS_CHUNK_BYTES } from './prices.ts';

/** What a run called, and what AWS would bill for it. Lambda's compute time is not in it: this machine is not Lambda. */
export interface Meter {
  add(call: Call): void;
  readonly counts: Map<string, number>;
  /** Items that DynamoDB was asked to write, one by one or in batches. */
  itemsWritten: number;
  dollars: number;
}

/** How many calls a run made to a service; with `actions`, only those. */
export const callsTo = (meter: Meter, service: string, actions?: readonly string[]): number =>
  [...meter.counts]
    .filter(([name]) => {
      const [of, action = ''] = name.split(':');
      return of === service && (actions?.includes(action) ?? true);
    })
    .reduce((sum, [, n]) => sum + n, 0);

export const DYNAMO_READS = ['GetItem', 'BatchGetItem', 'Query'] as const;

export function createMeter(): Meter {
  const meter: Meter = {
    counts: new Map(),
    itemsWritten: 0,
    dollars: 0,
    add(call) {
      const name = `${call.service}:${call.action}`;
      meter.counts.set(name, (meter.counts.get(name) ?? 0) + 1);
      if (call.service === 'dynamodb') meter.itemsWritten += itemsWrittenBy(call);
      meter.dollars += priceOf(call);
    },
  };
  return meter;
}

function priceOf(call: Call): number {
  switch (call.service) {
    case 'sqs':
      return PRICES.sqsRequest * Math.max(1, Math.ceil(call.body.byteLength / SQS_CHUNK_BYTES));
    case 's3':
      return call.method === 'PUT' ? PRICES.s3Put : PRICES.s3Get;
    case 'sns':
      return PRICES.snsPublish;
    case 'dynamodb':
      return dynamoPrice(call);
    default:
      throw new Error(`no price for ${call.service}:${call.action}: add it to bench/prices.ts`);
  }
}

const SINGLE_WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem'];

function itemsWrittenBy(call: Call): number {
  if (SINGLE_WRITES.includes(call.action)) return 1;
  if (!['BatchWriteItem', 'TransactWriteItems'].includes(call.action)) return 0;
  const input = JSON.parse(call.body.toString()) as DynamoInput & { readonly TransactItems?: readonly object[] };
  const inBatches = requestsIn(input).reduce((n, list) => n + (Array.isArray(list) ? list.length : 0), 0);
  return inBatches + (input.TransactItems ?? []).filter((item) => !('ConditionCheck' in item)).length;
}

type Item = Record<string, unknown>;
interface Put {
  readonly PutRequest?: { readonly Item: Item };
}
interface DynamoInput {
  readonly Item?: Item;
  readonly RequestItems?: Record<string, { Keys?: Item[] } | readonly Put[]>;
}

/** The indexes that a row with these attributes is copied to: each copy is a write of its own. */
const INDEX_KEYS = ['statusKey', 'groupKey', 'dueKey'];

/**
 * A write costs one unit for each begun KB, and again for each index that holds the row; a consistent read one for
 * each begun 4 KB, found or not. An update is taken for one of 1 KB and no index, which its rows here are.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
function dynamoPrice(call: Call): number {
  const input = JSON.parse(call.body.toString()) as DynamoInput;
  if (call.action === 'BatchGetItem') {
    return (
      PRICES.dynamoReadUnit *
      requestsIn(input).reduce((n, list) => n + ('Keys' in list ? (list.Keys?.length ?? 0) : 0), 0)
    );
  }
  if (call.action === 'GetItem' || call.action === 'Query') return PRICES.dynamoReadUnit;
  const puts: readonly Put[] = requestsIn(input).flatMap((list) => ('Keys' in list ? [] : (list as readonly Put[])));
  const items: Item[] = input.Item
    ? [input.Item]
    : puts.flatMap(({ PutRequest }) => (PutRequest ? [PutRequest.Item] : []));
  if (items.length === 0) return PRICES.dynamoWriteUnit;
  return PRICES.dynamoWriteUnit * items.reduce((units, item) => units + unitsOf(item), 0);
}

function unitsOf(item: Item): number {
  const copies = 1 + INDEX_KEYS.filter((key) => key in item).length;
  return Math.ceil(sizeOf(item) / 1024) * copies;
}

const requestsIn = (input: DynamoInput) => Object.values(input.RequestItems ?? {});

/** Names and values in UTF-8, as DynamoDB counts; the type marks of the JSON make it a little more than it is. */
const sizeOf = (item: Item) => Buffer.byteLength(JSON.stringify(item));
