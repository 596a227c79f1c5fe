import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RefusedError } from '../../handlers/aws/queues.ts';
import { type GiveBackClients, giveBack, sendingTo } from '../../handlers/aws/targets.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import { MAX_INPUT_BYTES, type Target } from '../../handlers/core/target.ts';
import { letter } from '../core/builders.ts';
import { type Fixture, startFixture, until } from '../local-aws/fixture.ts';

/** Letters given back to functions, state machines and queues, through the very calls that AWS gets. */

let fixture: Fixture;
let sfn: SFNClient;
let clients: GiveBackClients;
beforeAll(async () => {
  fixture = await startFixture();
  sfn = new SFNClient({ ...fixture.client, maxAttempts: 1 });
  clients = {
    sqs: fixture.sqs,
    lambda: fixture.lambda,
    startExecution: (input) => sfn.send(new StartExecutionCommand(input)),
  };
});
afterEach(() => fixture.aws.gateway.setFaults(undefined));
afterAll(async () => {
  sfn.destroy();
  await fixture.stop();
});

/** What stands for the letter on its way, at its first heal. */
const sending = (target: Target, body: string, over: Partial<Letter> = {}, originId = 'o-1') => {
  const whole = letter({ body, attributes: { tenant: { dataType: 'String', stringValue: 't-1' } }, ...over });
  return sendingTo(target, whole, [], { originId, attempt: 1, group: 'g' }, { delaySeconds: 300, source: 'none' });
};

const failing = (action: string, status: number, code: string, message?: string) =>
  fixture.aws.gateway.setFaults((call) =>
    call.action === action
      ? { kind: 'fail', status, code, ...(message === undefined ? {} : { message }) }
      : { kind: 'pass' },
  );

