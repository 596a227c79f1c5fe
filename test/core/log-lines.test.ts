import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../handlers/core/classify.ts';
import { entryOf } from '../../handlers/core/evidence/log-entry.ts';
import { evidenceInLogs, type LogLine } from '../../handlers/core/evidence/log-lines.ts';
import { letter, NOW } from './builders.ts';

/** The message that died, a neighbour in its batch, and the request that worked on them. */
const ID = letter().messageId;
const OTHER = '7f9d2a10-0001-4000-8000-000000000002';
const REQUEST = '8f5d1e0a-1111-4222-8333-444455556666';
const STREAM = '2026/11/22/[$LATEST]f0e1';

const FOLDER = 'test/core/fixtures/logs';
const FILES = readdirSync(FOLDER);
const texts = (name: string): string[] => JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'));
const lines = (all: readonly string[], stream = STREAM, from = NOW): LogLine[] =>
  all.map((text, i) => ({ time: from + i, stream, text }));

describe('what a request logged, from its START to its REPORT', () => {
  const expected: Readonly<Record<string, object>> = {
    'node-text-uncaught': {
      errorType: 'TypeError',
      message: "Cannot read properties of undefined (reading 'total')",
      stack: expect.stringContaining('    at Runtime.handler (file:///var/task/index.mjs:12:5)'),
    },
    'node-text-logged': {
      errorType: 'PaymentError',
      message: '503 Service Unavailable',
      stack: expect.stringContaining('[cause]: Error: connect ECONNREFUSED'),
    },
    'node-json-uncaught': { errorType: 'RangeError', message: 'Invalid array length' },
    'node-init-error': {
      errorType: 'Runtime.ImportModuleError',
      message: expect.stringContaining("Cannot find module 'pg'"),
    },
    'powertools-typescript': {
      errorType: 'PaymentError',
      message: 'payment service answered 503',
      httpStatus: 503,
      causes: ['TypeError: fetch failed', 'Error: connect ECONNREFUSED 10.0.0.7:443'],
    },
    'powertools-python': {
      errorType: 'botocore.exceptions.ClientError',
      message: expect.stringContaining('(ThrottlingException)'),
      stack: expect.stringContaining('Traceback'),
    },
    kit: {
      errorType: 'ValidationError',
      message: 'store_id is required',
      stack: expect.stringContaining('at check'),
      httpStatus: 422,
      awsErrorCode: 'ValidationException',
      causes: ['ZodError: Required'],
    },
    'python-text-uncaught': {
      errorType: 'KeyError',
      message: "'store_id'",
      stack: expect.stringContaining('Traceback'),
    },
    'python-text-logged': {
      errorType: 'requests.exceptions.ReadTimeout',
      message: expect.stringContaining('Read timed out'),
      stack: expect.stringContaining('could not charge'),
    },
    'python-json-uncaught': {
      errorType: 'ZeroDivisionError',
      message: 'division by zero',
      stack: '  File "/var/task/app.py", line 3, in handler\n    return 1/0',
    },
    'java-uncaught': {
      errorType: 'java.lang.IllegalStateException',
      message: 'order has no lines',
      stack: expect.stringContaining('Caused by: java.net.ConnectException'),
    },
    'java-log4j': {
      errorType: 'java.sql.SQLTransientConnectionException',
      message: expect.stringContaining('Connection is not available'),
    },
    dotnet: { errorType: 'System.Text.Json.JsonException', message: "'<' is an invalid start of a value." },
    ruby: { errorType: 'Function<NoMethodError>', message: "undefined method `total' for nil:NilClass" },
    'go-panic': {
      errorType: 'runtime.errorString',
      message: 'runtime error: invalid memory address or nil pointer dereference',
    },
    'timeout-text': { message: 'Task timed out after 3.00 seconds' },
    'timeout-json': { message: 'Task timed out after 3.00 seconds' },
    'killed-for-memory': {
      errorType: 'Runtime.ExitError',
      message: 'Runtime exited with error: signal: killed; Memory Size: 128 MB Max Memory Used: 128 MB',
    },
    'killed-for-memory-json': {
      errorType: 'Runtime.OutOfMemory',
      message: 'Memory Size: 128 MB Max Memory Used: 128 MB',
    },
    exited: { errorType: 'Runtime.ExitError', message: 'Runtime exited with error: exit status 3' },
  };

  it('has an expectation for every recording', () => {
    expect(FILES.map((file) => file.replace('.json', '')).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('tells why the message died: %s', (name, what) => {
    const evidence = evidenceInLogs(lines(texts(name)), ID);
    expect(evidence).toMatchObject({ ...what, requestId: REQUEST, logStream: STREAM });
    expect(evidence?.at).toMatch(/^2026-11-22T03:00:00\.00\dZ$/);
  });

  it.each([
    ['timeout-text', 'TIMEOUT'],
    ['timeout-json', 'TIMEOUT'],
    ['killed-for-memory', 'RESOURCE_EXHAUSTED'],
    ['killed-for-memory-json', 'RESOURCE_EXHAUSTED'],
  ])('of %s makes it %s', (name, failureClass) => {
    const evidence = { source: 'cloudwatch-logs', ...evidenceInLogs(lines(texts(name)), ID) } as const;
    expect(classify(evidence, letter(), { queue: 'orders', rules: [] }).failureClass).toBe(failureClass);
  });

  it.each(FILES)('tells nothing of a message that it does not name: %s', (file) => {
    expect(evidenceInLogs(lines(texts(file.replace('.json', ''))), OTHER)).toBeUndefined();
  });
});

const at = '2026-11-22T03:00:00.000Z';
const START = `START RequestId: ${REQUEST} Version: $LATEST`;
const END = `END RequestId: ${REQUEST}`;
const REPORT = `REPORT RequestId: ${REQUEST}\tDuration: 9 ms\tBilled Duration: 9 ms\tMemory Size: 128 MB\tMax Memory Used: 80 MB\t`;
const node = (level: string, words: string, request = REQUEST) => `${at}\t${request}\t${level}\t${words}`;
const messageOf = (...all: string[]) => evidenceInLogs(lines([START, ...all, END, REPORT]), ID)?.message;

describe('of a batch, one message’s error is not another’s:', () => {
  it('what names the message itself stands above all, the end of the request included', () => {
    const own = node('ERROR', `message ${ID} failed: PaymentError: refused`);
    expect(
      messageOf(
        own,
        node('ERROR', `message ${OTHER} failed: RangeError: x`),
        `${at} ${REQUEST} Task timed out after 3.00 seconds`,
      ),
    ).toBe('refused');
  });

  it('what ended the request ended every message of it', () => {
    const all = [
      node('INFO', ID),
      node('INFO', OTHER),
      node('ERROR', `Invoke Error \t{"errorType":"E","errorMessage":"boom","stack":[]}`),
    ];
    expect(messageOf(...all)).toBe('boom');
  });

  it('an error that was logged and survived before the time ran out is not why', () => {
    const report = `${REPORT}Status: timeout`;
    const all = [START, node('INFO', ID), node('ERROR', 'TypeError: caught'), END, report];
    expect(evidenceInLogs(lines(all), ID)?.message).toBe('Task timed out after 0.01 seconds');
  });

  it('what another message is named in is that one’s', () => {
    expect(
      messageOf(node('INFO', `got ${ID} and ${OTHER}`), node('ERROR', `message ${OTHER} failed: TypeError: x`)),
    ).toBeUndefined();
  });

  it('the first error after the message was named is taken for its own', () => {
    expect(
      messageOf(
        node('INFO', `got ${OTHER}`),
        node('ERROR', 'TypeError: first'),
        node('INFO', `got ${ID}`),
        node('ERROR', 'TypeError: second'),
      ),
    ).toBe('second');
  });

  it('an error before it was named is its own only where nothing else is named', () => {
    expect(messageOf(node('ERROR', 'TypeError: x'), node('INFO', `returning ${ID}`))).toBe('x');
    expect(
      messageOf(node('INFO', `got ${OTHER}`), node('ERROR', 'TypeError: x'), node('INFO', `returning ${ID}`)),
    ).toBeUndefined();
  });

  it('a request that logged no error tells nothing', () => {
    expect(messageOf(node('INFO', ID), node('WARN', 'TypeError: retried'))).toBeUndefined();
  });
});

it.each([
  [
    'failed Error: connect ECONNREFUSED 10.0.0.7:443\n    at f (a.js:1:1)',
    'Error',
    'connect ECONNREFUSED 10.0.0.7:443',
  ],
  ['could not charge: PaymentError: refused', 'PaymentError', 'refused'],
  ['could not charge order 7: the service said Error', undefined, 'could not charge order 7: the service said Error'],
  ['Error [ERR_INVALID_URL]: Invalid URL\n    at f (a.js:1:1)', 'Error [ERR_INVALID_URL]', 'Invalid URL'],
  ['Note: this is prose', undefined, 'Note: this is prose'],
])('an error behind a logger’s words is found: %s', (words, errorType, message) => {
  const { error } = entryOf(node('ERROR', words));
  expect([error?.errorType, error?.message]).toEqual([errorType, message]);
});

describe('lines that name no request', () => {
  const second = '8f5d1e0a-1111-4222-8333-444455557777';

  it('are of the one that is under way', () => {
    const all = [
      START,
      `got ${ID}`,
      '[ERROR] KeyError: 1\nTraceback (most recent call last):',
      END,
      `START RequestId: ${second} Version: 1`,
      '[ERROR] KeyError: 2\nTraceback (most recent call last):',
    ];
    expect(evidenceInLogs(lines(all), ID)).toMatchObject({ message: '1', requestId: REQUEST });
  });

  it('before any, as where the window begins in the middle of one, are of the next that is named', () => {
    const all = [`got ${ID}`, '[ERROR] KeyError: 1\nTraceback (most recent call last):', END];
    expect(evidenceInLogs(lines(all), ID)).toMatchObject({ message: '1', requestId: REQUEST });
  });

  it('after a report are of the next start, whatever Lambda adds of the request before', () => {
    const late = `${at} ${REQUEST} Task timed out after 3.00 seconds`;
    const init = '[ERROR] ImportError: no module\nTraceback (most recent call last):';
    const next = [`START RequestId: ${second} Version: 1`, `got ${ID}`, `END RequestId: ${second}`];
    const evidence = evidenceInLogs(lines([START, END, REPORT, late, init, ...next]), ID);
    expect(evidence).toMatchObject({ errorType: 'ImportError', requestId: second });
  });

  it('are found without a request too', () => {
    const evidence = evidenceInLogs(
      lines([`got ${ID}`, '[ERROR] KeyError: 1\nTraceback (most recent call last):']),
      ID,
    );
    expect(evidence).toMatchObject({ message: '1' });
    expect(evidence).not.toHaveProperty('requestId');
  });

  it('of two streams are kept apart', () => {
    const quiet = lines([START, `got ${ID}`, END]);
    const other = lines(
      [`START RequestId: ${second} Version: 1`, '[ERROR] KeyError: 2\nTraceback (most recent call last):'],
      'other',
      NOW - 1,
    );
    expect(
      evidenceInLogs(
        [...quiet, ...other].sort((a, b) => a.time - b.time),
        ID,
      ),
    ).toBeUndefined();
  });
});

it('the last request that failed decides: it is the death', () => {
  const again = texts('timeout-text').map((text) => text.replaceAll(REQUEST, '8f5d1e0a-1111-4222-8333-444455557777'));
  const all = [...lines(texts('node-text-uncaught')), ...lines(again, 'later', NOW + 60_000)];
  expect(evidenceInLogs(all, ID)).toMatchObject({ message: 'Task timed out after 3.00 seconds', logStream: 'later' });
});

it.each([
  ['an order that is called error', '{"level":"INFO","message":"ok","error":{"name":"none","message":"all is well"}}'],
  ['a level by number', '{"level":30,"err":{"type":"E","message":"m","stack":"E: m"}}'],
  ['an event', '{"level":"WARN","message":{"type":"OrderPlaced","name":"x"}}'],
  ['a metric', '{"_aws":{"Timestamp":1},"type":"count","name":"Orders","value":1}'],
  ['words', 'INFO no error here'],
])('%s is no error', (_, text) => {
  expect(entryOf(text)).not.toHaveProperty('error');
});

it.each([
  [
    'pino',
    '{"level":50,"msg":"failed","err":{"type":"TypeError","message":"m","stack":"TypeError: m\\n    at f (a.js:1:1)"}}',
    'TypeError',
  ],
  ['winston', '{"level":"error","message":"failed","stack":"RangeError: m\\n    at f (a.js:1:1)"}', undefined],
  [
    'structlog',
    '{"level":"error","event":"failed","exception":"Traceback (most recent call last):\\n  File \\"a.py\\", line 1\\nValueError: m"}',
    'ValueError',
  ],
  ['words alone', '{"level":"ERROR","message":"PaymentError: refused"}', 'PaymentError'],
])('%s’s errors are read', (_, text, errorType) => {
  expect(entryOf(text).error?.errorType).toBe(errorType);
  expect(entryOf(text).error).toBeDefined();
});

describe('hostile lines', () => {
  it('are read without a throw', () => {
    const pieces = fc.constantFrom(
      ID,
      REQUEST,
      START,
      END,
      REPORT,
      '[ERROR] ',
      'ERROR\t',
      '{"errorType":',
      '"stack":[',
      '}',
      '\n',
      '\t',
      '    at x (',
      'Traceback (most recent call last):',
      'a.b.C: ',
      'Status: error',
    );
    const text = fc
      .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 12 }), (all) => void evidenceInLogs(lines(all), ID)),
      { numRuns: 1000 },
    );
  }, 60_000);

  it.each([
    ['a megabyte of dots', 'a.'.repeat(500_000)],
    ['a megabyte of capitals', `[ERROR] ${'A'.repeat(1_000_000)}`],
    ['a megabyte of words and colons', `ERROR ${'aA: '.repeat(250_000)}`],
    ['a megabyte of names', `${'a.b.'.repeat(250_000)}C: x\n\tat y`],
    ['a megabyte of braces', '{"a":'.repeat(200_000)],
    ['a megabyte of lines', `Traceback (most recent call last):\n${'x\n'.repeat(500_000)}`],
  ])('take no longer than ordinary ones: %s', (_, text) => {
    const before = performance.now();
    entryOf(text);
    // A tenth of this on an idle machine; a quadratic reader takes minutes.
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
