import { afterAll, describe, expect, it } from 'vitest';
import { govern } from '../../handlers/govern/govern.ts';
import { healBatch } from '../../handlers/heal/heal-batch.ts';
import { observeAll } from '../../handlers/heal/observe.ts';
import { expectAccounted, type Holdings, holdingsOf } from './account.ts';
import { callSites, sitesSeen } from './call-sites.ts';
import { type Cloud, type Stack, startCloud } from './cloud.ts';
import { copyOf, endClaims } from './copies.ts';
import { GOVERN_PATHS, OTHER_HEAL_PATHS } from './govern-paths.ts';
import { HEAL_PATHS, type Path } from './paths.ts';

/**
 * Disturbs one run at every one of its calls, on every path that letters take, lets SQS or the schedule start it again,
 * and looks for every letter. The calls are those of a run that is left alone, so a new call is covered from the day it
 * is written.
 *
 * What a dead process leaves is what the services saw of it: dying after one call is dying before the next, and a read
 * leaves nothing. So it dies before all of its calls and after each that writes. A process that lives on has more ways
 * to go wrong: each of its calls fails once, and of each that writes the answer is lost once. Only the reads that all
 * runs begin with fail on the first path alone.
 */

const cloud: Cloud = await startCloud();
afterAll(() => cloud.stop());

/** What is read before anything is written: a failure there leaves what no run at all leaves. */
const READ_BY_ALL = new Set([
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'cloudwatch:GetMetricData',
  'sqs:GetQueueAttributes',
]);
const READS = /^(Query|Scan|GetItem|BatchGetItem|Get|List|Describe|FilterLogEvents|ReceiveMessage)/;
type Disturbance = 'dies before all' | 'dies after' | 'goes on after the failure of' | 'goes on without the answer of';
interface Case {
  readonly path: Path;
  readonly how: Disturbance;
  readonly n: number;
  readonly call: string;
}

interface Begun {
  readonly stack: Stack;
  readonly before: Holdings;
}

const prepared = new Map<Path, Promise<Begun>>();
async function prepare(path: Path): Promise<Begun> {
  const stack = await path.start(cloud);
  return { stack, before: await holdingsOf(cloud, stack) };
}

/** A stack of its own for each case, and what it holds. */
async function startOn(path: Path): Promise<Begun> {
  const first = path.copies === false ? prepare(path) : (prepared.get(path) ?? prepare(path));
  prepared.set(path, first);
  const { stack: original, before } = await first;
  const stack = path.copies === false ? original : await copyOf(cloud, original, before.all);
  return { stack: (await path.arrange?.(cloud, stack)) ?? stack, before: { ...before, sent: [], alerts: [] } };
}

/** @param isFirst whether the reads that every run begins with fail here; on the other paths they would do the same */
async function casesOf(path: Path, isFirst: boolean): Promise<Case[]> {
  const { stack, before } = await startOn(path);
  const calls: string[] = [];
  stack.faults(({ service, action }) => {
    calls.push(`${service}:${action}`);
    return { kind: 'pass' };
  });
  await start(path, stack, path.records?.(stack, before) ?? []);
  stack.faults(undefined);
  const isWrite = (call: string) => !READS.test(call.split(':')[1] ?? '');
  const begins = isFirst ? 0 : calls.findIndex(isWrite);
  const mayFail = (call: string, n: number) => n >= begins || !READ_BY_ALL.has(call);
  const cases = calls.flatMap((call, n): Case[] => [
    ...(mayFail(call, n) ? [{ path, how: 'goes on after the failure of' as const, n, call }] : []),
    ...(isWrite(call)
      ? [
          { path, how: 'dies after' as const, n, call },
          { path, how: 'goes on without the answer of' as const, n, call },
        ]
      : []),
  ]);
  return [{ path, how: 'dies before all', n: 0, call: 'its calls' }, ...cases];
}

/** One run; of the healer, the records that it acknowledges. */
async function start(path: Path, stack: Stack, records: readonly object[]): Promise<readonly object[]> {
  if (path.records === undefined) {
    await govern(stack.healer, () => 60_000).catch(() => undefined);
    if (stack.healer.mode === 'observe') await observeAll(stack.healer, () => 60_000).catch(() => undefined);
    return [];
  }
  const answer = await healBatch(stack.healer, { Records: records }, 30_000).catch(() => undefined);
  const failed = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return records.filter((record) => failed?.includes(idOf(record)) === false);
}

const idOf = (record: object) => (record as { messageId: string }).messageId;

function disturb(stack: Stack, { how, n }: Case): void {
  let seen = 0;
  stack.faults(() => {
    const index = seen;
    seen += 1;
    const dead = { kind: 'fail' as const, status: 400, code: 'ProcessIsDead' };
    if (how === 'dies before all') return dead;
    if (how === 'dies after') return index < n ? { kind: 'pass' } : index === n ? { kind: 'drop-after-forward' } : dead;
    if (index !== n) return { kind: 'pass' };
    return how === 'goes on after the failure of'
      ? { kind: 'fail', status: 400, code: 'AccessDeniedException' }
      : { kind: 'drop-after-forward' };
  });
}

