import { alertGroup } from '../aws/alerts.ts';
import { breakerOf, changeBreaker } from '../aws/breakers.ts';
import { changeGroup, type GroupChange } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import { asksForPerson } from '../aws/letter-row.ts';
import { emit, type MetricValues } from '../aws/metrics.ts';
import { attempt } from '../aws/outcome.ts';
import { releasedBy } from '../core/decide.ts';
import { type LetterFacts, letterEvent } from '../core/event.ts';
import { isOpen, kept } from '../core/group.ts';
import { logsUrl } from '../core/logs-url.ts';
import { cut, redact } from '../core/redact.ts';
import type { Status } from '../core/verdict.ts';
import type { Result } from './act.ts';

type Settled = Extract<Result, { kind: 'settled' }>;

const METRIC_OF: Readonly<Record<Status, keyof MetricValues | undefined>> = {
  healed: 'LettersHealed',
  parked: 'LettersParked',
  waiting: 'LettersParked',
  archived: 'LettersArchived',
  quarantined: 'LettersQuarantined',
  duplicate: undefined,
};

/**
 * Tells what happened: a log line per letter, metrics per queue and class, counters per group, alerts per group.
 *
 * @returns the letters that must not be acknowledged yet, because the attention they ask for could not be noted; they
 * are handled already and the next delivery only notes them again
 */
export async function report(healer: Healer, results: readonly Result[]): Promise<ReadonlySet<Result>> {
  for (const result of results) log(healer, result);
  const settled = results.filter((result) => result.kind === 'settled');
  const groups = [...Map.groupBy(settled, ({ handled }) => `${handled.queue.key}\n${handled.group}`).values()];
  const noted = await Promise.all(groups.map((members) => noteGroup(healer, members)));
  await tellBus(healer, settled);
  publish(healer, results, noted);
  return new Set(noted.flatMap(({ members, error }) => (error === undefined ? [] : members.filter(mustBeNoted))));
}

const asksForAttention = ({ handled, ending, repeated }: Settled) =>
  repeated ? handled.first?.notify === true : asksForPerson(handled, ending);

/** What nobody was told of, and what lies in a lot that nobody would come to: its group may not be held. */
const mustBeNoted = (result: Settled) => result.held || asksForAttention(result);

/** Whether the group has to know of the letter: a repeated one only where its first telling may have been cut short. */
const concernsGroup = (result: Settled) => !result.repeated || mustBeNoted(result);

interface Noted {
  readonly members: readonly Settled[];
  readonly notifiable: number;
  readonly alerted: boolean;
  readonly error?: Error;
}

async function noteGroup(healer: Healer, members: readonly Settled[]): Promise<Noted> {
  const { logger } = healer;
  const notifiable = members.filter(asksForAttention).length;
  const nothing = { members, notifiable, alerted: false };
  const change = changeOf(healer, members, notifiable);
  if (change === undefined) return nothing;
  const at = { queue: change.queueKey, group: change.group };
  const changed = await attempt(() => changeAndKeep(healer, change, members));
  if (!changed.ok) {
    logger.error('the group could not be updated', { ...at, error: changed.error });
    return { ...nothing, error: changed.error };
  }
  if (notifiable === 0) return nothing;
  const alerting = { ...healer, windowSeconds: healer.policy.alertWindowSeconds };
  const alerted = await attempt(() => alertGroup(alerting, change.queueKey, change.group, healer.now()));
  // The letters stay noted as not alerted on, and the governor sends the alert within a minute or two.
  if (!alerted.ok) logger.error('the alert could not be sent', { ...at, error: alerted.error });
  return { ...nothing, alerted: alerted.ok && alerted.value };
}

/** Whoever lies in the group's lot must be found there: the group is held, whatever it was when that was decided. */
async function changeAndKeep(healer: Healer, change: GroupChange, members: readonly Settled[]): Promise<void> {
  const row = await changeGroup(healer.db, healer.table, change, healer.now(), healer.policy.ledgerDays);
  const inLot = members.filter(({ held }) => held);
  const [first] = inLot;
  if (first === undefined) return;
  const { classification, queue } = first.handled;
  const by = releasedBy(classification, queue, healer.policy);
  const lastDiedAt = Math.max(...inLot.map(({ handled }) => handled.diedAt));
  await changeBreaker(
    healer,
    change,
    row,
    (breaker) => kept(breaker, by, lastDiedAt, healer.now()),
    () => change.sample,
  );
  if (!isOpen(breakerOf(row)))
    healer.logger.info('the group is held', { queue: change.queueKey, group: change.group, releasedBy: by });
}

function changeOf(healer: Healer, members: readonly Settled[], notifiable: number): GroupChange | undefined {
  const shown = members.find(asksForAttention) ?? members[0];
  const fresh = members.filter(({ repeated }) => !repeated);
  if (shown === undefined || !members.some(concernsGroup)) return undefined;
  const { handled, ending } = shown;
  const logs = logsUrl(healer.region, handled.evidence.logGroup, handled.evidence.logStream);
  const counts = Object.fromEntries(
    [...Map.groupBy(fresh, (result) => result.ending.status)].map(([status, some]) => [status, some.length]),
  );
  return {
    queueKey: handled.queue.key,
    group: handled.group,
    failureClass: handled.classification.failureClass,
    counts,
    notifiable,
    open: members.some(({ held }) => held),
    sample: {
      originId: handled.lineage.originId,
      sampleIds: sampleIds(members),
      status: ending.status,
      reason: cut(redact(ending.reason ?? handled.verdict.reason), 300),
      error: cut(redact([handled.evidence.errorType, handled.evidence.message].filter(Boolean).join(': ')), 300),
      ...(ending.archive === undefined ? {} : { archive: healer.archive.url(ending.archive) }),
      ...(logs === undefined ? {} : { logsUrl: logs }),
    },
  };
}

