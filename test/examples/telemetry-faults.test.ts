import { describe, expect, it } from 'vitest';
import { makeFleet, makeRecords } from '../../examples/telemetry-repair/producer/fleet.ts';
import { courseOf, faults } from '../systems/telemetry-repair/faults.ts';
import { lines } from '../systems/telemetry-repair/lines.ts';
import type { Death, Position, Report, SentRecord } from '../systems/telemetry-repair/report.ts';
import type { Try } from '../systems/telemetry-repair/watch.ts';

/** The account of the example, held against a run in which all went well and against such with one fault. */

const fleet = makeFleet(1);
const ofKind = (...kinds: string[]) => fleet.filter(({ kind }) => kinds.includes(kind));
const round = (senders: typeof fleet, name: SentRecord['round'], number: number): SentRecord[] =>
  makeRecords(senders, 1, number, 0).map((sent) => ({ ...sent, round: name, originId: `origin-${sent.recordId}` }));
const sent = [
  ...round(fleet, 'first', 1),
  ...round(ofKind('missing', 'replaced', 'late'), 'next', 2),
  ...round(ofKind('known').slice(0, 8), 'outage', 3),
];

const deathsOf = (record: SentRecord): Death[] =>
  courseOf(record, 1).deaths.map(({ failureClass, status, answer, kept }, attempt) => ({
    originId: record.originId,
    attempt,
    status,
    failureClass,
    reason: answer === 'declined' ? 'its repair failed: the registry does not know the device' : failureClass,
    ...(answer === undefined ? {} : { repair: 'missing-device-metadata' }),
    ...(status === 'healed' ? { healedMessageId: `${record.originId}-${attempt + 1}` } : {}),
    ...(kept ? { archivedBody: record.body } : {}),
  }));

function triesOf({ originId, attempt, failureClass }: Death): Try[] {
  const [asked, last] = failureClass === 'VALIDATION_ERROR' ? [[], 1] : [[2, 5], 3];
  const at = [0, 2_100, 7_300];
  return Array.from({ length: last }, (_, index) => ({
    messageId: `${originId}-${attempt}`,
    originId,
    attempt,
    receiveCount: index + 1,
    errorType: 'E',
    at: at[index] as number,
    ...(asked[index] === undefined ? {} : { delaySeconds: asked[index] }),
  }));
}

function positionOf(record: SentRecord): Position[] {
  const { sender, originId, recordId } = record;
  const deaths = deathsOf(record);
  if (!courseOf(record, 1).processed || sender.truth === undefined) return [];
  return [
    {
      recordId,
      processed: 1,
      ...sender.truth,
      ...(sender.truth.deviceId === sender.deviceId ? {} : { reportedDeviceId: sender.deviceId }),
      repaired: deaths.at(-1)?.repair !== undefined,
      messageId: deaths.at(-1)?.healedMessageId ?? originId,
      originId,
      heals: deaths.length,
    },
  ];
}

const cached = ofKind('missing', 'replaced', 'late').flatMap(({ deviceId, truth }) => {
  if (truth === undefined) return [];
  const { deviceId: current, ...fields } = truth;
  const alias = current === deviceId ? [] : [{ deviceId, fields: { replacedBy: current }, ttlSeconds: 100 }];
  return [{ deviceId: current, fields, ttlSeconds: 100 }, ...alias];
});

const deaths = sent.flatMap(deathsOf);
const GOOD: Report = {
  sent,
  deaths,
  positions: sent.flatMap(positionOf),
  tries: deaths.flatMap(triesOf),
  repairs: sent.flatMap((record) =>
    courseOf(record, 1).deaths.flatMap(({ answer }, attempt) =>
      answer === undefined ? [] : [{ originId: record.originId, attempt, outcome: answer }],
    ),
  ),
  declined: deaths
    .filter(({ attempt, reason }) => attempt === 0 && reason.startsWith('its repair failed'))
    .map((death) => ({ ...death, status: 'archived' })),
  cached,
  queued: [],
  unreadable: [],
  unsettled: [],
  replayed: 3,
  seconds: { down: 10, recovery: 20, total: 60 },
};

const of = (kind: string, name: SentRecord['round'] = 'first') =>
  sent.find((record) => record.sender.kind === kind && record.round === name) as SentRecord;
const changed = <T>(list: readonly T[], is: (one: T) => boolean, change: Partial<T>): T[] =>
  list.map((one) => (is(one) ? { ...one, ...change } : one));
const originIs = (record: SentRecord) => (one: { readonly originId: string }) => one.originId === record.originId;

