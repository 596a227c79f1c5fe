import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand, type StartExecutionCommandInput } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Clock, noteCalls } from './calls.ts';

/** Of the command line; without them the SDK looks where every AWS tool looks. */
export interface AwsOptions {
  readonly region?: string;
  readonly profile?: string;
}

export type Clients = ReturnType<typeof clientsFor>;

/** A person waits for the answer, and a throttle is no reason to give up. */
const MAX_ATTEMPTS = 6;

/** The SDK calls the host of a queue's URL, and of an attached queue that is made of its ARN: who names an endpoint means it. */
const namesAnEndpoint = (env: NodeJS.ProcessEnv) => 'AWS_ENDPOINT_URL' in env || 'AWS_ENDPOINT_URL_SQS' in env;

/** Clients with the operator's own credentials. Nothing is called yet. */
export function clientsFor(options: AwsOptions) {
  const config = { ...options, maxAttempts: MAX_ATTEMPTS };
  const dynamo = new DynamoDBClient(config);
  const clients = {
    dynamo,
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: !namesAnEndpoint(process.env) }),
    lambda: new LambdaClient(config),
    s3: new S3Client(config),
    stepFunctions: new SFNClient(config),
    sns: new SNSClient(config),
    sts: new STSClient(config),
    cloudWatch: new CloudWatchClient(config),
    logs: new CloudWatchLogsClient(config),
  };
  const clock: Clock = { offsetMs: 0 };
  for (const client of Object.values(clients)) noteCalls(client, clock);
  return {
    ...clients,
    db: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    startExecution: (input: StartExecutionCommandInput) => clients.stepFunctions.send(new StartExecutionCommand(input)),
    /** The region that the clients call. @throws the SDK's error where none is set */
    region: () => clients.sqs.config.region(),
    /** AWS's time, epoch milliseconds, as the last answer told it: a laptop's clock may be wrong. */
    now: () => Date.now() + clock.offsetMs,
  };
}
