import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../cli/analyze/analysis.ts';
import type { MoveDocument } from '../../cli/move/report.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { expectGolden } from './golden.ts';
import { bodies, letDie, received, sendTo, unmanagedQueues } from './letters.ts';
import { answerOf, createQueue, type Operated, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

let counter = 0;
const queues = () => unmanagedQueues(operated.cloud, `look-${++counter}`);
const failed = (message: string, type = 'Error') => ({
  ErrorType: { DataType: 'String', StringValue: type },
  ErrorMessage: { DataType: 'String', StringValue: message },
});

describe('peek', () => {
  it('shows letters without consuming them, and bodies only when asked', async () => {
    const { dlq } = await queues();
    await sendTo(operated.cloud, dlq.url, [
      { MessageBody: '{"card":"secret"}', MessageAttributes: failed('connect ECONNREFUSED 10.0.0.7:5432') },
    ]);
    const shown = await operated.dlq(['peek', '--dlq', dlq.url]);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).not.toContain('secret');
    await expectGolden('peek.txt', shown.out);
    const [line] = (await operated.dlq(['peek', '--dlq', dlq.name, '--json', '--body'])).out.split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({
      version: 1,
      class: 'DEPENDENCY_FAILURE',
      body: '{"card":"secret"}',
      receives: 2,
    });
    expect(await received(operated.cloud, dlq.url)).toHaveLength(1);
  });

  it('sees as many as are asked for, more than ten at a time, and tells of those in flight', async () => {
    const { dlq } = await queues();
    await sendTo(operated.cloud, dlq.url, bodies(35));
    const lines = (await operated.dlq(['peek', '--dlq', dlq.url, '--count', '27', '--json'])).out.trim().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line).messageId)).size).toBe(27);
    expect(await received(operated.cloud, dlq.url)).toHaveLength(35);
    const blind = await operated.dlq(['peek', '--dlq', dlq.url]);
    expect(blind).toMatchObject({ code: 1, out: 'No letter can be seen.\n' });
    expect(blind.err).toContain('35 letters could not be seen');
  });

  it('saves letters whole for analyze, and writes over no file', async () => {
    const { dlq } = await queues();
    const MessageAttributes = {
      ...failed('connect ECONNREFUSED 10.0.0.7:5432'),
      image: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
    };
    await sendTo(
      operated.cloud,
      dlq.url,
      Array.from({ length: 12 }, () => ({ MessageBody: 'x', MessageAttributes })),
    );
    const file = join(operated.state, 'saved.json');
    expect(await operated.dlq(['peek', '--dlq', dlq.url, '--save', file])).toMatchObject({
      code: 0,
      out: `12 letters saved in ${file}\n`,
    });
    expect(await readFile(file, 'utf8')).not.toContain('ReceiptHandle');
    const analysis = answerOf<Analysis>(await operated.dlq(['analyze', '--file', file, '--json']));
    expect(analysis).toMatchObject({ letters: 12, classes: [{ class: 'DEPENDENCY_FAILURE' }] });
    expect(await operated.dlq(['peek', '--dlq', dlq.url, '--save', file])).toMatchObject({ code: 2 });
  });

  it('does not move letters on by looking, unless it is told to', async () => {
    const { dlq } = await queues();
    const last = await createQueue(operated.cloud, `last-${counter}`);
    await operated.cloud.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: dlq.url,
        Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: last.arn, maxReceiveCount: 1 }) },
      }),
    );
    await sendTo(operated.cloud, dlq.url, bodies(1));
    const refused = await operated.dlq(['peek', '--dlq', dlq.url]);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('received 1 times goes on to');
    expect(await operated.dlq(['peek', '--dlq', dlq.url, '--yes'])).toMatchObject({ code: 0 });
  });
});

