import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kitAttribute } from '../../handlers/core/evidence/kit.ts';
import { describeError } from '../../kit/describe-error.ts';
import { evidenceOf, evidenceText } from '../../kit/evidence.ts';
import type { Message } from '../../kit/message.ts';

const named = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
class OwnError extends Error {}

describe('what is read from an error', () => {
  it.each([
    { error: new TypeError('x is undefined'), expected: { errorType: 'TypeError', message: 'x is undefined' } },
    { error: new OwnError('own'), expected: { errorType: 'OwnError', message: 'own' } },
    { error: named('Custom', 'text'), expected: { errorType: 'Custom', message: 'text' } },
    { error: new Error(''), expected: { errorType: 'Error' } },
    { error: 'only text', expected: { errorType: 'NonError', message: 'only text' } },
    { error: undefined, expected: { errorType: 'NonError' } },
    {
      error: { name: 'Rejected', message: 'by hand', statusCode: '503' },
      expected: { errorType: 'Rejected', message: 'by hand', httpStatus: 503 },
    },
    { error: named('A', '', { status: 401 }), expected: { errorType: 'A', httpStatus: 401 } },
    { error: named('A', '', { statusCode: 503 }), expected: { errorType: 'A', httpStatus: 503 } },
    { error: named('A', '', { response: { status: 429 } }), expected: { errorType: 'A', httpStatus: 429 } },
    { error: named('A', '', { status: 200 }), expected: { errorType: 'A' } },
    { error: named('A', '', { status: 8080 }), expected: { errorType: 'A' } },
    {
      error: named('ThrottlingException', 'slow down', { $fault: 'client', $metadata: { httpStatusCode: 400 } }),
      expected: {
        errorType: 'ThrottlingException',
        message: 'slow down',
        httpStatus: 400,
        awsCode: 'ThrottlingException',
      },
    },
    { error: named('A', '', { Code: 'SlowDown' }), expected: { errorType: 'A', awsCode: 'SlowDown' } },
    { error: named('A', '', { __type: 'com.amazonaws#Gone' }), expected: { errorType: 'A', awsCode: 'Gone' } },
    {
      error: named('A', 'connect', { code: 'ECONNREFUSED' }),
      expected: { errorType: 'A', message: 'connect (ECONNREFUSED)' },
    },
    {
      error: named('A', 'connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
      expected: { errorType: 'A', message: 'connect ECONNREFUSED' },
    },
    {
      error: new Error('outer', {
        cause: named('Middle', 'm', { status: 500, cause: named('Inner', 'i', { status: 429 }) }),
      }),
      expected: { errorType: 'Error', message: 'outer', httpStatus: 429, causes: ['Middle: m', 'Inner: i'] },
    },
    {
      error: new AggregateError([new Error('first'), new RangeError('second')], 'all'),
      expected: { errorType: 'AggregateError', message: 'all', causes: ['Error: first', 'RangeError: second'] },
    },
    {
      error: new Error('outer', { cause: 'text' }),
      expected: { errorType: 'Error', message: 'outer', causes: ['NonError: text'] },
    },
  ])('$expected', ({ error, expected }) => {
    const { stack, ...description } = describeError(error);
    expect(description).toEqual(expected);
    expect(stack !== undefined).toBe(error instanceof Error);
  });

  it('ends where causes go in a circle', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(describeError(error).causes).toEqual(['Error: b']);
  });

  it('looks at no more than eight errors', () => {
    const many = Array.from({ length: 100 }, (_, index) => new Error(`number ${index}`));
    expect(describeError(new AggregateError(many, 'all')).causes).toHaveLength(7);
  });

  it('survives an error whose parts throw', () => {
    const error = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(describeError(error)).toEqual({ errorType: 'NonError' });
  });

  it('has the frames of the stack, not its head, which repeats the message', () => {
    const { stack } = describeError(new Error('a message\nof two lines'));
    expect(stack).toMatch(/^at /);
    expect(stack).not.toContain('two lines');
  });

  it.each(['message', 'cause'])('shows no secret of the %s', (part) => {
    const text = 'Authorization: Bearer abcdef0123456789abcdef for jo@example.com';
    const error = part === 'message' ? new Error(text) : new Error('x', { cause: new Error(text) });
    expect(JSON.stringify(describeError(error))).not.toMatch(/abcdef0123|jo@example/);
  });

  it.each([
    { text: '{"card": 4111 x}', kept: undefined },
    { text: 'Smith, John', kept: undefined },
    { text: '<order>Smith</order>', kept: undefined },
    { text: '<!DOCTYPE html><p>502', kept: '<!DOCTYPE' },
    { text: '<html><body>', kept: '<html>' },
  ])('quotes nothing of the JSON that could not be parsed, but the head of a web page: $text', ({ text, kept }) => {
    let thrown: unknown;
    try {
      JSON.parse(text);
    } catch (error) {
      thrown = error;
    }
    const { message = '' } = describeError(thrown);
    expect(message).not.toMatch(/Smith|4111|order/);
    expect(message).toMatch(/JSON/);
    if (kept) expect(message).toContain(kept);
  });
});

