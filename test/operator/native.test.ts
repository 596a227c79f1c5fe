import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodies, letDie, sendTo, unmanagedQueues } from './letters.ts';
import { answerOf, createQueue, type Operated, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const native = (dlq: string, ...more: string[]) =>
  operated.dlq(['redrive', '--dlq', dlq, '--native', '--json', ...more]);
const depth = async (name: string) => (await operated.cloud.stored(name)).length;

describe('redrive --native', () => {
  it('has SQS move the letters, and follows the task to its end', async () => {
    const { dlq, source } = await unmanagedQueues(operated.cloud, 'native-1');
    await letDie(operated.cloud, source.url, bodies(12));
    const done = answerOf(await native(dlq.url, '--yes', '--rate', 'off'));
    expect(done).toMatchObject({ status: 'COMPLETED', moved: 12, why: null, command: 'redrive --native' });
    expect(await depth(source.name)).toBe(12);
    const { entries } = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--local', '--json']));
    expect(entries[0]).toMatchObject({ command: 'redrive', queue: dlq.name, outcome: 'done' });
  });

  it('refuses a DLQ that no queue has, as AWS would, and says what to do', async () => {
    const lonely = await createQueue(operated.cloud, 'lambda-dlq');
    await sendTo(operated.cloud, lonely.url, bodies(1));
    const ran = await native(lonely.url, '--yes');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('SQS moves only letters of a DLQ of its own queues');
    expect(await depth(lonely.name)).toBe(1);
  });

  it('chooses nothing: SQS takes every letter or none', async () => {
    const { dlq } = await unmanagedQueues(operated.cloud, 'native-2');
    expect(await native(dlq.url, '--class', 'TIMEOUT', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('every letter or none'),
    });
  });

  it('runs one task at a time, which can be followed and cancelled', async () => {
    const { dlq, source } = await unmanagedQueues(operated.cloud, 'native-3');
    await letDie(operated.cloud, source.url, bodies(60));
    expect(await native(dlq.url, '--cancel', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing to cancel'),
    });
    expect(await native(dlq.url, '--follow')).toMatchObject({ code: 1, err: expect.stringContaining('no move task') });
    const first = native(dlq.url, '--yes', '--rate', '2');
    for (let tries = 0; (await depth(source.name)) === 0 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await native(dlq.url, '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('runs already') });
    const cancelled = answerOf<{ moved: number }>(await native(dlq.url, '--cancel', '--yes'));
    expect(cancelled).toMatchObject({ status: 'CANCELLED' });
    expect((await first).code).toBe(130);
    expect((await depth(source.name)) + (await depth(dlq.name))).toBe(60);
    expect(await depth(dlq.name)).toBeGreaterThan(0);
  });
});
