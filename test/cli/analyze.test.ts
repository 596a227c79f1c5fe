import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dlq, dlqOnTerminal, FIXTURES } from './dlq.ts';
import { analysisOf, message } from './message.ts';

const work = await mkdtemp(join(tmpdir(), 'dlq-analyze-'));
afterAll(() => rm(work, { recursive: true, force: true }));

const golden = (name: string) => join(import.meta.dirname, 'golden', name);
const FILE = ['analyze', '--file', 'messages.json'];

/** A file of the test's own, with this content. */
function file(content: string | Uint8Array): string {
  const path = join(work, 'messages.json');
  writeFileSync(path, content);
  return path;
}

describe('dlq analyze', () => {
  it('shows classes, groups, error types, sources and ages, and lists what it cannot read', async () => {
    const { code, out, err } = await dlq(FILE);
    await expect(out).toMatchFileSnapshot(golden('analyze.txt'));
    expect([code, err]).toEqual([1, 'dlq: messages.json: 3 messages cannot be read; the others are analysed\n']);
  });

  it('prints a document for programs with --json', async () => {
    const { code, out } = await dlq([...FILE, '--json']);
    await expect(out).toMatchFileSnapshot(golden('analyze.json'));
    expect(code).toBe(1);
  });

  it.each([48, 60, 80, 200])('fits %i columns', async (columns) => {
    const { out } = await dlq(FILE, { env: { COLUMNS: String(columns) } });
    if (columns === 60) await expect(out).toMatchFileSnapshot(golden('analyze-narrow.txt'));
    const lines = out.split('\n').filter((line) => /[│┌├└]/.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('fits the terminal, in colour unless NO_COLOR is set', async () => {
    const [colourful, plain, piped] = await Promise.all([
      dlqOnTerminal(60, FILE),
      dlqOnTerminal(60, FILE, { env: { NO_COLOR: '1' } }),
      dlq(FILE, { env: { COLUMNS: '60' } }),
    ]);
    expect(colourful.out).toContain('\u001b[1m');
    expect(plain.out).toBe(piped.out + piped.err);
  });

  it('shows an error’s type without secrets too', async () => {
    const { groups } = await analysisOf([message({ errorType: 'Error of jane@shop.example' })]);
    expect(groups[0]?.errorType).toBe('Error of [e-mail]');
  });

  it('prints no body, and no secret of an error text', async () => {
    const runs = await Promise.all([dlq(FILE), dlq([...FILE, '--json'])]);
    for (const { out, err } of runs) {
      expect(out + err).not.toContain('THE-BODY');
      expect(out).not.toMatch(/abcdef0123456789|jane@shop/);
      expect(out).toContain('[redacted]');
    }
  });
});

describe('what the healer would do', () => {
  it('is told for each verdict of a group, with the reason', async () => {
    const heal = (attempt: number) => ({
      'dlq-healer': { DataType: 'String', StringValue: JSON.stringify({ v: 1, origin: `o-${attempt}`, attempt }) },
    });
    const timeout = (attempt: number) => {
      const dead = message({ message: 'Task timed out after 3.00 seconds' });
      return { ...dead, MessageAttributes: { ...dead.MessageAttributes, ...heal(attempt) } };
    };
    const { groups, classes } = await analysisOf([timeout(0), timeout(3), timeout(0)]);
    expect(groups[0]?.verdicts).toMatchObject([
      { verdict: 'heal', letters: 2, next: expect.stringContaining('30 s on average') },
      { verdict: 'archive', letters: 1, reason: expect.stringContaining('3 of 3 heals used up') },
    ]);
    expect(classes).toEqual([{ class: 'TIMEOUT', letters: 3, verdicts: { heal: 2, archive: 1 } }]);
  });

  it('is quarantine for a body that killed five letters within a day, of which none says that it died before', async () => {
    const fiveOf = (at?: string) =>
      Array.from({ length: 5 }, () => message({ errorType: 'TypeError', at }, { Body: `same ${at}` }));
    const long = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const recent = new Date(Date.now() - 3_600_000).toISOString();
    const verdicts = async (messages: readonly unknown[]) =>
      (await analysisOf(messages)).groups.flatMap((group) => group.verdicts.map(({ verdict }) => verdict));
    expect(await verdicts(fiveOf())).toEqual(['quarantine']);
    expect(await verdicts(fiveOf(recent))).toEqual(['quarantine']);
    expect(await verdicts(fiveOf(long))).toEqual(['park']);
    expect(await verdicts(fiveOf().slice(1))).toEqual(['park']);
  });

  it('counts no body as poison whose deaths have their cause elsewhere', async () => {
    const same = Array.from({ length: 5 }, () => message({ httpStatus: 401 }, { Body: 'same' }));
    expect((await analysisOf(same)).classes).toEqual([{ class: 'AUTH_FAILURE', letters: 5, verdicts: { park: 5 } }]);
    const mixed = [...same.slice(1), message({ errorType: 'TypeError' }, { Body: 'same' })];
    expect((await analysisOf(mixed)).groups.map(({ verdicts }) => verdicts[0]?.verdict)).toEqual(['park', 'park']);
  });

  it.each([
    ['its source’s name', { DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:1:orders.fifo' }],
    ['its sequence number', { SequenceNumber: '18849496460467696128' }],
  ])('is no heal for a letter of a FIFO queue, known by %s', async (_what, Attributes) => {
    const { groups } = await analysisOf([message({ httpStatus: 503 }, { Attributes })]);
    expect(groups[0]?.verdicts).toMatchObject([
      { verdict: 'park', reason: expect.stringContaining('allow it with policy.heal_fifo') },
    ]);
  });

  it('leaves an event of EventBridge to a person: it belongs to no queue’s consumer', async () => {
    const event = message(
      {},
      {
        Attributes: {},
        MessageAttributes: {
          RULE_ARN: { DataType: 'String', StringValue: 'arn:aws:events:eu-central-1:1:rule/r' },
          ERROR_CODE: { DataType: 'String', StringValue: 'TIMEOUT' },
        },
      },
    );
    expect((await analysisOf([event])).classes).toEqual([{ class: 'TIMEOUT', letters: 1, verdicts: { park: 1 } }]);
  });
});

describe('groups', () => {
  it('are one for one fault on many letters, most letters first, with first and last seen', async () => {
    const at = (hour: string, text: string) => message({ message: text, at: `2026-11-22T${hour}:00:00Z` });
    const { groups } = await analysisOf([
      at('05', 'connect ECONNREFUSED 10.0.0.1:5432'),
      at('04', 'order 17 not found in table orders'),
      at('03', 'connect ECONNREFUSED 10.0.0.2:5432'),
    ]);
    expect(groups.map(({ letters }) => letters)).toEqual([2, 1]);
    expect(groups[0]).toMatchObject({
      queue: 'orders',
      class: 'DEPENDENCY_FAILURE',
      error: 'connect econnrefused <host>',
      errorType: null,
      firstSeen: '2026-11-22T03:00:00.000Z',
      lastSeen: '2026-11-22T05:00:00.000Z',
      example: expect.stringMatching(/^m-/),
      sources: [{ source: 'kit', letters: 2 }],
    });
  });

  it('are of one queue: each letter’s own, or the one that is named', async () => {
    const dead = { httpStatus: 503 };
    const other = { Attributes: { DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:1:invoices' } };
    const messages = [message(dead), message(dead, other), message(dead, { Attributes: {} })];
    expect((await analysisOf(messages)).groups.map(({ queue }) => queue)).toEqual(['orders', 'invoices', null]);
    const named = await analysisOf(messages, '--queue', 'shop');
    expect(named.groups.map(({ queue, letters }) => [queue, letters])).toEqual([['shop', 3]]);
  });

  it('are cut to twenty on paper, never in the document', async () => {
    const word = (n: number) => n.toString(36).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    const messages = Array.from({ length: 23 }, (_, n) => message({ errorType: `Odd${word(n + 99)}Error` }));
    const path = file(JSON.stringify(messages));
    const { out } = await dlq(['analyze', '--file', path]);
    expect(out).toContain('… and 3 more groups (--json has all)');
    expect((await analysisOf(messages)).groups).toHaveLength(23);
  });

  it('follow the user’s rules, which may ask for the queue, attributes and the body', async () => {
    const { groups } = await analysisOf(
      [
        message(
          {},
          {
            Body: '{"order_id":"test-1"}',
            MessageAttributes: { tenant: { DataType: 'String', StringValue: 'acme' } },
          },
        ),
      ],
      '--rules',
      join(FIXTURES, 'rules.json'),
    );
    expect(groups).toMatchObject([
      { class: 'TEST_ORDER', rule: 'user:test-orders', verdicts: [{ verdict: 'archive' }] },
    ]);
  });
});
