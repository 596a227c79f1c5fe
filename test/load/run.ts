import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { type Account, takeAccount } from './account.ts';
import { type Clock, startClock } from './clock.ts';
import { createConsumer } from './consumer.ts';
import { bodyOf, kindsOf } from './letters.ts';
import type { LoadOptions } from './options.ts';
import { type BreakerChange, breakerTimeline, type Phase, phaseRecorder } from './phases.ts';
import { createPump } from './pump.ts';
import { sendAll } from './queues.ts';
import { startWorld, type World } from './world.ts';

/** Minutes of the stopped clock. */
const ARRIVAL_MINUTES = 30;
const DOWN_FROM = 5;
const DOWN_UNTIL = 20;
/** A run that has not settled by then is reported as it is. */
const LAST_MINUTE = 24 * 60;

const TICK_SECONDS = 5;
/** How many times faster than letters arrive the consumer works. */
const CONSUMER_SPEED = 4;

export interface LoadReport {
  readonly letters: number;
  readonly seed: number;
  readonly faultsPerMillion: number;
  readonly account: Account;
  /** Nothing is on its way any more: every letter was processed or waits for a person. */
  readonly settled: boolean;
  readonly minutes: number;
  readonly seconds: number;
  readonly accountSeconds: number;
  readonly phases: readonly Phase[];
  readonly deaths: number;
  readonly relapses: number;
  /** Second copies of one heal, which the consumer knew by their key. */
  readonly copies: number;
  readonly batches: { readonly handed: number; readonly lettersReturned: number; readonly threw: number };
  readonly governorFailures: number;
  /** The healer's own calls: the governor's too, and none of Lambda's polling. */
  readonly calls: Readonly<Record<string, number>>;
  readonly callsPerDeath: number;
  readonly breaker: readonly BreakerChange[];
  readonly peakMemoryMb: number;
}

/** Sends the letters through an outage, until nothing moves any more, and accounts for each. */
export async function runLoad(options: LoadOptions, say: (line: string) => void): Promise<LoadReport> {
  const world = await startWorld(options);
  const clock = startClock();
  try {
    const real = performance.now();
    const { settled, ...figures } = await live(world, clock, options, say);
    const seconds = (performance.now() - real) / 1000;
    const minutes = clock.minutes();
    world.endFaults();
    const before = performance.now();
    const account = await takeAccount(world, options.letters, figures.processed);
    const calls = Object.fromEntries([...world.calls].sort(([a], [b]) => a.localeCompare(b)));
    const { consumer, pump, phases, breaker, governorFailures } = figures;
    return {
      ...{ letters: options.letters, seed: options.seed, faultsPerMillion: options.faults },
      ...{ account, settled, minutes, seconds, accountSeconds: (performance.now() - before) / 1000, phases },
      deaths: consumer.died,
      relapses: consumer.relapsed,
      copies: consumer.copies,
      batches: { handed: pump.batches, lettersReturned: pump.returned, threw: pump.threw },
      governorFailures,
      calls,
      callsPerDeath: Object.values(calls).reduce((sum, n) => sum + n, 0) / consumer.died,
      breaker,
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    clock.stop();
    await world.stop();
  }
}

async function live(world: World, clock: Clock, options: LoadOptions, say: (line: string) => void) {
  const kinds = kindsOf(options.letters, options.seed);
  const isUp = () => clock.minutes() < DOWN_FROM || clock.minutes() >= DOWN_UNTIL;
  const consumer = createConsumer(world, (id) => kinds[id] ?? 'ordinary', isUp);
  const pump = createPump(world.dlq, world.dlqArn, (event) => healBatch(world.healer, event, 30_000));
  const phases = phaseRecorder(consumer.done, pump.done);
  const breaker = breakerTimeline();
  const perTick = Math.ceil((options.letters / ARRIVAL_MINUTES / 60) * TICK_SECONDS);
  let sent = 0;
  let governorFailures = 0;
  let settled = false;

  async function everyMinute(): Promise<void> {
    const start = performance.now();
    await govern(world.healer, () => 60_000 - (performance.now() - start)).catch(() => {
      governorFailures += 1;
    });
    breaker.look(clock.minutes(), await world.groups());
    phases.minute(phaseAt(clock.minutes()));
    const left = (await world.queuedCount()) + (await world.withStatus('parked', 1)).length;
    settled = sent === options.letters && left === 0;
    if (clock.minutes() % 10 === 0) {
      const { processed, died } = consumer.done;
      say(`minute ${clock.minutes()}: sent ${sent}, processed ${processed}, died ${died}`);
    }
  }

  while (!settled && clock.minutes() < LAST_MINUTE) {
    const ids = Array.from({ length: Math.min(perTick, options.letters - sent) }, (_, i) => sent + i);
    await sendAll(
      world.source,
      ids.map((id) => ({ MessageBody: bodyOf(id) })),
    );
    sent += ids.length;
    await consumer.consume(perTick * CONSUMER_SPEED);
    await pump.drain();
    clock.advance(TICK_SECONDS);
    if (Number.isInteger(clock.minutes())) await everyMinute();
  }
  return {
    ...{ settled, governorFailures, processed: consumer.processed, consumer: consumer.done, pump: pump.done },
    ...{ phases: phases.all(), breaker: breaker.changes },
  };
}

function phaseAt(minute: number): string {
  if (minute <= DOWN_FROM) return 'dependency up';
  if (minute <= DOWN_UNTIL) return 'dependency down';
  return minute <= ARRIVAL_MINUTES ? 'up again, letters still arrive' : 'the last come back';
}
