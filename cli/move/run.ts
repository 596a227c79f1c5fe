import { setTimeout as sleep } from 'node:timers/promises';
import { judge, type Pace, rateAt, type Watch } from './course.ts';
import { count, type Ending, type Failed, type Mover, type Step } from './mover.ts';
import { pacer } from './pacer.ts';

/** What a move came to. */
export interface Moved extends Ending {
  /** `stopped`: by itself, because letters die again. `interrupted`: by its operator. `failed`: AWS refused a call. */
  readonly outcome: 'done' | 'stopped' | 'interrupted' | 'failed';
  readonly why?: string;
  /** Of a move that failed. */
  readonly error?: Error;
  readonly sent: number;
  readonly left: ReadonlyMap<string, number>;
  readonly stuck: ReadonlyMap<string, number>;
  readonly failed: number;
  /** Of the first ones. */
  readonly failures: readonly Failed[];
  readonly relapsed: number;
  /** Ids of the first ones. */
  readonly ids: readonly string[];
}

/** Told of while it runs. */
export interface Progress {
  readonly phase: 'canary' | 'watching' | 'moving';
  readonly sent: number;
  readonly left: number;
  readonly failed: number;
  readonly expected: number;
  /** What the watching waits for, in words. */
  readonly note?: string;
}

export interface Limits {
  /** Letters to send at most. */
  readonly count: number;
  readonly pace: Pace;
  /** How often it looks at what became of the letters, milliseconds. */
  readonly lookMs: number;
}

const MAX_FAILURES = 20;
const MAX_IDS = 1000;

/**
 * Moves letters: the canary first, watched; then the rest, faster and faster up to the rate, until nothing is left, the
 * count is reached, letters die again or the operator ends it. What was begun is finished in every case.
 */
export async function run(
  mover: Mover,
  { count: most, pace, lookMs }: Limits,
  signal: AbortSignal,
  tell: (progress: Progress) => void,
  now: () => number = Date.now,
): Promise<Moved> {
  const total = {
    sent: 0,
    failed: 0,
    left: new Map<string, number>(),
    stuck: new Map<string, number>(),
    failures: [] as Failed[],
    ids: [] as string[],
  };
  let relapsed = 0;
  let phase: Progress['phase'] = pace.canary > 0 ? 'canary' : 'moving';
  const told = (note?: string) =>
    tell({
      ...{
        phase,
        sent: total.sent,
        left: sum(total.left) + sum(total.stuck),
        failed: total.failed,
        expected: mover.expected,
      },
      ...(note === undefined ? {} : { note }),
    });
  const add = ({ sent, left, stuck, failed }: Step) => {
    total.sent += sent.length;
    total.failed += failed.length;
    for (const [why, n] of left) count(total.left, why, n);
    for (const [why, n] of stuck) count(total.stuck, why, n);
    total.failures.push(...failed.slice(0, MAX_FAILURES - total.failures.length));
    total.ids.push(...sent.slice(0, MAX_IDS - total.ids.length));
    told();
  };
  /** Sends up to `quota`; undefined where there is more to come. */
  const send = async (quota: number, canary: boolean): Promise<'empty' | undefined> => {
    const step = await mover.step(quota, canary);
    if (step === undefined) return 'empty';
    add(step);
    return undefined;
  };
  const end = async (outcome: Moved['outcome'], why?: string, error?: Error): Promise<Moved> => ({
    ...(await mover.close()),
    ...(error === undefined ? {} : { error }),
    ...total,
    relapsed,
    outcome,
    ...(why === undefined ? {} : { why }),
  });
  try {
    told();
    let empty: 'empty' | undefined;
    const canary = Math.min(pace.canary, most);
    while (empty === undefined && total.sent < canary && !signal.aborted) empty = await send(canary - total.sent, true);
    if (signal.aborted) return await end('interrupted');
    if (empty === 'empty' && pace.canary === 0) return await end('done');
    if (canary > 0 && total.sent > 0) {
      phase = 'watching';
      const verdict = await watch();
      if (verdict !== undefined) return await end(verdict.outcome, verdict.why);
      phase = 'moving';
    }
    if (empty === 'empty' || total.sent >= most) return await end('done');
    const stopped = await moveRest();
    if (stopped !== undefined) return await end('stopped', stopped);
    return await end(signal.aborted ? 'interrupted' : 'done');
  } catch (error) {
    // What was sent before is as true as the failure: both are told.
    return await end('failed', (error as Error).message, error as Error);
  }

  async function watch(): Promise<{ outcome: 'stopped' | 'interrupted'; why?: string } | undefined> {
    let watched: Watch = { since: now(), sent: total.sent, suspicions: 0 };
    for (;;) {
      if (signal.aborted) return { outcome: 'interrupted' };
      const sight = await mover.look();
      relapsed = sight.relapsed;
      const judgement = judge(watched, sight, pace, now());
      if (judgement.kind === 'failed') return { outcome: 'stopped', why: judgement.why };
      if (judgement.kind === 'passed') {
        told(judgement.why);
        return undefined;
      }
      watched = judgement.watch;
      const left = Math.max(0, pace.windowSeconds - (now() - watched.since) / 1000);
      told(`the canary of ${total.sent}: at most ${Math.ceil(left)} s more`);
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns why it stopped itself, where it did */
  async function moveRest(): Promise<string | undefined> {
    const began = now();
    const over = new AbortController();
    const ending = AbortSignal.any([signal, over.signal]);
    const turns = pacer(() => rateAt(pace, now() - began), now);
    let reserved = total.sent;
    let stopped: string | undefined;
    const work = async () => {
      while (!ending.aborted) {
        const wanted = Math.min(10, most - reserved);
        if (wanted < 1) return;
        reserved += wanted; // before anybody else counts what is left
        const granted = await turns.turn(wanted, ending);
        reserved -= wanted - granted;
        if (granted < 1) return;
        const step = await mover.step(granted, false);
        if (step === undefined) return;
        add(step);
        reserved -= granted - step.sent.length;
      }
    };
    const guard = async () => {
      while (!ending.aborted) {
        await sleep(lookMs, undefined, { signal: ending }).catch(() => undefined);
        if (ending.aborted) return;
        relapsed = (await mover.look()).relapsed;
        if (relapsed <= pace.maxRelapses) continue;
        stopped = `${relapsed} letters of this run died again, more than the ${pace.maxRelapses} that --max-relapses allows`;
        over.abort();
      }
    };
    const workers = Array.from({ length: mover.workers }, work);
    const guarding = guard();
    const done = await Promise.allSettled(workers);
    over.abort();
    await guarding;
    for (const one of done) if (one.status === 'rejected') throw one.reason;
    return stopped;
  }
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
