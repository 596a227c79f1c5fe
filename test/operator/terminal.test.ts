import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converse, type Step } from '../cli/dlq.ts';
import { bodies, letDie, unmanagedQueues } from './letters.ts';
import { answerOf, type Operated, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

let counter = 0;
async function queuesWith(letters: number) {
  const queues = await unmanagedQueues(operated.cloud, `terminal-${++counter}`);
  await letDie(operated.cloud, queues.source.url, bodies(letters));
  return queues;
}

const talk = (args: readonly string[], steps: readonly Step[]) => converse(100, args, steps, { env: operated.env });
const depth = async (name: string) => (await operated.cloud.stored(name)).length;

describe('on a terminal', () => {
  it('redrive shows what it will do, asks, and moves after a yes', async () => {
    const { dlq, source } = await queuesWith(3);
    const args = ['redrive', '--dlq', dlq.name, '--all', '--canary', '0'];
    const { code, screen } = await talk(args, [{ wait: /Redrive every letter of terminal-\d+-dlq\?/, send: 'y\r' }]);
    expect(code, screen).toBe(0);
    expect(screen).toContain(`from     ${dlq.name}: about 3 letters`);
    expect(screen).toContain(`to       ${source.name}`);
    expect(screen).toMatch(/Done\.\n\s+sent\s+3 letters/);
    expect(screen).toContain(`Sent is not processed: dlq verify --dlq ${dlq.url}`);
    expect(await depth(source.name)).toBe(3);
  });

  it.each([
    ['an empty answer', '\r'],
    ['Ctrl-C', '\u0003'],
  ])('changes nothing after %s', async (_, send) => {
    const { dlq, source } = await queuesWith(2);
    const args = ['redrive', '--dlq', dlq.name, '--all', '--canary', '0'];
    const { code, screen } = await talk(args, [{ wait: /Redrive .*\?/, send }]);
    expect({ code, screen }).toMatchObject({ code: 1, screen: expect.stringContaining('Nothing was changed.') });
    expect(await depth(source.name)).toBe(0);
    const { entries } = answerOf<{ entries: { queue: string }[] }>(
      await operated.dlq(['audit', '--local', '--json', '--count', '100']),
    );
    expect(entries.filter(({ queue }) => queue === dlq.name)).toEqual([]);
  });

  it('shows the progress, and a Ctrl-C ends it after what was begun; the same command goes on', async () => {
    const { dlq, source } = await queuesWith(40);
    const args = ['redrive', '--dlq', dlq.name, '--all', '--canary', '0', '--rate', '5', '--yes'];
    const { code, out, screen } = await talk(args, [{ wait: /moving .* [1-9]\d* of 40 sent/, signal: 'SIGINT' }]);
    expect(code, screen).toBe(130);
    expect(out).toMatch(/moving .*\d+ of 40 sent, [\d.]+\/s/);
    expect(out).toContain('finishing what was begun');
    expect(screen).toMatch(/Interrupted; the same command goes on where it ended\.\n\s+sent\s+\d+ letters?\n/);
    const sent = await depth(source.name);
    expect(sent).toBeLessThan(40);
    expect(sent + (await depth(dlq.name))).toBe(40);
    const rest = await operated.dlq(['redrive', '--dlq', dlq.name, '--all', '--canary', '0', '--rate', 'off', '--yes']);
    expect(rest).toMatchObject({ code: 0 });
    expect(await depth(source.name)).toBe(40);
    expect(new Set((await operated.cloud.stored(source.name)).map(({ body }) => body)).size).toBe(40);
  });

  it('watches the canary, and stops when one of it comes back into the DLQ', async () => {
    const { dlq, source } = await queuesWith(30);
    const args = ['redrive', '--dlq', dlq.name, '--all', '--canary', '2', '--rate', 'off', '--window', '30', '--yes'];
    const going = talk(args, [{ wait: 'the canary of 2', send: '' }]);
    for (let tries = 0; (await depth(source.name)) < 2 && tries < 200; tries++) await pause(50);
    await letDie(operated.cloud, source.url, []);
    const { code, screen } = await going;
    expect(code, screen).toBe(3);
    expect(screen).toContain('Stopped by itself');
    expect(screen).toMatch(/of the canary’s 2 letter\(s\) died again/);
    expect(await depth(dlq.name)).toBe(30);
  });
});

describe('the canary of a queue without a stack', () => {
  it('passes when its queue is empty and nothing came back', async () => {
    const { dlq, source } = await queuesWith(8);
    const args = ['redrive', '--dlq', dlq.name, '--all', '--canary', '2', '--rate', 'off', '--window', '4'];
    const going = operated.dlq([...args, '--yes', '--json']);
    for (let tries = 0; (await depth(source.name)) < 2 && tries < 200; tries++) await pause(50);
    await consume(source.url);
    expect(answerOf(await going)).toMatchObject({ outcome: 'done', sent: 8, relapsed: 0 });
    expect(await depth(source.name)).toBe(6);
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function consume(QueueUrl: string): Promise<void> {
  const { Messages = [] } = await operated.cloud.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages)
    await operated.cloud.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}
