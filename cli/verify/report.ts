import { redact } from '../../handlers/core/redact.ts';
import { namedList } from '../output/list.ts';
import { table } from '../output/table.ts';
import { counted, printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import type { Depth } from '../stack/depth.ts';
import { totalOf } from '../stack/depth.ts';
import type { Check } from './checks.ts';
import type { Judgement } from './judge.ts';
import type { Answer, QueueReadings, Readings } from './readings.ts';
import type { Since } from './since.ts';

/** What was asked, for both kinds of answer. */
export interface Asked {
  readonly stack: string | undefined;
  readonly since: Since;
  readonly looks: number;
  readonly successRate: number;
  readonly strict: boolean;
}

/** The verdict on top, then what led to it: what failed first. */
export function reportOf(judgement: Judgement, asked: Asked, { width, colours }: Session): string {
  const { verdict, checks, leftOut } = judgement;
  const colour = { recovered: colours.green, 'not recovered': colours.red, 'cannot tell': colours.yellow }[verdict];
  const name = ({ queue, check }: Check) => printable([...(queue === null ? [] : [queue]), check].join(' '));
  const open = checks.filter(({ outcome }) => outcome !== 'passed');
  const passed = checks.filter(({ outcome }) => outcome === 'passed');
  const rows = open.map((check) => [
    check.outcome,
    name(check),
    [check.found, ...(check.advice === null ? [] : [`→ ${check.advice}`])].map(clean).join('\n'),
  ]);
  return [
    `${colours.bold(colour(verdict))}: ${reasonOf(judgement)}`,
    clean(
      `since ${new Date(asked.since.at).toISOString().slice(0, 19).replace('T', ' ')} UTC (${asked.since.because})`,
    ),
    ...(open.length === 0 ? [] : [table([{ head: '' }, { head: 'what' }, { head: 'found' }], rows, width)]),
    ...(passed.length === 0
      ? []
      : [
          'passed',
          namedList(
            passed.map((one) => [name(one), clean(one.found)]),
            width,
          ),
        ]),
    ...leftOut.map(({ queue, what, why }) => clean(`not looked at for ${queue}: ${what} (${why})`)),
    '',
  ].join('\n');
}

const clean = (text: string) => printable(redact(text));

function reasonOf({ verdict, checks }: Judgement): string {
  const count = (outcome: string) => checks.filter((check) => check.outcome === outcome).length;
  const decisive = checks.length - count('noted');
  switch (verdict) {
    case 'recovered':
      return `all ${counted(decisive, 'check')} passed`;
    case 'not recovered':
      return `${count('failed')} of ${counted(decisive, 'check')} failed`;
    case 'cannot tell':
      return `${count('unknown')} of ${counted(decisive, 'check')} could not be answered, and none failed`;
  }
}

/** What `--json` prints; docs/cli/verify.md describes each key. */
export function documentOf(judgement: Judgement, readings: Readings, asked: Asked): object {
  const { machine } = readings;
  return {
    version: 1,
    verdict: judgement.verdict,
    stack: asked.stack ?? null,
    since: new Date(asked.since.at).toISOString(),
    because: asked.since.because,
    looks: asked.looks,
    watchedSeconds: readings.watchedSeconds,
    successRate: asked.successRate,
    strict: asked.strict,
    checks: judgement.checks.map((check) => ({ ...check, found: redact(check.found) })),
    leftOut: judgement.leftOut,
    queues: readings.queues.map(queueOf),
    executions:
      machine === undefined ? null : { stateMachine: machine.arn, ...(known(machine.executions) ?? NO_EXECUTIONS) },
  };
}

const NO_EXECUTIONS = { succeeded: null, failed: null, running: null, isWhole: false };

const known = <T>(answer: Answer<T> | undefined): T | null =>
  answer === undefined || 'refused' in answer ? null : answer.value;

function queueOf({ queue, dlq, sources, consumer, processed, deaths, sent, held }: QueueReadings) {
  return {
    queue,
    dlq: depthsOf(dlq.name, dlq.depths),
    sources: sources.map(({ name, depths, isTier }) => ({ ...depthsOf(name, depths), isTier })),
    consumer: consumer === undefined ? null : { function: consumer.function, ...(known(consumer.calls) ?? NO_CALLS) },
    processed: known(processed),
    sent: known(sent),
    deaths: known(deaths),
    held: known(held),
  };
}

const NO_CALLS = { invocations: null, errors: null };

function depthsOf(name: string, depths: Answer<readonly Depth[]>) {
  const answered = known(depths);
  const last = answered?.at(-1);
  return {
    name,
    messages: answered?.map(totalOf) ?? null,
    visible: last?.visible ?? null,
    inFlight: last?.inFlight ?? null,
    delayed: last?.delayed ?? null,
  };
}
