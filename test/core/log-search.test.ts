import { expect, it } from 'vitest';
import { logSearchFor } from '../../handlers/core/evidence/log-search.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import { evidence, letter, NOW, queue } from './builders.ts';

const own = queue({ consumerFunction: 'orders', logGroup: '/aws/lambda/orders', logLookup: true });
const HOUR = 3_600_000;
const at = (system: Partial<Letter['system']>) => letter({ system: { receiveCount: 6, ...system } });

it.each([
  ['sent and received a moment ago', { sentAt: NOW - 20_000, firstReceivedAt: NOW - 10_000 }, -25_000, 5_000],
  [
    'first received by the healer itself, a day after it was sent',
    { sentAt: NOW - 24 * HOUR, firstReceivedAt: NOW },
    -HOUR,
    5_000,
  ],
  [
    'first received two days ago',
    { sentAt: NOW - 49 * HOUR, firstReceivedAt: NOW - 48 * HOUR },
    -49 * HOUR,
    -36 * HOUR + 5_000,
  ],
  ['without times', {}, -HOUR, 5_000],
])('a silent letter is looked for around its receives: %s', (_, system, from, to) => {
  const search = logSearchFor(at(system), evidence({ source: 'sqs-redrive' }), own, NOW);
  expect(search).toMatchObject({
    messageId: letter().messageId,
    logGroup: '/aws/lambda/orders',
    functionName: 'orders',
  });
  expect([(search?.from ?? 0) - NOW, (search?.to ?? 0) - NOW]).toEqual([from, to]);
});

it('a letter that a program sent without a word is looked for too', () => {
  expect(logSearchFor(letter(), evidence({ source: 'none' }), own, NOW)).toBeDefined();
});

it.each([
  ['that says something', letter(), evidence({ source: 'kit' }), own],
  ['whose queue has no look-up', letter(), evidence({ source: 'none' }), { ...own, logLookup: false }],
  ['whose id would break the pattern', letter({ messageId: 'a"b' }), evidence({ source: 'none' }), own],
])('a letter %s is not', (_, dead, said, of) => {
  expect(logSearchFor(dead, said, of, NOW)).toBeUndefined();
});
