import { CreateStateMachineCommand, DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveBack, sendingTo } from '../../handlers/aws/targets.ts';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { letterIn } from '../core/letters.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from './cloud.ts';

/** Executions that fail: each death starts one other, which knows of the first, until the heals are used up. */

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

let machines = 0;

async function crawler(): Promise<{ readonly stack: Stack; readonly machine: string }> {
  machines += 1;
  const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
  const roleArn = 'arn:aws:iam::000000000000:role/test';
  const { stateMachineArn: machine = '' } = await cloud.sfn.send(
    new CreateStateMachineCommand({ name: `crawl-${machines}`, definition, roleArn }),
  );
  return { machine, stack: await startStack(cloud, { queue: { targets: [machine] } }) };
}

/** EventBridge's event of an execution that timed out calling somebody, as a record of the DLQ. */
function failure(stack: Stack, machine: string, name: string, input: string, id: string) {
  const detail = {
    executionArn: `${machine.replace(':stateMachine:', ':execution:')}:${name}`,
    stateMachineArn: machine,
    ...{ name, status: 'FAILED', startDate: 1795318567000, stopDate: 1795318572881, input },
    ...{ error: 'TimeoutError', cause: '{"errorType":"TimeoutError","errorMessage":"gave up after 5400 ms"}' },
  };
  const type = { 'detail-type': 'Step Functions Execution Status Change', source: 'aws.states' };
  const body = JSON.stringify({ version: '0', ...type, detail });
  return { ...deadRecord(stack.dlqArn, { id, body }), messageAttributes: {} };
}

async function heal(stack: Stack, ...records: object[]): Promise<void> {
  expect((await healBatch(stack.healer, { Records: records }, 30_000)).batchItemFailures).toEqual([]);
}

async function executionsOf(stateMachineArn: string) {
  const { executions = [] } = await cloud.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  return Promise.all(
    executions.map(({ executionArn }) => cloud.sfn.send(new DescribeExecutionCommand({ executionArn }))),
  );
}

/** The next minute: what is due goes. */
async function minute(stack: Stack): Promise<void> {
  stack.clock.now += 60_000;
  await govern(stack.healer, () => 60_000);
}

describe('an execution that fails', () => {
  it('is started anew with its input, marked, until its heals are used up; then it is archived and told of', async () => {
    const { stack, machine } = await crawler();
    let [name, input] = ['page-1', '{"url": "https://a.example/1", "id": 9007199254740993}'];
    for (const attempt of [1, 2, 3]) {
      await heal(stack, failure(stack, machine, name, input, `m-${attempt}`));
      await minute(stack);
      const started = await executionsOf(machine);
      expect(started).toHaveLength(attempt);
      const next = started.find((one) => one.input?.includes(`"attempt":${attempt},`));
      [name, input] = [next?.name ?? '', next?.input ?? ''];
      const { dlqHealer, ...own } = JSON.parse(input);
      expect(own).toEqual({ url: 'https://a.example/1', id: Number('9007199254740993') });
      expect(input).toContain('"id":9007199254740993,');
      expect(dlqHealer).toEqual({
        ...{ v: 1, origin: expect.stringMatching(/^[0-9a-f]{12}-page-1$/), attempt, group: expect.any(String) },
        ...{ reprocessed: true, failedAt: '2026-11-22T03:36:12.881Z' },
        execution: `${machine.replace(':stateMachine:', ':execution:')}:page-1`,
      });
      expect(name).toContain(`-page-1-${attempt}-`);
    }
    await heal(stack, failure(stack, machine, name, input, 'm-4'));
    await minute(stack);
    expect(await executionsOf(machine)).toHaveLength(3);
    const rows = await stack.rows();
    expect(new Set(rows.map(({ originId }) => originId)).size).toBe(1);
    expect(rows.map(({ attempt, status }) => [attempt, status]).sort()).toEqual([
      [0, 'healed'],
      [1, 'healed'],
      [2, 'healed'],
      [3, 'archived'],
    ]);
    expect((await stack.alerts()).length).toBeGreaterThan(0);
  });

  it('and is told of twice is started once, both events are kept', async () => {
    const { stack, machine } = await crawler();
    await heal(stack, failure(stack, machine, 'page-2', '{"n":2}', 'twice-1'));
    await minute(stack);
    await heal(stack, failure(stack, machine, 'page-2', '{"n":2}', 'twice-2'));
    await minute(stack);
    expect(await executionsOf(machine)).toHaveLength(1);
    expect((await stack.rows()).map(({ status }) => status).sort()).toEqual(['duplicate', 'healed']);
  });

  it('has one name for a heal, whatever of the mark differs when it is tried again', async () => {
    const { stack, machine } = await crawler();
    await heal(stack, failure(stack, machine, 'page-3', '{"n":3}', 'unheard'));
    // Step Functions starts it, and nobody hears; then the group's breaker has been through a round.
    stack.faults((call) => (call.action === 'StartExecution' ? { kind: 'drop-after-forward' } : { kind: 'pass' }));
    await expect(minute(stack)).rejects.toThrow('the governor failed');
    stack.faults(undefined);
    const letter = letterIn(failure(stack, machine, 'page-3', '{"n":3}', 'unheard'));
    const target = { kind: 'state-machine', arn: machine } as const;
    const [row] = await stack.rows();
    const mark = { originId: String(row?.originId), attempt: 1, group: 'abcdef012345', round: 2, probe: true } as const;
    const how = { delaySeconds: 0, source: 'step-functions' } as const;
    const [again] = await giveBack(stack.healer, target, [sendingTo(target, letter, [], mark, how)]);
    const [only, ...more] = await executionsOf(machine);
    expect(more).toEqual([]);
    expect(again).toEqual({ ok: true, value: only?.executionArn });
    stack.clock.now += 120_000; // the lease of the run that died is over
    await minute(stack);
    expect(await executionsOf(machine)).toHaveLength(1);
    expect(await stack.rows()).toMatchObject([{ status: 'healed', healedMessageId: only?.executionArn }]);
  });
});
