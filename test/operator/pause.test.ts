import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { deadRecord } from '../healer/cloud.ts';
import { answerOf, type Operated, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

describe('pause and resume', () => {
  it('stop the healer and let it go on, each with an entry in the audit', async () => {
    const stack = await operatedStack(operated);
    const heal = () => healBatch(stack.healer, { Records: [deadRecord(stack.queue.dlqArn, { id: 'a' })] }, 30_000);
    const paused = answerOf(await operated.dlq(['pause', '--stack', stack.name, '--yes', '--json']));
    expect(paused).toEqual({ version: 1, stack: stack.name, paused: true, before: false, changed: true });
    expect(await heal()).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    const resumed = answerOf(await operated.dlq(['resume', '--stack', stack.name, '--yes', '--json']));
    expect(resumed).toMatchObject({ paused: false, before: true, changed: true });
    expect(await heal()).toEqual({ batchItemFailures: [] });
    const audit = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--stack', stack.name, '--json']));
    expect(audit.entries).toMatchObject([
      { command: 'resume', outcome: 'done', who: expect.stringMatching(/^arn:aws:/) },
      { command: 'pause', outcome: 'done', endedAt: expect.any(String) },
    ]);
  });

  it('change nothing with --dry-run, without an answer, or where it is so already', async () => {
    const stack = await operatedStack(operated);
    const dry = await operated.dlq(['pause', '--stack', stack.name, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, err: 'Nothing was changed (--dry-run).\n' });
    expect(dry.out).toContain(`Stack ${stack.name} will be paused`);
    const unasked = await operated.dlq(['pause', '--stack', stack.name]);
    expect(unasked).toMatchObject({ code: 2, err: expect.stringContaining('pass --yes') });
    const again = answerOf(await operated.dlq(['resume', '--stack', stack.name, '--yes', '--json']));
    expect(again).toMatchObject({ paused: false, changed: false });
    const audit = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--stack', stack.name, '--json']));
    expect(audit.entries).toEqual([]);
  });
});

describe('a stack', () => {
  it('that is not there is told of with the nearest names', async () => {
    const stack = await operatedStack(operated);
    const ran = await operated.dlq(['pause', '--stack', `${stack.name}x`]);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(`there is no stack "${stack.name}x" in eu-central-1`);
    expect(ran.err).toContain(stack.name);
  });

  it('may be named by the environment', async () => {
    const stack = await operatedStack(operated);
    const ran = await operated.dlq(['audit', '--json'], { env: { DLQ_STACK: stack.name } });
    expect(answerOf(ran)).toMatchObject({ stack: stack.name });
    expect(await operated.dlq(['audit'])).toMatchObject({ code: 2, err: expect.stringContaining('--stack NAME') });
  });
});

describe('an error of AWS says what to do', () => {
  const failing = async (code: string, message: string, status = 400) => {
    const stack = await operatedStack(operated);
    operated.cloud.faults.set('operator', async ({ service }) =>
      service === 'dynamodb' ? { kind: 'fail', status, code, message } : { kind: 'pass' },
    );
    const ran = await operated.dlq(['pause', '--stack', stack.name]);
    operated.cloud.faults.delete('operator');
    expect(ran).toMatchObject({ code: 1, out: '' });
    return ran.err;
  };

  it('where a permission is missing: the action and the resource', async () => {
    const told = await failing(
      'AccessDeniedException',
      'User: arn:aws:iam::1:user/ada is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:x:1:table/t because no identity-based policy allows the action',
    );
    expect(told).toBe(
      'dlq: arn:aws:iam::1:user/ada may not dynamodb:GetItem on arn:aws:dynamodb:x:1:table/t: ask for that permission (docs/cli.md has the operator’s policy)\n',
    );
  });

  it('where AWS names neither, the call does', async () => {
    expect(await failing('AccessDeniedException', 'no')).toMatch(/may not dynamodb:GetItem on ledger-\d+: ask/);
  });

  it('where the token has expired', async () => {
    expect(await failing('ExpiredTokenException', 'The security token included in the request is expired')).toContain(
      'sign in again',
    );
  });
});
