import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Item, type Key, readItems } from './batch-ops.ts';
import { attempt } from './outcome.ts';

export interface DeployWatch {
  readonly db: DynamoDBDocumentClient;
  readonly table: string;
  readonly lambda: LambdaClient;
  readonly logger: { warn(message: string, fields: Record<string, unknown>): void };
}

export const deployKey = (functionName: string): Key => ({ pk: `deploy#${functionName}`, sk: 'deploy' });

/**
 * Looks whether the consumers' code is another than at the last run, by the hash of the code: a change of configuration
 * alone is no deploy. A function that is seen for the first time gives the baseline. Where an alias is invoked it is the
 * upload of the code that is noticed, not the alias being moved to it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 *
 * A function that cannot be read is warned of and keeps the deploy that is known of it.
 *
 * @param now epoch milliseconds
 * @returns for each distinct function when its code last changed, epoch milliseconds; undefined: not since it is watched
 * @throws when the ledger refuses
 */
export async function noteDeploys(
  watch: DeployWatch,
  queues: readonly { readonly consumerFunction?: string }[],
  now: number,
): Promise<ReadonlyMap<string, number | undefined>> {
  const names = [...new Set(queues.map(({ consumerFunction }) => consumerFunction))].filter(
    (name) => name !== undefined,
  );
  const rows = await readItems(watch.db, watch.table, names.map(deployKey));
  const byPk = new Map(rows.map((row) => [row.pk, row]));
  const deploys = new Map<string, number | undefined>();
  // One after the other: the account has 15 such requests a second for all who ask.
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  for (const name of names) deploys.set(name, await noteDeploy(watch, name, byPk.get(deployKey(name).pk), now));
  return deploys;
}

async function noteDeploy(
  watch: DeployWatch,
  name: string,
  row: Item | undefined,
  now: number,
): Promise<number | undefined> {
  const known = typeof row?.deployedAt === 'string' ? Date.parse(row.deployedAt) : undefined;
  const read = await attempt(() => watch.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })));
  if (!read.ok) {
    watch.logger.warn('the consumer’s function cannot be read, a deploy of it goes unnoticed', {
      function: name,
      error: read.error,
    });
    return known;
  }
  const { CodeSha256, LastUpdateStatus } = read.value;
  // Until an update is through the old code runs, and a failed one leaves it running.
  // https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
  if (LastUpdateStatus === 'InProgress' || LastUpdateStatus === 'Failed') return known;
  if (CodeSha256 === undefined || CodeSha256 === row?.codeSha256) return known;
  const isFirst = row === undefined;
  // Of two runs that see the change one notes it; the other's answer is right again a minute later.
  if (!(await writeDeploy(watch, name, CodeSha256, row, now))) return known;
  return isFirst ? undefined : now;
}

async function writeDeploy(
  { db, table }: DeployWatch,
  name: string,
  codeSha256: string,
  row: Item | undefined,
  now: number,
): Promise<boolean> {
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: deployKey(name),
        ...(row === undefined
          ? {
              UpdateExpression: 'SET codeSha256 = :new',
              ConditionExpression: 'attribute_not_exists(codeSha256)',
              ExpressionAttributeValues: { ':new': codeSha256 },
            }
          : {
              UpdateExpression: 'SET codeSha256 = :new, deployedAt = :now',
              ConditionExpression: 'codeSha256 = :old',
              ExpressionAttributeValues: {
                ':new': codeSha256,
                ':old': row.codeSha256,
                ':now': new Date(now).toISOString(),
              },
            }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
