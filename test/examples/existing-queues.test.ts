import { describe, expect, it } from 'vitest';
import { handler } from '../../examples/existing-queues/worker/index.ts';
import { type Facts, idOf, judge, outOfOrder } from '../systems/existing-queues/account.ts';
import { type Told, toldFaults } from '../systems/existing-queues/told.ts';

const letter = (queue: string, id: string, messageId = id) => ({
  ...{ queue, messageId, body: `{"id": "${id}"}`, attributes: '[null,{}]' },
});
const row = (queue: string, messageId: string, status: string, reason = 'VALIDATION_ERROR (rule)') => ({
  ...{ queue, messageId, status, reason, archived: `{"id": "${messageId}"}` },
});
const LETTERS = [letter('orders', 'o-1'), letter('orders', 'bad'), letter('news', 'audit')];
const FINE: Facts = {
  deaths: [
    { queue: 'orders', id: 'o-1', fate: 'given back', by: 'orders', with: { group: 'g' } },
    { queue: 'orders', id: 'bad', fate: 'archived', reason: 'VALIDATION_ERROR' },
    { queue: 'news', id: 'audit', fate: 'waiting', reason: 'name the topic' },
  ],
  letters: LETTERS,
  observed: LETTERS,
  rows: [
    row('orders', 'o-1', 'healed'),
    row('orders', 'bad', 'archived'),
    row('news', 'audit', 'waiting', 'name the topic'),
  ],
  deeds: [{ by: 'orders', did: 'o-1', with: { group: 'g', more: 1 } }],
  left: { orders: 0 },
};
const [first, second, third] = FINE.rows as [Facts['rows'][0], Facts['rows'][0], Facts['rows'][0]];

describe('the account of the other team', () => {
  it('finds nothing where all is well', () => {
    expect(judge(FINE)).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string]>([
    ['a letter that never died', { letters: LETTERS.slice(1), observed: LETTERS.slice(1) }, 'lies 0 time(s)'],
    ['a letter that observing consumed', { observed: LETTERS.slice(1) }, 'orders/o-1 was touched'],
    [
      'a letter that observing changed',
      { observed: [{ ...letter('orders', 'o-1'), body: '{}' }, ...LETTERS.slice(1)] },
      'orders/o-1 was touched',
    ],
    ['a letter that is lost', { rows: [first, second] }, 'news/audit has no row'],
    ['a letter that was given back and never came', { deeds: [] }, 'was done 0 time(s)'],
    ['a letter that came twice', { deeds: [...FINE.deeds, ...FINE.deeds] }, 'was done 2 time(s)'],
    ['a letter that came otherwise', { deeds: [{ by: 'orders', did: 'o-1', with: {} }] }, 'came back as'],
    [
      'a letter that went to a stranger',
      { deeds: [...FINE.deeds, { by: 'mailer', did: 'audit', with: {} }] },
      'mailer/audit was done',
    ],
    ['another reason', { rows: [first, second, { ...third, reason: 'UNKNOWN' }] }, 'does not say “name the topic”'],
    ['another fate', { rows: [first, second, { ...third, status: 'healed' }] }, 'is healed and not waiting'],
    [
      'an archive with another body',
      { rows: [first, { ...second, archived: '{}' }, third] },
      'does not lie in the archive',
    ],
    ['what is left in a queue', { left: { orders: 2 } }, '2 message(s) are left in orders'],
  ])('finds %s', (_, over, said) => {
    expect(judge({ ...FINE, ...over }).join('\n')).toContain(said);
  });

  it('finds a group that was not done in order', () => {
    const done = (did: string) => ({ by: 'ledger', did, with: { group: 'a' } });
    expect(outOfOrder([done('a1'), done('a2')], 'ledger')).toEqual([]);
    expect(outOfOrder([done('a2'), done('a1')], 'ledger')).toEqual(['group a of ledger was done in the order a2, a1']);
  });

  it.each([
    ['an event', '{"id":"6a7e8feb-b491","detail":{"id":"placed-1"}}', 'placed-1'],
    ['a notification', JSON.stringify({ Message: '{"id":"news-1"}' }), 'news-1'],
    ['blanks', '{"id": "order-1",  "total": 12.50}', 'order-1'],
    ['a record without its event', '{"requestContext":{"requestId":"r"}}', 'unnamed'],
  ])('knows what died in %s', (_, body, id) => {
    expect(idOf(body)).toBe(id);
  });
});

describe('what was told while observing', () => {
  const said = [
    { queue: 'orders', messageId: 'o-1', verdict: 'heal', reason: '' },
    { queue: 'orders', messageId: 'bad', verdict: 'archive', reason: '' },
    { queue: 'news', messageId: 'audit', verdict: 'park', reason: '…; name the topic' },
  ];
  const fine: Told = {
    ...{ deaths: FINE.deaths, letters: LETTERS, said },
    arrived: new Map([
      ['orders', 2],
      ['news', 1],
    ]),
    analyzed: { orders: { heal: 1, archive: 1 }, news: { park: 1 } },
  };

  it('is right where it is what is done later', () => {
    expect(toldFaults(fine)).toEqual([]);
  });

  it.each<[string, Partial<Told>, string]>([
    [
      'another verdict',
      { said: [{ ...said[0], verdict: 'archive' } as never, ...said.slice(1)] },
      'would archive orders/o-1',
    ],
    ['another reason', { said: [...said.slice(0, 2), { ...said[2], reason: 'no' } as never] }, 'the healer said “no”'],
    ['a letter that it missed', { said: said.slice(1) }, 'told of 1 letters, and 2'],
    [
      'a metric that differs',
      {
        arrived: new Map([
          ['orders', 3],
          ['news', 1],
        ]),
      },
      'is 3, and 2 letters were told of',
    ],
    [
      'an analysis that differs',
      { analyzed: { orders: { heal: 2 }, news: { park: 1 } } },
      'dlq analyze says of orders: 0',
    ],
  ])('is wrong in %s', (_, over, words) => {
    expect(toldFaults({ ...fine, ...over }).join('\n')).toContain(words);
  });
});

describe('a function of the other team', () => {
  const record = (messageId: string, body: object, group?: string) => ({
    ...{ eventSource: 'aws:sqs', messageId, body: JSON.stringify(body), messageAttributes: {} },
    attributes: group === undefined ? {} : { MessageGroupId: group },
  });

  it('gives back what is wrong, and of its message group what comes after', async () => {
    process.env.PAYMENTS = 'up';
    const bad = { id: 'x', total: 'much' };
    const good = { id: 'y', total: 1 };
    const Records = [record('1', bad, 'a'), record('2', good, 'b'), record('3', good, 'a'), record('4', good)];
    const answer = await handler({ Records });
    expect(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['1', '3']);
  });

  it.each([
    ['an event of its caller', { id: 'x', total: 1 }],
    ['an event of a rule', { detail: { id: 'x', total: 1 } }],
    ['a notification', { Records: [{ EventSource: 'aws:sns', Sns: { Message: '{"id":"x","total":1}' } }] }],
  ])('fails as a whole on %s while payments are down', async (_, event) => {
    process.env.PAYMENTS = 'down';
    await expect(handler(event)).rejects.toThrow('503');
    process.env.PAYMENTS = 'up';
    await expect(handler(event)).resolves.toBeUndefined();
  });
});
