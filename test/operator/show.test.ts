import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineageRow } from '../../handlers/aws/letter-row.ts';
import { expectGolden } from './golden.ts';
import { AUTH, BUG, DOWN, die, INVALID, refused, relapse, untold, untoldOptions } from './looked.ts';
import { answerOf, type Operated, type OperatedStack, operatedStack, startOperated } from './operated.ts';

let operated: Operated;
let stack: OperatedStack;
const ID = '7f9d2a10-0001-4000-8000-000000000001';
const OTHER = '7f9d2a10-0001-4000-8000-000000000002';
const SECRET = 'do-not-show-me';

beforeAll(async () => {
  operated = await startOperated();
  stack = await operatedStack(operated);
  const text = (stringValue: string) => ({
    stringValue,
    dataType: 'String',
    stringListValues: [],
    binaryListValues: [],
  });
  const error = {
    ...BUG,
    stack: `${BUG.errorType}: ${BUG.message}\n    at total (/app/order.js:10:3)\n    at key (password=${SECRET})`,
    logGroup: '/aws/lambda/orders',
    requestId: 'request-1',
  };
  await die(stack, [
    { id: ID, error, body: `{"card":"${SECRET}"}\n\u001b[2Jx`, attributes: { tenant: text(SECRET) } },
    { id: OTHER, error },
    { id: 'archived-1', error: INVALID },
    { id: 'waits-1', error: AUTH },
  ]);
  await relapse(stack, ['d1', 'd2', 'd3', 'd4', 'd5'], DOWN);
});
afterAll(() => operated.stop());

const show = (id: string, ...more: string[]) => operated.dlq(['show', id, '--stack', stack.name, ...more]);
const plain = (out: string) =>
  out.replaceAll(stack.name, 'shop-prod').replace(/dt=[\d-]+\/[0-9a-f]{32}\.jsonl\.gz \(bytes \d+ to \d+\)/g, 'dt=…');
const groupOf = async (id: string) =>
  answerOf<{ deaths: { group: string }[] }>(await show(id, '--json')).deaths.at(-1)?.group ?? '';

