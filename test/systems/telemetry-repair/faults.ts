// What is not as it must be, in plain sentences.
import { KINDS } from '../../../examples/telemetry-repair/producer/kinds.ts';
import { cacheFaults } from './cache-faults.ts';
import { askedOf, faultsOfLife, lifeKey, livesOf, mean } from './lives.ts';
import type { Death, Position, Report, SentRecord } from './report.ts';
import type { Repaired } from './watch.ts';

const RULE = 'missing-device-metadata';
const NOT_KNOWN = 'the registry does not know the device';

/** One death as it must be. */
interface Due {
  readonly failureClass: string;
  /** Of its row in the end. */
  readonly status: string;
  /** What the repair answered; absent where it must not be asked. */
  readonly answer?: 'mended' | 'declined';
  /** Whether the archive holds the original. */
  readonly kept: boolean;
}

/** What one record should have gone through. */
interface Course {
  readonly deaths: readonly Due[];
  readonly processed: boolean;
}

const MISSING = { failureClass: 'METADATA_MISSING', kept: true } as const;
const MENDED: Due = { ...MISSING, status: 'healed', answer: 'mended' };
const DECLINED: Due = { ...MISSING, status: 'archived', answer: 'declined' };
/** By a person: the letter rests no longer. */
const REPLAYED: Due = { ...DECLINED, status: 'healed' };
const WAITED: Due = { failureClass: 'DEPENDENCY_FAILURE', status: 'healed', kept: false };

/** @param died how often it died: a record of the outage may do so more than once, it waits longer each time */
export function courseOf({ round, sender: { kind } }: SentRecord, died: number): Course {
  if (round === 'next') return { deaths: [], processed: true };
  if (round === 'outage') return { deaths: Array<Due>(Math.max(1, died)).fill(WAITED), processed: true };
  if (kind === 'late') return { deaths: [REPLAYED, MENDED], processed: true };
  const { expectedClass, fate, repaired } = KINDS[kind];
  if (expectedClass === null) return { deaths: [], processed: true };
  if (repaired) return { deaths: [MENDED], processed: true };
  if (expectedClass === 'METADATA_MISSING') return { deaths: [DECLINED], processed: false };
  return { deaths: [{ failureClass: expectedClass, status: fate, kept: true }], processed: false };
}

export function faults(report: Report): string[] {
  const positions = new Map(report.positions.map((position) => [position.recordId, position]));
  const deaths = Map.groupBy(report.deaths, ({ originId }) => originId);
  const lives = livesOf(report.tries);
  const repairs = Map.groupBy(report.repairs, lifeKey);
  const facts = { positions, deaths, lives, repairs };
  // What was asked for: the time that passed has a busy machine's waits in it, and is never less (see faultsOfLife).
  const [first, second] = askedOf(lives.values());
  return [
    ...report.unsettled.map((phase) => `the queues did not come to rest after ${phase}`),
    ...report.queued.map(() => 'a message is left in a queue'),
    ...report.unreadable.map((what) => `an archive record cannot be read: ${what}`),
    ...strangers(report),
    ...report.sent.flatMap((record) => recordFaults(record, facts)),
    ...declinedFaults(report),
    ...cacheFaults(report),
    ...(mean(second) > mean(first)
      ? []
      : [`the back-off does not grow: ${mean(first).toFixed(1)} s, then ${mean(second).toFixed(1)} s on average`]),
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
      ...deathFaults(record, death, course.deaths[index]).map(says),
      ...triesFaults(death, lives),
      ...repairFaults(repairs.get(lifeKey(death)) ?? [], course.deaths[index]).map(says),
    ]),
    ...(position === undefined ? [] : positionFaults(record, position, died).map(says)),
  ];
}

/** The original is in the archive as it was sent, and the row leads to the letter that went out in its place. */
function deathFaults(
  { body }: SentRecord,
  { status, repair, archivedBody, healedMessageId }: Death,
  due?: Due,
): string[] {
  return [
    ...(due?.answer === 'mended' && repair !== RULE ? ['was healed, not mended'] : []),
    ...(due !== undefined && due.answer === undefined && repair !== undefined ? ['fell under the repair'] : []),
    ...(due?.kept !== true || archivedBody === body ? [] : ['is not in the archive as it was sent']),
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

/** Once for each death that the rule is about, and with what came of it. */
function repairFaults(repairs: readonly Repaired[], due?: Due): string[] {
  const had = repairs.map(({ outcome, loaded }) => (loaded === false ? `${outcome}, not loaded` : outcome)).join(', ');
  const wanted = due?.answer ?? '';
  return had === wanted ? [] : [`was repaired: ${had || 'never'}; it must be: ${wanted || 'never'}`];
}

/** Where nobody knows the device the letter rests with the repair's reason, until a person sends it back. */
function declinedFaults({ sent, declined }: Report): string[] {
  const rows = new Map(declined.map((row) => [row.originId, row]));
  const unmended = sent.filter(({ sender, round }) => round === 'first' && ['unknown', 'late'].includes(sender.kind));
  return unmended.flatMap(({ recordId, originId }) => {
    const row = rows.get(originId);
    const isSo = row?.status === 'archived' && row.reason.includes(NOT_KNOWN);
    return isSo
      ? []
      : [`${recordId} was ${row?.status ?? 'not handled'}: ${row?.reason}; it must be archived: ${NOT_KNOWN}`];
  });
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
    repaired: last?.repair === RULE,
    heals: died.length,
    originId,
    messageId: last?.healedMessageId ?? originId,
  };
  return Object.entries(wanted)
    .filter(([field, value]) => position[field as keyof Position] !== value)
    .map(([field, value]) => `was booked with ${field} ${position[field as keyof Position]}; it must be ${value}`);
}