/** Told once, by the run that recorded the letter; a run that dies before this tells nobody. */
async function tellBus(healer: Healer, settled: readonly Settled[]): Promise<void> {
  const events = settled.filter(({ repeated }) => !repeated).map((one) => letterEvent(factsOf(healer, one)));
  const untold = await healer.bus.tell(events);
  if (untold === 0) return;
  const queue = settled[0]?.handled.queue.key ?? 'none';
  healer.logger.error('the event bus did not take every event', { queue, events: untold });
  emit(healer.stack, queue, undefined, { HealerErrors: untold });
}

function factsOf({ stack }: Healer, { handled, ending }: Settled): LetterFacts {
  const { lineage, letter, healKey, classification, group, queue, verdict } = handled;
  const { status, reason = verdict.reason, healedMessageId } = ending;
  const { failureClass, rule } = classification;
  return {
    ...{ stack, queue: queue.key, originId: lineage.originId, messageId: letter.messageId, attempt: lineage.attempt },
    ...{ healKey, failureClass, rule, group, status, reason },
    ...(healedMessageId === undefined ? {} : { healedMessageId }),
  };
}

const MAX_SAMPLES = 5;

/** Those first who ask for attention. */
const sampleIds = (members: readonly Settled[]) =>
  [...members.filter(asksForAttention), ...members.filter((one) => !asksForAttention(one))]
    .slice(0, MAX_SAMPLES)
    .map(({ handled }) => handled.lineage.originId);

function publish(healer: Healer, results: readonly Result[], noted: readonly Noted[]): void {
  const byClass = Map.groupBy(results, ({ handled }) => `${handled.queue.key}\n${handled.classification.failureClass}`);
  for (const members of byClass.values()) {
    const [first] = members;
    if (first === undefined) continue;
    const values = classValues(healer, members);
    if (Object.keys(values).length === 0) continue;
    emit(healer.stack, first.handled.queue.key, first.handled.classification.failureClass, values);
  }
  for (const [queue, values] of alertValues(results, noted)) emit(healer.stack, queue, undefined, values);
}

function classValues(healer: Healer, members: readonly Result[]): MetricValues {
  const fresh = members.filter(
    (r): r is Settled => r.kind === 'settled' && !r.repeated && r.ending.status !== 'duplicate',
  );
  const values: Record<string, number | number[]> = {};
  const add = (name: keyof MetricValues, n: number) => {
    if (n > 0) values[name] = Number(values[name] ?? 0) + n;
  };
  add('LettersArrived', fresh.length);
  add('LettersRelapsed', fresh.filter(({ handled }) => handled.lineage.attempt > 0).length);
  for (const { ending } of fresh) {
    const name = METRIC_OF[ending.status];
    if (name !== undefined) add(name, 1);
  }
  const healed = fresh.filter(({ ending }) => ending.status === 'healed');
  // A sample: an EMF record holds at most 100 values of a metric, and Powertools writes it out with the hundredth.
  if (healed.length > 0)
    values.HealLatency = healed.slice(0, 99).map(({ handled }) => Math.max(0, healer.now() - handled.diedAt));
  return values;
}

function alertValues(results: readonly Result[], noted: readonly Noted[]): Map<string, MetricValues> {
  const queues = new Map<string, Record<string, number>>();
  const add = (queue: string, name: keyof MetricValues, n: number) => {
    if (n === 0) return;
    const values = queues.get(queue) ?? {};
    values[name] = (values[name] ?? 0) + n;
    queues.set(queue, values);
  };
  for (const { members, notifiable, alerted } of noted) {
    const queue = members[0]?.handled.queue.key ?? '';
    add(queue, 'AlertsSent', alerted ? 1 : 0);
    add(queue, 'AlertsSuppressed', notifiable - (alerted ? 1 : 0));
  }
  for (const result of results) if (result.kind === 'failed') add(result.handled.queue.key, 'HealerErrors', 1);
  return queues;
}

function log({ logger }: Healer, result: Result): void {
  const { letter, lineage, queue, classification, group, verdict, healKey } = result.handled;
  const line = {
    letter: lineage.originId,
    messageId: letter.messageId,
    healKey,
    queue: queue.key,
    class: classification.failureClass,
    rule: classification.rule,
    group,
    verdict: verdict.kind,
  };
  if (result.kind === 'failed') {
    logger.error('letter stays in the DLQ', { ...line, error: result.error });
  } else if (result.kind === 'left') {
    logger.info('letter left in the DLQ', { ...line, why: result.why });
  } else {
    const { status, reason, healedMessageId, archive } = result.ending;
    logger.info(`letter ${status}`, {
      ...line,
      reason: redact(reason ?? verdict.reason),
      repeated: result.repeated,
      ...(verdict.kind === 'heal' ? { delaySeconds: verdict.delaySeconds } : {}),
      ...(healedMessageId === undefined ? {} : { healedMessageId }),
      ...(archive === undefined ? {} : { archive }),
    });
  }
}
