import { namedList } from '../output/list.ts';
import type { Colours } from '../output/terminal.ts';
import { clip, duration, printable } from '../output/text.ts';
import { NOT_READ, second } from './gather.ts';
import { type Count, shownCount } from './ledger-counts.ts';
import type { Messages, QueueState, StackState } from './status.ts';
import { stackVerdict, type Verdict, verdictOf } from './verdict.ts';

export interface Surface {
  readonly width: number;
  readonly colours: Colours;
}

/** What `--json` prints: names and meanings are a promise (docs/cli/look.md). */
export function statusDocument(state: StackState): object {
  const { queues, unread, ...stack } = state;
  return {
    version: 1,
    ...stack,
    queues: queues.map((one) => {
      const { queue, traffic: _traffic, ...readings } = one;
      return { queue, verdict: verdictOf(one, state), ...readings };
    }),
    unread,
  };
}

/** The state as a person reads it: what is wrong first, then every queue. */
export function statusText(state: StackState, { width, colours }: Surface): string {
  const { stack, mode, region, at, queues } = state;
  const judged = queues.map((queue) => ({ queue, verdict: verdictOf(queue, state) }));
  const ordered = judged.toSorted((one, other) => RANK[one.verdict.state] - RANK[other.verdict.state]);
  const whole = stackVerdict(state);
  const title = [
    stack === null ? 'a queue without a stack' : `stack ${stack}`,
    region,
    ...(mode === null ? [] : [`mode ${mode}`]),
  ];
  const lines = [
    ...(whole === undefined ? [] : [{ name: 'all', text: colours.red(whole.words), next: whole.next }]),
    ...ordered.map(({ queue, verdict }) => ({
      name: clip(printable(queue.queue), MAX_NAME),
      text: painted(verdict, colours),
      next: verdict.next,
    })),
  ];
  const longest = Math.max(...lines.map(({ name }) => name.length));
  return `${[
    `${colours.bold(title.join(', '))}, ${second(at)} UTC`,
    lines
      .flatMap(({ name, text, next }) => [
        namedList([[name.padEnd(longest), text]], width),
        // In a line of its own, whatever the width: it is there to be copied.
        ...(next === null ? [] : [`${' '.repeat(longest + 4)}${next}`]),
      ])
      .join('\n'),
    ...ordered.map(({ queue }) => `${colours.bold(queue.queue)}\n${namedList(details(queue, state), width)}`),
  ].join('\n\n')}\n`;
}

/** The name of a DLQ without a stack may have 80 characters. */
const MAX_NAME = 30;

const RANK: Readonly<Record<Verdict['state'], number>> = { trouble: 0, unknown: 1, attention: 2, ok: 3 };

function painted({ state, words }: Verdict, colours: Colours): string {
  const paint = { trouble: colours.red, unknown: colours.yellow, attention: colours.yellow, ok: colours.green }[state];
  return paint(words === '' ? 'nothing waits for anybody' : words);
}

function details(queue: QueueState, state: StackState): [string, string][] {
  const { messages, lastHour, letters, groups, level } = queue;
  const depths = messages.map((one, i): [string, string] => [roleOf(one, messages, i), depthOf(one, messages)]);
  if (state.stack === null) return depths;
  return [
    ...depths,
    [
      'last hour',
      lastHour === null
        ? NOT_READ
        : `${lastHour.arrived.toLocaleString('en-GB')} arrived, ${lastHour.healed.toLocaleString('en-GB')} healed`,
    ],
    [
      'letters',
      Object.entries(letters ?? {})
        .map(([status, count]) => `${shown(count)} ${status}`)
        .join(', '),
    ],
    ['groups', groups === null ? NOT_READ : groupsText(groups)],
    [
      'level',
      level === null
        ? NOT_READ
        : `${level.level} ${level.name}: ${printable(level.because)}${level.since === null || level.pinned ? '' : `, since ${second(level.since)}`}`,
    ],
  ];
}

function roleOf({ role }: Messages, all: readonly Messages[], index: number): string {
  if (role === 'tier') return `retry ${index - all.findIndex((one) => one.role === 'tier') + 1}`;
  return role === 'dlq' ? 'DLQ' : 'source';
}

function depthOf(
  { role, name, visible, inFlight, delayed, oldestSeconds }: Messages,
  all: readonly Messages[],
): string {
  const which = role === 'source' && all.filter((one) => one.role === role).length > 1 ? `${name}: ` : '';
  if (visible === null) return `${which}${NOT_READ}`;
  const counts = [
    [visible, 'visible'],
    [inFlight, 'in flight'],
    [delayed, 'delayed'],
  ] as const;
  const age = oldestSeconds === null ? [] : [`the oldest for ${duration(oldestSeconds)}`];
  return `${which}${[...counts.map(([count, what]) => `${(count ?? 0).toLocaleString('en-GB')} ${what}`), ...age].join(', ')}`;
}

const shown = (count: Count | null | undefined) =>
  count === null || count === undefined ? NOT_READ : shownCount(count);

function groupsText(groups: NonNullable<QueueState['groups']>): string {
  if (groups.count === 0) return 'none is held';
  const states = (['holding', 'probing', 'ramping'] as const).filter((state) => groups[state] > 0);
  return `${shownCount(groups)} open: ${states.map((state) => `${groups[state]} ${state}`).join(', ')}`;
}
