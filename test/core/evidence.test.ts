import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT } from '../../handlers/core/evidence/evidence.ts';
import { evidenceOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { Letter, MessageAttributes } from '../../handlers/core/letter.ts';
import { letter, SOURCE_ARN } from './builders.ts';

const attributes = (values: Readonly<Record<string, string>>): MessageAttributes =>
  Object.fromEntries(Object.entries(values).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]));
const with_ = (values: Readonly<Record<string, string>>, over: Partial<Letter> = {}) =>
  letter({ attributes: attributes(values), ...over });
const native = { system: { receiveCount: 6, deadLetterQueueSourceArn: SOURCE_ARN } };

const KIT = {
  v: 1,
  origin: 'o-77',
  attempt: 2,
  queueArn: SOURCE_ARN,
  errorType: 'TypeError',
  message: "Cannot read properties of undefined (reading 'total')",
  stack: 'TypeError: …\n    at handler (/var/task/index.mjs:12:5)',
  httpStatus: 500,
  awsCode: 'ThrottlingException',
  function: 'shop-orders',
  requestId: '5b1c0a52-0001-4000-8000-000000000009',
  logGroup: '/aws/lambda/shop-orders',
  logStream: '2026/11/22/[$LATEST]abc',
  receiveCount: 5,
  at: '2026-11-22T03:00:00.000Z',
};
const KIT_EVIDENCE = {
  queueArn: SOURCE_ARN,
  errorType: 'TypeError',
  message: KIT.message,
  stack: KIT.stack,
  httpStatus: 500,
  awsErrorCode: 'ThrottlingException',
  functionName: 'shop-orders',
  requestId: KIT.requestId,
  logGroup: KIT.logGroup,
  logStream: KIT.logStream,
  receiveCount: 5,
  at: KIT.at,
};

/** The record of https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html, its shape to the letter. */
const DESTINATION = {
  version: '1.0',
  timestamp: '2026-11-22T08:36:12.000Z',
  requestContext: {
    requestId: 'e4b46cbf-0001-4000-8000-000000000003',
    functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:shop-orders:$LATEST',
    condition: 'RetriesExhausted',
    approximateInvokeCount: 3,
  },
  requestPayload: { order_id: 'o-1' },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: {
    errorType: 'ValueError',
    errorMessage: 'order has no lines',
    stackTrace: ['  File "a.py", line 3', '    raise'],
  },
};

