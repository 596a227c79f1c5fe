import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookUpLogs } from '../../handlers/aws/logs.ts';
import { readMessage } from '../../handlers/aws/records.ts';
import { classify } from '../../handlers/core/classify.ts';
import { evidenceOf } from '../../handlers/core/evidence/evidence-of.ts';
import { logSearchFor } from '../../handlers/core/evidence/log-search.ts';
import { queue } from '../core/builders.ts';
import { type Fixture, startFixture, until } from './fixture.ts';
import { ACCOUNT_ID } from './moto.ts';

/** Consumers that log the message's id and nothing more, die, and let SQS move the message: from end to end. */

let fixture: Fixture;
let logs: CloudWatchLogsClient;
beforeAll(async () => {
  fixture = await startFixture();
  logs = new CloudWatchLogsClient(fixture.client);
});
afterAll(async () => {
  logs.destroy();
  await fixture.stop();
});

it.each([
  ['slow', 'for (;;);', 'TIMEOUT', /^Task timed out after 1\.\d\d seconds$/],
  [
    'throws',
    `throw new TypeError("Cannot read properties of undefined (reading 'total')");`,
    'CODE_BUG',
    /reading 'total'/,
  ],
  [
    'returns',
    `console.error('failed', new Error('connect ECONNREFUSED 10.0.0.7:443'));
     return { batchItemFailures: [{ itemIdentifier: event.Records[0].messageId }] };`,
    'DEPENDENCY_FAILURE',
    /^connect ECONNREFUSED/,
  ],
  [
    'killed',
    `process.kill(process.pid, 'SIGKILL'); await new Promise(() => setTimeout(() => {}, 9000));`,
    'RESOURCE_EXHAUSTED',
    /signal: killed/,
  ],
])('a message is explained by the logs of its consumer: %s', async (name, dies, failureClass, message) => {
  const logGroup = `/aws/lambda/${name}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
  await fixture.deploy(
    name,
    `export const handler = async (event) => { console.log(event.Records[0].messageId); ${dies} };`,
    { Timeout: 1 },
  );
  const dlqUrl = await fixture.queue(`${name}-dlq`);
  const dlqArn = `arn:aws:sqs:${fixture.aws.region}:${ACCOUNT_ID}:${name}-dlq`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlqArn, maxReceiveCount: 1 });
  const url = await fixture.queue(name, { VisibilityTimeout: '2', RedrivePolicy });
  await fixture.map(name, name, { BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await fixture.send(url, 'a');
  const dead = await receive(dlqUrl);
  const received = readMessage(dead, dlqArn);
  if (!('letter' in received)) throw new Error(received.unreadable);
  const { letter } = received;
  const own = queue({ dlqArn, consumerFunction: name, logGroup, logLookup: true });
  const search = logSearchFor(letter, evidenceOf(letter).evidence, own, Date.now());
  if (search === undefined) throw new Error('the letter says something already');
  // CloudWatch shows lines a moment after they were written; the host of these tests, a second after.
  let found = await lookUpLogs(logs, [search], 30_000, new Logger({ logLevel: 'SILENT' }));
  await until('the lines', async () => {
    if (found.size === 0) found = await lookUpLogs(logs, [search], 30_000, new Logger({ logLevel: 'SILENT' }));
    return found.size > 0;
  });
  const evidence = found.get(letter.messageId);
  expect(evidence).toMatchObject({
    source: 'cloudwatch-logs',
    logGroup,
    functionName: name,
    message: expect.stringMatching(message),
  });
  expect(evidence?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  const context = { queue: 'orders', rules: [] };
  expect(classify(evidence ?? { source: 'none' }, letter, context).failureClass).toBe(failureClass);
});

async function receive(QueueUrl: string): Promise<Message> {
  let message: Message | undefined;
  await until(
    'the letter',
    async () => {
      const { Messages } = await fixture.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], WaitTimeSeconds: 1 }),
      );
      message = Messages?.[0];
      return message !== undefined;
    },
    30,
  );
  if (message === undefined) throw new Error('no letter');
  return message;
}
