import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { MAX_MESSAGE_BYTES, messageBytes, outgoing, packBatches } from '../../handlers/core/outgoing.ts';
import { letter } from './builders.ts';

const mark = { originId: 'o-1', attempt: 2, group: 'abcdef012345' };
const text = (stringValue: string) => ({ dataType: 'String', stringValue });
const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, text('x')]));

const envelope = letter({
  body: JSON.stringify({
    originalMessage: '{"id":1}',
    originalAttributes: { ErrorType: 'mine', tenant: 't', 'dlq-healer': '{"old":1}', 'dlq-evidence': '{}' },
    errorReason: 'x',
  }),
  attributes: { ErrorType: text('E') },
});

describe('a letter on its way back', () => {
  it('keeps every attribute of its own, custom types and bytes included', () => {
    const attributes = {
      trace: { dataType: 'String.uuid', stringValue: 'a-b' },
      count: { dataType: 'Number.int', stringValue: '7' },
      image: { dataType: 'Binary.png', binaryValue: Uint8Array.from([0, 255, 1]) },
    };
    const { attributes: kept, body } = outgoing(letter({ attributes }), mark);
    expect(kept).toEqual({ ...attributes, 'dlq-healer': expect.anything() });
    expect(body).toBe(letter().body);
  });

  it('loses its evidence and the mark of the heal before, and carries the new one', () => {
    const attributes = { 'dlq-evidence': text('{}'), 'dlq-healer': text('{"old":1}'), tenant: text('t') };
    const sent = outgoing(originalOf(letter({ attributes }), 'kit', ['dlq-evidence', 'dlq-healer']), mark);
    expect(Object.keys(sent.attributes).sort()).toEqual(['dlq-healer', 'tenant']);
    expect(sent.attributes['dlq-healer']).toEqual(text('{"v":1,"origin":"o-1","attempt":2,"group":"abcdef012345"}'));
    expect(sent.carriesLineage).toBe(true);
  });

  it('never keeps the mark of the heal before, room or not', () => {
    const full = outgoing({ body: '', attributes: { ...many(10), 'dlq-healer': text('{"old":1}') } }, mark);
    expect(full.attributes).toEqual(many(10));
  });

  it('that an envelope holds is what was put into it, its own evidence included', () => {
    const { body, attributes } = originalOf(envelope, 'application-envelope', ['ErrorType']);
    expect(body).toBe('{"id":1}');
    expect(attributes).toEqual({ ErrorType: text('mine'), tenant: text('t') });
  });

  it('adds nothing where ten attributes leave no room', () => {
    expect(outgoing(letter({ attributes: many(9) }), mark).carriesLineage).toBe(true);
    const full = outgoing(letter({ attributes: many(10) }), mark);
    expect(full.carriesLineage).toBe(false);
    expect(full.attributes).toEqual(many(10));
  });

  it('adds nothing where 1 MiB leaves no room, to the byte', () => {
    const markBytes = outgoing(letter({ body: '' }), mark).bytes;
    const fits = outgoing(letter({ body: 'x'.repeat(MAX_MESSAGE_BYTES - markBytes) }), mark);
    const full = outgoing(letter({ body: 'x'.repeat(MAX_MESSAGE_BYTES - markBytes + 1) }), mark);
    expect([fits.carriesLineage, full.carriesLineage]).toEqual([true, false]);
    expect([fits.bytes, full.bytes]).toEqual([MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES - markBytes + 1]);
  });

  it('counts bytes, not characters', () => {
    expect(messageBytes('é€😀', { n: { dataType: 'Binary', binaryValue: new Uint8Array(3) } })).toBe(
      2 + 3 + 4 + 1 + 6 + 3,
    );
  });
});

describe('packing into batches', () => {
  it('never makes a batch that SQS refuses, and loses and reorders nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: MAX_MESSAGE_BYTES })), (sizes) => {
        const batches = packBatches(sizes.map((bytes) => ({ bytes })));
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        }
        expect(batches.flat().map(({ bytes }) => bytes)).toEqual(sizes);
      }),
    );
  });

  it('puts ten small letters into one batch, and two of 600 KiB into two', () => {
    expect(packBatches(Array.from({ length: 10 }, () => ({ bytes: 100 })))).toHaveLength(1);
    expect(packBatches([{ bytes: 614_400 }, { bytes: 614_400 }])).toHaveLength(2);
  });
});
