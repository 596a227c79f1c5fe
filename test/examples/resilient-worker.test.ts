// The contract that the worker in Python keeps, held against the healer's own reading of it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Message } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMessage } from '../../handlers/aws/records.ts';
import type { FailureClass } from '../../handlers/core/classes.ts';
import { classify } from '../../handlers/core/classify.ts';
import { evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';

const FOLDER = join(import.meta.dirname, '../../examples/resilient-consumer/python');

/** `contract.py` needs nothing but Python. */
function python(args: readonly string[], input = ''): string {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return execFileSync('python3', args, { cwd: FOLDER, env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

const GIVE_UP = `
import base64, json, sys
from contract import dead_letter
def give_up(case):
    for one in case["message"]["MessageAttributes"].values():
        if "BinaryValue" in one: one["BinaryValue"] = base64.b64decode(one["BinaryValue"])
    error = type(case["error"]["type"], (Exception,), {"status": case["error"].get("status")})(case["error"]["text"])
    return dead_letter(case["message"], error)
print(json.dumps([give_up(case) for case in json.load(sys.stdin)], default=lambda b: base64.b64encode(b).decode()))
`;

interface Failure {
  readonly type: string;
  readonly text: string;
  readonly status?: number;
}

const FAILURES: readonly (readonly [Failure, FailureClass])[] = [
  [{ type: 'ValidationError', text: 'required field "card" is missing' }, 'VALIDATION_ERROR'],
  [{ type: 'JSONDecodeError', text: 'Expecting value: line 1 column 1 (char 0)' }, 'BAD_PAYLOAD'],
  [{ type: 'ServiceError', text: 'payments answered 401: the token expired', status: 401 }, 'AUTH_FAILURE'],
  [{ type: 'ServiceError', text: 'payments answered 422: not valid', status: 422 }, 'VALIDATION_ERROR'],
  [{ type: 'ServiceError', text: 'payments answered 429: slower', status: 429 }, 'THROTTLED'],
  [{ type: 'ServiceError', text: 'payments said no', status: 503 }, 'DEPENDENCY_FAILURE'],
  [{ type: 'KeyError', text: "'customer'" }, 'CODE_BUG'],
  [{ type: 'ReadTimeoutError', text: 'Read timeout on endpoint URL: "None"' }, 'TIMEOUT'],
];
const BUG: Failure = { type: 'KeyError', text: "'customer'" };
const MARK = JSON.stringify({ v: 1, origin: 'm-0', attempt: 2, group: 'abcdef012345' });
const ATTRIBUTES = {
  none: {},
  healed: { 'dlq-healer': { DataType: 'String', StringValue: MARK } },
  own: {
    picture: { DataType: 'Binary.png', BinaryValue: Buffer.from([0, 255]).toString('base64') },
    price: { DataType: 'Number.float', StringValue: '1.5' },
  },
};

const CASES = [
  ...FAILURES.map(([error]) => ({ name: error.text, error, attributes: ATTRIBUTES.none })),
  ...Object.entries(ATTRIBUTES).map(([name, attributes]) => ({ name, error: BUG, attributes })),
];

interface SentByPython {
  readonly MessageBody: string;
  readonly MessageAttributes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly MessageGroupId: string;
  readonly MessageSystemAttributes: { readonly AWSTraceHeader: { readonly StringValue: string } };
}

/** By the case's name what the worker sends to the DLQ: one start of Python for all. */
const letters = new Map<string, SentByPython>();
beforeAll(() => {
  const system = { ApproximateReceiveCount: '4', AWSTraceHeader: 'Root=1', MessageGroupId: 'tenant-7' };
  const cases = CASES.map(({ error, attributes }) => ({
    error,
    message: { MessageId: 'm-1', Body: '{}', MessageAttributes: attributes, Attributes: system },
  }));
  const sent = JSON.parse(python(['-c', GIVE_UP], JSON.stringify(cases))) as SentByPython[];
  CASES.forEach(({ name }, index) => {
    letters.set(name, sent[index] as SentByPython);
  });
});

/** The letter as the healer reads it from the DLQ, after the worker gave its message up. */
function givenUp(name: string) {
  const sent = letters.get(name);
  if (sent === undefined) throw new Error(`no case ${name}`);
  const decoded = Object.entries(sent.MessageAttributes).map(([name, one]) => [
    name,
    one.BinaryValue === undefined ? one : { ...one, BinaryValue: Buffer.from(one.BinaryValue, 'base64') },
  ]);
  const received: Message = {
    MessageId: 'letter-1',
    Body: sent.MessageBody,
    MessageAttributes: Object.fromEntries(decoded) as NonNullable<Message['MessageAttributes']>,
    Attributes: {
      MessageGroupId: sent.MessageGroupId,
      AWSTraceHeader: sent.MessageSystemAttributes.AWSTraceHeader.StringValue,
    },
  };
  const read = readMessage(received, 'arn:aws:sqs:eu-west-1:123456789012:orders-dlq');
  if (!('letter' in read)) throw new Error(read.unreadable);
  const { evidence, lineage, attributeNames } = evidenceOf(read.letter);
  return {
    evidence,
    lineage,
    failureClass: classify(evidence, read.letter, { rules: [], queue: 'orders' }).failureClass,
    original: originalOf(read.letter, evidence.source, attributeNames),
    system: read.letter.system,
  };
}

describe('the worker’s contract', () => {
  it('has tests of its own, which pass', () => {
    expect(() => python(['-m', 'unittest'])).not.toThrow();
  });

  it.each(FAILURES)('lets the healer know %j as %s', (error, expected) => {
    const letter = givenUp(error.text);
    expect(letter.failureClass).toBe(expected);
    expect(letter.evidence).toMatchObject({ source: 'attributes', errorType: error.type, message: error.text });
  });

  it('gives two letters of one death one origin, and keeps that of a healed one', () => {
    expect(givenUp('none').lineage).toEqual({ originId: 'm-1', attempt: 0 });
    expect(givenUp('healed').lineage).toEqual({ originId: 'm-0', attempt: 2, group: 'abcdef012345' });
  });

  it('brings the message back as it came, once the evidence is off', () => {
    const { original, system } = givenUp('own');
    expect(original.body).toBe('{}');
    expect(original.attributes).toEqual({
      picture: { dataType: 'Binary.png', binaryValue: Buffer.from([0, 255]) },
      price: { dataType: 'Number.float', stringValue: '1.5' },
    });
    expect(system).toMatchObject({ messageGroupId: 'tenant-7', traceHeader: 'Root=1' });
  });
});