const MAX_RESTARTS = 6;

async function isSettled(path: Path, stack: Stack, now: Holdings): Promise<boolean> {
  const states = Object.keys(path.ends).map((name) => [name, stateOf(now.letters.get(name))] as const);
  const isRight = ([name, state]: readonly [string, string]) => [path.ends[name] ?? []].flat().includes(state);
  return states.every(isRight) && path.isDone?.(now, stack) !== false;
}

const stateOf = (row: Record<string, unknown> | undefined) => {
  const lot = String(row?.dueKey ?? '').split('#')[0];
  return `${row?.status}${lot === 'held' ? '@lot' : lot === 'due' ? '@time' : ''}`;
};

async function disturbAndRestart(one: Case): Promise<void> {
  const { path } = one;
  const { stack, before } = await startOn(path);
  const records = path.records?.(stack, before) ?? [];
  disturb(stack, one);
  const acknowledged = await start(path, stack, records);
  stack.faults(undefined);
  // Nobody hears what a dead process answers: SQS delivers everything again.
  let left = one.how.startsWith('dies') ? records : records.filter((record) => !acknowledged.includes(record));
  let now = await holdingsOf(cloud, stack);
  if (!one.how.startsWith('dies')) expectRows(now, acknowledged);
  const statuses = () => [...now.letters].map(([name, row]) => `${name} ${stateOf(row)}`).join(', ');
  for (let round = 0; left.length > 0 || !(await isSettled(path, stack, now)); round++) {
    if (round === MAX_RESTARTS) throw new Error(`not settled: ${left.map(idOf)} left; ${statuses()}`);
    if (path.records !== undefined) await endClaims(cloud, stack);
    stack.clock.now += path.records === undefined ? 91_000 : 1_000; // leases are over
    if (path.records !== undefined && left.length === 0) throw new Error(`acknowledged unsettled: ${statuses()}`);
    const done = await start(path, stack, left);
    left = left.filter((record) => !done.includes(record));
    now = await holdingsOf(cloud, stack);
    expectRows(now, done);
  }
  const gave = path.givesBy !== undefined && stack.served.some(({ action }) => action === path.givesBy);
  const ids = gave ? [...now.letters.values()].map(({ healedMessageId }) => String(healedMessageId)) : [];
  await expectAccounted(stack, before, now, new Set(ids));
  expect([...now.letters.keys()].filter((name) => !name.includes('~')).sort()).toEqual(
    [...new Set([...before.letters.keys(), ...Object.keys(path.ends)])].sort(),
  );
  const noted = now.groups.filter(({ unalerted }) => Number(unalerted) > 0).length;
  expect(now.alerts.length + noted, 'alerts sent or noted').toBeGreaterThanOrEqual(path.alerts ?? 0);
  await path.check?.(now, stack, cloud);
}

/** Whoever is acknowledged has a row. */
function expectRows({ letters }: Holdings, acknowledged: readonly object[]): void {
  const ids = new Set([...letters.values()].map(({ messageId }) => messageId));
  for (const record of acknowledged) expect(ids, 'acknowledged letters have rows').toContain(idOf(record));
}

for (const [who, paths] of [
  ['the healer', [...HEAL_PATHS, ...OTHER_HEAL_PATHS]],
  ['the governor', GOVERN_PATHS],
] as const) {
  const all = await Promise.all(paths.map((path, i) => casesOf(path, i === 0)));
  for (const [i, path] of paths.entries()) {
    const cases = all[i] ?? [];
    describe(`${path.name}: nothing is lost, sent under two keys or kept without a row when ${who}`, () => {
      it.concurrent.each(cases.map((one) => [one.how, one.n, one.call, one] as const))(
        '%s call %i, %s',
        async (_how, _n, _call, one) => disturbAndRestart(one),
      );
    });
  }
}

/** Call sites that no letter's path comes through, by file and function. */
const NOT_ON_A_PATH: Readonly<Record<string, string>> = {
  'handlers/aws/runtime.ts healerRuntime': 'makes the clients; the tests make their own',
  'handlers/aws/documents.ts readDocument': 'reads the policy when a function starts, before there is a letter',
  'handlers/aws/events.ts busOf': 'no letter depends on it: test/healer/events.test.ts',
  'handlers/aws/repair.ts repairByFunction':
    'a function of the user’s, asked before anything is done: test/handlers/repair.test.ts',
  'handlers/aws/control.ts pinLevel': 'a person calls it',
  'handlers/aws/control.ts setPaused': 'a person calls it',
};

describe('every place in the source that calls AWS was come through', () => {
  const sites = callSites().filter(({ file, within }) => NOT_ON_A_PATH[`${file} ${within}`] === undefined);
  it.each(sites.map(({ at, within, what }) => [at, within, what] as const))('%s %s: %s', (at) => {
    expect([...sitesSeen].filter((one) => one.startsWith(at.split(':')[0] ?? ''))).toContain(at);
  });

  it('but for those that no letter comes through, which exist', () => {
    const names = new Set(callSites().map(({ file, within }) => `${file} ${within}`));
    for (const name of Object.keys(NOT_ON_A_PATH)) expect(names).toContain(name);
  });
});
