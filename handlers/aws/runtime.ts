import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { requireEnv } from '../core/env.ts';
import type { Policy } from '../core/policy.ts';
import { archiveIn } from './archive.ts';
import { claimsIn } from './claims.ts';
import { busOf, NO_BUS } from './events.ts';
import type { Healer } from './healer.ts';
import { policyReader } from './policy-reader.ts';

/** What Terraform sets on heal and govern; a test compares the two. */
export const HEALER_ENV = [
  'STACK_NAME',
  'MODE',
  'LEDGER_TABLE',
  'IDEMPOTENCY_TABLE',
  'ARCHIVE_BUCKET',
  'ALERT_TOPIC_ARN',
  'POLICY_HASH',
  // `none` without one: a variable that is empty is a variable that is missing.
  'EVENT_BUS',
] as const;

/**
 * Makes the clients once per environment.
 * @param parse reads the policy document
 * @returns a healer for one invocation, with the policy as the ledger has it
 * @throws Error naming every missing environment variable at once
 */
export function healerRuntime(parse: (document: string) => Policy): (context: Context) => Promise<Healer> {
  const env = requireEnv([...HEALER_ENV, 'AWS_REGION']);
  const logger = new Logger();
  const dynamo = new DynamoDBClient({});
  const db = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  const readPolicy = policyReader(db, env.LEDGER_TABLE, env.POLICY_HASH, parse, logger);
  const stepFunctions = new SFNClient({});
  const parts = {
    stack: env.STACK_NAME,
    mode: env.MODE,
    region: env.AWS_REGION,
    table: env.LEDGER_TABLE,
    topicArn: env.ALERT_TOPIC_ARN,
    db,
    // An attached queue's URL is made of its ARN; whoever names another endpoint (a VPC's, say) means this client too.
    sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient({}),
    startExecution: (input: StartExecutionCommandInput) => stepFunctions.send(new StartExecutionCommand(input)),
    sns: new SNSClient({}),
    // One throttle ends the look-up: trying again would take the calls from people.
    logs: new CloudWatchLogsClient({ maxAttempts: 1 }),
    archive: archiveIn(new S3Client({}), env.ARCHIVE_BUCKET, env.AWS_REGION),
    claims: claimsIn(dynamo, env.IDEMPOTENCY_TABLE, 'heal'),
    bus: env.EVENT_BUS === 'none' ? NO_BUS : busOf(new EventBridgeClient({}), env.EVENT_BUS),
    logger,
    now: Date.now,
    random: Math.random,
  };
  return async (context) => {
    logger.addContext(context);
    return { ...parts, policy: await readPolicy() };
  };
}
