import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { DLQ } from '../cli/dlq.ts';
import { scanAll } from '../healer/account.ts';
import { deadRecord } from '../healer/cloud.ts';
import type { Call, Fault } from '../local-aws/gateway/call.ts';
import { bodies, letDie, unmanagedQueues } from './letters.ts';
import { type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

// The command is killed before and after each of its calls from its entry in the audit on, and run again. Before that it
// changes nothing.

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const PACE = ['--yes', '--json', '--canary', '0', '--rate', '100'];
/** Hidden for a second, not for two minutes: others see the letters again so long after a kill. */
const HIDDEN_MS = 1_000;

interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
  /** The call that it died at; undefined where it ended before. */
  call?: string;
}

/** Runs the command until it dies at one of its calls. */
async function killedAt(args: readonly string[], death: Death): Promise<void> {
  const child = execa(process.execPath, [DLQ, ...args], {
    env: { PATH: process.env.PATH, ...operated.env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  let calls = -1;
  operated.cloud.faults.set('operator', async (call): Promise<Fault> => {
    if (calls >= 0 || call.service === 'sts') calls += 1;
    const mine = calls === death.at + 1;
    const changed = call.action === 'ReceiveMessage' ? { call: shortlyHidden } : {};
    if (!mine) return { kind: 'change', ...changed };
    death.call = `${call.service}:${call.action}`;
    if (death.when === 'before') {
      child.kill('SIGKILL');
      return { kind: 'fail', status: 500, code: 'Killed' };
    }
    return {
      kind: 'change',
      ...changed,
      reply: (reply) => {
        child.kill('SIGKILL');
        return reply;
      },
    };
  });
  await child;
  operated.cloud.faults.delete('operator');
}

function shortlyHidden(call: Call): Call {
  const body = { ...JSON.parse(call.body.toString()), VisibilityTimeout: HIDDEN_MS / 1000 };
  return { ...call, body: Buffer.from(JSON.stringify(body)) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Letters that may go twice: those of a send whose answer the command did not live to write down. */
const mayRepeat = ({ call, when }: Death) => when === 'after' && call === 'sqs:SendMessageBatch';

function expectOnce(sent: readonly string[], letters: number, death: Death): void {
  const distinct = new Set(sent);
  expect(distinct.size, `lost, killed ${death.when} ${death.call}`).toBe(letters);
  if (!mayRepeat(death)) expect(sent.length, `sent twice, killed ${death.when} ${death.call}`).toBe(letters);
  else expect(sent.length).toBeLessThanOrEqual(letters + 10);
}

describe('redrive that is killed', () => {
  it('at any of its calls loses no letter and sends none again whose send is on record', async () => {
    const seen = new Set<string>();
    for (let at = 0, ended = false; !ended; at++) {
      for (const when of ['before', 'after'] as const) {
        const { dlq, source } = await unmanagedQueues(operated.cloud, `killed-${at}-${when}`);
        await letDie(operated.cloud, source.url, bodies(12));
        const args = ['redrive', '--dlq', dlq.url, '--all', ...PACE];
        const death: Death = { at, when };
        await killedAt(args, death);
        ended = death.call === undefined;
        seen.add(death.call ?? '');
        if (!ended) {
          await pause(HIDDEN_MS + 200);
          const again = await operated.dlq(args);
          expect(again.code, `${death.call}: ${again.err}${again.out}`).toBeLessThanOrEqual(1);
        }
        const sent = (await operated.cloud.stored(source.name)).map(({ body }) => body);
        expectOnce(sent, 12, death);
        expect(await operated.cloud.stored(dlq.name)).toEqual([]);
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:SendMessageBatch', 'sqs:DeleteMessageBatch']),
    );
  }, 300_000);
});

describe('replay that is killed', () => {
  it('at any of its calls loses no letter and sends none again whose send is on record', async () => {
    const seen = new Set<string>();
    for (let at = 0, ended = false; !ended; at++) {
      for (const when of ['before', 'after'] as const) {
        const stack = await stackWithKept();
        const args = ['replay', '--stack', stack.name, '--all', ...PACE];
        const death: Death = { at, when };
        await killedAt(args, death);
        ended = death.call === undefined;
        seen.add(death.call ?? '');
        if (!ended) {
          await letTimePass(stack);
          const again = await operated.dlq(args);
          expect(again.code, `${death.call}: ${again.err}${again.out}`).toBe(0);
        }
        const name = stack.sourceUrl.split('/').at(-1) ?? '';
        const stored = await operated.cloud.stored(name);
        expectOnce(
          stored.map(({ body }) => body),
          3,
          // A letter that was sent is on record once its row is written, and many are written side by side.
          death.call === 'dynamodb:UpdateItem' ? { ...death, call: 'sqs:SendMessageBatch', when: 'after' } : death,
        );
        const keys = stored.map(({ body, messageAttributes }) => {
          const { origin, attempt } = JSON.parse(messageAttributes?.['dlq-healer']?.StringValue ?? '{}');
          return `${body} ${origin}.${attempt}`;
        });
        expect(new Set(keys).size, 'a letter went under two heal keys').toBe(3);
        expect((await stack.rows()).map(({ status }) => status)).toEqual(['healed', 'healed', 'healed']);
      }
    }
    expect([...seen]).toEqual(expect.arrayContaining(['dynamodb:UpdateItem', 's3:GetObject', 'sqs:SendMessageBatch']));
  }, 600_000);
});

async function stackWithKept(): Promise<OperatedStack> {
  const stack = await operatedStack(operated);
  const error = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
  const Records = ['o-1', 'o-2', 'o-3'].map((id) => deadRecord(stack.queue.dlqArn, { id, error }));
  await healBatch(stack.healer, { Records }, 30_000);
  return stack;
}

/** Leases and claims of a run that was killed end after a minute and a half. */
async function letTimePass({ tables }: OperatedStack): Promise<void> {
  await pause(500); // what it had asked for is served still
  const { db } = operated.cloud;
  for (const { pk, sk, leaseUntil } of await scanAll(operated.cloud, tables.ledger))
    if (leaseUntil !== undefined)
      await db.send(
        new UpdateCommand({ TableName: tables.ledger, Key: { pk, sk }, UpdateExpression: 'REMOVE leaseUntil' }),
      );
  for (const { id } of await scanAll(operated.cloud, tables.idempotency))
    await db.send(new DeleteCommand({ TableName: tables.idempotency, Key: { id } }));
}
