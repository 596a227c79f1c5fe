import { Logger } from '@aws-lambda-powertools/logger';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  ResourceNotFoundException,
  ThrottlingException,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LOG_LIMITS, type LogLimits } from '../../handlers/aws/log-pages.ts';
import { lookUpLogs } from '../../handlers/aws/logs.ts';
import type { LogSearch } from '../../handlers/core/evidence/log-search.ts';

const logs = mockClient(CloudWatchLogsClient);
const client = new CloudWatchLogsClient({ region: 'eu-central-1' });
const logger = new Logger({ logLevel: 'SILENT' });
const said = { info: vi.spyOn(logger, 'info'), warn: vi.spyOn(logger, 'warn') };
beforeEach(() => {
  logs.reset();
  said.info.mockClear();
  said.warn.mockClear();
});

const NOW = Date.UTC(2026, 10, 22, 3, 0, 0);
const REQUEST = '8f5d1e0a-1111-4222-8333-444455556666';
const ids = Array.from({ length: 10 }, (_, i) => `7f9d2a10-0001-4000-8000-00000000000${i}`);
const search = (messageId: string, logGroup = '/aws/lambda/orders'): LogSearch => ({
  messageId,
  logGroup,
  functionName: 'orders',
  from: NOW - 60_000,
  to: NOW,
});
const unhurried: LogLimits = { ...LOG_LIMITS, paceMs: 0 };
const lookUp = (searches: readonly LogSearch[], limits: Partial<LogLimits> = {}, remainingMs = 30_000) =>
  lookUpLogs(client, searches, remainingMs, logger, { ...unhurried, ...limits });
const event = (message: string, at = 0, logStreamName = 's') => ({
  timestamp: NOW - 1000 + at,
  logStreamName,
  message,
});
const TIMED_OUT = [
  event(`START RequestId: ${REQUEST} Version: 1`),
  ...ids.map((id) => event(`got ${id}`)),
  event(`2026-11-22T03:00:00.000Z ${REQUEST} Task timed out after 3.00 seconds`),
];

/** Serves a log group that has these events: searches by text, and reads streams. */
function serve(events: readonly ReturnType<typeof event>[]): void {
  logs.on(FilterLogEventsCommand).callsFake(({ filterPattern, logStreamNames }: FilterLogEventsCommandInput) => ({
    events: events.filter(
      ({ message, logStreamName }) =>
        (filterPattern === undefined || message.includes(filterPattern.slice(1, -1))) &&
        (logStreamNames === undefined || logStreamNames.includes(logStreamName)),
    ),
  }));
}
const calls = () => logs.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input);

describe('looking for a message in its consumer’s logs', () => {
  it('goes from its id to its last request, and to what that logged', async () => {
    serve(TIMED_OUT);
    const found = await lookUp([search(ids[0] ?? '')]);
    expect(found.get(ids[0] ?? '')).toEqual({
      source: 'cloudwatch-logs',
      message: 'Task timed out after 3.00 seconds',
      functionName: 'orders',
      requestId: REQUEST,
      logGroup: '/aws/lambda/orders',
      logStream: 's',
      at: new Date(NOW - 1000).toISOString(),
    });
    expect(calls()).toEqual([
      {
        logGroupName: '/aws/lambda/orders',
        filterPattern: `"${ids[0]}"`,
        startTime: NOW - 60_000,
        endTime: NOW,
        limit: 100,
      },
      {
        logGroupName: '/aws/lambda/orders',
        logStreamNames: ['s'],
        startTime: NOW - 3000,
        endTime: NOW - 1000 + 910_000,
        limit: 1000,
      },
    ]);
    expect(said.info).toHaveBeenCalledWith(expect.any(String), { letters: 1, explained: 1, calls: 2 });
  });

  it('reads a request once, however many of its messages died', async () => {
    serve(TIMED_OUT);
    expect((await lookUp(ids.map((id) => search(id)))).size).toBe(10);
    expect(calls()).toHaveLength(2);
  });

  it('needs no second call where the last mention says what failed', async () => {
    serve([
      event(
        JSON.stringify({
          level: 'ERROR',
          function_request_id: REQUEST,
          messageId: ids[0],
          errorType: 'E',
          errorMessage: 'm',
        }),
      ),
    ]);
    expect((await lookUp([search(ids[0] ?? '')])).get(ids[0] ?? '')).toMatchObject({ errorType: 'E', message: 'm' });
    expect(calls()).toHaveLength(1);
  });

  it('does not take an earlier receive’s error for the death', async () => {
    const earlier = event(
      JSON.stringify({
        level: 'ERROR',
        function_request_id: 'r-1',
        messageId: ids[0],
        errorType: 'E',
        errorMessage: 'm',
      }),
      -500,
      'old',
    );
    serve([earlier, ...TIMED_OUT]);
    expect((await lookUp([search(ids[0] ?? '')])).get(ids[0] ?? '')).toMatchObject({
      message: 'Task timed out after 3.00 seconds',
    });
  });

  it('takes it where the last request says nothing of a failure', async () => {
    const earlier = event(
      JSON.stringify({
        level: 'ERROR',
        function_request_id: 'r-1',
        messageId: ids[0],
        errorType: 'E',
        errorMessage: 'm',
      }),
      -500,
      'old',
    );
    serve([earlier, event(`START RequestId: ${REQUEST} Version: 1`), event(`got ${ids[0]}`)]);
    expect((await lookUp([search(ids[0] ?? '')])).get(ids[0] ?? '')).toMatchObject({ message: 'm', logStream: 'old' });
  });

  it('turns the pages to the end, for the last mention is the death', async () => {
    logs
      .on(FilterLogEventsCommand, { nextToken: 't' })
      .resolves({ events: [event(`${ids[0]}`)] })
      .on(FilterLogEventsCommand, { logStreamNames: ['s'] })
      .resolves({ events: TIMED_OUT });
    logs.on(FilterLogEventsCommand, { filterPattern: `"${ids[0]}"` }).resolvesOnce({ events: [], nextToken: 't' });
    logs.on(FilterLogEventsCommand, { nextToken: 't' }).resolves({ events: [event(`${ids[0]}`)] });
    expect((await lookUp([search(ids[0] ?? '')])).size).toBe(1);
    expect(calls().map(({ nextToken, logStreamNames }) => [nextToken, logStreamNames])).toEqual([
      [undefined, undefined],
      ['t', undefined],
      [undefined, ['s']],
    ]);
  });

  it('finds nothing of a message that no function ever had, and says so', async () => {
    serve(TIMED_OUT);
    expect((await lookUp([search('7f9d2a10-0001-4000-8000-00000000aaaa')])).size).toBe(0);
    expect(calls()).toHaveLength(1);
    expect(said.info).toHaveBeenCalledWith(expect.any(String), { letters: 1, explained: 0, calls: 1 });
  });

  it('makes no call for no letter', async () => {
    await lookUp([]);
    expect(calls()).toEqual([]);
    expect(said.info).not.toHaveBeenCalled();
  });
});