describe('the evidence on a letter', () => {
  const message = {
    originId: 'm0',
    attempt: 1,
    queueArn: 'arn:aws:sqs:eu-west-1:123456789012:orders',
    receiveCount: 5,
  } as Message;
  const context = { functionName: 'f', awsRequestId: 'r', logGroupName: 'g', logStreamName: 's' } as Context;
  const textOf = (error: unknown) => evidenceText(evidenceOf(describeError(error), message, context, new Date(0)));
  const anything = fc.string({ unit: 'binary', maxLength: 6_000 });

  it('is JSON of at most 4 KiB in ASCII, whatever was thrown', () => {
    fc.assert(
      fc.property(anything, anything, fc.array(anything, { maxLength: 4 }), (name, text, causes) => {
        const chain = causes.reduceRight<unknown>((cause, one) => new Error(one, { cause }), undefined);
        const json = textOf(named(name, text, { cause: chain }));
        expect(json.length).toBeLessThanOrEqual(4_096);
        expect(json).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(json)).toMatchObject({ v: 1, origin: 'm0', attempt: 1 });
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the message, and of the causes the innermost, when it must be cut', () => {
    const wide = 'ü'.repeat(400);
    const cause = new Error(wide, { cause: new Error(wide, { cause: new RangeError('the innermost') }) });
    const evidence = JSON.parse(textOf(new Error('the message', { cause })));
    expect(evidence.message).toBe('the message');
    expect(evidence.causes.at(-1)).toBe('RangeError: the innermost');
  });

  it('gives up the stack first', () => {
    const causes = Array.from({ length: 7 }, (_, index) => new Error(`${index}`.repeat(380)));
    const error = new AggregateError(causes, 'the message '.repeat(40));
    const { stack = '', ...rest } = describeError(error);
    const evidence = JSON.parse(textOf(error));
    expect(evidence).toMatchObject(rest);
    expect((evidence.stack ?? '').length).toBeLessThan(stack.length);
  });

  it('is what the healer reads', () => {
    const stringValue = textOf(named('PaymentError', 'no', { status: 503, cause: new Error('inner') }));
    const attributes = { 'dlq-evidence': { dataType: 'String', stringValue } };
    const letter = { messageId: 'x', body: '', attributes, system: { receiveCount: 1 }, dlqArn: '' };
    expect(kitAttribute.read(letter, undefined)?.evidence).toMatchObject({
      errorType: 'PaymentError',
      message: 'no',
      httpStatus: 503,
      causes: ['Error: inner'],
      queueArn: message.queueArn,
      functionName: 'f',
      requestId: 'r',
      logGroup: 'g',
      logStream: 's',
      receiveCount: 5,
      at: '1970-01-01T00:00:00.000Z',
    });
  });
});
