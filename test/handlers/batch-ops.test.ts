import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readItems, writeItems } from '../../handlers/aws/batch-ops.ts';

const db = mockClient(DynamoDBDocumentClient);
beforeEach(() => db.reset());

const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
const key = (n: number) => ({ pk: `p${n}`, sk: 's' });
const keys = (n: number) => Array.from({ length: n }, (_, i) => key(i));

describe('reading rows', () => {
  it('asks again for what DynamoDB left unprocessed', async () => {
    db.on(BatchGetCommand)
      .resolvesOnce({ Responses: { t: [key(0)] }, UnprocessedKeys: { t: { Keys: [key(1)] } } })
      .resolvesOnce({ Responses: { t: [key(1)] } });
    expect(await readItems(client, 't', keys(2))).toEqual(keys(2));
    expect(db.commandCalls(BatchGetCommand)[1]?.args[0].input.RequestItems?.t?.Keys).toEqual([key(1)]);
  });

  it('throws rather than decide on half an answer', async () => {
    db.on(BatchGetCommand).resolves({ Responses: { t: [key(0)] }, UnprocessedKeys: { t: { Keys: [key(1)] } } });
    await expect(readItems(client, 't', keys(2))).rejects.toThrow('1 of 2 rows unread after 5 rounds');
  });

  it('reads more than a call may ask for, consistently', async () => {
    db.on(BatchGetCommand).callsFake(({ RequestItems }) => ({ Responses: { t: RequestItems.t.Keys } }));
    expect(await readItems(client, 't', keys(230))).toHaveLength(230);
    const requests = db.commandCalls(BatchGetCommand).map((call) => call.args[0].input.RequestItems?.t);
    expect(requests.map((request) => [request?.Keys?.length, request?.ConsistentRead])).toEqual([
      [100, true],
      [100, true],
      [30, true],
    ]);
  });
});

describe('writing rows', () => {
  const left = (...ns: number[]) => ({ UnprocessedItems: { t: ns.map((n) => ({ PutRequest: { Item: key(n) } })) } });

  it('writes again what was left unprocessed', async () => {
    db.on(BatchWriteCommand).resolvesOnce(left(1)).resolvesOnce({});
    expect(await writeItems(client, 't', keys(3))).toEqual(keys(3).map(() => ({ ok: true, value: undefined })));
    expect(db.commandCalls(BatchWriteCommand)[1]?.args[0].input.RequestItems?.t).toEqual(left(1).UnprocessedItems.t);
  });

  it('says which rows were never taken, and only those', async () => {
    db.on(BatchWriteCommand).resolves(left(2));
    expect((await writeItems(client, 't', keys(3))).map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  it('a call that fails fails its own 25 rows', async () => {
    db.on(BatchWriteCommand).resolvesOnce({}).rejectsOnce(new Error('no'));
    const outcomes = await writeItems(client, 't', keys(30));
    expect(outcomes.map(({ ok }) => ok)).toEqual(keys(30).map((_, i) => i < 25));
  });
});