describe('its bounds', () => {
  const endless = () => logs.on(FilterLogEventsCommand).resolves({ events: [], nextToken: 'more' });

  it('are calls for each letter, of which one is kept for the request', async () => {
    endless();
    await lookUp([search(ids[0] ?? '')], { callsPerLetter: 4 });
    expect(calls()).toHaveLength(3);
  });

  it('are calls for the batch; what was read by then still explains others', async () => {
    serve(TIMED_OUT);
    const strangers = Array.from({ length: 5 }, (_, i) => search(`no-such-message-${i}`));
    const found = await lookUp([search(ids[0] ?? ''), ...strangers, search(ids[1] ?? '')], { callsPerBatch: 4 });
    expect([...found.keys()]).toEqual([ids[0], ids[1]]);
    expect(calls()).toHaveLength(4);
    expect(said.warn.mock.calls[0]?.[1]).toMatchObject({
      letters: 7,
      explained: 2,
      calls: 4,
      error: { name: 'BudgetSpent' },
    });
  });

  it.each([
    ['the absolute cap', { milliseconds: 200 }, 30_000],
    ['a share of what remains', { share: 0.25 }, 800],
  ])('are time, by %s', async (_, limits, remainingMs) => {
    logs.on(FilterLogEventsCommand).callsFake(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { events: [] };
    });
    const before = performance.now();
    await lookUp(
      ids.map((id) => search(id)),
      limits,
      remainingMs,
    );
    expect(performance.now() - before).toBeLessThan(600);
    expect(calls().length).toBeLessThan(10);
    expect(said.warn).toHaveBeenCalled();
  });

  it('are a pace, so that people can still search', async () => {
    serve([]);
    const before = performance.now();
    await lookUp(
      ids.slice(0, 4).map((id) => search(id)),
      { paceMs: 50 },
    );
    expect(performance.now() - before).toBeGreaterThanOrEqual(145);
  });

  it('leave people calls: at most four of the five a second', () => {
    expect(1000 / LOG_LIMITS.paceMs).toBeLessThan(4);
    expect(LOG_LIMITS.share).toBeLessThan(0.5);
  });
});

describe('when CloudWatch refuses', () => {
  it.each([
    ['a throttle', new ThrottlingException({ message: 'Rate exceeded', $metadata: {} })],
    ['a refusal', Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' })],
    ['a broken connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ])('%s ends the look-up of the batch, and is told of once', async (_, error) => {
    logs.on(FilterLogEventsCommand).rejects(error);
    expect((await lookUp(ids.map((id) => search(id)))).size).toBe(0);
    expect(calls()).toHaveLength(1);
    expect(said.warn).toHaveBeenCalledExactlyOnceWith(expect.any(String), {
      letters: 10,
      explained: 0,
      calls: 1,
      error,
    });
  });

  it('a log group that is not there costs its own letters one call, and others nothing', async () => {
    serve(TIMED_OUT);
    logs
      .on(FilterLogEventsCommand, { logGroupName: '/aws/lambda/gone' })
      .rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
    const gone = ids.slice(1, 5).map((id) => search(id, '/aws/lambda/gone'));
    expect([...(await lookUp([...gone, search(ids[0] ?? '')])).keys()]).toEqual([ids[0]]);
    expect(calls()).toHaveLength(3);
    expect(said.warn.mock.calls[0]?.[1]).toMatchObject({ missingLogGroups: ['/aws/lambda/gone'] });
  });
});
