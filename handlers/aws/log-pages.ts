import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine } from '../core/evidence/log-lines.ts';

/** What one batch may spend on the look-up. */
export interface LogLimits {
  readonly callsPerBatch: number;
  readonly callsPerLetter: number;
  /** From the begin of one call to that of the next. */
  readonly paceMs: number;
  readonly milliseconds: number;
  /** The most of the invocation's remaining time. */
  readonly share: number;
}

/**
 * CloudWatch allows 5 FilterLogEvents a second in an account and region, which cannot be raised, and means them for
 * people: the pace leaves them some. The price list has no item for the call, whatever it scans; it charges the data
 * that Logs Insights scans. https://repost.aws/knowledge-center/cloudwatch-logs-throttling
 * https://aws.amazon.com/cloudwatch/pricing/
 */
export const LOG_LIMITS: LogLimits = {
  callsPerBatch: 15,
  callsPerLetter: 4,
  paceMs: 300,
  milliseconds: 6_000,
  share: 0.25,
};

/** Time or calls are used up: what was found until then is what there is. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly nextToken?: string;
}

export interface LogQuery {
  readonly logGroup: string;
  /** Epoch milliseconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Lines that hold this very text; all lines without it. */
  readonly text?: string;
  readonly stream?: string;
  readonly limit: number;
  readonly nextToken?: string;
}

/** Reads log lines within one batch's budget, one call after the other. */
export interface LogPages {
  /** @throws BudgetSpent before the call that the batch may not make, or when its time is over; the SDK's errors */
  page(query: LogQuery): Promise<LogPage>;
  calls(): number;
  /** @throws BudgetSpent when the batch's time is over */
  check(): void;
}

export function logPages(client: CloudWatchLogsClient, limits: LogLimits, remainingMs: number): LogPages {
  const deadline = performance.now() + Math.min(limits.milliseconds, remainingMs * limits.share);
  let calls = 0;
  let next = 0;
  const check = () => {
    if (performance.now() >= deadline) throw new BudgetSpent('the time for this batch is over');
  };
  return {
    calls: () => calls,
    check,
    async page(query) {
      if (calls >= limits.callsPerBatch) throw new BudgetSpent(`${calls} calls were made for this batch`);
      const wait = Math.min(next, deadline) - performance.now();
      if (wait > 0) await sleep(wait);
      check();
      calls += 1;
      next = performance.now() + limits.paceMs;
      return read(client, query, AbortSignal.timeout(Math.ceil(deadline - performance.now())));
    },
  };
}

async function read(client: CloudWatchLogsClient, query: LogQuery, abortSignal: AbortSignal): Promise<LogPage> {
  const { logGroup, from, to, text, stream, limit, nextToken } = query;
  const answer = await client.send(
    new FilterLogEventsCommand({
      logGroupName: logGroup,
      startTime: from,
      endTime: to,
      limit,
      ...(stream === undefined ? {} : { logStreamNames: [stream] }),
      // Quoted, a text with hyphens is one term. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
      ...(text === undefined ? {} : { filterPattern: `"${text}"` }),
      ...(nextToken === undefined ? {} : { nextToken }),
    }),
    { abortSignal },
  );
  const lines = (answer.events ?? []).map(({ timestamp = 0, logStreamName = '', message = '' }) => ({
    time: timestamp,
    stream: logStreamName,
    text: message,
  }));
  return { lines, ...(answer.nextToken === undefined ? {} : { nextToken: answer.nextToken }) };
}
