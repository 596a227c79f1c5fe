import { expect, it } from 'vitest';
import { archiveRecord, restore } from '../../handlers/core/archive-record.ts';
import { handled, letter, NOW } from './builders.ts';

const whole = letter({
  body: 'line one\n"quoted" \u2028 😀 \u0000',
  attributes: {
    tenant: { dataType: 'String', stringValue: 't' },
    empty: { dataType: 'String', stringValue: '' },
    image: { dataType: 'Binary.png', binaryValue: Uint8Array.from([0, 1, 254, 255]) },
  },
  system: { receiveCount: 4, sentAt: 5, messageGroupId: 'g', traceHeader: 'Root=1-abc' },
});

it('gives back the very letter that was archived', () => {
  const returnTo = { kind: 'function', arn: 'arn:aws:lambda:x:1:function:a' } as const;
  const line = JSON.stringify(archiveRecord(handled({ letter: whole, returnTo }), NOW, undefined));
  const { letter: back, evidenceNames, source, returnTo: where } = restore(line);
  expect({ ...back, attributes: plain(back.attributes) }).toEqual({ ...whole, attributes: plain(whole.attributes) });
  expect(evidenceNames).toEqual(['dlq-evidence']);
  expect(source).toBe('kit');
  expect(where).toEqual(returnTo);
});

const plain = (attributes: object) =>
  Object.fromEntries(
    Object.entries(attributes).map(([k, v]) => [k, 'binaryValue' in v ? { ...v, binaryValue: [...v.binaryValue] } : v]),
  );

it('is one line, and tells why the letter is there', () => {
  const line = JSON.stringify(archiveRecord(handled({ letter: whole }), NOW, 'https://logs'));
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    version: 1,
    classification: { failureClass: 'CODE_BUG' },
    verdict: { kind: 'park' },
    evidence: { errorType: 'TypeError' },
    returnTo: { kind: 'queue' },
    healKey: handled().healKey,
    archivedAt: '2026-11-22T03:00:00.000Z',
    logsUrl: 'https://logs',
  });
});

it.each([
  ['{"version":2}', 'archive record version must be 1; got 2'],
  ['{"version":1}', 'archive record body must be a string'],
  [
    '{"version":1,"body":"","messageId":"m","dlqArn":"a","system":{},"attributes":{"x":{"dataType":"String"}}}',
    'attributes.x.stringValue',
  ],
  [
    '{"version":1,"body":"","messageId":"m","dlqArn":"a","system":{},"attributes":{},"evidence":{"source":"kit"}}',
    'returnTo must be an object',
  ],
])('refuses %s and says what is wrong', (line, message) => {
  expect(() => restore(line)).toThrow(message);
});
