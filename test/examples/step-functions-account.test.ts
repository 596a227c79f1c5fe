import { describe, expect, it } from 'vitest';
import { keyOf } from '../../examples/step-functions/parse/key.ts';
import { accountsOf, faultsOf, strangers, type Truth } from '../systems/step-functions/account.ts';
import type { Execution, Row } from '../systems/step-functions/cloud.ts';
import { FATES, type Page } from '../systems/step-functions/pages.ts';

/** The account of the crawler's end-to-end test: whatever is not as it must be is told of. */

const SITE = 'http://127.0.0.1:1';
const URL_OF = { outlasting: `${SITE}/outlasting/0`, steady: `${SITE}/steady/0` };
const PAGES: readonly Page[] = [
  { kind: 'outlasting', path: '/outlasting/0' },
  { kind: 'steady', path: '/steady/0' },
];
const FAILED_AT = '2026-11-22T03:36:12.000Z';

const execution = (name: string, url: string, over: Partial<Execution> = {}): Execution => ({
  ...{ name, arn: `arn:${name}`, status: 'SUCCEEDED', startedAt: 1, stoppedAt: Date.parse(FAILED_AT), input: { url } },
  ...over,
});
const row = (over: Partial<Row> = {}): Row => ({
  ...{ pk: 'letter#a', sk: 'crawls#attempt#000', originId: 'a', attempt: 0, status: 'healed', queue: 'crawls' },
  ...{ failureClass: 'DEPENDENCY_FAILURE', reason: '', diedAt: FAILED_AT, healedMessageId: 'arn:second' },
  ...over,
});
const MARK = { v: 1, attempt: 1, failedAt: FAILED_AT, execution: 'arn:first', reprocessed: true };
const second = execution('second', URL_OF.outlasting, {
  startedAt: 2,
  input: { url: URL_OF.outlasting, dlqHealer: MARK },
});
const stored = (url: string, reprocessed: Truth['stored'][number]['reprocessed'] = null) => ({
  ...{ key: keyOf(url), url, title: 'A page', reprocessed },
});

const TRUTH: Truth = {
  executions: [
    execution('first', URL_OF.outlasting, { status: 'FAILED' }),
    second,
    execution('only', URL_OF.steady, { startedAt: 3 }),
  ],
  letters: [row()],
  bodies: new Map([
    ['letter#a|crawls#attempt#000', JSON.stringify({ detail: { input: JSON.stringify({ url: URL_OF.outlasting }) } })],
  ]),
  stored: [stored(URL_OF.outlasting, { attempt: 1, failedAt: FAILED_AT }), stored(URL_OF.steady)],
  requests: new Map([
    ['/outlasting/0', 5],
    ['/steady/0', 1],
  ]),
};

const faultsIn = (truth: Truth) => {
  const accounts = accountsOf(PAGES, SITE, truth);
  const requests = { outlasting: 5, steady: 1 } as Record<string, number>;
  return [
    ...accounts.flatMap((one) => faultsOf(one, FATES[one.page.kind], requests[one.page.kind])),
    ...strangers(accounts, truth),
  ];
};

describe('the account', () => {
  it('finds nothing where all is as it must be', () => {
    expect(faultsIn(TRUTH)).toEqual([]);
  });

  it.each<[string, Partial<Truth>, string]>([
    [
      'a page that was never crawled',
      { executions: TRUTH.executions.slice(0, 2) },
      '/steady/0: executions must be SUCCEEDED',
    ],
    ['a letter that was lost', { letters: [] }, '/outlasting/0: letters must be healed; got none'],
    ['a letter that rests instead', { letters: [row({ status: 'archived' })] }, 'letters must be healed; got archived'],
    ['another class', { letters: [row({ failureClass: 'UNKNOWN' })] }, 'failure class must be DEPENDENCY_FAILURE'],
    ['an object that is missing', { stored: TRUTH.stored.slice(0, 1) }, '/steady/0: it must have an object'],
    ['an object of nobody', { stored: [...TRUTH.stored, stored('http://other')] }, 'is of no page that was sent'],
    [
      'an execution too many',
      { executions: [...TRUTH.executions, execution('third', URL_OF.steady, { startedAt: 4 })] },
      '/steady/0: executions must be SUCCEEDED; got SUCCEEDED,SUCCEEDED',
    ],
    [
      'an execution of nobody',
      { executions: [...TRUTH.executions, execution('stranger', 'http://other', { startedAt: 4 })] },
      'execution stranger is of no page',
    ],
    [
      'a heal without its mark',
      {
        executions: TRUTH.executions.map((one) =>
          one === second ? { ...one, input: { url: URL_OF.outlasting } } : one,
        ),
      },
      'execution 2 must be marked',
    ],
    [
      'a mark with the time of another failure',
      {
        executions: TRUTH.executions.map((one) =>
          one === second
            ? {
                ...one,
                input: { url: URL_OF.outlasting, dlqHealer: { ...MARK, failedAt: '2026-11-22T04:00:00.000Z' } },
              }
            : one,
        ),
      },
      'execution 2 must be marked',
    ],
    [
      'a row that names another execution',
      { letters: [row({ healedMessageId: 'arn:other' })] },
      'the ledger must name execution 2',
    ],
    [
      'a page that hides that it was reprocessed',
      { stored: [stored(URL_OF.outlasting), stored(URL_OF.steady)] },
      'its page must be marked',
    ],
    ['a Retry that did not work', { requests: new Map([['/outlasting/0', 2]]) }, 'at least 5 times; it was 2 times'],
  ])('tells of %s', (_, over, fault) => {
    expect(faultsIn({ ...TRUTH, ...over }).join('\n')).toContain(fault);
  });

  it('knows the second event of a death by its row', () => {
    const twin = row({ sk: 'crawls#attempt#000#twin#m-2', status: 'duplicate' });
    const bodies = new Map([...TRUTH.bodies, [`${twin.pk}|${twin.sk}`, [...TRUTH.bodies.values()][0] ?? '']]);
    const [account] = accountsOf(PAGES, SITE, { ...TRUTH, letters: [row(), twin], bodies });
    expect(account?.letters).toHaveLength(1);
    expect(account?.duplicates).toEqual([twin]);
  });
});
