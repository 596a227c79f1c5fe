import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRecords } from '../../handlers/aws/records.ts';
import { ADAPTERS, evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { LETTER_FIXTURES, type LetterFixture, letterIn } from './letters.ts';

/** One letter of every source in its exact shape; what must be read off it lies in the folder `expected`. */
const golden = (name: string): unknown => JSON.parse(readFileSync(`test/core/fixtures/expected/${name}.json`, 'utf8'));

const shown = ({ record, failureRecord }: LetterFixture) => {
  const letter = letterIn(record);
  const found = evidenceOf(letter, failureRecord);
  const { body, attributes } = originalOf(letter, found.evidence.source, found.attributeNames);
  const values = Object.entries(attributes).map(([name, { dataType, ...value }]) => [
    name,
    `${dataType} ${'binaryValue' in value ? `base64 ${Buffer.from(value.binaryValue).toString('base64')}` : value.stringValue}`,
  ]);
  return { ...found, original: { body, attributes: Object.fromEntries(values) } };
};

/** Where a shape stands on another's: the more telling adapter is asked first. */
const STANDS_ON: Readonly<Record<string, readonly string[]>> = {
  'application-envelope': ['attributes'],
  'kit-record': ['sqs-redrive'],
  'lambda-async-dlq': ['attributes'],
  'sns-subscription': ['attributes'],
};

describe('every source of dead letters', () => {
  it('has a letter', () => {
    expect(new Set(LETTER_FIXTURES.map(({ source }) => source))).toEqual(
      new Set([...ADAPTERS.map(({ source }) => source), 'none']),
    );
  });

  it.each(LETTER_FIXTURES.map((fixture) => [fixture.name, fixture] as const))('reads %s', (name, fixture) => {
    const read = shown(fixture);
    expect(read.evidence.source).toBe(fixture.source);
    expect(JSON.parse(JSON.stringify(read))).toEqual(golden(name));
  });

  it.each(LETTER_FIXTURES.map((fixture) => [fixture.name, fixture] as const))(
    '%s is recognised by its own adapter and no other',
    (_, { source, record, failureRecord }) => {
      const knowing = ADAPTERS.filter((adapter) => adapter.read(letterIn(record), failureRecord) !== undefined);
      const others = knowing.map((adapter) => adapter.source).filter((name) => name !== source);
      expect(knowing.length - others.length).toBe(source === 'none' ? 0 : 1);
      expect(STANDS_ON[source] ?? []).toEqual(expect.arrayContaining(others));
    },
  );

  it.each(LETTER_FIXTURES.map((fixture) => [fixture.name, fixture] as const))(
    '%s is its queue’s own message where SQS moved it there',
    (_, { source, record }) => {
      const attributes = { ...(record.attributes as object), DeadLetterQueueSourceArn: 'arn:aws:sqs:a:1:q' };
      const { evidence, returnTo } = evidenceOf(letterIn({ ...record, attributes }));
      const own = ['kit', 'attributes'].includes(source) ? [source] : ['sqs-redrive', 'attributes'];
      expect(own).toContain(evidence.source);
      expect(returnTo).toEqual({ kind: 'queue', arn: 'arn:aws:sqs:a:1:q' });
    },
  );
});

describe('letters that arrive damaged', () => {
  const damage = fc.record({
    fixture: fc.constantFrom(...LETTER_FIXTURES),
    cutBody: fc.double({ min: 0, max: 1, noNaN: true }),
    swap: fc.option(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom('null', '[', '7', '"', '{}', '\u0000')),
    ),
    drop: fc.array(fc.nat(12), { maxLength: 4 }),
    retype: fc.option(fc.constantFrom('Number', 'Binary', 'String.x', '')),
    keepBody: fc.boolean(),
  });

  it('are read without a throw, and the original is always at hand', () => {
    fc.assert(
      fc.property(damage, ({ fixture, cutBody, swap, drop, retype, keepBody }) => {
        const whole = String(fixture.record.body);
        const cut = keepBody ? whole : whole.slice(0, Math.floor(whole.length * cutBody));
        const at = swap === null ? 0 : Math.floor(cut.length * swap[0]);
        const body = swap === null ? cut : `${cut.slice(0, at)}${swap[1]}${cut.slice(at + 1)}`;
        const kept = Object.entries(fixture.record.messageAttributes as Record<string, { dataType: string }>)
          .filter((_, i) => !drop.includes(i))
          .map(([name, value]) => [name, { ...value, dataType: retype ?? value.dataType }]);
        const [received] = readRecords([{ ...fixture.record, body, messageAttributes: Object.fromEntries(kept) }]);
        if (received === undefined || !('letter' in received)) throw new Error('the damage made it unreadable');
        const found = evidenceOf(received.letter, fixture.failureRecord?.slice(0, 1 + Math.floor(cutBody * 900)));
        const original = originalOf(received.letter, found.evidence.source, found.attributeNames);
        expect(typeof original.body).toBe('string');
        for (const name of found.attributeNames) expect(received.letter.attributes).toHaveProperty(name);
      }),
      { numRuns: 1000 },
    );
  }, 60_000);

  it('are read without a throw whatever JSON values stand in them', () => {
    const key = fc.constantFrom(
      'requestContext',
      'functionArn',
      'condition',
      'requestPayload',
      'responsePayload',
      'KinesisBatchInfo',
      'context',
      'partnerResourceArn',
      'failedMessages',
      'subscriberArn',
      'Type',
      'TopicArn',
      'Message',
      'MessageAttributes',
      'originalMessage',
      'originalAttributes',
      'originalMessageId',
      'errorReason',
      '__proto__',
    );
    const words = fc.constantFrom(
      'Notification',
      'arn:aws:sns:a:1:t',
      'arn:aws:lambda:a:1:function:f',
      'arn:aws:pipes:a:1:p',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.jsonValue(), words, fc.dictionary(key, tie('value'))),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), (fields) => {
        const letter = letterIn({ ...LETTER_FIXTURES[0]?.record, body: JSON.stringify(fields), messageAttributes: {} });
        const { evidence, returnTo } = evidenceOf(letter);
        expect(returnTo.kind).toBeTruthy();
        expect(typeof originalOf(letter, evidence.source, []).body).toBe('string');
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
