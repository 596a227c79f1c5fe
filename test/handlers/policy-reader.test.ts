import { createHash } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { policyReader } from '../../handlers/aws/policy-reader.ts';
import { parsePolicy } from '../../handlers/core/policy-document.ts';

const db = mockClient(DynamoDBDocumentClient);
beforeEach(() => db.reset());

const document = (stack: string) =>
  JSON.stringify({ version: 1, stack, queues: {}, rules: [], policy: { poison: {} }, alerts: {}, retention: {} });
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const reader = (expected: string) =>
  policyReader(
    DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' })),
    'ledger',
    expected,
    parsePolicy,
    new Logger({ logLevel: 'SILENT' }),
  );
const holds = (text: string) => db.on(GetCommand).resolves({ Item: { document: text } });

describe('the policy', () => {
  it('that the function was deployed with is read once', async () => {
    holds(document('a'));
    const read = reader(hash(document('a')));
    expect([(await read()).stack, (await read()).stack]).toEqual(['a', 'a']);
    expect(db.commandCalls(GetCommand)).toHaveLength(1);
    expect(db.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({
      Key: { pk: 'document', sk: 'policy' },
      ConsistentRead: true,
    });
  });

  it('of an apply under way is used, and read again until it is the expected one', async () => {
    holds(document('new'));
    const read = reader(hash(document('old')));
    expect((await read()).stack).toBe('new');
    holds(document('old'));
    expect((await read()).stack).toBe('old');
    await read();
    expect(db.commandCalls(GetCommand)).toHaveLength(2);
  });

  it.each([
    ['is not there', undefined, 'has no policy document'],
    ['is damaged', '{"version":1', 'JSON'],
    ['is of another version', '{"version":9}', 'version must be 1'],
  ])('that %s throws, and is asked for again', async (_, text, message) => {
    db.on(GetCommand).resolves(text === undefined ? {} : { Item: { document: text } });
    const read = reader('h');
    await expect(read()).rejects.toThrow(message);
    await expect(read()).rejects.toThrow(message);
    expect(db.commandCalls(GetCommand)).toHaveLength(2);
  });
});
