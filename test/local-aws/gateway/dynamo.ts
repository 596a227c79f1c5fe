// DynamoDB served by dynalite; this fills in what dynalite does not know.
import { type Call, jsonReply, parseJson, type Reply } from './call.ts';
import type { Forward } from './forward.ts';

type Item = Record<string, unknown>;
type Input = { TableName?: string; Item?: Item; Key?: Item; ReturnValuesOnConditionCheckFailure?: string };
type Description = { Table?: { KeySchema?: { AttributeName: string }[] } };

const JSON_TYPE = 'application/x-amz-json-1.0';

/**
 * Passes calls on, and puts into the answer of a refused conditional write the item that refused it, where the caller
 * asked for it: `ReturnValuesOnConditionCheckFailure`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export function createDynamo(dynalite: Forward): (call: Call) => Promise<Reply> {
  const keyNames = new Map<string, Promise<string[]>>();

  async function ask<T>(call: Call, action: string, input: object): Promise<T> {
    const headers = { ...call.headers, 'x-amz-target': `DynamoDB_20120810.${action}` };
    const reply = await dynalite({ ...call, action, headers, body: Buffer.from(JSON.stringify(input)) });
    return parseJson(reply.body) as T;
  }

  async function namesOf(call: Call, TableName: string): Promise<string[]> {
    const { Table } = await ask<Description>(call, 'DescribeTable', { TableName });
    return (Table?.KeySchema ?? []).map(({ AttributeName }) => AttributeName);
  }

  async function refusing(call: Call, input: Input): Promise<Item | undefined> {
    const { TableName = '', Key, Item = {} } = input;
    if (!keyNames.has(TableName)) keyNames.set(TableName, namesOf(call, TableName));
    const names = (await keyNames.get(TableName)) ?? [];
    const key = Key ?? Object.fromEntries(names.map((name) => [name, Item[name]]));
    return (await ask<{ Item?: Item }>(call, 'GetItem', { TableName, Key: key, ConsistentRead: true })).Item;
  }

  return async (call) => {
    const reply = await dynalite(call);
    if (reply.status !== 400 || !reply.body.includes('ConditionalCheckFailedException')) return reply;
    const input = parseJson(call.body) as Input;
    if (input.ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') return reply;
    const item = await refusing(call, input);
    const error = parseJson(reply.body);
    return jsonReply(item === undefined ? error : { ...error, Item: item }, 400, JSON_TYPE);
  };
}
