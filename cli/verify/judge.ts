import {
  type Check,
  consumerCheck,
  type Demands,
  deathsCheck,
  dlqCheck,
  executionsCheck,
  groupsCheck,
  relapsesCheck,
  sourceCheck,
} from './checks.ts';
import type { QueueReadings, Readings } from './readings.ts';

export type VerifyVerdict = 'recovered' | 'not recovered' | 'cannot tell';

/** What was not looked at, and what it takes. */
export interface LeftOut {
  readonly queue: string;
  readonly what: string;
  readonly why: string;
}

export interface Judgement {
  readonly verdict: VerifyVerdict;
  /** Failed ones first, then those that nobody knows, what is only noted, and what passed. */
  readonly checks: readonly Check[];
  readonly leftOut: readonly LeftOut[];
}

const ORDER = ['failed', 'unknown', 'noted', 'passed'] as const;

/** One failed check is a no; one that nobody can answer leaves the rest without a yes. */
export function judge(readings: Readings, demands: Demands): Judgement {
  const { machine } = readings;
  const checks: Check[] = [
    ...readings.queues.flatMap((queue) => checksOf(queue, readings.watchedSeconds, demands)),
    ...(machine === undefined
      ? []
      : [{ check: 'executions' as const, queue: null, ...executionsCheck(machine, demands) }]),
  ];
  const has = (outcome: Check['outcome']) => checks.some((check) => check.outcome === outcome);
  return {
    verdict: has('failed') ? 'not recovered' : has('unknown') ? 'cannot tell' : 'recovered',
    checks: ORDER.flatMap((outcome) => checks.filter((check) => check.outcome === outcome)),
    leftOut: readings.queues.flatMap(leftOutOf),
  };
}

function checksOf(readings: QueueReadings, watchedSeconds: number, demands: Demands): Check[] {
  const { queue, sources, consumer, deaths, held } = readings;
  const checks: Omit<Check, 'queue'>[] = [
    { check: 'dlq', ...dlqCheck(readings, watchedSeconds) },
    ...(deaths === undefined
      ? []
      : [
          { check: 'deaths' as const, ...deathsCheck(deaths, readings, demands) },
          { check: 'relapses' as const, ...relapsesCheck(deaths, readings, demands) },
        ]),
    ...sources.map((source) => ({ check: 'source' as const, ...sourceCheck(source) })),
    ...(consumer === undefined ? [] : [{ check: 'consumer' as const, ...consumerCheck(consumer, demands) }]),
    ...(held === undefined ? [] : [{ check: 'groups' as const, ...groupsCheck(held, readings, demands) }]),
  ];
  return checks.map((check) => ({ ...check, queue }));
}

function leftOutOf({ queue, sources, consumer, deaths }: QueueReadings): LeftOut[] {
  return [
    ...(sources.length > 0 ? [] : [{ queue, what: 'whether sources drain', why: 'no source is known: --source URL' }]),
    ...(consumer !== undefined
      ? []
      : [{ queue, what: 'the consumer’s success rate', why: 'no function is known: --function NAME' }]),
    ...(deaths !== undefined
      ? []
      : [{ queue, what: 'relapses and held groups', why: 'no stack, no ledger: --stack NAME' }]),
  ];
}
