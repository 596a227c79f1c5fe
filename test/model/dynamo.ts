import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { checkUse, fulfils, type Item, type Placeholders, projected, updated } from './expressions.ts';

// DynamoDB in memory: the operations and expressions that the handlers use, thousands of times faster than an emulator.

type Input = Placeholders & Readonly<Record<string, unknown>>;

/** One table: items by their keys' JSON. Items are replaced, never changed in place. */
export interface Table {
  readonly keys: readonly string[];
  /** By index: its hash and range key. All attributes are projected. */
  readonly indexes: Readonly<Record<string, readonly [string, string]>>;
  readonly items: Map<string, Item>;
}

export const ledgerTable = (): Table => ({
  keys: ['pk', 'sk'],
  indexes: {
    'by-status': ['statusKey', 'at'],
    'by-group': ['groupKey', 'at'],
    'by-due': ['dueKey', 'dueAt'],
  },
  items: new Map(),
});

export const claimsTable = (): Table => ({ keys: ['id'], indexes: {}, items: new Map() });

export type Tables = Readonly<Record<string, Table>>;

/** The same conversions as the document client's, so that what it would refuse is refused. */
const copy = (item: unknown): Item => unmarshall(marshall(item as Item, { removeUndefinedValues: true }));

const keyOf = ({ keys }: Table, item: unknown) => {
  const found = keys.map((name) => (item as Item)[name]);
  if (found.some((value) => typeof value !== 'string' || value === ''))
    throw new Error(`ValidationException: the key must be ${keys.join(' and ')}, got ${JSON.stringify(item)}`);
  return JSON.stringify(found);
};

function tableOf(tables: Tables, name: unknown): Table {
  const table = tables[String(name)];
  if (table === undefined) throw new Error(`ResourceNotFoundException: there is no table ${name}`);
  return table;
}

/** Performs one command of the document client. @throws what DynamoDB answers with */
export function perform(tables: Tables, command: string, input: Input): Item {
  const operation = OPERATIONS[command];
  if (operation === undefined) throw new Error(`the DynamoDB in memory knows no ${command}`);
  return operation(tables, input);
}

/** The same for a command of the plain client, whose items are marshalled. */
export function performPlain(tables: Tables, command: string, input: Input): Item {
  const plain: Record<string, unknown> = { ...input };
  for (const name of ['Item', 'Key', 'ExpressionAttributeValues'])
    if (plain[name] !== undefined) plain[name] = unmarshall(plain[name] as Parameters<typeof unmarshall>[0]);
  const answer = perform(tables, command, plain);
  const { Item: item } = answer;
  return item === undefined ? answer : { ...answer, Item: marshall(item) };
}

const OPERATIONS: Readonly<Record<string, (tables: Tables, input: Input) => Item>> = {
  GetCommand: get,
  PutCommand: put,
  UpdateCommand: update,
  DeleteCommand: remove,
  BatchGetCommand: batchGet,
  BatchWriteCommand: batchWrite,
  QueryCommand: query,
};

function get(tables: Tables, { TableName, Key }: Input): Item {
  const table = tableOf(tables, TableName);
  const item = table.items.get(keyOf(table, Key));
  return item === undefined ? {} : { Item: structuredClone(item) };
}

function put(tables: Tables, input: Input): Item {
  const table = tableOf(tables, input.TableName);
  const item = copy(input.Item);
  const key = keyOf(table, item);
  checkUse([input.ConditionExpression as string], input);
  check(table.items.get(key), input);
  table.items.set(key, item);
  return {};
}

function remove(tables: Tables, { TableName, Key }: Input): Item {
  const table = tableOf(tables, TableName);
  table.items.delete(keyOf(table, Key));
  return {};
}

function update(tables: Tables, input: Input): Item {
  const table = tableOf(tables, input.TableName);
  const key = keyOf(table, input.Key);
  const before = table.items.get(key);
  const { UpdateExpression, ConditionExpression, ReturnValues } = input as Readonly<Record<string, string>>;
  checkUse([UpdateExpression, ConditionExpression], input);
  check(before, input);
  const after = copy(updated(before ?? copy(input.Key), UpdateExpression ?? '', input));
  if (keyOf(table, after) !== key) throw new Error('ValidationException: an update cannot change the key');
  table.items.set(key, after);
  return ReturnValues === 'ALL_NEW' ? { Attributes: structuredClone(after) } : {};
}

function check(item: Item | undefined, input: Input): void {
  const condition = input.ConditionExpression as string | undefined;
  if (condition === undefined || fulfils(item ?? {}, condition, input)) return;
  const shown = item !== undefined && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  throw new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(shown ? { Item: marshall(item) } : {}),
  });
}

function batchGet(tables: Tables, { RequestItems }: Input): Item {
  const Responses: Record<string, Item[]> = {};
  for (const [name, { Keys }] of Object.entries(RequestItems as Record<string, { Keys: Item[] }>)) {
    const table = tableOf(tables, name);
    const keys = Keys.map((key) => keyOf(table, key));
    if (keys.length === 0 || keys.length > 100 || new Set(keys).size < keys.length)
      throw new Error('ValidationException: a batch reads 1 to 100 items, each once');
    Responses[name] = keys.flatMap((one) => table.items.get(one) ?? []).map((item) => structuredClone(item) as Item);
  }
  return { Responses, UnprocessedKeys: {} };
}

function batchWrite(tables: Tables, { RequestItems }: Input): Item {
  for (const [name, requests] of Object.entries(RequestItems as Record<string, { PutRequest: { Item: Item } }[]>)) {
    const table = tableOf(tables, name);
    const items = requests.map(({ PutRequest }) => copy(PutRequest.Item));
    const keys = items.map((item) => keyOf(table, item));
    if (keys.length === 0 || keys.length > 25 || new Set(keys).size < keys.length)
      throw new Error('ValidationException: a batch writes 1 to 25 items, each once');
    for (const [i, item] of items.entries()) table.items.set(keys[i] ?? '', item);
  }
  return { UnprocessedItems: {} };
}

function query(tables: Tables, input: Input): Item {
  const table = tableOf(tables, input.TableName);
  const [hash, range] = table.indexes[String(input.IndexName)] ?? ['pk', 'sk'];
  const { KeyConditionExpression, FilterExpression, ProjectionExpression } = input as Readonly<Record<string, string>>;
  checkUse([KeyConditionExpression, FilterExpression, ProjectionExpression], input);
  const place = (item: Item) => [String(item[range]), ...table.keys.map((name) => String(item[name]))].join('\0');
  const start = input.ExclusiveStartKey as Item | undefined;
  const after = start === undefined ? '' : place(start);
  const found = [...table.items.values()]
    .filter((item) => typeof item[hash] === 'string' && typeof item[range] === 'string')
    .filter((item) => fulfils(item, KeyConditionExpression ?? '', input))
    .map((item) => ({ item, at: place(item) }))
    .filter(({ at }) => at > after)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ item }) => item);
  const page = found.slice(0, Number(input.Limit ?? 1000));
  const last = page.at(-1);
  const Items = page
    .filter((item) => FilterExpression === undefined || fulfils(item, FilterExpression, input))
    .map((item) => structuredClone(ProjectionExpression ? projected(item, ProjectionExpression, input) : item));
  if (page.length === found.length || last === undefined) return { Items };
  const names = [...table.keys, hash, range];
  return { Items, LastEvaluatedKey: Object.fromEntries(names.map((name) => [name, last[name]])) };
}
