import { afterAll, beforeAll, describe, it } from 'vitest';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { expectGolden } from './golden.ts';
import { bodies, letDie, sendTo, unmanagedQueues } from './letters.ts';
import { createQueue, type Operated, operatedStack, redriveTo, startOperated } from './operated.ts';

// What a person sees of the commands whose other tests read their `--json`.

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

describe('the text of', () => {
  it('redrive: what was sent, what was not meant, what could not go', async () => {
    const { dlq, source } = await unmanagedQueues(operated.cloud, 'text-1');
    const second = await createQueue(operated.cloud, 'text-2');
    await redriveTo(operated.cloud, second.url, dlq.arn);
    await letDie(
      operated.cloud,
      source.url,
      bodies(6, (i) => ({ total: i })),
    );
    await sendTo(operated.cloud, dlq.url, [{ MessageBody: '{"total":9}' }]);
    const args = [
      'redrive',
      '--dlq',
      dlq.url,
      '--where',
      'body.total > `3`',
      '--canary',
      '0',
      '--rate',
      'off',
      '--yes',
    ];
    await expectGolden('redrive.txt', (await operated.dlq(args)).out);
  });

  it('redrive --native and executions, before they begin', async () => {
    const { dlq, source } = await unmanagedQueues(operated.cloud, 'text-3');
    await letDie(operated.cloud, source.url, bodies(2));
    const native = await operated.dlq(['redrive', '--dlq', dlq.url, '--native', '--dry-run']);
    const machine = 'arn:aws:states:eu-central-1:000000000000:stateMachine:crawl';
    const executions = ['executions', '--dlq', dlq.url, '--state-machine', machine, '--all', '--dry-run'];
    await expectGolden('before.txt', `${native.out}\n${(await operated.dlq(executions)).out}`);
  });

  it('replay, pause, resume and the audit of them', async () => {
    const stack = await operatedStack(operated);
    const error = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
    await healBatch(stack.healer, { Records: [deadRecord(stack.queue.dlqArn, { id: 'o-1', error })] }, 30_000);
    const run = async (...args: string[]) => (await operated.dlq([...args, '--stack', stack.name])).out;
    const texts = [
      await run('replay', 'o-1', '--canary', '0', '--yes'),
      await run('pause', '--yes'),
      await run('resume', '--yes'),
      await run('audit'),
    ];
    const named = texts
      .join('\n')
      .replaceAll(stack.name, 'shop')
      .replaceAll(/orders-\d+\b/g, 'orders-1');
    await expectGolden('replay-and-audit.txt', named);
  });

  it('analyze of a DLQ', async () => {
    const { dlq } = await unmanagedQueues(operated.cloud, 'text-4');
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    await sendTo(operated.cloud, dlq.url, [
      {
        MessageBody: 'x',
        MessageAttributes: {
          ErrorType: attribute('TimeoutError'),
          ErrorMessage: attribute('Task timed out after 3.00 seconds'),
        },
      },
    ]);
    const analyzed = (await operated.dlq(['analyze', '--dlq', dlq.url])).out;
    await expectGolden('analyze-dlq.txt', analyzed.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2026-11-26 03:00'));
  });
});
