import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restore } from '../../handlers/core/archive-record.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { dlqOnTerminal } from '../cli/dlq.ts';
import { deadRecord } from '../healer/cloud.ts';
import type { Call, Fault } from '../local-aws/gateway/call.ts';
import { expectDocumented } from './documented.ts';
import { expectGolden } from './golden.ts';
import { letDie, received, unmanagedQueues } from './letters.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
beforeAll(async () => {
  operated = await startOperated();
});
afterAll(() => operated.stop());

const INVALID = { errorType: 'ValidationError', message: 'currency must be one of EUR, USD' };
const BODY = '{"order_id":"a","amount":12345678901234567890,"total":10.0,"currency":"XXX"}';
const text = (stringValue: string, dataType = 'String') => ({
  ...{ stringValue, dataType },
  ...{ stringListValues: [], binaryListValues: [] },
});

type Row = Awaited<ReturnType<OperatedStack['rows']>>[number];

/** A stack that keeps one letter, with everything that must not be lost on its way. */
async function kept(body = BODY, over: Parameters<typeof operatedStack>[1] = {}) {
  const stack = await operatedStack(operated, over);
  const record = deadRecord(stack.dlqArn, {
    id: 'a',
    body,
    error: INVALID,
    attributes: {
      tenant: text('t-1'),
      weight: text('1.50', 'Number.kg'),
      picture: { binaryValue: 'AAEC/w==', dataType: 'Binary.png', stringListValues: [], binaryListValues: [] },
    },
    system: { MessageGroupId: 'tenant-1', AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
  });
  expect(await healBatch(stack.healer, { Records: [record] }, 30_000)).toEqual({ batchItemFailures: [] });
  const edit = (args: readonly string[], setting: Parameters<Operated['dlq']>[1] = {}) =>
    operated.dlq(['edit', 'a', '--stack', stack.name, ...args], setting);
  const row = async (): Promise<Row> => (await stack.rows())[0] ?? { pk: '', sk: '' };
  return { stack, edit, row };
}

/** An editor that keeps what it was given, and makes of it what the script's last expression says. */
async function editor(name: string, change: string): Promise<{ EDITOR: string; seen: () => Promise<string> }> {
  const path = join(operated.state, `${name}.mjs`);
  const seen = join(operated.state, `${name}.seen`);
  await writeFile(
    path,
    `import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2];
const text = readFileSync(file, 'utf8');
writeFileSync(${JSON.stringify(seen)}, text);
writeFileSync(file, ${change});`,
  );
  return { EDITOR: `${process.execPath} ${path}`, seen: () => readFile(seen, 'utf8') };
}

const TO_EUR = "text.replace('XXX', 'EUR')";
const MENDED = BODY.replace('XXX', 'EUR');

async function archivedBody(stack: OperatedStack): Promise<string> {
  const [row] = await stack.rows();
  return restore(await stack.healer.archive.read(row?.archive as never)).letter.body;
}

describe('edit', () => {
  it('sends the letter with the body from the editor, whole but for that; both name each other', async () => {
    const { stack, edit, row } = await kept();
    const { EDITOR, seen } = await editor('mends', TO_EUR);
    const answer = answerOf<{ messageId: string; audit: string }>(
      await edit(['--yes', '--json'], { env: { EDITOR, TMPDIR: operated.state } }),
    );
    expect(answer).toMatchObject({
      ...{ version: 1, stack: stack.name, queue: 'orders', id: 'a', attempt: 0, status: 'archived' },
      ...{ failureClass: 'VALIDATION_ERROR', bytes: { before: BODY.length, after: MENDED.length } },
      ...{ target: { kind: 'queue' }, lines: { added: 1, removed: 1 }, draft: null, changed: true },
    });
    expectDocumented('docs/cli/state.md', answer);
    expect(await seen()).toContain('\n  "amount": 12345678901234567890,\n  "total": 10.0,\n');
    const [sent, ...others] = await stack.sent();
    expect(others).toEqual([]);
    const { 'dlq-healer': mark, ...attributes } = sent?.MessageAttributes ?? {};
    expect(sent).toMatchObject({
      Body: MENDED,
      MessageId: answer.messageId,
      Attributes: { MessageGroupId: 'tenant-1', AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
    });
    expect(attributes).toEqual({
      tenant: { DataType: 'String', StringValue: 't-1' },
      weight: { DataType: 'Number.kg', StringValue: '1.50' },
      picture: { DataType: 'Binary.png', BinaryValue: new Uint8Array([0, 1, 2, 255]) },
    });
    const { group } = await row();
    expect(JSON.parse(mark?.StringValue ?? '')).toEqual({ v: 1, origin: 'a', attempt: 1, group, repair: 'edit' });
    expect(await row()).toMatchObject({
      status: 'healed',
      healedMessageId: answer.messageId,
      editedBy: answer.audit,
    });
    expect(await archivedBody(stack)).toBe(BODY);
    const audit = await operated.dlq(['audit', '--stack', stack.name, '--json']);
    expect(answerOf(audit)).toMatchObject({
      entries: [{ command: 'edit', id: answer.audit, letters: { sent: 1 }, ids: ['a'], outcome: 'done' }],
    });
    expect((await readdir(operated.state)).filter((name) => name.startsWith('dlq-edit-'))).toEqual([]);
  });

  it('is known again where the mended letter dies: as its next death', async () => {
    const { stack, edit } = await kept();
    answerOf(await edit(['--merge', '{"currency":"EUR"}', '--yes', '--json']));
    const mark = (await stack.sent())[0]?.MessageAttributes?.['dlq-healer']?.StringValue ?? '';
    const error = { errorType: 'TypeError', message: 'x is undefined' };
    const again = deadRecord(stack.dlqArn, { id: 'b', error, attributes: { 'dlq-healer': text(mark) } });
    await healBatch(stack.healer, { Records: [again] }, 30_000);
    const rows = (await stack.rows()).map(({ originId, attempt, status }) => ({ originId, attempt, status }));
    expect(rows).toEqual([
      { originId: 'a', attempt: 0, status: 'healed' },
      { originId: 'a', attempt: 1, status: 'waiting' },
    ]);
    const ran = await edit(['--merge', '{"currency":"USD"}', '--dry-run', '--json']);
    expect(answerOf(ran)).toMatchObject({ attempt: 1, status: 'waiting', changed: false });
  });

  it.each([
    ['waiting', ['--merge', '{"currency":"EUR"}']],
    [
      'parked',
      ['--patch', '[{"op":"test","path":"/total","value":10},{"op":"replace","path":"/currency","value":"EUR"}]'],
    ],
    ['quarantined', ['--patch', 'patch.json']],
    ['archived', ['--body', 'body.json']],
  ])('of a letter that is %s takes %j, and keeps the digits of numbers', async (status, args) => {
    const { stack, edit, row } = await kept();
    const { pk, sk } = await row();
    await operated.cloud.db.send(
      new UpdateCommand({
        TableName: stack.tables.ledger,
        Key: { pk, sk },
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': status },
      }),
    );
    const files = { 'patch.json': '[{"op":"replace","path":"/currency","value":"EUR"}]', 'body.json': MENDED };
    for (const [name, content] of Object.entries(files)) await writeFile(join(operated.state, name), content);
    const given = args.map((arg) => (arg in files ? join(operated.state, arg) : arg));
    expect(answerOf(await edit([...given, '--yes', '--json']))).toMatchObject({ status, changed: true });
    expect((await stack.sent()).map(({ Body }) => Body)).toEqual([MENDED]);
  });

  it('shows first what is changed, coloured on a terminal', async () => {
    const { stack, edit } = await kept();
    const shown = await edit(['--merge', '{"currency":"EUR","total":null}', '--dry-run']);
    const source = stack.sourceUrl.split('/').at(-1) ?? '';
    await expectGolden('edit.txt', shown.out.replaceAll(source, 'orders'));
    const args = ['edit', 'a', '--stack', stack.name, '--merge', '{"currency":"EUR"}', '--dry-run'];
    const { out } = await dlqOnTerminal(100, args, { env: operated.env });
    expect(out).toContain('\u001b[31m-  "currency": "XXX"\u001b[39m');
    expect(out).toContain('\u001b[32m+  "currency": "EUR"\u001b[39m');
    expect(await stack.sent()).toEqual([]);
  });

  it('says where a text from the editor lies whenever it was not sent', async () => {
    const { stack, edit, row } = await kept();
    const before = await row();
    const { EDITOR } = await editor('breaks', "text.replace('XXX', 'EUR').replace('}', ',}')");
    const draftIn = (said: string) => /[Yy]our text lies in (\S+)/.exec(said)?.[1] ?? 'nowhere';
    const dry = await edit(['--dry-run'], { env: { EDITOR } });
    expect(dry.out).toContain('the body was JSON and is not any more');
    expect(await readFile(draftIn(dry.err), 'utf8')).toContain('"currency": "EUR"\n,}');
    operated.cloud.faults.set('operator', async ({ action }) =>
      action === 'SendMessageBatch' ? { kind: 'fail', status: 400, code: 'AccessDenied' } : { kind: 'pass' },
    );
    const failed = await edit(['--yes'], { env: { EDITOR } });
    operated.cloud.faults.delete('operator');
    expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('sqs:SendMessage') });
    expect(existsSync(draftIn(failed.err))).toBe(true);
    const empties = await editor('empties', "''");
    const unfit = await edit(['--yes'], { env: { EDITOR: empties.EDITOR } });
    expect(unfit).toMatchObject({ code: 1, err: expect.stringContaining('must not be empty') });
    expect(existsSync(draftIn(unfit.err))).toBe(true);
    const gone = await edit(['--yes'], { env: { EDITOR: `${process.execPath} -e process.exit(3)` } });
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('ended with code 3') });
    expect(existsSync(draftIn(gone.err))).toBe(true);
    const none = await edit(['--yes'], { env: { EDITOR: '/nowhere/editor' } });
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('set EDITOR') });
    expect(await row()).toEqual(before);
    expect(await stack.sent()).toEqual([]);
  });

  it.each([
    [['--merge', '{"currency":"XXX"}'], 1, 'changed nothing'],
    [['--patch', '[{"op":"remove","path":"/nothing"}]'], 1, 'operation 0 (remove "/nothing") must name something'],
    [['--patch', '[{"op":"rmove","path":"/total"}]'], 2, '--patch[0].op must be add'],
    [['--merge', '{"currency":}'], 2, '--merge must be JSON'],
    [['--patch', 'nowhere.json'], 2, 'nowhere.json: there is no such file'],
    [['--patch', '[]', '--body', 'x'], 2, 'pass one of --patch, --merge and --body'],
    [['--dry-run'], 2, 'there is no terminal for an editor'],
    [['--merge', '{"currency":"\\uffff"}', '--queue', 'refunds'], 2, 'has no queue "refunds"'],
  ])('with %j is refused', async (args, code, told) => {
    const { stack, edit, row } = await kept();
    const before = await row();
    const ran = await edit(args.includes('--dry-run') ? args : [...args, '--yes']);
    expect(ran).toMatchObject({ code, err: expect.stringContaining(told) });
    expect(await row()).toEqual(before);
    expect(await stack.sent()).toEqual([]);
  });

  it('refuses what nothing was changed in, whatever new line the editor ends it with', async () => {
    const { stack, edit } = await kept('a plain text');
    const { EDITOR } = await editor('ends', "text + '\\n'");
    const ran = await edit(['--yes'], { env: { EDITOR } });
    expect(ran).toMatchObject({ code: 1, err: 'dlq: nothing was changed: the letter stays where it is\n' });
    expect(await stack.sent()).toEqual([]);
  });

  it('refuses a letter that is not kept, or that another run is sending', async () => {
    const { stack, edit, row } = await kept();
    const merge = ['--merge', '{"currency":"EUR"}', '--yes'];
    const other = await operated.dlq(['edit', 'b', '--stack', stack.name, ...merge]);
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('keeps no letter b') });
    await leaseUntil(stack, await row(), Date.now() + 60_000);
    expect(await edit(merge)).toMatchObject({ code: 1, err: expect.stringContaining('being sent by another run') });
    await leaseUntil(stack, await row(), Date.now() - 60_000);
    const warned = await edit([...merge, '--dry-run']);
    expect(warned.out).toContain('an earlier run was about to send it');
    expect(await edit(merge)).toMatchObject({ code: 0 });
    expect(await edit(merge)).toMatchObject({ code: 1, err: expect.stringContaining('it was healed as message') });
    expect(await stack.sent()).toHaveLength(1);
  });
});