describe('show of a letter', () => {
  it('tells all of it but its payload', async () => {
    const ran = await show(ID);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).not.toContain(SECRET);
    await expectGolden('show-letter.txt', plain(ran.out));
    const json = await show(ID, '--json');
    expect(json.out).not.toContain(SECRET);
    const document = answerOf(json);
    expect(untold(document)).toEqual([]);
    expect(await untoldOptions(operated, 'show')).toEqual([]);
    expect(document).toMatchObject({
      ...{ version: 1, kind: 'letter', stack: stack.name, id: ID, status: 'waiting', unread: [] },
      deaths: [
        {
          ...{ queue: 'orders', attempt: 0, class: 'CODE_BUG', releasedBy: 'person', inLot: true, healKey: `${ID}.1` },
          archive: { url: expect.stringMatching(/^s3:/), offset: 0 },
          record: {
            evidence: { source: 'kit', errorType: 'TypeError', requestId: 'request-1' },
            attributes: [
              { name: 'dlq-evidence', value: null },
              { name: 'tenant', type: 'String', value: null },
            ],
            logsUrl: expect.stringContaining('$252Faws$252Flambda$252Forders'),
            ...{ body: null, messageGroupId: null },
          },
        },
      ],
    });
  });

  it('shows the payload where that is asked for, and never more than text', async () => {
    const { out } = await show(ID, '--body');
    expect(out).toContain(`Body\n{"card":"${SECRET}"}\n [2Jx\n`);
    expect(out).toContain(`tenant (String): ${SECRET}`);
    const json = answerOf(await show(ID, '--body', '--json'));
    expect(json).toMatchObject({ deaths: [{ record: { body: `{"card":"${SECRET}"}\n\u001b[2Jx` } }] });
  });

  it('that was healed and died again has all of its deaths', async () => {
    const ran = await show('d1');
    await expectGolden('show-relapsed.txt', plain(ran.out));
    expect(answerOf(await show('d1', '--json'))).toMatchObject({
      status: 'parked',
      timeline: [
        { what: expect.stringMatching(/^died in orders as message d1/) },
        { what: expect.stringMatching(/^healed as message/) },
        { what: expect.stringMatching(/^died in orders again, after 1 heal/) },
        { what: expect.stringMatching(/^parked until its group’s canary/) },
      ],
      deaths: [
        { status: 'healed', archive: null, record: null },
        { status: 'parked', record: { bodyBytes: 51 } },
      ],
    });
  });

  it.each([
    [
      'waits-1',
      'waiting',
      /it waits, whole, for a person/,
      [/^dlq release /, /^dlq edit /, /^dlq replay /, /^dlq show /],
    ],
    ['archived-1', 'archived', /it is kept whole in the archive/, [/^dlq edit /, /^dlq replay /, /^dlq show /]],
  ])('%s is %s: what happens next, and what helps', async (id, status, next, commands) => {
    const answer = answerOf<{ next: string; commands: { command: string }[] }>(await show(id, '--json'));
    expect(answer).toMatchObject({ status, next: expect.stringMatching(next) });
    expect(answer.commands.map(({ command }) => command)).toEqual(
      commands.map((pattern) => expect.stringMatching(pattern)),
    );
    expect(answer.commands[0]?.command).toContain(`--stack ${stack.name} --queue orders`);
  });

  it('is found by its heal key, and by a message id whose lineage is noted', async () => {
    const row = lineageRow('new-message', { originId: ID, attempt: 1, group: 'g' }, Date.now());
    await operated.cloud.db.send(new PutCommand({ TableName: stack.tables.ledger, Item: row }));
    for (const id of [`${ID}.1`, 'new-message'])
      expect(answerOf(await show(id, '--json'))).toMatchObject({ kind: 'letter', id: ID });
  });

  it('tells that it was changed by hand, and where the audit says by whom', async () => {
    const [row] = (await stack.rows()).filter(({ originId }) => originId === OTHER);
    await operated.cloud.db.send(
      new UpdateCommand({
        TableName: stack.tables.ledger,
        Key: { pk: row?.pk, sk: row?.sk },
        UpdateExpression: 'SET #s = :healed, healedMessageId = :id, replayedBy = :who',
        ExpressionAttributeNames: { '#s': 'status' },
        ExpressionAttributeValues: { ':healed': 'healed', ':id': 'm-2', ':who': '8c37c423' },
      }),
    );
    expect((await show(OTHER)).out.replace(/\n +/g, ' ')).toMatch(
      /set free and healed as message m-2 \[.*\], replayed by hand \(audit 8c37c423\)/,
    );
  });

  it('whose archive may not be read is shown without it', async () => {
    const ran = await refused(operated, ['s3:GetObject'], () => show(ID));
    expect(ran).toMatchObject({ code: 1, err: expect.stringMatching(/\(archive\): .*may not s3:GetObject/) });
    expect(ran.out).toContain('CODE_BUG by builtin:');
    expect(ran.out).not.toContain('Evidence');
  });

  it('that the healer gave back at once has no body to show', async () => {
    await die(stack, [{ id: 'healed-1', error: { errorType: 'TimeoutError', message: 'timed out after 3000 ms' } }]);
    const ran = await show('healed-1', '--body');
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('there is no body to show') });
    expect(ran.out).toContain('nothing, unless it dies again: heal 1 was sent as message');
  });

  it('parked for a time says until when', async () => {
    await die(stack, [{ id: 'later-1', error: { errorType: 'ThrottlingException', message: 'Rate exceeded' } }]);
    const rows = (await stack.rows()).filter(({ originId }) => originId === 'later-1');
    const Key = { pk: rows[0]?.pk, sk: rows[0]?.sk };
    await operated.cloud.db.send(
      new UpdateCommand({
        ...{ TableName: stack.tables.ledger, Key, UpdateExpression: 'SET #s = :parked, dueKey = :lot, dueAt = :due' },
        ExpressionAttributeNames: { '#s': 'status' },
        ExpressionAttributeValues: { ':parked': 'parked', ':lot': 'due#orders', ':due': '2026-12-01T10:00:00.000Z' },
      }),
    );
    const answer = answerOf(await show('later-1', '--json'));
    expect(answer).toMatchObject({
      status: 'parked',
      next: expect.stringMatching(/sent back .* at 2026-12-01 10:00:00 UTC/),
    });
  });
});

