import { gunzipSync } from 'node:zlib';
import { breakerOf } from '../../handlers/aws/breakers.ts';
import { controlKey, levelOf, parseControl } from '../../handlers/aws/control-row.ts';
import { groupKey, letterKey } from '../../handlers/aws/keys.ts';
import { type Breaker, isOpen, rampBudget } from '../../handlers/core/group.ts';
import type { Item } from './expressions.ts';
import type { RunState } from './faults.ts';
import {
  BREAKER,
  type Cause,
  type Dead,
  type Entry,
  groupRows,
  letterRows,
  type Mark,
  markOf,
  POISON,
  type World,
} from './world.ts';

// The promises of DESIGN §5 and §8, each said once more in plain code.

export const CLASS_OF: Readonly<Record<Cause, string>> = {
  '503': 'DEPENDENCY_FAILURE',
  '429': 'THROTTLED',
  timeout: 'TIMEOUT',
  bug: 'CODE_BUG',
  poison: 'CODE_BUG',
  '401': 'AUTH_FAILURE',
  'no memory': 'RESOURCE_EXHAUSTED',
  silent: 'UNKNOWN',
  invalid: 'VALIDATION_ERROR',
};

/** Heals that a death of this class may be followed by; nobody sends a letter without one but a person, or a deploy five times. */
const HEALS: Readonly<Record<string, number>> = {
  DEPENDENCY_FAILURE: 3,
  THROTTLED: 3,
  TIMEOUT: 3,
  RESOURCE_EXHAUSTED: 1,
};
const MAX_BY_DEPLOY = 5;
const BLAMELESS: readonly string[] = ['DEPENDENCY_FAILURE', 'THROTTLED', 'AUTH_FAILURE'];
const WHO_RELEASES: Readonly<Record<string, readonly string[]>> = {
  CODE_BUG: ['deploy', 'person'],
  AUTH_FAILURE: ['person'],
  UNKNOWN: ['person'],
};

export const broken = (world: World, promise: string): void => void world.violations.push(promise);

const itemAt = (world: World, key: { readonly pk: string; readonly sk: string }) =>
  world.tables.ledger.items.get(JSON.stringify([key.pk, key.sk]));

/** The degradation level that the ledger has. */
export const notedLevel = (world: World) => levelOf(parseControl(itemAt(world, controlKey('orders'))));

interface Sent {
  readonly entry: Entry;
  readonly name: string;
  readonly mark: Mark | undefined;
  readonly attempt: number;
}

/** A message goes to the source queue: is it one that may, now? */
export function checkSend(world: World, run: RunState, sent: Sent) {
  const { name, attempt, mark } = sent;
  const no = (why: string) => broken(world, `heal ${attempt} of ${name} is sent ${why}`);
  if (!run.isSound) world.doubtful.add(name);
  checkAsItWas(world, sent, no);
  // Whoever died between sending it and noting its lineage left a message that nobody knows: it begins anew.
  if (mark === undefined && world.doubtful.has(name)) return;
  const death = world.deaths.get(`${name}.${attempt - 1}`);
  if (death === undefined) return no('though it did not die after the heal before');
  const row = itemAt(world, letterKey('orders', { originId: name, attempt: attempt - 1 }));
  const fromLot = run.handler === 'governor';
  if (fromLot && row === undefined) return no('from a lot without a row');
  const times = world.sent.get(`${name}.${attempt}`)?.times ?? 0;
  if (times > 0 && !world.doubtful.has(name)) no('twice, though no run was killed or failed');
  if (run.paused && run.isAlone) no('while the stack is paused');
  const classes = death.causes.map((cause) => CLASS_OF[cause]);
  checkLevel(world, run, { ...sent, classes }, no);
  const group = String(row?.group ?? mark?.group);
  const breaker = breakerOf(itemAt(world, groupKey('orders', group)));
  const heals = classes.map((name) => HEALS[name]).reduce((a, b) => (a === undefined || (b ?? 0) > a ? b : a));
  if (heals !== undefined && attempt > heals) no(`though its class is healed ${heals} times`);
  if (!fromLot) {
    if (heals === undefined) no(`though ${classes} is not healed`);
    if (isOpen(breaker) && run.isAlone) no(`at once while its group is ${breaker.state}`);
    return;
  }
  if (row?.dueKey === undefined) return no('though it lies in no lot');
  if (row.releasedBy === 'deploy' && attempt > MAX_BY_DEPLOY) no('by deploys more than five times');
  checkTurn(run, { ...sent, row, breaker, group }, no);
  if (world.fifo) checkOrder(world, row, no);
}

