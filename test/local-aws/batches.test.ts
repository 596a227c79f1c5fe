import { describe, expect, it } from 'vitest';
import { failedIds } from './host/batches.ts';
import { rateOf } from './host/schedules.ts';

const IDS = ['a', 'b', 'c'];
const REPORT = ['ReportBatchItemFailures'];
const answer = (payload: unknown) => failedIds(IDS, { payload: JSON.stringify(payload) }, REPORT);

describe('what a batch’s answer means', () => {
  it.each([
    ['nothing', null],
    ['an empty object', {}],
    ['no list', { batchItemFailures: null }],
    ['an empty list', { batchItemFailures: [] }],
  ])('%s acknowledges all', (_, payload) => {
    expect([...answer(payload)]).toEqual([]);
  });

  it.each([
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a wrong key', { batchItemFailures: [{ id: 'a' }] }],
    ['an identifier of no message', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'x' }] }],
    ['something that is no object', 'ok'],
    ['a list that is none', { batchItemFailures: 'a' }],
  ])('%s fails the whole batch', (_, payload) => {
    expect([...answer(payload)]).toEqual(IDS);
  });

  it('the named messages stay, the others go', () => {
    expect([...answer({ batchItemFailures: [{ itemIdentifier: 'b' }] })]).toEqual(['b']);
  });

  it('an answer that is no JSON, or an error, fails the whole batch', () => {
    expect([...failedIds(IDS, { payload: '{' }, REPORT)]).toEqual(IDS);
    expect([...failedIds(IDS, { payload: 'null', functionError: 'Unhandled' }, [])]).toEqual(IDS);
  });

  it('it is not looked at when the mapping does not ask for it', () => {
    const payload = JSON.stringify({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect([...failedIds(IDS, { payload }, [])]).toEqual([]);
  });
});

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['cron(0 12 * * ? *)', undefined],
    [undefined, undefined],
  ])('%s fires every %s milliseconds', (expression, every) => {
    expect(rateOf(expression)).toBe(every);
  });
});
