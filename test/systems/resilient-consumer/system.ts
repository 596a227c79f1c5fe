// The resilient consumer, and the worker in Python that takes over its queue: what fails, and what becomes of it.
import { untilQuiet } from '../quiet.ts';
import type { Applied, System } from '../system.ts';
import { accountFaults, accountLines, type Facts } from './account.ts';
import { everyFailure } from './failures.ts';
import { type Levels, pinnedLevels } from './levels.ts';
import { type Outage, outage } from './outage.ts';
import { pythonsTurn, type WorkerRun } from './pythons-turn.ts';
import { lostAcknowledgement, type Redelivered } from './redelivered.ts';
import { openStack } from './stack.ts';

export interface Report {
  readonly facts: Facts;
  readonly settled: boolean;
  /** The same outage with the breaker and without. */
  readonly guarded: Outage;
  readonly unguarded: Outage;
  readonly levels: Levels;
  readonly worker: WorkerRun;
  readonly redelivered: Redelivered;
  readonly maxReceiveCount: number;
}

/** As the example has it. */
const MAX_RECEIVE_COUNT = 20;

async function run(applied: Applied): Promise<Report> {
  const { progress } = applied;
  const stack = openStack(applied);
  try {
    progress.step('every way to fail');
    await everyFailure(stack);
    progress.step('payments is down, with the breaker');
    const guarded = await outage(applied, stack);
    progress.step('payments is down, without the breaker');
    let unguarded = guarded;
    await stack.withEnvironment({ BREAKER_FAILURES: '0' }, async () => {
      unguarded = await outage(applied, stack);
    });
    progress.step('levels that a person pins');
    const levels = await pinnedLevels(stack);
    progress.step('the worker in Python');
    const worker = await pythonsTurn(applied, stack);
    progress.step('messages whose acknowledgement was lost');
    const redelivered = await lostAcknowledgement(applied, stack);
    const settled = await untilQuiet(applied, { prefix: `${stack.stack}-`, timeoutSeconds: 60 });
    const [bookings, letters, queued] = await Promise.all([stack.bookings(), stack.letters(), stack.queued()]);
    const facts = { sent: stack.sent, bookings, letters, queued };
    return {
      ...{ facts, settled, guarded, unguarded, levels, worker, redelivered },
      maxReceiveCount: MAX_RECEIVE_COUNT,
    };
  } finally {
    stack.close();
  }
}

function faults(report: Report): string[] {
  const { facts, settled, guarded, unguarded, levels, worker, redelivered } = report;
  const bookings = new Map(facts.bookings.map((booking) => [booking.orderId, booking]));
  const bookedAt = (orderIds: readonly string[], wanted: number) =>
    orderIds
      .filter((orderId) => bookings.get(orderId)?.level !== wanted)
      .map((orderId) => `${orderId} was booked at level ${bookings.get(orderId)?.level}, not ${wanted}`);
  const rules: readonly (readonly [holds: boolean, fault: string])[] = [
    [settled, 'the queues did not come to rest'],
    [
      guarded.calls * 2 < unguarded.calls,
      `the breaker must spare payments half of the calls at least: ${guarded.calls} with it, ${unguarded.calls} without`,
    ],
    [guarded.spared > 0, 'no call was kept from payments by the breaker'],
    [unguarded.spared === 0, `${unguarded.spared} calls were kept from payments without a breaker`],
    [
      Math.max(guarded.mostReceives, unguarded.mostReceives) < report.maxReceiveCount,
      `an order of an outage was received ${guarded.mostReceives} times, which its queue would not outlast`,
    ],
    [
      worker.governorsLevel === 1,
      `the governor set level ${worker.governorsLevel} while ${worker.backlog.length} orders waited; expected 1`,
    ],
    [levels.callsAtModerate === 0, `${levels.callsAtModerate} calls to recommendations at level 2`],
    [levels.bookedAtSevere === 0, `${levels.bookedAtSevere} orders that can wait were booked at level 3`],
    [worker.ended === 0, `the worker ended with ${worker.ended}:\n${worker.lines.slice(-20).join('\n')}`],
    [worker.duplicates === 1, `the worker knew ${worker.duplicates} messages by their heal key; expected 1`],
    [
      redelivered.duplicates === 2 * redelivered.orders.length,
      `of ${redelivered.orders.length} orders that came three times, ${redelivered.duplicates} copies were known; expected two of each`,
    ],
    [
      redelivered.answers.every((answer) => JSON.stringify(answer) === '{"batchItemFailures":[]}'),
      `an event that came twice was answered with ${JSON.stringify(redelivered.answers)}`,
    ],
  ];
  return [
    ...accountFaults(facts),
    ...rules.flatMap(([holds, fault]) => (holds ? [] : [fault])),
    ...bookedAt(levels.orders.moderate, 2),
    ...bookedAt(levels.orders.urgent, 3),
    ...bookedAt(levels.orders.waited, 0),
    // The governor's own level: both consumers obey it.
    ...bookedAt([...worker.backlog, ...redelivered.orders], 1),
  ];
}

function lines(report: Report): string[] {
  const { facts, guarded, unguarded, redelivered, worker } = report;
  const told = (name: string, it: Outage) =>
    `${name}: ${it.orders} orders, ${Math.round(it.seconds)} s; ${it.calls} calls to the service that was down, ` +
    `${it.spared} kept from it; received ${it.mostReceives} times at most; all booked ${it.recoveredAfterSeconds.toFixed(1)} s after it was up`;
  return [
    ...accountLines(facts),
    told('outage with the breaker', guarded),
    told('outage without', unguarded),
    `the governor set level ${worker.governorsLevel} for a backlog of ${worker.backlog.length}`,
    `known as processed before: ${redelivered.duplicates} by the kit, ${worker.duplicates} by the worker`,
    `${facts.sent.length} messages sent, ${facts.bookings.length} orders booked, ${facts.letters.length} deaths`,
  ];
}

const system: System<Report> = { run, faults, lines };
export default system;
