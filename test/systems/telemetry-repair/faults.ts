// What is not as it must be, in plain sentences.
import { KINDS } from '../../../examples/telemetry-repair/producer/kinds.ts';
import { cacheFaults } from './cache-faults.ts';
import { faultsOfLife, gapsOf, lifeKey, livesOf, mean } from './lives.ts';
import type { Death, Position, Report, SentRecord } from './report.ts';
import type { Repaired } from './watch.ts';

const RULE = 'missing-device-metadata';
const NOT_KNOWN = 'the registry does not know the device';

/** What one record should have gone through: the class of each death, in order, and what became of it in the end. */
interface Course {
  readonly deaths: readonly { readonly failureClass: string; readonly status: string; readonly mended: boolean }[];
  readonly processed: boolean;
}

const MENDED = { failureClass: 'METADATA_MISSING', status: 'healed', mended: true };
const DECLINED = { failureClass: 'METADATA_MISSING', status: 'archived', mended: false };

/** A record of the outage may die more than once: it waits longer each time. */
export function courseOf({ round, sender: { kind } }: SentRecord, deaths: number): Course {
  if (round === 'next') return { deaths: [], processed: true };
  if (round === 'outage') {
    const died = { failureClass: 'DEPENDENCY_FAILURE', status: 'healed', mended: false };
    return { deaths: Array(Math.max(1, deaths)).fill(died), processed: true };
  }
  if (kind === 'late') return { deaths: [DECLINED, MENDED], processed: true };
  const { expectedClass, fate, repaired } = KINDS[kind];
  if (expectedClass === null) return { deaths: [], processed: true };
  if (repaired) return { deaths: [MENDED], processed: true };
  return { deaths: [{ failureClass: expectedClass, status: fate, mended: false }], processed: false };
}

export function faults(report: Report): string[] {
  const positions = new Map(report.positions.map((position) => [position.recordId, position]));
  const deaths = Map.groupBy(report.deaths, ({ originId }) => originId);
  const lives = livesOf(report.tries);
  const repairs = Map.groupBy(report.repairs, lifeKey);
  const facts = { positions, deaths, lives, repairs };
  const [first, second] = gapsOf(lives.values());
  return [
    ...report.unsettled.map((phase) => `the queues did not come to rest after ${phase}`),
    ...report.queued.map(() => 'a message is left in a queue'),
    ...report.unreadable.map((what) => `an archive record cannot be read: ${what}`),
    ...strangers(report),
    ...report.sent.flatMap((record) => recordFaults(record, facts)),
    ...cacheFaults(report),
    ...(mean(second) > mean(first)
      ? []
      : [`tries do not grow apart: ${mean(first).toFixed(1)} s, then ${mean(second).toFixed(1)} s on average`]),
  ];
}

interface Facts {
  readonly positions: ReadonlyMap<string, Position>;
  readonly deaths: ReadonlyMap<string, readonly Death[]>;
  readonly lives: ReturnType<typeof livesOf>;
  readonly repairs: ReadonlyMap<string, readonly Repaired[]>;
}

/** Positions, deaths and repairs of what nobody sent. */
function strangers({ sent, positions, deaths, repairs }: Report): string[] {
  const origins = new Set(sent.map(({ originId }) => originId));
  const records = new Set(sent.map(({ recordId }) => recordId));
  return [
    ...positions.filter(({ recordId }) => !records.has(recordId)).map(({ recordId }) => `${recordId} was never sent`),
    ...[...deaths, ...repairs]
      .filter(({ originId }) => !origins.has(originId))
      .map(({ originId }) => `a letter of ${originId} was never sent`),
  ];
}

function recordFaults(record: SentRecord, { positions, deaths, lives, repairs }: Facts): string[] {
  const name = `${record.recordId} (${record.sender.kind}, ${record.round})`;
  const died = (deaths.get(record.originId) ?? []).toSorted((a, b) => a.attempt - b.attempt);
  const course = courseOf(record, died.length);
  const position = positions.get(record.recordId);
  const processed = position?.processed ?? 0;
  const says = (what: string) => `${name} ${what}`;
  if (processed === 0 && died.every(({ archivedBody }) => archivedBody === undefined)) return [says('is lost')];
  const wanted = course.deaths.map(({ failureClass, status }) => `${failureClass} ${status}`).join(', ') || 'none';
  const had = died.map(({ failureClass, status }) => `${failureClass} ${status}`).join(', ') || 'none';
  return [
    ...(processed === (course.processed ? 1 : 0)
      ? []
      : [says(`was processed ${processed} times; it must be ${course.processed ? 'once' : 'never'}`)]),
    ...(had === wanted ? [] : [says(`died of: ${had}; it must be: ${wanted}`)]),
    ...died.flatMap((death, index) => [
      ...deathFaults(record, death, course.deaths[index]?.mended ?? false).map(says),
      ...triesFaults(death, lives),
      ...repairFaults(death, repairs.get(lifeKey(death)) ?? []).map(says),
    ]),
    ...(position === undefined ? [] : positionFaults(record, position, died).map(says)),
  ];
}

/** The original is in the archive as it was sent, and the row leads to the letter that was mended. */
function deathFaults({ body }: SentRecord, death: Death, mended: boolean): string[] {
  const { status, repair, reason, archivedBody, failureClass, healedMessageId } = death;
  return [
    ...((repair === RULE) === mended || status === 'archived'
      ? []
      : [`was ${repair === undefined ? 'not ' : ''}mended`]),
    ...(status === 'archived' && failureClass === 'METADATA_MISSING' && !reason.includes(NOT_KNOWN)
      ? [`was archived for another reason: ${reason}`]
      : []),
    ...(!mended && status === 'healed' ? [] : archivedBody === body ? [] : ['is not in the archive as it was sent']),
    ...(status !== 'healed' || healedMessageId !== undefined ? [] : ['leads to no healed letter']),
  ];
}

/** Three tries where nothing said that another would be in vain, one where the data did. */
function triesFaults(death: Death, lives: Facts['lives']): string[] {
  const life = lives.get(lifeKey(death));
  if (life === undefined) return [`${lifeKey(death)} died, and nobody tried it`];
  if (death.failureClass !== 'VALIDATION_ERROR') return faultsOfLife(life);
  return life.tries.length === 1 ? [] : [`${life.key} breaks a rule and was tried ${life.tries.length} times`];
}

function repairFaults({ failureClass, status }: Death, repairs: readonly Repaired[]): string[] {
  const outcomes = repairs
    .map(({ outcome, loaded }) => (loaded === false ? `${outcome}, not loaded` : outcome))
    .join(', ');
  const wanted = failureClass !== 'METADATA_MISSING' ? '' : status === 'healed' ? 'mended' : 'declined';
  return outcomes === wanted ? [] : [`was repaired: ${outcomes || 'never'}; it must be: ${wanted || 'never'}`];
}

/** The corrected data, and the way back from the position to the letter. */
function positionFaults({ originId, sender }: SentRecord, position: Position, died: readonly Death[]): string[] {
  const { truth, deviceId } = sender;
  const last = died.at(-1);
  const wanted = {
    deviceId: truth?.deviceId,
    reportedDeviceId: truth?.deviceId === deviceId ? undefined : deviceId,
    vehicle: truth?.vehicle,
    fleet: truth?.fleet,
    repaired: last?.repair !== undefined,
    heals: died.length,
    originId,
    messageId: last?.healedMessageId ?? originId,
  };
  return Object.entries(wanted)
    .filter(([field, value]) => position[field as keyof Position] !== value)
    .map(([field, value]) => `was booked with ${field} ${position[field as keyof Position]}; it must be ${value}`);
}
