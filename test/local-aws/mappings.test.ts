import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture, until } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

// Prints what it got, so that tests can see it from outside.
const PRINT_IDS = `process.stdout.write('got ' + event.Records.map((r) => r.body).sort().join(',') + '\\n');`;
const handler = (body: string) => `export const handler = async (event, context) => { ${body} };`;

describe('a function that runs past its timeout', () => {
  it('is killed, and its batch returns after the visibility timeout', async () => {
    const code = handler(`${PRINT_IDS} if (event.Records[0].attributes.ApproximateReceiveCount === '1') for (;;);`);
    await fixture.deploy('stuck', code, { Timeout: 1 });
    const url = await fixture.queue('stuck', { VisibilityTimeout: '3' });
    await fixture.map('stuck', 'stuck', { BatchSize: 1 });
    await fixture.send(url, 'a');
    await until('the second receive', () => fixture.printed('stuck', 'got ').length === 2);
    await until('an empty queue', async () => (await fixture.depth('stuck')).inFlight === 0);
    const stuck = fixture.lines.filter((line) => line.functionName === 'stuck');
    const texts = stuck.map(({ text }) => text);
    expect(texts.some((text) => /^\S+Z [0-9a-f-]{36} Task timed out after 1\.\d\d seconds$/.test(text))).toBe(true);
    expect(texts.filter((text) => text.startsWith('REPORT'))[0]).toMatch(/\tStatus: timeout$/);
    const received = stuck.filter(({ text }) => text === 'got a').map(({ time }) => time);
    // Three seconds from the receive on, less the cold start before the first line; the kill came after one.
    expect((received[1] ?? 0) - (received[0] ?? 0)).toBeGreaterThanOrEqual(1_800);
  });
});

describe('an event source mapping', () => {
  it('deletes what succeeded of a batch, and keeps what was reported as failed', async () => {
    const code = handler(`${PRINT_IDS}
      const failed = event.Records.filter((r) => r.body === 'bad' && r.attributes.ApproximateReceiveCount === '1');
      return { batchItemFailures: failed.map((r) => ({ itemIdentifier: r.messageId })) };`);
    await fixture.deploy('partial', code);
    const url = await fixture.queue('partial', { VisibilityTimeout: '2' });
    await fixture.send(url, 'bad');
    await fixture.send(url, 'good');
    await fixture.map('partial', 'partial', { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await until('the failed one again', () => fixture.printed('partial', 'got ').length === 2);
    expect(fixture.printed('partial', 'got ')).toEqual(['bad,good', 'bad']);
    await until('an empty queue', async () => (await fixture.depth('partial')).inFlight === 0);
  });

  it('waits for its batching window to fill a batch', async () => {
    await fixture.deploy('window', handler(PRINT_IDS));
    const url = await fixture.queue('window');
    await fixture.map('window', 'window', { BatchSize: 100, MaximumBatchingWindowInSeconds: 2 });
    await fixture.send(url, 'a');
    await new Promise((resolve) => setTimeout(resolve, 700));
    await fixture.send(url, 'b');
    await until('the batch', () => fixture.printed('window', 'got ').length > 0);
    expect(fixture.printed('window', 'got ')).toEqual(['a,b']);
  });

  it('runs no more batches at once than its maximum concurrency', async () => {
    const code = handler(
      `process.stdout.write('begin\\n'); await new Promise((r) => setTimeout(r, 400)); process.stdout.write('end\\n');`,
    );
    await fixture.deploy('narrow', code, { Timeout: 10 });
    const url = await fixture.queue('narrow');
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((body) => fixture.send(url, body)));
    await fixture.map('narrow', 'narrow', { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    const marks = () =>
      fixture.lines.filter(({ functionName, text }) => functionName === 'narrow' && /^(begin|end)$/.test(text));
    await until('all batches', () => marks().length === 12);
    let [running, most] = [0, 0];
    for (const { text } of marks()) {
      running += text === 'begin' ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(2);
  });

  it('that is not enabled hands over nothing', async () => {
    await fixture.deploy('off', handler(PRINT_IDS));
    const url = await fixture.queue('off');
    await fixture.map('off', 'off', { Enabled: false });
    await fixture.send(url, 'a');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(fixture.printed('off', 'got ')).toEqual([]);
    expect(await fixture.depth('off')).toEqual({ visible: 1, inFlight: 0 });
  });

  it('hands over records in the shape of Lambda’s SQS event', async () => {
    await fixture.deploy('shape', handler(`process.stdout.write('event ' + JSON.stringify(event) + '\\n');`));
    const url = await fixture.queue('shape');
    await fixture.map('shape', 'shape');
    await fixture.sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: '📦',
        MessageGroupId: 'tenant-1',
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'a' },
          bytes: { DataType: 'Binary', BinaryValue: Uint8Array.from([1, 2, 255]) },
        },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-0-0' } },
      }),
    );
    await until('the event', () => fixture.printed('shape', 'event ').length === 1);
    const record = JSON.parse(fixture.printed('shape', 'event ')[0] ?? '{}').Records[0];
    expect(record).toEqual({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: '📦',
      md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      attributes: {
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        MessageGroupId: 'tenant-1',
        AWSTraceHeader: 'Root=1-0-0',
      },
      messageAttributes: {
        text: { stringValue: 'a', stringListValues: [], binaryListValues: [], dataType: 'String' },
        bytes: { binaryValue: 'AQL/', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
      },
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:shape',
      awsRegion: 'us-east-1',
    });
  });
});
