import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../cli/analyze/analysis.ts';
import { dlq, dlqOnTerminal } from './dlq.ts';
import { analysisOf, message } from './message.ts';

const work = await mkdtemp(join(tmpdir(), 'dlq-analyze-input-'));
afterAll(() => rm(work, { recursive: true, force: true }));

/** A file of the test's own, with this content. */
function file(content: string | Uint8Array): string {
  const path = join(work, 'messages.json');
  writeFileSync(path, content);
  return path;
}

describe('a file', () => {
  const two = () => [message({ httpStatus: 503 }), message({ httpStatus: 503 })];
  const ran = async (content: string | Uint8Array) => {
    const { code, out, err } = await dlq(['analyze', '--json', '--file', file(content)]);
    return { code, err, ...(out === '' ? {} : { letters: (JSON.parse(out) as Analysis).letters }) };
  };
  const fine = { code: 0, err: '', letters: 2 };

  it.each<[string, (messages: readonly unknown[]) => string]>([
    ['what one call printed', (Messages) => JSON.stringify({ Messages }, null, 4)],
    ['what two calls printed', (all) => all.map((one) => JSON.stringify({ Messages: [one] }, null, 4)).join('\n')],
    ['several without anything between', (all) => all.map((one) => JSON.stringify({ Messages: [one] })).join('')],
    ['a bare list', (all) => JSON.stringify(all)],
    ['JSON Lines of messages', (all) => all.map((one) => JSON.stringify(one)).join('\n')],
    ['a file with an order mark', (Messages) => `\ufeff${JSON.stringify({ Messages })}`],
    [
      'brackets, quotes and backslashes in bodies',
      (all) => JSON.stringify(all.map((one) => ({ ...(one as object), Body: '}]\\"{[\\' }))),
    ],
  ])('may be %s', async (_what, print) => {
    expect(await ran(print(two()))).toEqual(fine);
  });

  it('may be standard input', async () => {
    const { code, out } = await dlq(['analyze', '--json', '--file', '-'], { input: JSON.stringify(two()) });
    expect([code, JSON.parse(out).letters]).toEqual([0, 2]);
  });

  it('may hold a letter twice: SQS hands it out again', async () => {
    const [one] = two();
    const { out } = await dlq(['analyze', '--json', '--file', file(JSON.stringify([one, one]))]);
    expect(JSON.parse(out)).toMatchObject({ letters: 1, repeated: 1 });
  });

  it.each(['', ' \n'])('may be empty, and then does not pass for an empty queue', async (content) => {
    const { code, out, err } = await dlq(['analyze', '--file', file(content)]);
    expect([code, out]).toEqual([0, `0 letters in ${join(work, 'messages.json')}\n`]);
    for (const part of ['does not say that the queue is', 'where it failed', 'another receive hides', 'NotVisible'])
      expect(err).toContain(part);
  });

  it.each([
    ['one that ends in the middle', '{"Messages": [', 'the document in line 6: it ends in the middle'],
    ['words', 'Unable to locate credentials', 'the document in line 6: it is no JSON object and no list'],
    ['another document', '{"Queue": "x"}', 'it is no {"Messages": […]}, no list of messages and no message'],
    ['what is not well-formed', '{"Messages": [}]', 'the document in line 6: it is not well-formed JSON'],
  ])('may hold %s behind the letters, which are analysed all the same', async (_what, rest, reason) => {
    const letters = JSON.stringify(two(), null, 1).split('\n').slice(0, -1).join(' ');
    const { code, out } = await dlq(['analyze', '--file', file(`${letters}\n]\n\n\n\n${rest}`)]);
    expect(code).toBe(1);
    expect(out).toMatch(/^2 letters in .*, 1 message that cannot be read\n/);
    expect(out).toContain(reason);
  });

  it('is refused in UTF-16, as PowerShell writes it, with what to do', async () => {
    const utf16 = Buffer.from(`\ufeff${JSON.stringify(two())}`, 'utf16le');
    expect(await ran(utf16)).toEqual({
      code: 1,
      err: `dlq: cannot read ${join(work, 'messages.json')}: it is in UTF-16, and JSON is UTF-8: convert it (iconv -f UTF-16 -t UTF-8)\n`,
    });
  });

  it('that is not there is told of', async () => {
    expect(await dlq(['analyze', '--file', 'nowhere.json'])).toEqual({
      code: 1,
      out: '',
      err: 'dlq: cannot read nowhere.json: there is no such file\n',
    });
  });

  it.each([[['analyze']], [['analyze', '--json']]])('must be named: dlq %s', async (args) => {
    const { code, err } = await dlq(args);
    expect(code).toBe(2);
    expect(err).toContain('dlq: nothing to read: name the DLQ (--stack, --dlq) or a file (--file messages.json');
  });

  it('is not waited for on a terminal', async () => {
    expect(await dlqOnTerminal(80, ['analyze', '--file', '-'])).toMatchObject({ code: 2 });
  });

  it('is not read where the rules are wrong', async () => {
    const rules = join(work, 'rules.json');
    writeFileSync(rules, '[{}]');
    expect(await dlq(['analyze', '--file', 'messages.json', '--rules', rules])).toMatchObject({
      code: 2,
      out: '',
      err: `dlq: ${rules}: rules[0].id must be a non-empty string; got undefined\n`,
    });
  });
});

describe('ages', () => {
  it('are counted from when the letter was sent', async () => {
    const hours = [0, 2, 25, 24 * 5, 24 * 15].map((age) =>
      message({}, { Attributes: { SentTimestamp: String(Date.now() - age * 3_600_000) } }),
    );
    const { ages } = await analysisOf([...hours, message({}, { Attributes: { SentTimestamp: '1e300' } })]);
    expect(ages).toMatchObject({ under1Hour: 2, under1Day: 1, under4Days: 1, under14Days: 1, older: 1, unknown: 0 });
    expect(await analysisOf([message({}, { Attributes: {} })])).toMatchObject({
      ages: { oldest: null, newest: null, unknown: 1 },
    });
  });
});
