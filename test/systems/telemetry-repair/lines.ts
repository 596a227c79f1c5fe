import { askedOf, CEILINGS, gapsOf, type Life, lifeKey, livesOf, mean } from './lives.ts';
import type { Death, Report } from './report.ts';

/** What was measured, for people. */
export function lines(report: Report): string[] {
  const { sent, positions, deaths, repairs, replayed, seconds } = report;
  const all = livesOf(report.tries);
  const lives = [...all.values()];
  const dead = deaths.flatMap((death) => all.get(lifeKey(death)) ?? []);
  const [gaps, asked] = [gapsOf(lives), askedOf(lives)];
  const count = (is: (death: Death) => boolean) => deaths.filter(is).length;
  const processed = positions.reduce((sum, { processed }) => sum + processed, 0);
  const settled = new Set(positions.map(({ originId }) => originId));
  const kept = new Set(deaths.filter(({ status }) => status === 'archived').map(({ originId }) => originId));
  const resting = [...kept].filter((originId) => !settled.has(originId)).length;
  return [
    `records sent ${sent.length}, positions booked ${processed}, kept in the archive ${resting}, lost ${sent.length - settled.size - resting}`,
    `deaths of missing metadata ${count(({ failureClass }) => failureClass === 'METADATA_MISSING')}: mended ${repairs.filter(({ outcome }) => outcome === 'mended').length}, ` +
      `declined ${repairs.filter(({ outcome }) => outcome === 'declined').length}; ` +
      `the repair was asked ${repairs.length} times; replayed after the registry knew the device ${replayed}`,
    `next records of the ${sent.filter(({ round }) => round === 'next').length} devices that were mended: deaths ${deathsOf(report, 'next')}`,
    `tries before the DLQ: ${tally(dead.map(({ tries }) => tries.length))}; failed tries of records that did not die: ${survived(lives.filter((life) => !dead.includes(life)))}`,
    ...gaps.map(
      (gap, index) =>
        `between tries ${index + 1} and ${index + 2}: ${range(gap)}, mean ${mean(gap).toFixed(1)} s (asked for: 1 to ${CEILINGS[index]} s, mean ${mean(asked[index] ?? []).toFixed(1)} s)`,
    ),
    `Redis down for ${seconds.down.toFixed(0)} s: deaths ${deathsOf(report, 'outage')}, all healed ${seconds.recovery.toFixed(0)} s after it was back, repairs ${repairsOf(report, 'outage')}`,
    `impossible coordinates archived after one try: ${count(({ failureClass }) => failureClass === 'VALIDATION_ERROR')}`,
    `${seconds.total.toFixed(0)} s from the first record to the last look`,
  ];
}

const originsOf = ({ sent }: Report, wanted: string) =>
  new Set(sent.filter(({ round }) => round === wanted).map(({ originId }) => originId));

const deathsOf = (report: Report, round: string): number =>
  report.deaths.filter(({ originId }) => originsOf(report, round).has(originId)).length;

const repairsOf = (report: Report, round: string): number =>
  report.repairs.filter(({ originId }) => originsOf(report, round).has(originId)).length;

const range = (numbers: readonly number[]): string =>
  numbers.length === 0 ? 'none' : `${Math.min(...numbers).toFixed(1)} to ${Math.max(...numbers).toFixed(1)} s`;

/** Of the lives that a later try saved: letters that were healed before the cache was back. */
const survived = (lives: readonly Life[]): string => {
  const types = lives.flatMap(({ tries }) => tries.map(({ errorType }) => errorType));
  return types.length === 0 ? 'none' : `${types.length} (${[...new Set(types)].join(', ')})`;
};

/** `3 (31 letters), 1 (6 letters)` */
const tally = (numbers: readonly number[]): string =>
  [...Map.groupBy(numbers, (one) => one)]
    .toSorted(([a], [b]) => b - a)
    .map(([number, all]) => `${number} (${all.length} letters)`)
    .join(', ');
