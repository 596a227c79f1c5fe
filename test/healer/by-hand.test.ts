import { readFileSync } from 'node:fs';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, startCloud, startStack } from './cloud.ts';

/** The command that docs/healing.md tells people to run, as it stands there. */
const doc = readFileSync('docs/healing.md', 'utf8');
const argument = (name: string): string => {
  const found = new RegExp(`--${name} '([^']+)'`).exec(doc)?.[1];
  if (found === undefined) throw new Error(`docs/healing.md has no --${name} any more`);
  return found;
};

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

it('a person releases and holds a group with the command in the docs', async () => {
  const stack = await startStack(cloud);
  const records = ['a', 'b', 'c', 'd'].map((id) => deadRecord(stack.dlqArn, { id }));
  await healBatch(stack.healer, { Records: records }, 30_000);
  const [group] = await stack.groups();
  const key = argument('key').replace('orders', stack.queue.key).replace('f56c32c4e8d8', String(group?.group));
  const run = (values: string) =>
    cloud.dynamo.send(
      new UpdateItemCommand({
        TableName: stack.healer.table,
        Key: JSON.parse(key),
        UpdateExpression: argument('update-expression'),
        ConditionExpression: argument('condition-expression'),
        ExpressionAttributeNames: JSON.parse(argument('expression-attribute-names')),
        ExpressionAttributeValues: JSON.parse(values),
      }),
    );
  const minute = async () => {
    stack.clock.now += 60_000;
    await govern(stack.healer, () => 60_000);
  };
  await minute();
  expect(await stack.sent()).toEqual([]);
  await run(argument('expression-attribute-values'));
  await minute();
  expect(await stack.sent()).toHaveLength(3);
  await run(argument('expression-attribute-values').replace('probing', 'holding').replace('"time"', '"person"'));
  stack.clock.now += 86_400_000;
  await minute();
  await minute();
  expect(await stack.sent()).toEqual([]);
  expect((await stack.groups())[0]?.breaker).toMatchObject({ state: 'holding', releasedBy: 'person' });
});