describe('show of a group', () => {
  it('tells how it stands, what lies there, and what to do', async () => {
    const group = await groupOf('waits-1');
    const ran = await show(group);
    expect(ran).toMatchObject({ code: 0, err: '' });
    await expectGolden('show-group.txt', plain(ran.out));
    const document = answerOf(await show(group, '--json'));
    expect(untold(document)).toEqual([]);
    expect(document).toMatchObject({
      ...{ version: 1, kind: 'group', stack: stack.name, kept: { count: 1, more: false }, unread: [] },
      group: { group, class: 'AUTH_FAILURE', now: { waiting: 1 } },
      letters: [{ id: 'waits-1', status: 'waiting', attempt: 0, dueAt: null }],
      example: { id: 'waits-1', evidence: { errorType: 'HttpError' } },
      advice: expect.stringMatching(/^Renew or grant the credential/),
    });
  });

  it('whose dependency is down says that it goes on by itself, and how to try now', async () => {
    const group = await groupOf('d1');
    const answer = answerOf(await show(group, '--json'));
    expect(answer).toMatchObject({
      kept: { count: 5 },
      letters: ['d5', 'd4', 'd3', 'd2', 'd1'].map((id) => ({ id, attempt: 1, status: 'parked' })),
      advice: expect.stringMatching(new RegExp(`^Nothing, if .* To try now: dlq release ${group} --stack`)),
    });
  });

  it('of which nothing waits gives no advice', async () => {
    const answer = answerOf(await show(await groupOf('archived-1'), '--json'));
    expect(answer).toMatchObject({
      advice: null,
      letters: [],
      example: { id: 'archived-1', evidence: { source: 'kit' } },
    });
  });

  it('of which there are very many letters shows the newest twenty', async () => {
    const full = await operatedStack(operated);
    const ids = Array.from({ length: 22 }, (_, i) => `m${i}`);
    await die(
      full,
      ids.map((id) => ({ id, error: AUTH })),
    );
    const [row] = await full.groups();
    const ran = await operated.dlq(['show', String(row?.group), '--stack', full.name]);
    expect(ran.out).toContain('The newest 20 of 22 letters that lie there');
    expect(ran.out.match(/^ {2}m\d+ /gm)).toHaveLength(20);
  });
});

describe('show refuses', () => {
  it('what nobody knows, and says where ids come from', async () => {
    const ran = await show('nobody');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(`stack ${stack.name} knows no letter and no group nobody.`);
    expect(ran.err).toContain('its attribute "dlq-healer" names the origin');
    expect(ran.err).toContain(`dlq peek --stack ${stack.name}`);
  });

  it('a message whose failure the consumer noted but that the healer has not seen', async () => {
    const Item = { pk: 'message#failed-1', sk: 'failure', evidence: '{}' };
    await operated.cloud.db.send(new PutCommand({ TableName: stack.tables.ledger, Item }));
    expect(await show('failed-1')).toMatchObject({ code: 1, err: expect.stringContaining('has not handled it') });
  });

  it.each([
    [['0123456789ab'], 1, /has no group 0123456789ab in orders: dlq groups --stack \S+ --all/],
    [[ID, '--queue', 'payments'], 2, /has no queue "payments"/],
    [[ID, '--dlq', 'legacy-dlq'], 2, /dlq peek --dlq legacy-dlq shows them/],
    [[], 2, /missing required argument 'id'/],
  ])('%j', async ([...args], code, told) => {
    const ran = await operated.dlq(['show', ...args, ...(args.includes('--dlq') ? [] : ['--stack', stack.name])]);
    expect(ran).toMatchObject({ code, out: '', err: expect.stringMatching(told) });
  });
});