async function leaseUntil(stack: OperatedStack, { pk, sk }: { pk: string; sk: string }, until: number) {
  await operated.cloud.db.send(
    new UpdateCommand({
      TableName: stack.tables.ledger,
      Key: { pk, sk },
      UpdateExpression: 'SET leaseUntil = :until',
      ExpressionAttributeValues: { ':until': new Date(until).toISOString() },
    }),
  );
}

const PASS: Fault = { kind: 'pass' };

async function disturbed<T>(hook: (call: Call, number: number) => Fault | Promise<Fault>, run: () => Promise<T>) {
  let number = 0;
  operated.cloud.faults.set('operator', async (call) => hook(call, number++));
  const ran = await run();
  operated.cloud.faults.delete('operator');
  return { ran, calls: number };
}

const DEAD: Fault = { kind: 'fail', status: 400, code: 'AccessDeniedException', message: 'not any more' };

describe('an edit that dies', () => {
  it('at any of its calls loses no letter; the next one sends it under the same heal key', async () => {
    const args = ['--merge', '{"currency":"EUR"}', '--yes', '--json'];
    const { calls } = await kept().then(({ edit }) =>
      disturbed(
        () => PASS,
        () => edit(args),
      ),
    );
    expect(calls).toBeGreaterThan(7);
    for (let at = 0; at < calls; at++) {
      const { stack, edit, row } = await kept();
      await disturbed(
        (_, number) => (number < at ? PASS : DEAD),
        () => edit(args),
      );
      const between = await row();
      const isSent = between.status === 'healed';
      if (!isSent) expect(between, `call ${at}`).toMatchObject({ status: 'archived', archive: expect.anything() });
      if (between.leaseUntil !== undefined) await leaseUntil(stack, between, Date.now() - 1000);
      const again = await edit(args);
      expect(again.code, `call ${at}: ${again.err}`).toBe(isSent ? 1 : 0);
      const sent = await stack.sent();
      expect(sent.length).toBeGreaterThanOrEqual(1);
      expect(sent.length).toBeLessThanOrEqual(2);
      for (const { Body, MessageAttributes } of sent) {
        expect(Body).toBe(MENDED);
        expect(JSON.parse(MessageAttributes?.['dlq-healer']?.StringValue ?? '')).toMatchObject({
          origin: 'a',
          attempt: 1,
        });
      }
      expect(await row()).toMatchObject({ status: 'healed' });
    }
  });

  it('on a FIFO queue after the send: another text is another message, which the queue delivers', async () => {
    const { stack, edit, row } = await kept(BODY, { queue: { fifo: true } });
    const merge = (currency: string) => ['--merge', JSON.stringify({ currency }), '--yes', '--json'];
    let isSent = false;
    await disturbed(
      ({ action }) => {
        if (isSent) return DEAD;
        isSent = action === 'SendMessageBatch';
        return PASS;
      },
      () => edit(merge('EUR')),
    );
    await leaseUntil(stack, await row(), Date.now() - 1000);
    answerOf(await edit(merge('USD')));
    expect((await stack.sent()).map(({ Body }) => JSON.parse(Body ?? '').currency)).toEqual(['EUR', 'USD']);
  });
});

