import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILT_IN_RULES } from '../../handlers/core/rules/built-in.ts';
import { dlq, dlqOnTerminal, documents, FIXTURES } from './dlq.ts';

const work = await mkdtemp(join(tmpdir(), 'dlq-classify-'));
afterAll(() => rm(work, { recursive: true, force: true }));

const golden = (name: string) => join(import.meta.dirname, 'golden', name);
const line = (over: object = {}, evidence: object = {}) => JSON.stringify({ id: 'm', evidence, ...over });

/** A file of the test's own, with this content. */
function file(name: string, content: string): string {
  const path = join(work, name);
  writeFileSync(path, content);
  return path;
}

describe('dlq classify', () => {
  it('answers each line with exactly the promised keys, in order', async () => {
    const { code, out, err } = await dlq(['classify', 'failures.jsonl']);
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(golden('classify.jsonl'));
    for (const answer of documents(out)) {
      expect(Object.keys(answer)).toEqual(['id', 'class', 'rule', 'confidence', 'fingerprint', 'verdict']);
      if (typeof answer.id === 'string') expect(answer.id.split(' ')[0]).toBe(answer.class);
    }
    expect(documents(out)).toHaveLength(10);
  });

  it('reads standard input, named or not, and several files, in their order', async () => {
    const input = await readFile(join(FIXTURES, 'failures.jsonl'));
    const fromFile = await dlq(['classify', 'failures.jsonl']);
    expect(await dlq(['classify'], { input })).toEqual(fromFile);
    const both = await dlq(['classify', file('first.jsonl', line({ id: 'first' })), '-'], { input });
    expect(documents(both.out).map(({ id }) => id)).toEqual(['first', ...documents(fromFile.out).map(({ id }) => id)]);
  });

  it('keeps an id as it came, whatever its kind', async () => {
    const { out } = await dlq(['classify'], { input: `${line({ id: 1.5 })}\n${line({ id: 'ä"\u2028' })}` });
    expect(documents(out).map(({ id }) => id)).toEqual([1.5, 'ä"\u2028']);
  });

  it('takes a byte order mark, Windows’ line ends and U+2028 inside a text', async () => {
    const input = `\ufeff${line()}\r\n\r\n${line({}, { errorMessage: 'a\u2028b' })}\r\n`;
    expect(await dlq(['classify'], { input })).toMatchObject({ code: 0, err: '' });
  });

  it('reads a status from a number and from its digits alike', async () => {
    const input = [503, '503', ' 503 '].map((httpStatus) => line({}, { httpStatus })).join('\n');
    const { out } = await dlq(['classify'], { input });
    expect(new Set(documents(out).map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(documents(out)[0]).toMatchObject({ class: 'DEPENDENCY_FAILURE' });
  });

  it('looks at every part of the evidence', async () => {
    const input = [
      line({}, { errorType: 'Error', errorMessage: 'failed', causes: ['ECONNREFUSED: no answer'] }),
      line({}, { awsErrorCode: 'ThrottlingException' }),
      line({}, { stack: 'Error: failed\n    at f (a.js:1:1)\n  [cause]: Error: connect ECONNREFUSED' }),
    ].join('\n');
    const { out } = await dlq(['classify'], { input });
    expect(documents(out).map((answer) => answer.class)).toEqual([
      'DEPENDENCY_FAILURE',
      'THROTTLED',
      'DEPENDENCY_FAILURE',
    ]);
  });
});

describe('--rules', () => {
  it('asks the user’s rules first, with queue, attributes and body', async () => {
    const { code, out } = await dlq(['classify', '--rules', 'rules.json', 'failures.jsonl']);
    const answers = documents(out);
    expect(answers.find(({ id }) => id === 10)).toMatchObject({
      class: 'TEST_ORDER',
      rule: 'user:test-orders',
      confidence: 1,
      verdict: 'archive',
    });
    expect(answers.find(({ id }) => id === 'THROTTLED 5')).toMatchObject({ class: 'TIMEOUT', verdict: 'heal' });
    expect(answers.filter(({ rule }) => String(rule).startsWith('user:'))).toHaveLength(2);
    expect(code).toBe(0);
  });

  it('takes an object with the list too, as a tfvars file in JSON has it', async () => {
    const rules = JSON.parse(await readFile(join(FIXTURES, 'rules.json'), 'utf8'));
    const path = file('vars.tfvars.json', JSON.stringify({ name: 'shop', rules }));
    expect(await dlq(['classify', '--rules', path, 'failures.jsonl'])).toEqual(
      await dlq(['classify', '--rules', 'rules.json', 'failures.jsonl']),
    );
  });

  it.each([
    ['{', 'it is not JSON: '],
    ['{"rule":[]}', 'the file must be a list of rules, or {"rules": [a list of rules]}; got {"rule":[]}'],
    [
      '[{"id":"a","when":{"message_matches":"("},"class":"A"}]',
      'rules[0].when.message_matches must be a regular expression that RE2 compiles',
    ],
    ['[{"id":"a","when":{"body":"a["},"class":"A"}]', 'rules[0].when.body must be a JMESPath expression'],
  ])('refuses %s and does nothing', async (content, message) => {
    const path = file('rules.json', content);
    const { code, out, err } = await dlq(['classify', '--rules', path, 'failures.jsonl']);
    expect(err).toContain(`dlq: ${path}: ${message}`);
    expect([code, out]).toEqual([2, '']);
  });

  it('refuses a file that is not there', async () => {
    expect(await dlq(['classify', '--rules', 'nowhere.json', 'failures.jsonl'])).toEqual({
      code: 2,
      out: '',
      err: 'dlq: cannot read the rules in nowhere.json: there is no such file\n',
    });
  });
});

describe('--explain', () => {
  it('adds a sentence to each line', async () => {
    const { out } = await dlq(['classify', '--explain', '--rules', 'rules.json', 'failures.jsonl']);
    await expect(out).toMatchFileSnapshot(golden('classify-explained.jsonl'));
    const answers = documents(out);
    expect(Object.keys(answers[0] ?? {}).at(-1)).toBe('explanation');
    for (const { rule, explanation } of answers) {
      const why = BUILT_IN_RULES.find(({ name }) => `builtin:${name}` === rule)?.why ?? '';
      expect(explanation).toContain(why);
    }
  });

  it('prints text on a terminal, wrapped to its width', async () => {
    const { code, out } = await dlqOnTerminal(
      60,
      ['classify', '--explain', '--rules', 'rules.json', 'failures.jsonl'],
      {
        env: { NO_COLOR: '1' },
      },
    );
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(golden('classify-explained.txt'));
    expect(Math.max(...out.split('\n').map((text) => text.length))).toBeLessThanOrEqual(60);
  });

  it.each([
    ['has colours', {}, true],
    ['has none', { TERM: 'dumb' }, false],
    ['shall have none', { NO_COLOR: '1' }, false],
    ['shall have none whatever else is set', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('uses colour where the terminal %s', async (_what, env, expected) => {
    const { out } = await dlqOnTerminal(80, ['classify', '--explain', 'failures.jsonl'], { env });
    expect(out.includes('\u001b[')).toBe(expected);
  });

  it('prints no control character of a stranger’s', async () => {
    const path = file(
      'hostile.jsonl',
      line({ id: '\u001b[2Jm\u202e1' }, { errorMessage: '\u001b]0;x\u0007 ECONNREFUSED' }),
    );
    const { out } = await dlqOnTerminal(80, ['classify', '--explain', path], { env: { NO_COLOR: '1' } });
    expect(out).toMatch(/^ \[2Jm1 {2}DEPENDENCY_FAILURE/);
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it('prints JSON on a terminal with --json', async () => {
    const { out } = await dlqOnTerminal(80, ['classify', '--explain', '--json', 'failures.jsonl']);
    expect(documents(out)).toHaveLength(10);
  });
});
