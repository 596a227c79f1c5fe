import { describe, expect, it } from 'vitest';
import { errorRate, latest, type Series, sum } from '../../handlers/core/error-rate.ts';

/** One value a minute, from the first on; undefined is a minute without data. */
const series = (...values: (number | undefined)[]): Series =>
  new Map(values.flatMap((value, minute) => (value === undefined ? [] : [[minute * 60_000, value] as const])));
const NONE = { errors: series(), invocations: series(), letters: series(), waiting: series(), deleted: series() };

describe('the error rate', () => {
  it.each([
    ['of a queue of which nothing is known', NONE, undefined],
    ['of errors among invocations', { errors: series(1, 3), invocations: series(20, 20) }, 0.1],
    ['of invocations without an error', { errors: series(), invocations: series(20) }, 0],
    ['of fewer than 20 invocations', { errors: series(10), invocations: series(10, 9) }, undefined],
    ['of letters beside deleted messages', { letters: series(9, 10), deleted: series(9, 30, 60) }, 0.1],
    ['of nothing but letters', { letters: series(0, 20), deleted: series(0, 0) }, 1],
    ['of fewer than 20 messages that ended', { letters: series(0, 10), deleted: series(0, 9) }, undefined],
    ['of letters whose minutes SQS has not published', { letters: series(50, 50, 50), deleted: series(9) }, undefined],
    [
      'of letters in minutes that SQS has published, and of no others',
      { letters: series(0, 0, 50, 50), deleted: series(100, 100) },
      0,
    ],
    [
      'of old letters that the healer works off',
      { letters: series(50, 50, 50), waiting: series(500, 450, 400), deleted: series(10, 10, 10) },
      0,
    ],
    [
      'of old letters among which new ones die',
      { letters: series(50, 50, 50), waiting: series(500, 460, 410), deleted: series(10, 45, 45) },
      0.1,
    ],
    ['of deaths while nothing is healed', { waiting: series(500, 510, 525), deleted: series(0, 30, 45) }, 0.25],
    ['of a DLQ that someone emptied', { waiting: series(500, 0), deleted: series(30, 30) }, 0],
    [
      'of minutes for which the DLQ was published too',
      { letters: series(0, 50, 50), waiting: series(100, 50), deleted: series(20, 20, 20) },
      0,
    ],
    [
      'of failed messages of batches, which are no errors to Lambda',
      { errors: series(0, 0), invocations: series(50, 50), letters: series(0, 25), deleted: series(0, 75) },
      0.25,
    ],
    [
      'of failed invocations, before a message has died of them',
      { errors: series(30, 30), invocations: series(50, 50), letters: series(0, 0), deleted: series(0, 50) },
      0.6,
    ],
    [
      'of errors in minutes whose invocations are not published, which count for nothing',
      { errors: series(1, 90), invocations: series(100) },
      0.01,
    ],
    ['of more errors than invocations in the minutes', { errors: series(30), invocations: series(20) }, 1],
  ])('%s', (_, metrics, rate) => {
    expect(errorRate({ ...NONE, ...metrics })).toBe(rate);
  });
});

it('series add up by the minute', () => {
  expect(sum([series(1, 2), series(undefined, 3, 4)])).toEqual(series(1, 5, 4));
});

it.each([
  [series(), undefined],
  [series(3, 9, undefined), 9],
])('the latest value is that of the last minute with data', (values, value) => {
  expect(latest(values)).toBe(value);
});
