import sparkly from 'sparkly';
import { clip, counted, printable } from '../output/text.ts';
import { second } from './gather.ts';
import { lineText, type MonitorLine, shownMaybe, shownNumber, type Trend } from './monitor.ts';
import type { QueueState, StackState } from './status.ts';
import type { Surface } from './status-report.ts';
import { stackVerdict, verdictOf } from './verdict.ts';

/** One queue on the screen. */
export interface Panel {
  readonly state: QueueState;
  readonly line: MonitorLine;
  readonly trend: Trend;
}

export interface Frame extends Surface {
  /** Lines of the terminal. */
  readonly height: number;
  readonly intervalSeconds: number;
}

/**
 * The whole screen, each line within the width, fewer lines than the height: what does not fit is shown in one line a
 * queue, and what does not fit then is counted.
 */
export function screenText(state: StackState, panels: readonly Panel[], frame: Frame): string {
  const { width, height, colours, intervalSeconds } = frame;
  const whole = stackVerdict(state);
  const head = [
    clip(
      `stack ${state.stack}, ${second(state.at)} UTC, q ends; mode ${state.mode}, every ${intervalSeconds} s`,
      width,
    ),
    ...(whole === undefined ? [] : [colours.red(clip(whole.words, width))]),
  ];
  const foot = [...new Set(state.unread.map(({ why }) => why))].map((why) => clip(`! ${oneLine(why)}`, width));
  const failures = foot.slice(0, MAX_FAILURES).map((text) => colours.yellow(text));
  const room = Math.max(1, height - 1 - head.length - failures.length);
  return [...head, ...fitting(state, panels, frame, room), ...failures].join('\n');
}

const MAX_FAILURES = 3;

const oneLine = (text: string) => printable(text.replaceAll('\n', ' '));

function fitting(state: StackState, panels: readonly Panel[], frame: Frame, room: number): string[] {
  const full = panels.flatMap((panel) => ['', ...panelLines(state, panel, frame)]);
  if (full.length <= room) return full;
  const short = panels.map((panel) => clip(lineText(panel.line), frame.width));
  if (short.length <= room) return short;
  const shown = Math.max(0, room - 1);
  return [
    ...short.slice(0, shown),
    clip(`… and ${counted(short.length - shown, 'more queue')}: make the window larger, or pass --queue`, frame.width),
  ];
}

function panelLines(state: StackState, { state: queue, line, trend }: Panel, { width, colours }: Frame): string[] {
  const { state: judged, words } = verdictOf(queue, state);
  const paint = { trouble: colours.red, unknown: colours.yellow, attention: colours.yellow, ok: colours.green }[judged];
  const level = line.level === null ? 'level ?' : `level ${line.level} ${line.levelName}`;
  const cells: readonly Cell[] = [
    ['source', shownNumber(line.source), trend.source],
    ['retry tiers', shownNumber(line.tiers), trend.tiers],
    ['DLQ', shownNumber(line.dlq), trend.dlq],
    ['in flight', shownNumber(line.inFlight), trend.inFlight],
    ['arrived/min', shownNumber(line.arrivedPerMinute), trend.arrived],
    ['healed/min', shownNumber(line.healedPerMinute), trend.healed],
    ['waiting', shownMaybe(line.waiting), trend.waiting],
    ['open groups', shownMaybe(line.openGroups), trend.openGroups],
  ];
  return [
    `${colours.bold(clip(queue.queue, Math.max(10, width - level.length - 2)))}  ${level}`,
    ...(words === '' ? [] : [paint(clip(`  ${words}`, width))]),
    ...cellLines(cells, width),
  ];
}

type Cell = readonly [name: string, value: string, trend: readonly (number | null)[]];

const NAME = 12;
const VALUE = 8;
const MAX_SPARKS = 30;
const TWO_COLUMNS = 72;

function cellLines(cells: readonly Cell[], width: number): string[] {
  const columns = width >= TWO_COLUMNS ? 2 : 1;
  const each = Math.floor(width / columns);
  const sparks = Math.max(0, Math.min(MAX_SPARKS, each - NAME - VALUE - 5));
  const texts = cells.map(([name, value, trend]) => {
    const text = `  ${name.padEnd(NAME)}${value.padStart(VALUE)} ${sparkline(trend.slice(-sparks))}`;
    return clip(text, each).padEnd(each);
  });
  const lines = Math.ceil(texts.length / columns);
  return Array.from({ length: lines }, (_, i) =>
    Array.from({ length: columns }, (__, column) => texts[column * lines + i] ?? '')
      .join('')
      .trimEnd(),
  );
}

/** From nothing to the highest; a reading that failed is a gap. */
function sparkline(trend: readonly (number | null)[]): string {
  if (!trend.some((value) => value !== null)) return '';
  return sparkly(
    trend.map((value) => value ?? ''),
    { minimum: 0 },
  );
}