describe('analyze', () => {
  it('looks through a whole DLQ and leaves every letter visible', async () => {
    const { dlq } = await queues();
    const many = (count: number, message: string, type: string) =>
      sendTo(
        operated.cloud,
        dlq.url,
        bodies(count).map((entry) => ({ ...entry, MessageAttributes: failed(message, type) })),
      );
    await many(60, 'connect ECONNREFUSED 10.0.0.7:5432', 'Error');
    await many(45, 'Task timed out after 3.00 seconds', 'TimeoutError');
    const analysis = answerOf<Analysis>(await operated.dlq(['analyze', '--dlq', dlq.url, '--json']));
    expect(analysis).toMatchObject({
      letters: 105,
      classes: [
        { class: 'DEPENDENCY_FAILURE', letters: 60, verdicts: { heal: 60 } },
        { class: 'TIMEOUT', letters: 45, verdicts: { heal: 45 } },
      ],
    });
    expect(analysis.groups).toHaveLength(2);
    expect(await received(operated.cloud, dlq.url)).toHaveLength(105);
  });

  it('goes by the policy and the ledger of a stack, even of one that is paused', async () => {
    const stack = await operatedStack(operated, { mode: 'pause' });
    await sendTo(operated.cloud, stack.dlqUrl, [
      { MessageBody: 'a', MessageAttributes: failed("Cannot read properties of undefined (reading 'x')", 'TypeError') },
    ]);
    const analysis = answerOf<Analysis>(await operated.dlq(['analyze', '--stack', stack.name, '--json']));
    expect(analysis.groups).toMatchObject([{ queue: 'orders', class: 'CODE_BUG', verdicts: [{ verdict: 'park' }] }]);
    expect(await stack.rows()).toEqual([]);
  });
});

describe('plan', () => {
  it('says what goes and what stays, and the redrive takes these letters and no others', async () => {
    const { dlq, source } = await queues();
    await letDie(
      operated.cloud,
      source.url,
      bodies(8, (i) => ({ total: i })),
    );
    const file = join(operated.state, 'plan.jsonl');
    const planned = await operated.dlq(['plan', '--dlq', dlq.url, '--where', 'body.total >= `5`', '--out', file]);
    expect(planned).toMatchObject({ code: 0, err: '' });
    await expectGolden('plan.txt', planned.out.replaceAll(file, 'plan.jsonl').replaceAll(/look-\d+/g, 'look-1'));
    await letDie(
      operated.cloud,
      source.url,
      bodies(3, (i) => ({ total: 100 + i })),
    );
    const moved = answerOf<MoveDocument>(
      await operated.dlq(['redrive', '--plan', file, '--yes', '--json', '--canary', '0', '--rate', 'off']),
    );
    expect(moved).toMatchObject({ sent: 3, left: [{ reason: 'not in the plan', letters: 8 }] });
    expect((await operated.cloud.stored(source.name)).map(({ body }) => body).sort()).toEqual([
      '{"total":5}',
      '{"total":6}',
      '{"total":7}',
    ]);
  });

  it('of kept letters is carried out by replay, and by nothing else', async () => {
    const stack = await operatedStack(operated);
    const error = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
    const records = ['a', 'b', 'c'].map((id) => deadRecord(stack.queue.dlqArn, { id, error }));
    await healBatch(stack.healer, { Records: records.slice(0, 2) }, 30_000);
    const file = join(operated.state, 'kept.jsonl');
    const planned = answerOf(
      await operated.dlq(['plan', '--stack', stack.name, '--kept', '--all', '--out', file, '--json']),
    );
    expect(planned).toMatchObject({ kind: 'replay', take: 2, leave: 0 });
    await healBatch(stack.healer, { Records: records.slice(2) }, 30_000);
    expect(await operated.dlq(['redrive', '--plan', file, '--yes'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is a plan for dlq replay'),
    });
    const moved = await operated.dlq(['replay', '--plan', file, '--yes', '--json', '--canary', '0', '--rate', 'off']);
    expect(answerOf(moved)).toMatchObject({ sent: 2, left: [{ reason: 'not in the plan', letters: 1 }] });
  });

  it('that was cut short is refused', async () => {
    const { dlq } = await queues();
    await sendTo(operated.cloud, dlq.url, bodies(2));
    const file = join(operated.state, 'cut.jsonl');
    await operated.dlq(['plan', '--dlq', dlq.url, '--all', '--out', file]);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.split('\n').slice(0, 2).join('\n'));
    const ran = await operated.dlq(['redrive', '--plan', file, '--yes']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('ends too early') });
  });
});