/** Body, attributes and message group are those that the producer wrote. */
function checkAsItWas({ produced }: World, { entry, name }: Sent, no: (why: string) => void) {
  const original = produced.get(name);
  if (original === undefined) return no('though nobody wrote it');
  const { 'dlq-healer': _, ...attributes } = entry.MessageAttributes ?? {};
  if (entry.MessageBody !== original.body) no('with another body');
  if (JSON.stringify(sorted(attributes)) !== JSON.stringify(sorted(original.attributes)))
    no(`with other attributes: ${JSON.stringify(attributes)}`);
  if (entry.MessageGroupId !== original.group) no('with another message group');
}

const sorted = (attributes: object) => Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));

function checkLevel(
  world: World,
  run: RunState,
  { mark, classes }: Sent & { readonly classes: readonly string[] },
  no: (why: string) => void,
) {
  // A governor goes by the level that it has just noted; of two at once, one may have begun before the other noted it.
  const own = run.handler === 'governor' && run.isAlone;
  const level = own ? notedLevel(world) : Math.min(run.level, notedLevel(world));
  const isProbe = mark === undefined ? undefined : mark.probe === true;
  const onlyProbes = level === 3 || (level === 2 && !classes.includes('TIMEOUT'));
  if (level === 4) no('at level 4');
  else if (onlyProbes && isProbe === false) no(`at level ${level} and is no canary`);
}

interface Released extends Sent {
  readonly row: Item;
  readonly breaker: Breaker;
  readonly group: string;
}

/** A held letter goes as a canary or in its turn of the ramp. */
function checkTurn(run: RunState, { row, breaker, group, name, attempt, mark }: Released, no: (why: string) => void) {
  const isProbe = mark === undefined ? breaker.state === 'probing' : mark.probe === true;
  const inGroupLot = String(row.dueKey).startsWith('held#');
  if (breaker.state === 'holding' && run.isAlone) return no('while its group is holding');
  if (isProbe) {
    if (breaker.state !== 'probing') no(`as a canary while its group is ${breaker.state}`);
    else if (!breaker.probes.includes(`${name}.${attempt}`)) no('as a canary that was not chosen');
    if (breaker.probes.length > BREAKER.probes) no(`in a canary of ${breaker.probes.length}`);
    return;
  }
  if (breaker.state === 'probing' && run.isAlone) return no('beside the canary of its group');
  if (breaker.state === 'healing') {
    if (inGroupLot && run.isAlone) no('out of the lot of a group that is closed');
    return;
  }
  const ramped = (run.ramped.get(group) ?? 0) + 1;
  run.ramped.set(group, ramped);
  if (ramped > rampBudget(breaker, BREAKER)) no(`as letter ${ramped} of minute ${breaker.step} of the ramp`);
}

/** Nobody passes a letter of his message group that lies in the same lot. */
function checkOrder(world: World, row: Item, no: (why: string) => void): void {
  const own = world.sequences.get(String(row.messageId)) ?? 0;
  const passed = letterRows(world).find(
    (other) =>
      other.lane === row.lane &&
      other.dueKey === row.dueKey &&
      other.status === 'parked' &&
      (world.sequences.get(String(other.messageId)) ?? 0) < own,
  );
  if (passed !== undefined) no(`before ${passed.originId}, which died before it in its message group`);
}

