import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dlq, documents } from './dlq.ts';

const work = await mkdtemp(join(tmpdir(), 'dlq-classify-input-'));
afterAll(() => rm(work, { recursive: true, force: true }));

const line = (over: object = {}, evidence: object = {}) => JSON.stringify({ id: 'm', evidence, ...over });

/** A file of the test's own, with this content. */
function file(name: string, content: string): string {
  const path = join(work, name);
  writeFileSync(path, content);
  return path;
}

describe('a line that is no such object', () => {
  it.each([
    ['hello', 'the line must be a JSON object {"id": …, "evidence": {…}}; got "hello"'],
    ['[1]', 'the line must be an object; got [1]'],
    ['{"evidence":{}}', 'id must be a non-empty string; got undefined'],
    [line({ id: '' }), 'id must be a non-empty string; got ""'],
    ['{"id":"x"}', 'evidence must be an object; got undefined'],
    [line({}, { errorMessage: { a: 1 } }), 'evidence.errorMessage must be a string; got {"a":1}'],
    [line({}, { errorType: 7 }), 'evidence.errorType must be a string; got 7'],
    [line({}, { awsErrorCode: [] }), 'evidence.awsErrorCode must be a string; got []'],
    [line({}, { stack: [1] }), 'evidence.stack must be a string or a list of strings; got [1]'],
    [line({}, { causes: 'x' }), 'evidence.causes must be a list of strings; got "x"'],
    [line({}, { queue: 1 }), 'evidence.queue must be a string; got 1'],
    [line({}, { attributes: [] }), 'evidence.attributes must be an object; got []'],
    [line({}, { attributes: { a: 1 } }), 'evidence.attributes.a must be a string; got 1'],
    [
      line({}, { httpStatus: '5xx' }),
      'evidence.httpStatus must be a whole number, or its digits as a string; got "5xx"',
    ],
  ])('is told of with file, line, what was expected and what came: %s', async (bad, message) => {
    const path = file('bad.jsonl', `${line({ id: 'before' })}\n\n${bad}\n${line({ id: 'after' })}\n`);
    const { code, out, err } = await dlq(['classify', path]);
    expect(err).toBe(`dlq: ${path}:3: ${message}\n`);
    expect(documents(out).map(({ id }) => id)).toEqual(['before', 'after']);
    expect(code).toBe(1);
  });

  it('may be longer than any message, and costs only itself', async () => {
    const { code, out, err } = await dlq(['classify'], { input: `${'x'.repeat(9_000_000)}\n${line()}\n` });
    expect(err).toBe('dlq: stdin:1: the line must be at most 8388608 bytes; got 9000000\n');
    expect([code, documents(out).length]).toEqual([1, 1]);
  });

  it('is shown without its secrets and without its control characters', async () => {
    const { err } = await dlq(['classify'], { input: '\u001b]0;gotcha\u0007 password="hunter2-hunter2"\n' });
    expect(err).not.toContain('hunter2');
    expect(err.trimEnd()).not.toMatch(/\p{Cc}/u);
  });
});

describe('a file that cannot be read', () => {
  it('is told of, and the others are answered', async () => {
    const { code, out, err } = await dlq(['classify', 'nowhere.jsonl', work, 'failures.jsonl']);
    expect(err).toBe(
      `dlq: cannot read nowhere.jsonl: there is no such file\ndlq: cannot read ${work}: it is a directory\n`,
    );
    expect([code, documents(out).length]).toEqual([1, 10]);
  });
});
