import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MoveDocument } from '../../cli/move/report.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { expectGolden } from './golden.ts';
import { received } from './letters.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const INVALID = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
const BUG = { errorType: 'TypeError', message: "Cannot read properties of undefined (reading 'total')" };

const replay = (stack: OperatedStack, ...more: string[]) =>
  operated.dlq(['replay', '--stack', stack.name, '--yes', '--json', '--canary', '0', '--rate', 'off', ...more]);

/** Letters that died and are kept: archived ones of a validation error, waiting ones of a bug. */
async function stackWithKept(invalid: number, bugs: number): Promise<OperatedStack> {
  const stack = await operatedStack(operated);
  const record = (id: string, error: object) => deadRecord(stack.queue.dlqArn, { id, error });
  const Records = [
    ...Array.from({ length: invalid }, (_, i) => record(`invalid-${i}`, INVALID)),
    ...Array.from({ length: bugs }, (_, i) => record(`bug-${i}`, BUG)),
  ];
  expect(await healBatch(stack.healer, { Records }, 30_000)).toEqual({ batchItemFailures: [] });
  return stack;
}

const statusesOf = async (stack: OperatedStack) =>
  Object.fromEntries((await stack.rows()).map(({ originId, status }) => [originId, status]));

describe('replay', () => {
  it('sends kept letters back as they were, and the ledger and the audit know by whom', async () => {
    const stack = await stackWithKept(3, 2);
    const moved = answerOf<MoveDocument>(await replay(stack, '--class', 'VALIDATION_ERROR'));
    expect(moved).toMatchObject({ command: 'replay', outcome: 'done', sent: 3, failed: 0 });
    const sent = await received(operated.cloud, stack.sourceUrl);
    expect(sent.map(({ Body }) => Body).sort()).toEqual(
      [0, 1, 2].map((i) => JSON.stringify({ order_id: `invalid-${i}` })),
    );
    const marks = sent.map(({ MessageAttributes }) => JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? ''));
    expect(marks.every(({ attempt, origin }) => attempt === 1 && /^invalid-\d$/.test(origin))).toBe(true);
    expect(sent.every(({ MessageAttributes }) => MessageAttributes?.['dlq-evidence'] === undefined)).toBe(true);
    const rows = await stack.rows();
    expect(rows.filter(({ status }) => status === 'healed')).toHaveLength(3);
    expect(rows.find(({ originId }) => originId === 'invalid-0')).toMatchObject({
      status: 'healed',
      replayedBy: moved.audit,
      healedMessageId: expect.any(String),
    });
    expect((await statusesOf(stack))['bug-0']).toBe('waiting');
    const { entries } = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--stack', stack.name, '--json']));
    expect(entries).toMatchObject([{ command: 'replay', queue: 'orders', outcome: 'done', letters: { sent: 3 } }]);
  });

  it('takes letters by group, by their bodies, and by their ids', async () => {
    const stack = await stackWithKept(3, 3);
    const group = String((await stack.rows()).find(({ originId }) => originId === 'bug-0')?.group);
    const one = answerOf<MoveDocument>(await replay(stack, '--group', group, '--where', "body.order_id == 'bug-1'"));
    expect(one).toMatchObject({ sent: 1, left: [{ letters: 2 }] });
    const named = answerOf<MoveDocument>(await replay(stack, 'invalid-2', 'bug-0'));
    expect(named).toMatchObject({ sent: 2, failed: 0 });
    expect(await statusesOf(stack)).toEqual({
      'invalid-0': 'archived',
      'invalid-1': 'archived',
      'invalid-2': 'healed',
      'bug-0': 'healed',
      'bug-1': 'healed',
      'bug-2': 'waiting',
    });
    const gone = await replay(stack, 'bug-0');
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('bug-0 (healed)') });
    expect(await replay(stack, 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no letter of that origin'),
    });
  });

  it('leaves quarantined letters alone unless they are asked for', async () => {
    const stack = await operatedStack(operated, { policy: { poison: { threshold: 2, windowSeconds: 3600 } } });
    const records = ['a', 'b', 'c'].map((id) => deadRecord(stack.queue.dlqArn, { id, error: BUG, body: 'poison' }));
    for (const record of records) await healBatch(stack.healer, { Records: [record] }, 30_000);
    expect(await statusesOf(stack)).toEqual({ a: 'waiting', b: 'quarantined', c: 'quarantined' });
    expect(answerOf(await replay(stack, '--all'))).toMatchObject({ sent: 1 });
    expect(answerOf(await replay(stack, '--all', '--status', 'quarantined'))).toMatchObject({ sent: 2 });
    expect(await replay(stack, '--all', '--status', 'lost')).toMatchObject({ code: 2 });
  });

  it('shows what it would do', async () => {
    const stack = await stackWithKept(4, 2);
    const ran = await operated.dlq(['replay', '--stack', stack.name, '--all', '--dry-run']);
    expect(ran).toMatchObject({ code: 0 });
    await expectGolden('replay-dry-run.txt', ran.out.replaceAll(stack.name, 'shop').replace(/orders-\d+/g, 'orders-1'));
    expect(await statusesOf(stack)).not.toContain('healed');
  });

  it('stops at the canary when one of it dies again', async () => {
    const stack = await stackWithKept(0, 20);
    const going = operated.dlq([
      ...['replay', '--stack', stack.name, '--yes', '--json', '--all'],
      ...['--canary', '2', '--rate', 'off', '--window', '40'],
    ]);
    const sent = await sentBy(stack, 2);
    const again = sent.slice(0, 1).map(({ MessageId = '', Body = '', MessageAttributes }) =>
      deadRecord(stack.queue.dlqArn, {
        id: MessageId,
        body: Body,
        error: { ...BUG, ...markOf(MessageAttributes?.['dlq-healer']?.StringValue) },
      }),
    );
    await healBatch(stack.healer, { Records: again }, 30_000);
    const moved = answerOf<MoveDocument>(await going, 3);
    expect(moved).toMatchObject({ outcome: 'stopped', sent: 2, relapsed: 1 });
    expect(moved.why).toContain('1 of the canary’s 2 letter(s) died again');
  });

  it('goes on at once when the consumer has confirmed the canary', async () => {
    const stack = await stackWithKept(0, 6);
    const going = operated.dlq([
      ...['replay', '--stack', stack.name, '--yes', '--json', '--all'],
      ...['--canary', '2', '--rate', 'off', '--window', '600'],
    ]);
    for (const { MessageAttributes } of await sentBy(stack, 2)) {
      const { origin, attempt, probe } = JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? '{}');
      expect(probe).toBe(true);
      await operated.cloud.db.send(
        new PutCommand({
          TableName: stack.tables.ledger,
          Item: { pk: `message#${origin}.${attempt}`, sk: 'confirmed' },
        }),
      );
    }
    expect(answerOf<MoveDocument>(await going)).toMatchObject({ outcome: 'done', sent: 6, relapsed: 0 });
  });
});

const markOf = (text = '{}') => {
  const { origin, attempt } = JSON.parse(text) as { origin: string; attempt: number };
  return { origin, attempt };
};

async function sentBy(stack: OperatedStack, count: number) {
  const sent = [];
  for (let tries = 0; sent.length < count && tries < 200; tries++) {
    sent.push(...(await received(operated.cloud, stack.sourceUrl)));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(sent).toHaveLength(count);
  return sent;
}
