import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MoveDocument } from '../../cli/move/report.ts';
import { received, sendTo } from './letters.ts';
import { answerOf, type Operated, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const TIMED_OUT = {
  ErrorType: { DataType: 'String', StringValue: 'TimeoutError' },
  ErrorMessage: { DataType: 'String', StringValue: 'Task timed out after 3.00 seconds' },
};
const INVALID = {
  ErrorType: { DataType: 'String', StringValue: 'ValidationError' },
  ErrorMessage: { DataType: 'String', StringValue: 'currency must be one of EUR, USD' },
};

describe('redrive of a stack that only observes', () => {
  it('goes by class, under heal keys, and the ledger has a row of each', async () => {
    const stack = await operatedStack(operated, { mode: 'observe' });
    const attributes = { keep: { DataType: 'Number', StringValue: '1' } };
    await sendTo(operated.cloud, stack.dlqUrl, [
      ...[1, 2, 3].map((n) => ({ MessageBody: `t${n}`, MessageAttributes: { ...TIMED_OUT, ...attributes } })),
      { MessageBody: 'v', MessageAttributes: INVALID },
    ]);
    const args = ['redrive', '--stack', stack.name, '--class', 'TIMEOUT', '--yes', '--json', '--canary', '0'];
    const moved = answerOf<MoveDocument>(await operated.dlq([...args, '--rate', 'off']));
    expect(moved).toMatchObject({ sent: 3, left: [{ reason: 'its class is not TIMEOUT', letters: 1 }], failed: 0 });
    const sent = await received(operated.cloud, stack.sourceUrl);
    expect(sent.map(({ Body }) => Body).sort()).toEqual(['t1', 't2', 't3']);
    expect(sent[0]?.MessageAttributes).toEqual({ ...attributes, 'dlq-healer': expect.anything() });
    const rows = await stack.rows();
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ status: 'healed', failureClass: 'TIMEOUT', attempt: 0 });
    expect(String(rows[0]?.reason)).toMatch(/^redriven by arn:aws:.* \(audit .*\)$/);
    expect(await received(operated.cloud, stack.dlqUrl)).toHaveLength(1);
  });

  it('does not send a letter again whose send is in the ledger', async () => {
    const stack = await operatedStack(operated, { mode: 'observe' });
    await sendTo(operated.cloud, stack.dlqUrl, [{ MessageBody: 'once', MessageAttributes: TIMED_OUT }]);
    operated.cloud.faults.set('operator', async (call) =>
      call.action === 'DeleteMessageBatch'
        ? { kind: 'fail', status: 400, code: 'InvalidAddress' }
        : call.action === 'ReceiveMessage'
          ? { kind: 'change', call: shortlyHidden }
          : { kind: 'pass' },
    );
    const args = ['redrive', '--stack', stack.name, '--all', '--yes', '--json', '--canary', '0', '--rate', 'off'];
    // Hidden for a second only, it may be back before it is given back, which is another note.
    const notes = expect.arrayContaining([expect.stringContaining('run the same command again')]);
    expect(answerOf<MoveDocument>(await operated.dlq(args), 1)).toMatchObject({ sent: 1, notes });
    operated.cloud.faults.delete('operator');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const again = answerOf<MoveDocument>(await operated.dlq(args));
    expect(again).toMatchObject({ sent: 0, left: [{ reason: expect.stringContaining('healed in the ledger') }] });
    expect(await received(operated.cloud, stack.sourceUrl)).toHaveLength(1);
    expect(await operated.cloud.stored(stack.dlqUrl.split('/').at(-1) ?? '')).toEqual([]);
  });
});

/** As if two minutes were one second. */
function shortlyHidden<T extends { readonly body: Buffer }>(call: T): T {
  const body = Buffer.from(JSON.stringify({ ...JSON.parse(call.body.toString()), VisibilityTimeout: 1 }));
  return { ...call, body };
}
