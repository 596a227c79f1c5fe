// What services do with what cannot be delivered, and Lambda with events whose function fails.
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand, InvokeCommand, PutFunctionEventInvokeConfigCommand } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, ROLE, startFixture, until } from './fixture.ts';
import { request } from './host/aws-request.ts';

let fixture: Fixture;
const problems: string[] = [];
let sns: SNSClient;
let events: EventBridgeClient;
beforeAll(async () => {
  fixture = await startFixture();
  fixture.host().events.on('problem', (error) => problems.push(error.message));
  sns = new SNSClient(fixture.client);
  events = new EventBridgeClient(fixture.client);
});
afterAll(async () => {
  sns.destroy();
  events.destroy();
  await fixture.stop();
});

const ECHO = 'export const handler = async (event) => console.log("GOT " + JSON.stringify(event));';
const FAILS = 'export const handler = async () => { console.log("TRIED"); throw new TypeError("no lines"); };';
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** A queue that a service may send to. */
const open = (name: string, service: string) => {
  const allow = { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sqs:SendMessage' };
  return fixture.queue(name, { Policy: JSON.stringify({ Statement: [{ ...allow, Resource: queueArn(name) }] }) });
};

async function letters(url: string, count: number): Promise<Message[]> {
  const found: Message[] = [];
  await until(`${count} letters`, async () => {
    const { Messages = [] } = await fixture.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
    );
    found.push(...Messages);
    return found.length >= count;
  });
  return found;
}

const texts = ({ MessageAttributes = {} }: Message = {}) =>
  Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));

const printedBy = (name: string) =>
  fixture.lines
    .filter(({ functionName, text }) => functionName === name && text.includes('GOT '))
    .map(({ text }) => JSON.parse(text.slice(text.indexOf('GOT ') + 4)));

async function permit(FunctionName: string, service: string, SourceArn: string): Promise<void> {
  const Principal = `${service}.amazonaws.com`;
  const permission = { FunctionName, StatementId: service, Action: 'lambda:InvokeFunction', Principal, SourceArn };
  await fixture.lambda.send(new AddPermissionCommand(permission));
}

const asynchronously = async (FunctionName: string, Payload: string) =>
  (await fixture.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload }))).$metadata
    .requestId;