/** Holds between any two calls: a run may be killed there. */
export function checkAfterCall(world: World): void {
  checkNothingIsLost(world);
  for (const row of groupRows(world)) {
    const name = String(row.group);
    const before = world.breakers.get(name);
    const after = breakerOf(row);
    world.breakers.set(name, row);
    if (row === before || world.byHand) continue;
    const illegal = illegalStep(world, row, breakerOf(before), after);
    if (illegal !== undefined) broken(world, `group ${name} (${row.failureClass}) ${illegal}`);
    if (isOpen(after) && row.statusKey !== 'orders#group') broken(world, `group ${name} is open and not in the list`);
    if (isOpen(after) && row.expiresAt !== undefined) broken(world, `group ${name} is open and expires`);
  }
}

/** What a breaker may do by itself. */
function illegalStep(world: World, row: Item, before: Breaker, after: Breaker): string | undefined {
  const step = `${before.state} → ${after.state}`;
  const who = WHO_RELEASES[String(row.failureClass)];
  if (after.state === 'holding' && before.state !== 'holding' && who?.includes(after.releasedBy) === false)
    return `is held until ${after.releasedBy}`;
  switch (step) {
    case 'healing → healing':
    case 'healing → holding':
    case 'holding → holding':
    case 'probing → probing':
    case 'ramping → ramping':
    case 'probing → holding':
    case 'ramping → holding':
      return undefined;
    case 'holding → probing':
      if (before.releasedBy === 'person') return 'is tried, which only a person may do';
      if (before.releasedBy === 'deploy' && world.deployedAt === 0) return 'is tried without a deploy';
      return before.until !== undefined && world.now < before.until ? 'is tried before its time' : undefined;
    case 'holding → healing':
      return before.byHand ? 'goes on without the person who held it' : undefined;
    case 'ramping → healing':
      return undefined; // that nothing is left behind is checked after the run
    case 'probing → healing':
      return undefined;
    case 'probing → ramping':
      return illegalRamp(world, before);
    default:
      return `goes ${step}`;
  }
}

/** A canary has succeeded if it was processed, or had all the time to die. */
function illegalRamp(world: World, { probes }: Breaker): string | undefined {
  for (const key of probes) {
    const [name = '', attempt = ''] = key.split('.');
    const death = itemAt(world, letterKey('orders', { originId: name, attempt: Number(attempt) }));
    if (death !== undefined) return `is ramped though its canary ${key} died`;
    const sentAt = world.sent.get(key)?.at;
    if (sentAt === undefined) continue; // a person took it out
    // Three receives of 30 seconds.
    if (!world.processedKeys.has(key) && world.now < sentAt + 90_000)
      return `is ramped before its canary ${key} is back`;
  }
  return undefined;
}

const KEPT: readonly unknown[] = ['parked', 'waiting', 'archived', 'quarantined'];

function checkNothingIsLost(world: World): void {
  const there = new Set([...world.source, ...world.dlq.map(({ message }) => message)].map(({ name }) => name));
  for (const name of world.processed.keys()) there.add(name);
  const missing = new Set([...world.produced.keys()].filter((name) => !there.has(name)));
  if (missing.size === 0) return;
  for (const row of letterRows(world)) if (KEPT.includes(row.status)) missing.delete(archivedName(world, row) ?? '');
  for (const name of missing) broken(world, `${name} is lost: it is in no queue, not processed and not kept`);
}

