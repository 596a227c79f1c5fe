import { CreateStateMachineCommand, DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MoveDocument } from '../../cli/move/report.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { ACCOUNT_ID } from '../local-aws/moto.ts';
import { bodies, letDie, sendTo, unmanagedQueues } from './letters.ts';
import { answerOf, type Operated, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

let counter = 0;

async function createMachine(): Promise<string> {
  counter += 1;
  const { stateMachineArn = '' } = await operated.cloud.sfn.send(
    new CreateStateMachineCommand({
      name: `crawl-${counter}`,
      roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/test`,
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );
  return stateMachineArn;
}

const executionsOf = async (stateMachineArn: string) => {
  const { executions = [] } = await operated.cloud.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return Promise.all(
    executions.map(({ executionArn }) => operated.cloud.sfn.send(new DescribeExecutionCommand({ executionArn }))),
  );
};

describe('executions', () => {
  it('starts one for each letter of a DLQ, named the same on every run', async () => {
    const { dlq, source } = await unmanagedQueues(operated.cloud, 'frontier');
    const machine = await createMachine();
    const ids = await letDie(
      operated.cloud,
      source.url,
      bodies(3, (i) => ({ url: `https://a.example/${i}` })),
    );
    const args = ['executions', '--dlq', dlq.url, '--state-machine', machine, '--prefix', 'again-', '--all'];
    const moved = answerOf<MoveDocument>(await operated.dlq([...args, '--yes', '--json', '--canary', '0']));
    expect(moved).toMatchObject({ command: 'executions', outcome: 'done', sent: 3 });
    const started = await executionsOf(machine);
    expect(started.map(({ input }) => input).sort()).toEqual(
      [0, 1, 2].map((i) => JSON.stringify({ url: `https://a.example/${i}` })),
    );
    expect(started.every(({ name = '' }) => ids.some((id) => name.startsWith(`again-${id}`)))).toBe(true);
    expect(await operated.cloud.stored(dlq.name)).toEqual([]);
  });

  it('starts them from kept letters, canary first, and the ledger knows them', async () => {
    const stack = await operatedStack(operated);
    const machine = await createMachine();
    const error = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
    const Records = ['a', 'b', 'c', 'd'].map((id) => deadRecord(stack.queue.dlqArn, { id, error }));
    await healBatch(stack.healer, { Records }, 30_000);
    const args = ['executions', '--stack', stack.name, '--kept', '--all', '--state-machine', machine];
    const going = operated.dlq([...args, '--yes', '--json', '--canary', '1', '--window', '1']);
    expect(answerOf<MoveDocument>(await going)).toMatchObject({ outcome: 'done', sent: 4, relapsed: 0 });
    expect(await executionsOf(machine)).toHaveLength(4);
    const rows = await stack.rows();
    expect(rows.map(({ status }) => status)).toEqual(['healed', 'healed', 'healed', 'healed']);
    expect(String(rows[0]?.healedMessageId)).toContain(':execution:');
  });

  it('starts one anew that failed, marked, and once for the two events that tell of it', async () => {
    const { dlq } = await unmanagedQueues(operated.cloud, 'failed');
    const machine = await createMachine();
    const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:page-1`;
    const detail = {
      ...{ executionArn, stateMachineArn: machine, name: 'page-1', status: 'FAILED', error: 'TimeoutError' },
      ...{
        cause: 'gave up',
        startDate: 1795318567000,
        stopDate: 1795318572881,
        input: '{"url":"https://a.example/1"}',
      },
    };
    const type = { 'detail-type': 'Step Functions Execution Status Change', source: 'aws.states' };
    const events = ['e-1', 'e-2'].map((id) => ({ MessageBody: JSON.stringify({ ...type, id, detail }) }));
    await sendTo(operated.cloud, dlq.url, events);
    const args = ['executions', '--dlq', dlq.url, '--state-machine', machine, '--all', '--yes', '--json'];
    const moved = answerOf<MoveDocument>(await operated.dlq([...args, '--canary', '0']));
    expect(moved).toMatchObject({ outcome: 'done', sent: 2 });
    const [only, ...more] = await executionsOf(machine);
    expect(more).toEqual([]);
    expect(only?.name).toMatch(/^dlq-[0-9a-f]{12}-page-1-1-/);
    expect(JSON.parse(only?.input ?? '{}')).toEqual({
      url: 'https://a.example/1',
      dlqHealer: expect.objectContaining({
        ...{ attempt: 1, reprocessed: true, failedAt: '2026-11-22T03:36:12.881Z', execution: executionArn },
      }),
    });
    expect(await operated.cloud.stored(dlq.name)).toEqual([]);
  });

  it('leaves a letter that is no JSON, and says so', async () => {
    const { dlq } = await unmanagedQueues(operated.cloud, 'texts');
    const machine = await createMachine();
    await sendTo(operated.cloud, dlq.url, [{ MessageBody: 'no json' }]);
    const args = ['executions', '--dlq', dlq.url, '--state-machine', machine, '--all', '--yes', '--json'];
    const moved = answerOf<MoveDocument>(await operated.dlq([...args, '--canary', '0']), 1);
    expect(moved).toMatchObject({ sent: 0, failed: 1, failures: [{ why: expect.stringContaining('must be JSON') }] });
    expect(await operated.cloud.stored(dlq.name)).toHaveLength(1);
  });

  it('refuses what is no state machine and no prefix', async () => {
    const { dlq } = await unmanagedQueues(operated.cloud, 'refused');
    const ran = (...more: string[]) => operated.dlq(['executions', '--dlq', dlq.url, '--all', ...more]);
    expect(await ran()).toMatchObject({ code: 2, err: expect.stringContaining('--state-machine') });
    expect(await ran('--state-machine', 'crawl')).toMatchObject({ code: 2, err: expect.stringContaining('ARN') });
    const arn = `arn:aws:states:eu-central-1:${ACCOUNT_ID}:stateMachine:x`;
    expect(await ran('--state-machine', arn, '--prefix', 'a b')).toMatchObject({ code: 2 });
  });
});