describe('the account of the telemetry example', () => {
  it('finds nothing where all went well', () => {
    expect(faults(GOOD)).toEqual([]);
    expect(lines(GOOD)[0]).toBe('records sent 80, positions booked 70, kept in the archive 10, lost 0');
  });

  const missing = of('missing');
  const isMissing = originIs(missing);
  it.each<[string, Partial<Report>, RegExp]>([
    [
      'a lost record',
      { positions: GOOD.positions.filter(({ originId }) => originId !== of('known').originId) },
      /\(known, first\) is lost/,
    ],
    [
      'a lost letter',
      { deaths: GOOD.deaths.filter((one) => !originIs(of('unknown'))(one)) },
      /\(unknown, first\) is lost/,
    ],
    [
      'a position booked twice',
      { positions: changed(GOOD.positions, isMissing, { processed: 2 }) },
      /was processed 2 times/,
    ],
    [
      'a wrong vehicle',
      { positions: changed(GOOD.positions, isMissing, { vehicle: 'other' }) },
      /with vehicle other; it must be truck/,
    ],
    [
      'an id that was not corrected',
      { positions: changed(GOOD.positions, originIs(of('replaced')), { deviceId: of('replaced').sender.deviceId }) },
      /was booked with deviceId/,
    ],
    [
      'a broken link to the healed letter',
      { deaths: changed(GOOD.deaths, isMissing, { healedMessageId: 'other' }) },
      /with messageId/,
    ],
    [
      'a broken link back',
      { positions: changed(GOOD.positions, isMissing, { originId: 'other' }) },
      /with originId other/,
    ],
    [
      'an original that was not kept',
      { deaths: changed(GOOD.deaths, isMissing, { archivedBody: '{}' }) },
      /not in the archive as it was sent/,
    ],
    [
      'a letter that was healed unmended',
      { deaths: changed(GOOD.deaths, isMissing, { repair: '' }) },
      /was healed, not mended/,
    ],
    [
      'a second repair',
      { repairs: [...GOOD.repairs, ...GOOD.repairs.filter(isMissing)] },
      /was repaired: mended, mended; it must be: mended/,
    ],
    [
      'a repair that loaded nothing',
      { repairs: changed(GOOD.repairs, isMissing, { loaded: false }) },
      /mended, not loaded/,
    ],
    [
      'a repair of what Redis was down for',
      { repairs: [...GOOD.repairs, { originId: of('known', 'outage').originId, attempt: 0, outcome: 'mended' }] },
      /\(known, outage\) was repaired: mended; it must be: never/,
    ],
    [
      'another class',
      { deaths: changed(GOOD.deaths, originIs(of('impossible')), { failureClass: 'UNKNOWN' }) },
      /UNKNOWN archived; it must be: VALIDATION_ERROR/,
    ],
    [
      'a fourth try',
      { tries: [...GOOD.tries, { ...(GOOD.tries.find(isMissing) as Try), receiveCount: 4, at: 9e4 }] },
      /1, 2, 3, 4; it must be 1, 2, 3/,
    ],
    [
      'a try too early',
      { tries: changed(GOOD.tries, (one) => isMissing(one) && one.receiveCount === 2, { at: 500 }) },
      /only 0.5 s of 2 passed/,
    ],
    [
      'a second try of what breaks a rule',
      { tries: [...GOOD.tries, GOOD.tries.find(originIs(of('impossible'))) as Try] },
      /was tried 2 times/,
    ],
    [
      'a back-off that does not grow',
      { tries: changed(GOOD.tries, ({ receiveCount }) => receiveCount === 2, { delaySeconds: 1 }) },
      /back-off does not grow/,
    ],
    [
      'the next record of a mended device dying',
      { deaths: [...GOOD.deaths, { ...(deathsOf(missing)[0] as Death), originId: of('missing', 'next').originId }] },
      /\(missing, next\) died of: METADATA_MISSING healed; it must be: none/,
    ],
    ['a device that Redis does not hold', { cached: GOOD.cached.slice(1) }, /Redis holds \{\} of/],
    [
      'a device that Redis holds for ever',
      { cached: changed(GOOD.cached, () => true, { ttlSeconds: -1 }) },
      /for ever/,
    ],
    [
      'a letter declined without a reason',
      { declined: changed(GOOD.declined, originIs(of('late')), { reason: 'it threw' }) },
      /archived: it threw; it must be/,
    ],
    [
      'a letter that was not declined',
      { declined: GOOD.declined.filter((one) => !originIs(of('unknown'))(one)) },
      /was not handled/,
    ],
    ['a replay that sent too few', { replayed: 2 }, /2 letters were replayed/],
    ['a message that is left', { queued: ['{}'] }, /left in a queue/],
    ['queues that do not rest', { unsettled: ['the outage'] }, /did not come to rest after the outage/],
    ['an unreadable record', { unreadable: ['letter#1'] }, /cannot be read: letter#1/],
    [
      'a stranger',
      { positions: [...GOOD.positions, { ...(GOOD.positions[0] as Position), recordId: 'x' }] },
      /x was never sent/,
    ],
  ])('finds %s', (_, change, fault) => {
    expect(faults({ ...GOOD, ...change }).join('\n')).toMatch(fault);
  });
});