interface Place {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

const readBefore = new WeakMap<Buffer, Map<number, Item | undefined>>();

/** The record that a row leads to; undefined where none can be read. */
function archived(world: World, row: Item): Item | undefined {
  const { key, offset, length } = (row.archive ?? {}) as Partial<Place>;
  const object = key === undefined ? undefined : world.objects.get(key);
  if (object === undefined || offset === undefined || length === undefined) return undefined;
  const known = readBefore.get(object) ?? new Map<number, Item | undefined>();
  readBefore.set(object, known);
  if (!known.has(offset)) known.set(offset, readRecord(object.subarray(offset, offset + length)));
  return known.get(offset);
}

function readRecord(bytes: Buffer): Item | undefined {
  try {
    return JSON.parse(gunzipSync(bytes).toString()) as Item;
  } catch {
    return undefined;
  }
}

const archivedName = (world: World, row: Item) =>
  (archived(world, row)?.attributes as Record<string, { stringValue?: string }> | undefined)?.name?.stringValue;

/** The DLQ lets go of a letter. */
export function checkAcknowledged(world: World, { id, message, record, cause }: Dead) {
  const row = letterRows(world).find(({ messageId }) => messageId === id);
  const what = `${message.name}, dead of ${cause} after ${message.attempt} heals,`;
  if (row === undefined) return broken(world, `${what} is acknowledged without a row`);
  if (row.failureClass !== CLASS_OF[cause]) broken(world, `${what} is taken for ${row.failureClass}`);
  if (row.status === 'healed') return;
  const kept = archived(world, row);
  if (kept === undefined) return broken(world, `${what} is acknowledged and its archive record cannot be read`);
  if (kept.body !== record.body) broken(world, `${what} is archived with another body`);
  const given = Object.keys(record.messageAttributes as object).sort();
  if (JSON.stringify(Object.keys(kept.attributes as object).sort()) !== JSON.stringify(given))
    broken(world, `${what} is archived with other attributes`);
  checkVerdict(world, row, message.body, what);
}

function checkVerdict(world: World, row: Item, body: string, what: string) {
  const heals = HEALS[String(row.failureClass)];
  if (row.status === 'quarantined') {
    const deaths = [...world.deaths].filter(([, death]) => death.body === body);
    const distinct = new Set(deaths.map(([key]) => key.split('.')[0]));
    // Copies without room for their mark may count as letters of their own.
    const isSure = [...distinct].every((name) => !world.doubtful.has(name ?? ''));
    if ((isSure && distinct.size < POISON.threshold) || BLAMELESS.includes(String(row.failureClass)))
      broken(world, `${what} is quarantined though ${distinct.size} letters with its body died`);
  }
  if (row.status === 'archived' && heals !== undefined && Number(row.attempt) < heals)
    broken(world, `${what} is archived though it may be healed ${heals} times`);
}

/** Letters that died again, of a run that told their groups so. */
export function checkBlame(world: World, relapses: readonly Dead[]): void {
  const byGroup = Map.groupBy(relapses, ({ message }) => markOf(message.attributes)?.group);
  for (const [group, some] of byGroup) {
    if (group === undefined) continue;
    const { state, round } = breakerOf(itemAt(world, groupKey('orders', group)));
    const isOfRound = some.some(({ message }) => (markOf(message.attributes)?.round ?? 0) === round);
    if ((state === 'probing' || state === 'ramping') && isOfRound)
      broken(world, `group ${group} is still ${state} though a letter that was let through died again`);
    const deaths = new Set(some.map(({ message }) => `${message.name}.${message.attempt}`)).size;
    if (state === 'healing' && deaths >= BREAKER.relapses)
      broken(world, `group ${group} is healed on though ${deaths} healed letters of it died together`);
  }
}

/** After a run of the governor with time and budget to spare: who is due and may not go lies in his group's lot. */
export function checkLots(world: World): void {
  if (world.fifo) return;
  const now = new Date(world.now).toISOString();
  for (const row of letterRows(world))
    if (row.dueKey === 'due#orders' && String(row.dueAt) <= now && row.leaseUntil === undefined)
      broken(world, `${row.originId}.${row.attempt} is due and neither sent nor put into its group’s lot`);
}

/** Holds whenever no run is under way. */
export function checkStanding(world: World): void {
  checkNothingIsLost(world);
  const inDlq = new Set(world.dlq.map(({ id }) => id));
  const open = new Set(groupRows(world).flatMap((row) => (isOpen(breakerOf(row)) ? [`held#orders#${row.group}`] : [])));
  for (const row of letterRows(world)) {
    const what = `${row.originId}.${row.attempt}`;
    // The next delivery of a letter that was not acknowledged tells its group again.
    if (String(row.dueKey).startsWith('held#') && !open.has(String(row.dueKey)) && !inDlq.has(String(row.messageId)))
      broken(world, `${what} lies in the lot of a group that is closed`);
    if (['parked', 'waiting', 'quarantined'].includes(String(row.status)) && row.expiresAt !== undefined)
      broken(world, `${what} is ${row.status} and its row expires`);
    if (row.status === 'healed' && row.dueKey !== undefined) broken(world, `${what} is healed and still in a lot`);
  }
  for (const name of world.produced.keys()) if (!world.doubtful.has(name)) checkOneLife(world, name);
}

/** Of a letter that no run was killed over there is one copy that can still be processed, or was. */
function checkOneLife(world: World, name: string): void {
  const rows = letterRows(world).filter(({ originId }) => originId === name);
  const handled = new Set(rows.map(({ messageId }) => messageId));
  const lives = [
    ...world.source.filter((one) => one.name === name).map(() => 'in the source queue'),
    ...rows.filter(({ dueKey }) => dueKey !== undefined).map(({ attempt }) => `kept after ${attempt} heals`),
    ...(world.processed.get(name) ?? []).map((key) => `processed as ${key}`),
  ];
  // Twins of one death share its heal key.
  const dead = world.dlq.filter(({ id, message }) => message.name === name && !handled.has(id));
  for (const attempt of new Set(dead.map(({ message }) => message.attempt)))
    if (!rows.some((row) => row.attempt === attempt)) lives.push(`dead after ${attempt} heals`);
  if (lives.length > 1) broken(world, `${name} lives ${lives.length} times: ${lives.join(', ')}`);
}

/**
 * Rows that may wait for ever, for a person: their groups are held until he comes, who may have had reasons. On a FIFO
 * queue so does everybody in the line of such a letter.
 */
export function forPersons(world: World): ReadonlySet<Item> {
  const groups = new Set(
    groupRows(world).flatMap((row) => {
      const { state, releasedBy } = breakerOf(row);
      return state === 'holding' && releasedBy === 'person' ? [row.group] : [];
    }),
  );
  const rows = letterRows(world).filter(({ dueKey }) => dueKey !== undefined);
  const held = rows.filter(({ group }) => groups.has(group));
  const lanes = new Set(held.flatMap(({ lane, dueKey }) => (dueKey === 'due#orders' ? [lane] : [])));
  return new Set(rows.filter((row) => held.includes(row) || (world.fifo && lanes.has(row.lane))));
}

/** Everything is well again, everybody has done his part, and hours have passed. */
export function checkEnd(world: World, isPersonDone: boolean): void {
  const waitsForPerson = forPersons(world);
  if (world.dlq.length > 0) broken(world, `${world.dlq[0]?.message.name} stays in the DLQ for ever`);
  if (world.source.length > 0) broken(world, `${world.source[0]?.name} stays in the source queue for ever`);
  for (const row of letterRows(world)) {
    const what = `${row.originId}.${row.attempt} (${row.failureClass})`;
    const byPerson = !isPersonDone && waitsForPerson.has(row);
    if (row.status === 'parked' && !byPerson) broken(world, `${what} stays parked for ever`);
    const poison = String(archived(world, row)?.body).includes('poison');
    const bugs = !isPersonDone && row.releasedBy === 'deploy' && !byPerson;
    if (bugs && row.dueKey !== undefined && !poison) broken(world, `${what} waits though there was a deploy`);
    if (isPersonDone && row.dueKey !== undefined && !poison) broken(world, `${what} waits though a person released it`);
  }
  for (const row of groupRows(world)) {
    const { state, releasedBy, byHand } = breakerOf(row);
    // A FIFO queue has one lot for all groups.
    const lots = [`held#orders#${row.group}`, ...(world.fifo ? ['due#orders'] : [])];
    const left = letterRows(world).some(({ dueKey, group }) => group === row.group && lots.includes(String(dueKey)));
    if (state !== 'healing' && !left && !(byHand && !isPersonDone))
      broken(world, `group ${row.group} stays ${state} with an empty lot`);
    if (state !== 'healing' && releasedBy === 'time' && isPersonDone)
      broken(world, `group ${row.group} stays ${state} for ever`);
  }
}
