import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type Row, scanAll } from './account.ts';
import { type Cloud, type Stack, startStack } from './cloud.ts';

/**
 * A stack that begins where another one is: with its rows and its archived letters, but tables, queues, a topic and
 * clients of its own. What takes many runs to prepare is prepared once.
 * @param rows its ledger; claims are not taken over, their runs have ended
 */
export async function copyOf(cloud: Cloud, stack: Stack, rows: readonly Row[]): Promise<Stack> {
  const { queues: _, ...policy } = stack.healer.policy;
  const { sourceUrl: __, ...queue } = stack.queue;
  const copy = await startStack(cloud, { policy, queue });
  copy.clock.now = stack.clock.now;
  for (let start = 0; start < rows.length; start += 25) {
    const requests = rows.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await cloud.db.send(new BatchWriteCommand({ RequestItems: { [copy.tables.ledger]: requests } }));
  }
  return { ...copy, dlqArn: stack.dlqArn, healer: { ...copy.healer, mode: stack.healer.mode } };
}

/** The claims of a run that died are over: what takes half a minute and more on AWS. */
export async function endClaims(cloud: Cloud, stack: Stack): Promise<void> {
  const rows = await scanAll(cloud, stack.tables.idempotency);
  if (rows.length === 0) return;
  const requests = rows.map((row) => ({ PutRequest: { Item: { ...row, in_progress_expiration: 1 } } }));
  await cloud.db.send(new BatchWriteCommand({ RequestItems: { [stack.tables.idempotency]: requests } }));
}
