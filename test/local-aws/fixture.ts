// For the tests of the local AWS itself: functions made of a few lines of code, queues, and a look at what was printed.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { zipSync } from 'fflate';
import type { Gateway } from './gateway.ts';
import type { LogLine } from './host/logs.ts';
import type { Host } from './host.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { ACCOUNT_ID } from './moto.ts';

export const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/test`;

export type Fixture = {
  aws: LocalAws;
  /** Settings for further clients. */
  client: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  sqs: SQSClient;
  lambda: LambdaClient;
  lines: LogLine[];
  host(): Host;
  /** Deploys `code`, the text of an ES module that exports `handler`. */
  deploy(name: string, code: string, settings?: Partial<CreateFunctionCommandInput>): Promise<void>;
  queue(name: string, attributes?: Record<string, string>): Promise<string>;
  map(queue: string, functionName: string, settings?: Partial<CreateEventSourceMappingCommandInput>): Promise<string>;
  send(queueUrl: string, body: string): Promise<void>;
  /** Messages of a queue in any state. */
  depth(name: string): Promise<{ visible: number; inFlight: number }>;
  /** Lines of a function that begin so, as what follows. */
  printed(functionName: string, prefix: string): string[];
  stop(): Promise<void>;
};

export async function startFixture(): Promise<Fixture> {
  const aws = await startLocalAws();
  const zips = await mkdtemp(join(tmpdir(), 'dlq-healer-zips-'));
  await mkdir(zips, { recursive: true });
  await createRole(aws);
  const host = await aws.startHost({ zipDirectory: zips });
  const lines: LogLine[] = [];
  host.events.on('line', (line) => lines.push(line));
  const client = {
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'x' },
  };
  const sqs = new SQSClient(client);
  const lambda = new LambdaClient(client);

  return {
    aws,
    client,
    sqs,
    lambda,
    lines,
    host: () => host,
    async deploy(name, code, settings = {}) {
      const ZipFile = zipSync({ 'index.mjs': Buffer.from(code) });
      await writeFile(join(zips, `${name}.zip`), ZipFile);
      await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: ROLE,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { ZipFile },
          ...settings,
        }),
      );
    },
    async queue(QueueName, Attributes = {}) {
      return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? '';
    },
    async map(queue, FunctionName, settings = {}) {
      const EventSourceArn = `arn:aws:sqs:${aws.region}:${ACCOUNT_ID}:${queue}`;
      const answer = await lambda.send(
        new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName, ...settings }),
      );
      await host.refresh();
      return answer.UUID ?? '';
    },
    async send(QueueUrl, MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    async depth(name) {
      const QueueUrl = aws.gateway.queueUrl(name);
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return {
        visible: Number(Attributes?.ApproximateNumberOfMessages),
        inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      };
    },
    printed: (functionName, prefix) =>
      lines
        .filter((line) => line.functionName === functionName && line.text.startsWith(prefix))
        .map(({ text }) => text.slice(prefix.length)),
    async stop() {
      sqs.destroy();
      lambda.destroy();
      await aws.stop();
      await rm(zips, { recursive: true, force: true });
    },
  };
}

/** moto wants a function's role to exist. */
export async function createRole(aws: {
  readonly region: string;
  readonly gateway: Pick<Gateway, 'handle'>;
}): Promise<void> {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=test/20200101/${aws.region}/iam/aws4_request`,
    'content-type': 'application/x-www-form-urlencoded',
    host: 'iam.amazonaws.com',
  };
  const parameters = { Action: 'CreateRole', Version: '2010-05-08', RoleName: 'test', AssumeRolePolicyDocument: '{}' };
  const body = Buffer.from(new URLSearchParams(parameters).toString());
  const reply = await aws.gateway.handle({ method: 'POST', url: '/', headers, body });
  if (reply.status !== 200) throw new Error(`the role was not created: ${reply.body}`);
}

/** Waits until the condition holds; throws what was awaited when it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(50);
  }
}
