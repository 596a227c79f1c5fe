import { describe, expect, it } from 'vitest';
import { classify } from '../../handlers/core/classify.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import { evidence, letter } from './builders.ts';

const dead = letter({
  body: '{"order":{"kind":"gift","lines":[]},"blob":"{\\"n\\":1}","zero":0}',
  attributes: { tenant: { dataType: 'String', stringValue: 'acme' } },
});
const why = evidence({
  errorType: 'com.shop.LedgerException',
  message: 'E77: ledger closed for 2026',
  httpStatus: 503,
  awsErrorCode: 'SlowDown',
  causes: ['Frozen: at year end'],
});
const verdictOf = (rules: readonly UserRule[], over = {}) =>
  classify({ ...why, ...over }, dead, { queue: 'orders', rules });
const matches = (when: UserRule['when'], over = {}) =>
  verdictOf([{ id: 'r', when, class: 'OURS' }], over).rule === 'user:r';

describe('a condition', () => {
  it.each<[string, UserRule['when'], boolean]>([
    ['the whole error type', { errorType: 'com.shop.LedgerException' }, true],
    ['the error type without its package', { errorType: 'LedgerException' }, true],
    ['the end of a longer type', { errorType: 'Exception' }, false],
    ['a part of the message', { messageContains: 'ledger closed' }, true],
    ['a part of a cause', { messageContains: 'year end' }, true],
    ['a part in another case', { messageContains: 'LEDGER CLOSED' }, false],
    ['a regular expression', { messageMatches: '^E\\d+: ledger' }, true],
    ['a regular expression that is not found', { messageMatches: '^ledger' }, false],
    ['a regular expression that does not compile', { messageMatches: '(' }, false],
    ['the HTTP status', { httpStatus: 503 }, true],
    ['another HTTP status', { httpStatus: 500 }, false],
    ['the AWS code', { awsErrorCode: 'SlowDown' }, true],
    ['another AWS code', { awsErrorCode: 'Slow' }, false],
    ['the source', { source: 'kit' }, true],
    ['another source', { source: 'sqs-redrive' }, false],
    ['the queue', { queue: 'orders' }, true],
    ['another queue', { queue: 'order' }, false],
    ['an attribute', { attributes: { tenant: 'acme' } }, true],
    ['another value of an attribute', { attributes: { tenant: 'acm' } }, false],
    ['an attribute that is not there', { attributes: { constructor: 'x' } }, false],
    ['a body expression', { body: "order.kind == 'gift'" }, true],
    ['a body expression of a value', { body: 'zero' }, true],
    ['a body expression that finds an empty list', { body: 'order.lines' }, false],
    ["one of Powertools' functions", { body: 'powertools_json(blob).n' }, true],
    ['a body expression that does not compile', { body: 'order.[' }, false],
    ['no condition at all', {}, false],
    ['several that hold', { queue: 'orders', httpStatus: 503, body: 'order' }, true],
    ['several of which one does not', { queue: 'orders', httpStatus: 500, body: 'order' }, false],
  ])('on %s', (_what, when, expected) => {
    expect(matches(when)).toBe(expected);
  });

  it('on the body never matches a body that is not JSON', () => {
    const rules = [{ id: 'r', when: { body: '@' }, class: 'OURS' }];
    expect(classify(why, letter({ body: 'plain' }), { queue: 'orders', rules }).rule).not.toBe('user:r');
  });
});

it('the first rule that matches wins, over every built-in one', () => {
  const when = { queue: 'orders' };
  expect(
    verdictOf([
      { id: 'a', when: { queue: 'x' }, class: 'A' },
      { id: 'b', when, class: 'B', verdict: 'park' },
      { id: 'c', when, class: 'C' },
    ]),
  ).toEqual({
    failureClass: 'B',
    rule: 'user:b',
    words: 'orders',
    confidence: 1,
    verdict: 'park',
  });
});

it('a rule without a verdict leaves it to its class', () => {
  expect(verdictOf([{ id: 'a', when: { queue: 'orders' }, class: 'A' }])).not.toHaveProperty('verdict');
});

it('a hostile text costs a rule no more than linear time', () => {
  const before = performance.now();
  matches({ messageMatches: '(a+)+$' }, { message: `${'a'.repeat(1_000_000)}!` });
  expect(performance.now() - before).toBeLessThan(500);
});