describe('an event whose function fails', () => {
  it('is tried three times, and goes to the dead-letter queue as it was, with the request’s id', async () => {
    const url = await fixture.queue('async-dlq');
    await fixture.deploy('fails', FAILS, { DeadLetterConfig: { TargetArn: queueArn('async-dlq') } });
    const requestId = await asynchronously('fails', '{"n": 1.0}');
    const [letter] = await letters(url, 1);
    expect(letter?.Body).toBe('{"n": 1.0}');
    expect(letter?.MessageAttributes?.ErrorCode).toEqual({ DataType: 'Number', StringValue: '200' });
    expect(texts(letter)).toEqual({ RequestID: requestId, ErrorCode: '200', ErrorMessage: 'no lines' });
    expect(
      fixture.lines.filter(({ functionName, text }) => functionName === 'fails' && text.includes('TRIED')),
    ).toHaveLength(3);
  });

  it('goes to the on-failure destination in a record that holds it, digit for digit', async () => {
    const url = await fixture.queue('failures');
    await fixture.deploy('records', FAILS);
    const OnFailure = { Destination: queueArn('failures') };
    await fixture.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        ...{ FunctionName: 'records', MaximumRetryAttempts: 0, DestinationConfig: { OnFailure } },
      }),
    );
    const requestId = await asynchronously('records', '{"total": 12.50}');
    const [letter] = await letters(url, 1);
    expect(letter?.Body).toContain('"requestPayload":{"total": 12.50}');
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: {
        requestId,
        functionArn: `${functionArn('records')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 1,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no lines' },
    });
  });
});

describe('a topic', () => {
  async function subscribed(name: string, Protocol: 'lambda' | 'sqs', Endpoint: string, raw = false): Promise<string> {
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(`${name}-dlq`) });
    const Attributes = { RedrivePolicy, ...(raw ? { RawMessageDelivery: 'true' } : {}) };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }));
    return TopicArn;
  }
  const MessageAttributes = { tenant: { DataType: 'String', StringValue: 't-1' } };

  it('gives a function what it may give it, and its dead-letter queue the notification else', async () => {
    await fixture.deploy('mailer', ECHO);
    const url = await open('news-dlq', 'sns');
    const TopicArn = await subscribed('news', 'lambda', functionArn('mailer'));
    const { MessageId } = await sns.send(new PublishCommand({ TopicArn, Message: 'first', MessageAttributes }));
    const [letter] = await letters(url, 1);
    const told = { Type: 'Notification', MessageId, TopicArn, Message: 'first' };
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({
      ...told,
      MessageAttributes: { tenant: { Type: 'String', Value: 't-1' } },
      UnsubscribeURL: expect.stringMatching(/SubscriptionArn=arn:aws:sns:us-east-1:000000000000:news:./),
    });
    expect(texts(letter)).toEqual({});

    await permit('mailer', 'sns', TopicArn);
    await sns.send(new PublishCommand({ TopicArn, Message: 'second', Subject: 's' }));
    await until('the event', () => printedBy('mailer').length === 1);
    expect(printedBy('mailer')[0]).toMatchObject({
      Records: [
        {
          EventSource: 'aws:sns',
          EventSubscriptionArn: expect.stringContaining(':news:'),
          Sns: { Message: 'second', Subject: 's', MessageAttributes: {}, UnsubscribeUrl: expect.any(String) },
        },
      ],
    });
  });

  it.each([[true], [false]])('keeps what was for a queue that is gone; raw: %s', async (raw) => {
    const url = await open(`gone-${raw}-dlq`, 'sns');
    const TopicArn = await subscribed(`gone-${raw}`, 'sqs', queueArn('no-such-queue'), raw);
    await sns.send(new PublishCommand({ TopicArn, Message: 'text', MessageAttributes }));
    const [letter] = await letters(url, 1);
    if (raw) expect([letter?.Body, texts(letter)]).toEqual(['text', { tenant: 't-1' }]);
    else expect([JSON.parse(letter?.Body ?? '').Message, texts(letter)]).toEqual(['text', {}]);
  });
});

describe('a rule', () => {
  it('gives matching events to its target, and its dead-letter queue the event and why else', async () => {
    await fixture.deploy('loyal', ECHO);
    const url = await open('events-dlq', 'events');
    const EventPattern = JSON.stringify({ source: ['shop'], detail: { kind: [{ prefix: 'gold' }] } });
    const { RuleArn = '' } = await events.send(new PutRuleCommand({ Name: 'placed', EventPattern }));
    const target = { Id: 't', Arn: functionArn('loyal'), DeadLetterConfig: { Arn: queueArn('events-dlq') } };
    await events.send(new PutTargetsCommand({ Rule: 'placed', Targets: [target] }));
    const put = (kind: string) =>
      events.send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Placed', Detail: JSON.stringify({ kind }) }] }),
      );
    await put('tin');
    await put('gold-1');
    const [letter] = await letters(url, 1);
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ source: 'shop', detail: { kind: 'gold-1' } });
    expect(texts(letter)).toEqual({
      RULE_ARN: RuleArn,
      TARGET_ARN: target.Arn,
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: `Not authorized to invoke target ${target.Arn}`,
    });

    await permit('loyal', 'events', RuleArn);
    await put('gold-2');
    await until('the event', () => printedBy('loyal').length === 1);
    expect(printedBy('loyal')[0]).toMatchObject({ 'detail-type': 'Placed', detail: { kind: 'gold-2' } });
  });
});

describe('a schedule', () => {
  const iam = (parameters: Record<string, string>) =>
    fixture.aws.gateway.handle({
      method: 'POST',
      url: '/',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/iam/aws4_request',
        'content-type': 'application/x-www-form-urlencoded',
        host: 'iam.amazonaws.com',
      },
      body: Buffer.from(new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString()),
    });
  const allow = (Action: string, Resource: string) =>
    iam({
      ...{ Action: 'PutRolePolicy', RoleName: 'test', PolicyName: Action.replace(':', '-') },
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] }),
    });
  const create = (name: string, Input: string) =>
    request(fixture.aws.gateway, {
      ...{ service: 'scheduler', url: `/schedules/${name}`, region: 'us-east-1' },
      body: {
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: functionArn('nightly'),
          RoleArn: ROLE,
          Input,
          DeadLetterConfig: { Arn: queueArn('nightly-dlq') },
        },
      },
    });

  it('acts with its role, and cuts the payload that its dead-letter queue would not take', async () => {
    await fixture.deploy('nightly', ECHO);
    const url = await fixture.queue('nightly-dlq');
    await allow('sqs:SendMessage', queueArn('nightly-dlq'));
    await create('nightly', '{"run":"nightly"}');
    await create('large', JSON.stringify('x'.repeat(262_000)));
    await fixture.host().fire('nightly');
    const [letter] = await letters(url, 1);
    expect(letter?.Body).toBe('{"run":"nightly"}');
    expect(texts(letter)).toMatchObject({
      SCHEDULE_ARN: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly',
      TARGET_ARN: functionArn('nightly'),
      ERROR_CODE: 'AWS.Lambda.AccessDeniedException',
      IS_PAYLOAD_TRUNCATED: 'false',
    });
    await fixture.host().fire('large');
    const [large] = await letters(url, 1);
    expect([large?.Body?.length, texts(large).IS_PAYLOAD_TRUNCATED]).toEqual([expect.any(Number), 'true']);
    expect(large?.Body?.length).toBeLessThan(262_002);

    await allow('lambda:InvokeFunction', functionArn('nightly'));
    await fixture.host().fire('nightly');
    await until('the event', () => printedBy('nightly').length === 1);
    expect(printedBy('nightly')).toEqual([{ run: 'nightly' }]);
  });
});

it('nothing was lost on the way', () => {
  expect(problems).toEqual([]);
});
