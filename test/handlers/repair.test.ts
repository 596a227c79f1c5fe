import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Repaired, type Repairing, repairAll } from '../../handlers/aws/repair.ts';
import type { MessageAttributes } from '../../handlers/core/letter.ts';
import type { Repair } from '../../handlers/core/repair.ts';
import { classification, evidence, handled, letter } from '../core/builders.ts';

const lambda = mockClient(LambdaClient);
beforeEach(() => lambda.reset());

const client = new LambdaClient({ region: 'eu-central-1' });
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:mend-orders';
const byFunction: Repair = { kind: 'function', arn: ARN };
const attributes: MessageAttributes = {
  tenant: { dataType: 'String', stringValue: 'acme' },
  weight: { dataType: 'Number.int', stringValue: '7' },
  picture: { dataType: 'Binary', binaryValue: new Uint8Array([0, 255]) },
  'dlq-evidence': { dataType: 'String', stringValue: '{}' },
};

const repairing = (repair: Repair, body = '{"order_id":"o-1"}', over: object = {}): Repairing => ({
  letter: handled({
    letter: letter({ body, attributes }),
    lineage: { originId: 'origin', attempt: 1 },
    evidence: evidence({ errorType: 'ErpError', message: 'no order 4711' }),
    classification: classification('ERP', { rule: 'user:erp' }),
    ...over,
  }),
  rule: 'erp',
  repair,
});
const one = async (item: Repairing, remainingMs = 60_000): Promise<Repaired | undefined> =>
  (await repairAll(client, [item], remainingMs))[0];