describe('the source of evidence', () => {
  it.each<[string, Letter, string | undefined, object]>([
    ['the kit', with_({ 'dlq-evidence': JSON.stringify(KIT) }), undefined, { source: 'kit', ...KIT_EVIDENCE }],
    ["the kit's failure record", letter(native), JSON.stringify(KIT), { source: 'kit-record', ...KIT_EVIDENCE }],
    [
      'plain attributes',
      with_({
        ErrorType: 'PaymentError',
        ErrorMessage: 'refused',
        HttpStatus: '503',
        ErrorCode: 'SlowDown',
        Stack: 'at x',
      }),
      undefined,
      {
        source: 'attributes',
        errorType: 'PaymentError',
        message: 'refused',
        httpStatus: 503,
        awsErrorCode: 'SlowDown',
        stack: 'at x',
      },
    ],
    [
      'plain attributes, spelt otherwise',
      with_({ 'x-error-type': 'E', error_message: 'm', 'http.status': '429' }),
      undefined,
      { source: 'attributes', errorType: 'E', message: 'm', httpStatus: 429 },
    ],
    [
      "a function's dead-letter queue",
      letter({
        attributes: {
          RequestID: { dataType: 'String', stringValue: 'e4b46cbf' },
          ErrorCode: { dataType: 'Number', stringValue: '200' },
          ErrorMessage: { dataType: 'String', stringValue: 'Task timed out after 3.00 seconds' },
        },
      }),
      undefined,
      { source: 'lambda-async-dlq', requestId: 'e4b46cbf', message: 'Task timed out after 3.00 seconds' },
    ],
    [
      "a function's destination",
      letter({ body: JSON.stringify(DESTINATION) }),
      undefined,
      {
        source: 'lambda-destination',
        errorType: 'ValueError',
        message: 'order has no lines',
        stack: '  File "a.py", line 3\n    raise',
        functionName: 'shop-orders',
        logGroup: '/aws/lambda/shop-orders',
        requestId: DESTINATION.requestContext.requestId,
        receiveCount: 3,
        at: DESTINATION.timestamp,
      },
    ],
    [
      "an application's envelope",
      with_(
        { ErrorType: 'PaymentError', OriginalQueue: 'orders' },
        {
          body: '{"originalMessage":{"id":1},"originalAttributes":{},"errorReason":"refused","failedAt":"2026-11-22T03:00:00Z"}',
        },
      ),
      undefined,
      {
        source: 'application-envelope',
        errorType: 'PaymentError',
        message: 'refused',
        at: '2026-11-22T03:00:00Z',
        queueArn: 'arn:aws:sqs:eu-central-1:123456789012:orders',
      },
    ],
    ['a move by SQS', letter(native), undefined, { source: 'sqs-redrive' }],
    ['nothing', letter(), undefined, { source: 'none' }],
  ])('is recognised: %s', (_what, dead, record, evidence) => {
    expect(evidenceOf(dead, record).evidence).toEqual(evidence);
  });

  it.each<[string, Letter, string]>([
    ['JSON that is cut off', with_({ 'dlq-evidence': '{"v":1,', ErrorType: 'E' }), 'attributes'],
    ['another version', with_({ 'dlq-evidence': '{"v":2,"message":"m"}' }, native), 'sqs-redrive'],
    ['lineage only', with_({ 'dlq-evidence': '{"v":1,"origin":"o","attempt":1}' }, native), 'sqs-redrive'],
    [
      'fields of the wrong kind',
      with_({ 'dlq-evidence': '{"v":1,"message":7,"httpStatus":"no","at":"x"}' }, native),
      'sqs-redrive',
    ],
    ["an application's own RequestID", with_({ RequestID: 'r', ErrorMessage: 'm' }), 'attributes'],
    [
      "an application's own account in Lambda's and SNS's names",
      with_({ RequestID: 'r', ErrorCode: 'E7', ErrorMessage: 'm', ErrorType: 'PaymentError' }),
      'attributes',
    ],
    [
      "an application's own account with a status",
      letter({
        attributes: {
          ...attributes({ RequestID: 'r', ErrorMessage: 'm', ErrorType: 'PaymentError' }),
          ErrorCode: { dataType: 'Number', stringValue: '503' },
        },
      }),
      'attributes',
    ],
    [
      "an application's own notification",
      with_(
        { ErrorType: 'E' },
        { body: JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:a:1:t', Message: 'm' }) },
      ),
      'attributes',
    ],
    [
      'names that only JavaScript knows',
      with_({ constructor: 'x', __proto__: 'y', toString: 'z' }, native),
      'sqs-redrive',
    ],
    [
      'an order that speaks of requestContext',
      letter({ body: '{"requestContext":"x","requestPayload":1}', ...native }),
      'sqs-redrive',
    ],
    ['an envelope without an error', letter({ body: '{"originalMessage":"x"}', ...native }), 'sqs-redrive'],
    [
      'a binary ErrorMessage',
      letter({ attributes: { ErrorMessage: { dataType: 'Binary', binaryValue: new Uint8Array(2) } }, ...native }),
      'sqs-redrive',
    ],
  ])('falls through to the next adapter on %s', (_what, dead, source) => {
    expect(evidenceOf(dead).evidence.source).toBe(source);
  });

  it('is cut to the longest text the classifier reads, between characters', () => {
    const { message } = evidenceOf(with_({ ErrorMessage: `${'x'.repeat(MAX_TEXT - 1)}😀` })).evidence;
    expect(message).toBe('x'.repeat(MAX_TEXT - 1));
  });

  it('is found without a throw whatever the letter holds', () => {
    const anything = fc.oneof(fc.json({ maxDepth: 2 }), fc.string({ unit: 'binary' }));
    const names = fc.constantFrom('dlq-evidence', 'dlq-healer', 'ErrorType', 'ErrorCode', 'RequestID', 'stack');
    const values = fc
      .array(fc.tuple(names, anything), { maxLength: 6 })
      .map((pairs): Record<string, string> => Object.fromEntries(pairs));
    fc.assert(
      fc.property(values, anything, fc.option(anything), (given, body, record) => {
        const dead = with_(given, { body });
        expect(evidenceOf(dead, record ?? undefined).evidence.source).toBeTruthy();
        for (const name of evidenceOf(dead).attributeNames) expect(Object.keys(given)).toContain(name);
      }),
    );
  }, 60_000);
});

describe('lineage', () => {
  const healer = (fields: object) => ({
    'dlq-healer': JSON.stringify({ v: 1, origin: 'o-1', attempt: 1, group: 'g', ...fields }),
  });
  const evidence = { 'dlq-evidence': JSON.stringify(KIT) };
  const own = { originId: letter().messageId, attempt: 0 };

  it.each<[string, Readonly<Record<string, string>>, string | undefined, object]>([
    ["is the healer's first", { ...healer({}), ...evidence }, undefined, { originId: 'o-1', attempt: 1 }],
    ["is the kit's next", evidence, undefined, { originId: 'o-77', attempt: 2 }],
    ["is the failure record's next", {}, JSON.stringify(KIT), { originId: 'o-77', attempt: 2 }],
    ["is the letter's own without either", {}, undefined, own],
    ['ignores an attempt that is no count', healer({ attempt: 1.5 }), undefined, own],
    ['ignores an attempt below 0', healer({ attempt: -1 }), undefined, own],
    ['ignores an attempt beyond all caps', healer({ attempt: 1001 }), undefined, own],
    ['ignores an attempt in quotes', healer({ attempt: '1' }), undefined, own],
    ['ignores an origin that would break a key', healer({ origin: 'a#b' }), undefined, own],
    ['ignores an origin that is too long', healer({ origin: 'a'.repeat(257) }), undefined, own],
    ['ignores an empty origin', healer({ origin: '' }), undefined, own],
    ['ignores another version', healer({ v: 2 }), undefined, own],
    ['ignores what is no JSON', { 'dlq-healer': 'x' }, undefined, own],
  ])('%s', (_what, values, record, lineage) => {
    expect(evidenceOf(with_(values), record).lineage).toEqual(lineage);
  });
});

describe('a message in an envelope', () => {
  const id = '7f9d2a10-0001-4000-8000-000000000055';
  const enveloped = (fields: object) =>
    evidenceOf(letter({ body: JSON.stringify({ originalMessage: 'm', errorReason: 'x', ...fields }) }));
  const mark = JSON.stringify({ v: 1, origin: 'o-1', attempt: 2, group: 'g' });

  it('has the lineage that the healer wrote on it, else the id that it had', () => {
    const marked = { 'dlq-healer': { dataType: 'String', stringValue: mark } };
    const of = (originalAttributes: object) => enveloped({ originalMessageId: id, originalAttributes }).lineage;
    expect([of(marked), of({})]).toEqual([
      { originId: 'o-1', attempt: 2 },
      { originId: id, attempt: 0 },
    ]);
  });

  it.each([
    ['SQS’s own, by one name', { ApproximateReceiveCount: '3' }],
    ['SQS’s own, by another', { SentTimestamp: '1' }],
    ['with one that is none among them', { tenant: 't', odd: [] }],
    ['no object', 'tenant=t'],
  ])('cannot go back as it was where its attributes are %s', (_, originalAttributes) => {
    expect(enveloped({ originalMessageId: id, originalAttributes }).returnTo).toMatchObject({
      byHand: expect.stringContaining('originalAttributes'),
    });
  });

  it('cannot go to a queue that is no queue', () => {
    const { returnTo } = enveloped({ originalMessageId: id, originalAttributes: {}, originalQueue: 'the old one' });
    expect(returnTo).toMatchObject({ byHand: expect.stringContaining('OriginalQueue') });
  });
});

describe('the attributes that come off', () => {
  it.each<[string, Letter, string[]]>([
    [
      "the healer's and the kit's, well formed or not",
      with_({ 'dlq-healer': 'x', 'dlq-evidence': 'y', tenant: 't' }),
      ['dlq-healer', 'dlq-evidence'],
    ],
    [
      'plain evidence, as it was spelt',
      with_({ error_type: 'E', ErrorMessage: 'm', tenant: 't' }),
      ['error_type', 'ErrorMessage'],
    ],
    [
      "not an application's own when the kit spoke",
      with_({ 'dlq-evidence': JSON.stringify(KIT), ErrorCode: 'E7' }),
      ['dlq-evidence'],
    ],
    [
      "a function's dead-letter queue's three",
      letter({
        attributes: {
          ...attributes({ RequestID: 'r', ErrorMessage: 'm', HttpStatus: 'mine' }),
          ErrorCode: { dataType: 'Number', stringValue: '200' },
        },
      }),
      ['RequestID', 'ErrorCode', 'ErrorMessage'],
    ],
    [
      "an envelope's",
      with_({ ErrorType: 'E', OriginalQueue: 'q', tenant: 't' }, { body: '{"originalMessage":1,"errorReason":"x"}' }),
      ['ErrorType', 'OriginalQueue'],
    ],
    ['none of a plain letter', with_({ tenant: 't', OriginalQueue: 'q' }), []],
  ])('are %s', (_what, dead, names) => {
    expect(evidenceOf(dead).attributeNames).toEqual(names);
  });
});
