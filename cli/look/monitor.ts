import type { GetMetricData } from '../../handlers/aws/metric-data.ts';
import { type Count, shownCount } from './ledger-counts.ts';
import type { QueueState, StackState } from './status.ts';
import { lastMinutes, ratePerMinute } from './traffic.ts';

/** One reading of one queue: a line of JSON. Names and meanings are a promise (docs/cli/look.md); null is not read. */
export interface MonitorLine {
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly stack: string;
  readonly queue: string;
  /** Visible messages of the source, of its retry tiers with their delayed ones, and of the DLQ. */
  readonly source: number | null;
  readonly tiers: number | null;
  readonly dlq: number | null;
  /** Messages of source and tiers that the consumer has. */
  readonly inFlight: number | null;
  readonly arrivedPerMinute: number | null;
  readonly healedPerMinute: number | null;
  readonly waiting: Count | null;
  readonly openGroups: Count | null;
  readonly level: number | null;
  readonly levelName: string | null;
  readonly paused: boolean | null;
  /** Why something is null. */
  readonly unread: readonly string[];
}

export function monitorLine(state: StackState, queue: QueueState): MonitorLine {
  const { messages, traffic, letters, groups, level } = queue;
  const now = Date.parse(state.at);
  const of = (role: string) => messages.filter((one) => one.role === role);
  const consumed = [...of('source'), ...of('tier')];
  const why = state.unread.filter((one) => one.queue === null || one.queue === queue.queue).map((one) => one.why);
  return {
    ...{ version: 1, at: state.at, stack: state.stack ?? '', queue: queue.queue },
    source: sum(of('source').map(({ visible }) => visible)),
    tiers: sum(of('tier').flatMap(({ visible, delayed }) => [visible, delayed])),
    dlq: sum(of('dlq').map(({ visible }) => visible)),
    inFlight: sum(consumed.map(({ inFlight }) => inFlight)),
    arrivedPerMinute: traffic === null ? null : ratePerMinute(traffic.arrived, now),
    healedPerMinute: traffic === null ? null : ratePerMinute(traffic.healed, now),
    waiting: letters?.waiting ?? null,
    openGroups: groups === null ? null : { count: groups.count, more: groups.more },
    ...{ level: level?.level ?? null, levelName: level?.name ?? null, paused: state.paused },
    unread: [...new Set(why)],
  };
}

const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((all, one) => (all === null || one === null ? null : all + one), 0);

const UNREAD = '?';
export const shownNumber = (value: number | null): string =>
  value === null ? UNREAD : value.toLocaleString('en-GB', { maximumFractionDigits: 1 });
export const shownMaybe = (value: Count | null): string => (value === null ? UNREAD : shownCount(value));

/** A reading in one line of text, without its time. */
export function lineText(line: MonitorLine): string {
  return [
    line.queue,
    `source ${shownNumber(line.source)}`,
    `tiers ${shownNumber(line.tiers)}`,
    `DLQ ${shownNumber(line.dlq)}`,
    `in flight ${shownNumber(line.inFlight)}`,
    `arrived ${shownNumber(line.arrivedPerMinute)}/min`,
    `healed ${shownNumber(line.healedPerMinute)}/min`,
    `waiting ${shownMaybe(line.waiting)}`,
    `groups ${shownMaybe(line.openGroups)}`,
    `level ${line.level === null ? UNREAD : `${line.level} ${line.levelName}`}`,
  ].join('  ');
}

/** Numbers of the last readings, oldest first; null where one failed. */
export interface Trend {
  readonly source: readonly (number | null)[];
  readonly tiers: readonly (number | null)[];
  readonly dlq: readonly (number | null)[];
  readonly inFlight: readonly (number | null)[];
  readonly waiting: readonly (number | null)[];
  readonly openGroups: readonly (number | null)[];
  /** By the minute, as CloudWatch has them: there before the first reading, too. */
  readonly arrived: readonly (number | null)[];
  readonly healed: readonly (number | null)[];
}

const NO_TREND: Trend = {
  ...{ source: [], tiers: [], dlq: [], inFlight: [], waiting: [], openGroups: [], arrived: [], healed: [] },
};

const KEPT_READINGS = 60;

/** The trend with one more reading. */
export function extended(trend: Trend | undefined, line: MonitorLine, queue: QueueState): Trend {
  const before = trend ?? NO_TREND;
  const with_ = (known: readonly (number | null)[], value: number | null) => [...known, value].slice(-KEPT_READINGS);
  const minutes = (series: ReadonlyMap<number, number> | undefined, known: Trend['arrived']) =>
    series === undefined ? known : lastMinutes(series, KEPT_READINGS, Date.parse(line.at));
  return {
    source: with_(before.source, line.source),
    tiers: with_(before.tiers, line.tiers),
    dlq: with_(before.dlq, line.dlq),
    inFlight: with_(before.inFlight, line.inFlight),
    waiting: with_(before.waiting, line.waiting?.count ?? null),
    openGroups: with_(before.openGroups, line.openGroups?.count ?? null),
    arrived: minutes(queue.traffic?.arrived, before.arrived),
    healed: minutes(queue.traffic?.healed, before.healed),
  };
}

/** Metrics have one value a minute, and each that is asked for is billed: asks once a minute, whatever the interval. */
export function oncePerMinute(getMetricData: GetMetricData): GetMetricData {
  let known: { readonly to: number; readonly answer: ReturnType<GetMetricData> } | undefined;
  return async (queries, from, to) => {
    if (known?.to !== to) known = { to, answer: getMetricData(queries, from, to) };
    const { answer } = known;
    try {
      return await answer;
    } catch (error) {
      if (known?.answer === answer) known = undefined;
      throw error;
    }
  };
}