// The SDK gives bytes that can read themselves; the handler needs the bytes alone.
const bytes = (text: string | Uint8Array) => Buffer.from(text) as never;
const answers = (payload: unknown, FunctionError?: string) =>
  lambda.on(InvokeCommand).resolves({
    StatusCode: 200,
    Payload: bytes(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    ...(FunctionError && { FunctionError }),
  });
const failed = (reason: string) => ({ kind: 'failed', reason: expect.stringContaining(reason) });

describe('a repair by a function', () => {
  it('gives the function the message that died, and what is known of it', async () => {
    answers({ body: '{"order_id":"o-2"}' });
    expect(await one(repairing(byFunction))).toEqual({ kind: 'mended', body: '{"order_id":"o-2"}' });
    const [call] = lambda.commandCalls(InvokeCommand);
    const { Payload, ...input } = call?.args[0].input ?? {};
    expect(input).toEqual({ FunctionName: ARN, InvocationType: 'RequestResponse' });
    expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString())).toEqual({
      version: 1,
      queue: 'orders',
      class: 'ERP',
      rule: 'erp',
      originId: 'origin',
      attempt: 1,
      messageId: letter().messageId,
      body: '{"order_id":"o-1"}',
      attributes: {
        tenant: { dataType: 'String', stringValue: 'acme' },
        weight: { dataType: 'Number.int', stringValue: '7' },
        picture: { dataType: 'Binary', binaryBase64: 'AP8=' },
      },
      evidence: { source: 'kit', errorType: 'ErpError', message: 'no order 4711' },
    });
  });

  it('gives it the message, not the envelope that the message died in', async () => {
    answers({ body: 'mended' });
    const envelope = { originalMessage: { order_id: 1.0 }, originalAttributes: {}, errorReason: 'x' };
    await one(
      repairing(byFunction, JSON.stringify(envelope), { evidence: evidence({ source: 'application-envelope' }) }),
    );
    const payload = lambda.commandCalls(InvokeCommand)[0]?.args[0].input.Payload as Uint8Array;
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({ body: '{"order_id":1}' });
  });

  const must = 'the repair function must answer {"body": "…"} or {"reason": "…"}';
  it.each<[string, unknown, string]>([
    ['declines', { reason: 'no such order' }, 'the repair function declined: no such order'],
    ['declines with a secret', { reason: 'password=hunter22 is wrong' }, 'declined: password=[redacted] is wrong'],
    ['answers nothing', '', `${must}; got nothing`],
    ['answers null', 'null', `${must}; got null`],
    ['answers no JSON', 'card 4111111111111111', `${must}; got no JSON`],
    ['answers a text', '"mended"', `${must}; got a string`],
    ['answers a list', '[]', `${must}; got a list`],
    ['answers an object of its own', { statusCode: 200 }, `${must}; got a body that is nothing`],
    ['answers a body that is no text', { body: { order_id: 1 } }, `${must}; got a body that is an object`],
    ['answers both', { body: 'x', reason: 'y' }, `${must}; got both`],
    ['changes nothing', { body: '{"order_id":"o-1"}' }, 'it changed nothing'],
    ['answers an empty body', { body: '' }, 'the mended body must not be empty'],
    ['answers a character that SQS refuses', { body: 'a\u0000' }, 'characters that SQS takes; it has a U+0000'],
    ['answers half a character', { body: 'a\ud800' }, 'characters that SQS takes; it has a U+D800'],
    [
      'answers more than SQS takes',
      { body: 'x'.repeat(1_048_576) },
      'must have at most 1048576 bytes with its attributes',
    ],
  ])('fails, for good, where the function %s', async (_what, payload, reason) => {
    answers(payload);
    const repaired = await one(repairing(byFunction));
    expect(repaired).toEqual(failed(reason));
    expect(JSON.stringify(repaired)).not.toMatch(/hunter22|4111111111111111|o-1/);
  });

  it('fails where the answer is not UTF-8', async () => {
    lambda.on(InvokeCommand).resolves({ Payload: bytes(Buffer.from('{"body":"\xff"}', 'latin1')) });
    expect(await one(repairing(byFunction))).toEqual(failed('got no JSON'));
  });

  it('fails where the function threw, and says what it threw', async () => {
    answers({ errorType: 'KeyError', errorMessage: 'token=abc123secret', trace: ['…'] }, 'Unhandled');
    expect(await one(repairing(byFunction))).toEqual(failed('the repair function failed: KeyError: token=[redacted]'));
    answers({ body: 'a mended body of a function that failed' }, 'Handled');
    expect(await one(repairing(byFunction))).toEqual(failed('the repair function failed: it did not say why'));
  });

  it.each([
    ['a throttle', 'TooManyRequestsException'],
    ['an outage', 'ServiceException'],
    ['a network error', 'TimeoutError'],
    ['a missing permission', 'AccessDeniedException'],
    ['a function that is not there', 'ResourceNotFoundException'],
  ])('is tried again after %s', async (_what, name) => {
    lambda.on(InvokeCommand).rejects(Object.assign(new Error('no, secret=4711'), { name }));
    const repaired = await one(repairing(byFunction));
    expect(repaired).toMatchObject({
      kind: 'retry',
      error: { message: `${ARN} could not be asked for a repair: ${name}: no, secret=[redacted]` },
    });
  });

  it('fails where the letter is too large for Lambda: no other try would end otherwise', async () => {
    lambda.on(InvokeCommand).rejects(Object.assign(new Error('too large'), { name: 'RequestTooLargeException' }));
    expect(await one(repairing(byFunction))).toEqual(failed('the letter is larger than'));
  });

  it('gives up 10 s before the end of the run, and the letter is tried again', async () => {
    const asked: (AbortSignal | undefined)[] = [];
    const slow = {
      send: (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        asked.push(abortSignal);
        return new Promise((_resolve, reject) =>
          abortSignal.addEventListener('abort', () => reject(new Error('gone'))),
        );
      },
    } as unknown as LambdaClient;
    const start = performance.now();
    const repaired = await repairAll(slow, [repairing(byFunction)], 10_100);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(repaired).toMatchObject([
      { kind: 'retry', error: { message: expect.stringContaining('it did not answer in the time that was left') } },
    ]);
    expect(await repairAll(slow, [repairing(byFunction)], 10_000)).toMatchObject([
      { kind: 'retry', error: { message: `no time was left to ask ${ARN} for a repair` } },
    ]);
    expect(asked).toHaveLength(1);
  });

  it('asks at most five at once, and answers in the order of the letters', async () => {
    let running = 0;
    let most = 0;
    lambda.on(InvokeCommand).callsFake(async ({ Payload }) => {
      most = Math.max(most, ++running);
      const { body } = JSON.parse(Buffer.from(Payload).toString());
      await new Promise((resolve) => setTimeout(resolve, 20 - Number(body)));
      running--;
      if (body === '3') throw new Error('throttled');
      return { Payload: bytes(JSON.stringify({ body: `mended ${body}` })) };
    });
    const repaired = await repairAll(
      client,
      Array.from({ length: 12 }, (_, i) => repairing(byFunction, String(i))),
      60_000,
    );
    expect(most).toBe(5);
    expect(repaired.map((one, i) => (i === 3 ? one.kind : one))).toEqual(
      Array.from({ length: 12 }, (_, i) => (i === 3 ? 'retry' : { kind: 'mended', body: `mended ${i}` })),
    );
  });
});

describe('a repair by a patch', () => {
  const merge: Repair = { kind: 'merge-patch', patch: { currency: 'EUR' } };

  it('asks nobody, and needs no time', async () => {
    expect(await one(repairing(merge, '{"price":1.10}'), 0)).toEqual({
      kind: 'mended',
      body: '{"price":1.10,"currency":"EUR"}',
    });
    expect(lambda.calls()).toHaveLength(0);
  });

  it('fails with the reason', async () => {
    const operations = [{ op: 'remove', path: '/x' }] as const;
    expect(await one(repairing({ kind: 'json-patch', operations }))).toEqual(failed('operation 0 (remove "/x")'));
  });

  it('fails where the attributes leave no room for the mended body', async () => {
    const body = JSON.stringify({ a: 'x'.repeat(1_048_576 - 40) });
    expect(await one(repairing(merge, body))).toEqual(failed('must have at most 1048576 bytes with its attributes'));
  });
});
