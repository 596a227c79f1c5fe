import { type Column, roomForLast, table } from '../output/table.ts';
import { clip, counted, printable } from '../output/text.ts';
import { minute } from './gather.ts';
import { breakerWords, type Group, waitsOf } from './groups.ts';
import type { Surface } from './status-report.ts';

/** What `dlq groups` shows of a stack. */
export interface GroupsDocument {
  readonly version: 1;
  readonly stack: string;
  readonly queues: readonly string[];
  readonly groups: readonly Group[];
  /** Groups of which nothing waits, that are not held and of which no letter died within a day; 0 with `--all`. */
  readonly quiet: number;
  /** Queues with more kept letters than were counted. */
  readonly uncounted: readonly string[];
}

const MAX_SHOWN = 20;
const MAX_NAME = 30;
const GROUP: Column = { head: 'group' };

export function groupsText({ stack, queues, groups, quiet, uncounted }: GroupsDocument, { width }: Surface): string {
  const shown = groups.slice(0, MAX_SHOWN);
  const names = shown.map((group) => nameOf(group, queues.length > 1));
  const room = roomForLast(
    [GROUP],
    names.map((name) => [name]),
    width,
  );
  const rows = shown.map((group, i) => [names[i] ?? '', detailsOf(group, room).join('\n')]);
  const left = groups.length - shown.length;
  const [first] = shown;
  return [
    ...(rows.length === 0
      ? [quiet === 0 ? 'There is no such group.' : 'Nothing waits, no group is held, and nothing died within 24 hours.']
      : [table([GROUP, { head: 'what it died of, and how it stands' }], rows, width)]),
    ...(left > 0 ? [`… and ${counted(left, 'more group')} (--json has all)`] : []),
    ...(quiet > 0 ? [`${counted(quiet, 'quiet group')} left out; --all shows them.`] : []),
    ...uncounted.map(
      (queue) => `${queue}: more letters are kept than were counted; the groups’ real numbers are higher.`,
    ),
    ...(first === undefined ? [] : [`Next: dlq show ${first.group} --stack ${stack} --queue ${first.queue}`]),
    '',
  ].join('\n');
}

function nameOf(group: Group, severalQueues: boolean): string {
  const waits = waitsOf(group);
  return [
    clip(printable(group.class), MAX_NAME),
    group.group,
    waits === 0 ? 'nothing waits' : counted(waits, 'letter'),
    ...(severalQueues ? [clip(printable(group.queue), MAX_NAME)] : []),
  ].join('\n');
}

function detailsOf(group: Group, room: number): string[] {
  const { error, breaker, firstSeen, lastSeen, counts, now, example } = group;
  const ever = Object.entries(counts).filter(([, count]) => count > 0);
  const line = (name: string, text: string) => clip(`${name.padEnd(9)}${text}`, room);
  return [
    clip(error ?? '(no error text)', room),
    ...(waitsOf(group) === 0 ? [] : [line('now', nowWords(now))]),
    // Who ends a holding is what it is about: it wraps rather than be cut.
    `${'breaker'.padEnd(9)}${breakerWords(breaker)}`,
    ...(firstSeen === null || lastSeen === null
      ? []
      : [line('seen', `${minute(firstSeen)} to ${minute(lastSeen)} UTC`)]),
    ...(ever.length === 0 ? [] : [line('so far', ever.map(([status, count]) => `${status} ${count}`).join(', '))]),
    ...(example === null ? [] : [`${'example'.padEnd(9)}${printable(example)}`]),
  ];
}

/** What lies where now: `2 wait for a person or a deploy, 5 parked`. */
export function nowWords({ waiting, parked, quarantined }: Group['now']): string {
  return [
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a person or a deploy`] : []),
    ...(parked > 0 ? [`${parked} parked`] : []),
    ...(quarantined > 0 ? [`${quarantined} in quarantine`] : []),
  ].join(', ');
}