let queues = 0;

/** A DLQ that no stack manages, with three dead letters. */
async function unmanaged() {
  queues += 1;
  const { dlq, source } = await unmanagedQueues(operated.cloud, `edited-${queues}`);
  const entries = ['x', 'y', 'z'].map((order_id) => ({
    MessageBody: JSON.stringify({ order_id, currency: 'XXX' }),
    MessageAttributes: {
      weight: { DataType: 'Number.kg', StringValue: '1.50' },
      picture: { DataType: 'Binary.png', BinaryValue: new Uint8Array([0, 1, 2, 255]) },
    },
    MessageGroupId: 'tenant-1',
  }));
  const [, id = ''] = await letDie(operated.cloud, source.url, entries);
  const edit = (...args: string[]) => operated.dlq(['edit', id, '--dlq', dlq.url, ...args]);
  return { dlq, source, id, edit };
}

const EUR = ['--merge', '{"currency":"EUR"}', '--yes', '--json'];

/** Files that hold originals of letters that no archive keeps. */
async function originals(): Promise<string[]> {
  const all = await readdir(join(operated.state, 'originals'), { recursive: true }).catch(() => []);
  return all.filter((name) => name.endsWith('.json')).map((name) => join(operated.state, 'originals', name));
}

describe('edit of a letter in a DLQ that no stack manages', () => {
  it('sends it to its source, keeps the original until then, and gives the others back', async () => {
    const { dlq, source, id, edit } = await unmanaged();
    let original = '';
    const { ran } = await disturbed(
      async ({ action }) => {
        if (action === 'SendMessageBatch') original = await readFile((await originals())[0] ?? '', 'utf8');
        return PASS;
      },
      () => edit(...EUR),
    );
    const answer = answerOf<{ messageId: string }>(ran);
    expect(answer).toMatchObject({ stack: null, queue: dlq.name, id, status: null, changed: true });
    expect(JSON.parse(original)).toMatchObject({
      body: '{"order_id":"y","currency":"XXX"}',
      attributes: { picture: { binaryBase64: 'AAEC/w==' }, weight: { dataType: 'Number.kg' } },
    });
    expect(await originals()).toEqual([]);
    const [sent, ...more] = await received(operated.cloud, source.url);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({
      ...{ MessageId: answer.messageId, Body: '{"order_id":"y","currency":"EUR"}' },
      Attributes: { MessageGroupId: 'tenant-1' },
      MessageAttributes: { weight: { DataType: 'Number.kg', StringValue: '1.50' } },
    });
    expect(sent?.MessageAttributes?.picture?.BinaryValue).toEqual(new Uint8Array([0, 1, 2, 255]));
    // Visible at once.
    const left = await received(operated.cloud, dlq.url);
    expect(left.map(({ Body }) => JSON.parse(Body ?? '').order_id).sort()).toEqual(['x', 'z']);
    const { entries } = answerOf<{ entries: object[] }>(await operated.dlq(['audit', '--local', '--json']));
    expect(entries[0]).toMatchObject({ command: 'edit', queue: dlq.name, outcome: 'done', ids: [id] });
  });

  it('leaves it where it is without a yes, visible to others', async () => {
    const { dlq, source, edit } = await unmanaged();
    expect(answerOf(await edit('--merge', '{"currency":"EUR"}', '--dry-run', '--json'))).toMatchObject({
      changed: false,
    });
    expect(await received(operated.cloud, dlq.url)).toHaveLength(3);
    expect(await received(operated.cloud, source.url)).toEqual([]);
    expect(await originals()).toEqual([]);
  });

  it('says so where it is not found', async () => {
    const { dlq } = await unmanaged();
    const ran = await operated.dlq(['edit', 'nobody', '--dlq', dlq.url, ...EUR]);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('no letter nobody among the 3 letters') });
    expect(await received(operated.cloud, dlq.url)).toHaveLength(3);
  });

  it('that dies between send and delete is finished by the next run, which does not send it again', async () => {
    const { dlq, source, edit } = await unmanaged();
    const { ran } = await disturbed(
      ({ action }) => (action === 'DeleteMessageBatch' ? DEAD : PASS),
      () => edit(...EUR),
    );
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('was sent, but SQS did not delete it') });
    expect(await originals()).toHaveLength(1);
    expect(answerOf(await edit(...EUR, '--dry-run'))).toMatchObject({ changed: false });
    expect(answerOf(await edit(...EUR))).toMatchObject({ changed: true, messageId: null });
    expect(await received(operated.cloud, source.url)).toHaveLength(1);
    expect(await received(operated.cloud, dlq.url)).toHaveLength(2);
    expect(await originals()).toEqual([]);
  });

  it('that dies at any of its calls loses nothing', async () => {
    const { calls } = await unmanaged().then(({ edit }) =>
      disturbed(
        () => PASS,
        () => edit(...EUR),
      ),
    );
    for (let at = 0; at < calls; at++) {
      const { dlq, source, edit } = await unmanaged();
      await disturbed(
        (_, number) => (number < at ? PASS : DEAD),
        () => edit(...EUR),
      );
      const sent = (await operated.cloud.stored(source.name)).length;
      const left = (await operated.cloud.stored(dlq.name)).length;
      expect(sent + left, `call ${at}`).toBeGreaterThanOrEqual(3);
      expect(sent, `call ${at}`).toBeLessThanOrEqual(1);
    }
  });
});