describe('a function', () => {
  const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
  const ECHO =
    'export const handler = async (event, context) => console.log("GOT " + context.awsRequestId + " " + JSON.stringify(event));';

  it('gets each letter’s body as an event of its own, under the request id that is answered', async () => {
    await fixture.deploy('echo', ECHO);
    const target: Target = { kind: 'function', arn: arn('echo') };
    const bodies = Array.from({ length: 12 }, (_, n) => `{"order_id":${n}}`);
    const outcomes = await giveBack(
      clients,
      target,
      bodies.map((body) => sending(target, body)),
    );
    const ids = outcomes.map((outcome) => (outcome.ok ? outcome.value : String(outcome.error)));
    const printed = () =>
      fixture.lines
        .filter(({ functionName, text }) => functionName === 'echo' && text.includes('GOT '))
        .map(({ text }) => text.slice(text.indexOf('GOT ')));
    await until('each event was printed', () => printed().length === bodies.length);
    expect(printed().sort()).toEqual(bodies.map((body, n) => `GOT ${ids[n]} ${body}`).sort());
  });

  it('is never asked twice by one call, and a letter that it cannot take is refused without a call', async () => {
    await fixture.deploy('picky', ECHO);
    const target: Target = { kind: 'function', arn: arn('picky') };
    const [refused, taken] = await giveBack(clients, target, [sending(target, 'no JSON'), sending(target, '{"n":1}')]);
    expect(refused).toEqual({ ok: false, error: expect.any(RefusedError) });
    expect(taken?.ok).toBe(true);
    await until('the event was printed', () =>
      fixture.lines.some(({ functionName, text }) => functionName === 'picky' && text.includes('{"n":1}')),
    );
    expect(
      fixture.lines.filter(({ functionName, text }) => functionName === 'picky' && text.startsWith('START')),
    ).toHaveLength(1);
  });

  it('that does not exist keeps the letter waiting for one that does', async () => {
    const target: Target = { kind: 'function', arn: arn('gone') };
    const [outcome] = await giveBack(clients, target, [sending(target, '{}')]);
    expect(outcome).toMatchObject({ ok: false, error: { name: 'ResourceNotFoundException' } });
    expect(outcome).not.toMatchObject({ error: expect.any(RefusedError) });
  });

  it.each([
    ['InvalidRequestContentException', 400, true],
    ['RequestTooLargeException', 413, true],
    ['AccessDeniedException', 403, false],
    ['KMSDisabledException', 502, false],
    ['ServiceException', 500, false],
  ])('that answers %s: whether that is final', async (code, status, final) => {
    const target: Target = { kind: 'function', arn: arn('echo') };
    failing('InvokeFunction', status, code, 'Unrecognized token secret-42');
    const [outcome] = await giveBack(clients, target, [sending(target, '{"a":"secret-42"}')]);
    if (outcome?.ok !== false) throw new Error('it was taken');
    expect(outcome.error instanceof RefusedError).toBe(final);
    if (!final) return;
    expect(outcome.error.message).toContain(code);
    expect(outcome.error.message + String(outcome.error.cause)).not.toContain('secret-42');
  });

  it('that subscribes to a topic gets the notification as SNS would have given it', async () => {
    await fixture.deploy('subscriber', ECHO);
    const target: Target = { kind: 'function', arn: arn('subscriber'), notification: true };
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:orders';
    const notification = {
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn,
      Message: '{"order_id":9007199254740993}',
      Timestamp: '2026-11-22T03:36:12.000Z',
      SignatureVersion: '1',
      Signature: 's',
      SigningCertURL: 'https://sns.us-east-1.amazonaws.com/c.pem',
      UnsubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${TopicArn}:c9135db0`,
    };
    const full = { ...notification, Subject: 'order', MessageAttributes: { tenant: { Type: 'String', Value: 't-1' } } };
    await giveBack(
      clients,
      target,
      [notification, full].map((body) => sending(target, JSON.stringify(body))),
    );
    const got = () =>
      fixture.lines
        .filter(({ functionName, text }) => functionName === 'subscriber' && text.includes('GOT '))
        .map(({ text }) => JSON.parse(text.slice(text.indexOf('{'))));
    await until('both were printed', () => got().length === 2);
    const { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl, ...same } = notification;
    const Sns = { ...same, SigningCertUrl, UnsubscribeUrl };
    const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: `${TopicArn}:c9135db0` };
    const events = [
      { Records: [{ ...record, Sns: { ...Sns, Subject: null, MessageAttributes: {} } }] },
      { Records: [{ ...record, Sns: { ...Sns, Subject: 'order', MessageAttributes: full.MessageAttributes } }] },
    ];
    expect(got()).toEqual(expect.arrayContaining(events));
  });

  it('takes neither the mark nor a delay along', () => {
    const sent = sending({ kind: 'function', arn: arn('echo') }, '{}');
    expect(sent).toMatchObject({ carriesLineage: false, delaySeconds: 0, fifo: false });
  });
});

describe('a state machine', () => {
  async function machine(name: string): Promise<Target & { kind: 'state-machine' }> {
    const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Pass', End: true } } });
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({ name, definition, roleArn: 'arn:aws:iam::000000000000:role/test' }),
    );
    return { kind: 'state-machine', arn: stateMachineArn };
  }
  const executions = async ({ arn: stateMachineArn }: { readonly arn: string }) =>
    (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions ?? [];

  it('starts with the letter’s body as its input, once for each heal, however often it is asked', async () => {
    const target = await machine('nightly');
    const [first] = await giveBack(clients, target, [sending(target, '{"run":"nightly"}')]);
    const [again] = await giveBack(clients, target, [sending(target, '{"run":"nightly"}')]);
    expect(first).toEqual({ ok: true, value: expect.stringMatching(/:execution:nightly:o-1-1-[0-9a-f]{24}$/) });
    expect(again).toEqual(first);
    expect(await executions(target)).toHaveLength(1);
    const executionArn = first?.ok ? first.value : '';
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      input: '{"run":"nightly"}',
    });
  });

  it('starts another one for another letter, and for another text of one that claims to be the same', async () => {
    const target = await machine('others');
    const outcomes = await giveBack(clients, target, [
      sending(target, '{"n":1}'),
      sending(target, '{"n":1}', {}, 'o-2'),
      sending(target, '{"n":2}'),
    ]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await executions(target)).toHaveLength(3);
  });

  it('answers for every letter, in order, when one of them cannot be an input', async () => {
    const target = await machine('mixed');
    const tooLarge = JSON.stringify('x'.repeat(MAX_INPUT_BYTES));
    const outcomes = await giveBack(
      clients,
      target,
      ['{"n":1}', tooLarge, 'no JSON', '{"n":2}'].map((body, n) => sending(target, body, {}, `o-${n}`)),
    );
    expect(outcomes).toEqual([
      { ok: true, value: expect.stringContaining(':o-0-1-') },
      { ok: false, error: expect.any(RefusedError) },
      { ok: false, error: expect.any(RefusedError) },
      { ok: true, value: expect.stringContaining(':o-3-1-') },
    ]);
  });

  it.each([
    ['InvalidExecutionInput', true],
    ['InvalidName', true],
    ['ExecutionLimitExceeded', false],
    ['StateMachineDoesNotExist', false],
    ['ThrottlingException', false],
  ])('that answers %s: whether that is final', async (code, final) => {
    const target = await machine(`answers-${code}`);
    failing('StartExecution', 400, code);
    const [outcome] = await giveBack(clients, target, [sending(target, '{}')]);
    if (outcome?.ok !== false) throw new Error('it was started');
    expect(outcome.error instanceof RefusedError).toBe(final);
    expect(outcome.error.message + outcome.error.name).toContain(code);
  });

  it('that started although nobody heard it say so is not started twice', async () => {
    const target = await machine('unheard');
    fixture.aws.gateway.setFaults((call) =>
      call.action === 'StartExecution' ? { kind: 'drop-after-forward' } : { kind: 'pass' },
    );
    const [unheard] = await giveBack(clients, target, [sending(target, '{}')]);
    expect(unheard?.ok).toBe(false);
    fixture.aws.gateway.setFaults(undefined);
    const [heard] = await giveBack(clients, target, [sending(target, '{}')]);
    expect(heard?.ok).toBe(true);
    expect(await executions(target)).toHaveLength(1);
  });
});

describe('a queue', () => {
  it('gets the letter as it was, with the mark, and held back', async () => {
    const url = await fixture.queue('refunds');
    const target: Target = { kind: 'queue', url, fifo: false };
    const sent = sending(target, 'no JSON');
    expect(sent).toMatchObject({ carriesLineage: true, delaySeconds: 300 });
    const [outcome] = await giveBack(clients, target, [{ ...sent, delaySeconds: 0 }]);
    const [message]: Message[] =
      (await fixture.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MessageAttributeNames: ['All'] }))).Messages ??
      [];
    expect(outcome).toEqual({ ok: true, value: message?.MessageId });
    expect(message).toMatchObject({ Body: 'no JSON' });
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(['dlq-healer', 'tenant']);
  });

  it('that is FIFO gets no delay, and refuses a letter without a message group for good', async () => {
    const url = await fixture.queue('strict.fifo', { FifoQueue: 'true' });
    const target: Target = { kind: 'queue', url, fifo: true };
    const [grouped, ungrouped] = await giveBack(clients, target, [
      sending(target, 'a', { system: { receiveCount: 1, messageGroupId: 'g-1' } }),
      sending(target, 'b', {}, 'o-2'),
    ]);
    expect(grouped?.ok).toBe(true);
    expect(ungrouped).toMatchObject({ ok: false, error: expect.any(RefusedError) });
  });
});
