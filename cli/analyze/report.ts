import { namedList } from '../output/list.ts';
import { type Column, roomForLast, table } from '../output/table.ts';
import type { Colours } from '../output/terminal.ts';
import { clip, counted, printable } from '../output/text.ts';
import type { Analysis, ClassCount, Group } from './analysis.ts';

const MAX_GROUPS = 20;
const MAX_LISTED = 10;
/** A queue's name may have 80 characters, a class of the user's 64. */
const MAX_NAME = 30;

export interface Surface {
  readonly width: number;
  readonly colours: Colours;
}

/** The analysis as a person reads it. */
export function reportOf(analysis: Analysis, fileName: string, surface: Surface): string {
  const { letters, repeated, unreadable } = analysis;
  const { bold } = surface.colours;
  const again = repeated > 0 ? ` (${counted(repeated, 'letter')} received again and counted once)` : '';
  const broken = unreadable.length > 0 ? `, ${counted(unreadable.length, 'message')} that cannot be read` : '';
  const head = `${bold(counted(letters, 'letter'))} in ${printable(fileName)}${again}${broken}`;
  return `${[head, ...(letters === 0 ? [] : sections(analysis, surface)), ...listUnreadable(analysis)].join('\n\n')}\n`;
}

function sections(analysis: Analysis, surface: Surface): string[] {
  const { classes, groups, errorTypes, sources } = analysis;
  const { width, colours } = surface;
  const shown = groups.slice(0, MAX_GROUPS);
  const types = errorTypes.slice(0, MAX_LISTED).map(({ errorType, letters }) => [String(letters), errorType]);
  return [
    `${colours.bold('Classes')}\n${classTable(classes, surface)}`,
    `${colours.bold('Groups')}\n${groupTable(shown, surface)}${leftOut(groups.length - shown.length, 'group')}`,
    ...(types.length === 0
      ? []
      : [
          `${colours.bold('Error types')}\n${table([COUNT, { head: 'error type' }], types, width)}${leftOut(errorTypes.length - types.length, 'error type')}`,
        ]),
    `${colours.bold('Evidence from')} ${sources.map(({ source, letters }) => `${source} ${letters}`).join(', ')}`,
    `${colours.bold('Sent')}\n${namedList(ageList(analysis), width)}`,
  ];
}

const COUNT: Column = { head: 'letters', align: 'right' };

const leftOut = (count: number, noun: string) =>
  count > 0 ? `\n… and ${counted(count, `more ${noun}`)} (--json has all)` : '';

function classTable(classes: readonly ClassCount[], { width }: Surface): string {
  const rows = classes.map(({ class: name, letters, verdicts }) => [
    clip(name, MAX_NAME),
    String(letters),
    Object.entries(verdicts)
      .map(([verdict, count]) => `${verdict} ${count}`)
      .join(', '),
  ]);
  return table([{ head: 'class' }, COUNT, { head: 'the healer would' }], rows, width);
}

const GROUP: Column = { head: 'group' };

function groupTable(groups: readonly Group[], { width }: Surface): string {
  const severalQueues = new Set(groups.map(({ queue }) => queue)).size > 1;
  const names = groups.map(({ class: name, fingerprint, letters, queue }) =>
    [
      clip(name, MAX_NAME),
      fingerprint,
      counted(letters, 'letter'),
      ...(severalQueues ? [queue === null ? '(no queue named)' : clip(printable(queue), MAX_NAME)] : []),
    ].join('\n'),
  );
  const room = roomForLast(
    [GROUP],
    names.map((name) => [name]),
    width,
  );
  const rows = groups.map((group, i) => [names[i] ?? '', detailsOf(group, room).join('\n')]);
  return table([GROUP, { head: 'what is known, and what the healer would do' }], rows, width);
}

function detailsOf(group: Group, room: number): string[] {
  const { errorType, error, words, rule, sources, example, verdicts } = group;
  const said = [errorType, error].filter((text) => text !== null).join(': ');
  return [
    clip(said === '' ? '(no error text)' : said, room),
    clip(`rule     ${rule}${words === '' ? '' : `: ${printable(words)}`}`, room),
    ...seen(group).map((line) => clip(line, room)),
    clip(`from     ${sources.map(({ source, letters }) => `${source} ${letters}`).join(', ')}`, room),
    ...whole(`example  ${printable(example)}`, room),
    ...verdicts.map(({ verdict, letters, reason, next }) => `${verdict} ${letters}: ${next} [${reason}]`),
  ];
}

/** An id is there to be copied: it goes on in the next line rather than end in an ellipsis. */
const whole = (text: string, room: number) => text.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [];

const minute = (at: string) => at.slice(0, 16).replace('T', ' ');

function seen({ firstSeen, lastSeen }: Group): string[] {
  if (firstSeen === null || lastSeen === null) return [];
  return minute(firstSeen) === minute(lastSeen)
    ? [`seen     ${minute(firstSeen)} UTC`]
    : [`first    ${minute(firstSeen)} UTC`, `last     ${minute(lastSeen)} UTC`];
}

function ageList({ ages }: Analysis): [string, string][] {
  const counts: [string, number][] = [
    ['within an hour', ages.under1Hour],
    ['within a day', ages.under1Day],
    ['within 4 days', ages.under4Days],
    ['within 14 days', ages.under14Days],
    ['longer ago', ages.older],
    ['unknown', ages.unknown],
  ];
  const extremes: [string, string][] =
    ages.oldest === null || ages.newest === null
      ? []
      : [
          ['oldest', `${minute(ages.oldest)} UTC`],
          ['newest', `${minute(ages.newest)} UTC`],
        ];
  return [
    ...counts.filter(([, count]) => count > 0).map(([name, count]): [string, string] => [name, String(count)]),
    ...extremes,
  ];
}

function listUnreadable({ unreadable }: Analysis): string[] {
  if (unreadable.length === 0) return [];
  const lines = unreadable.slice(0, MAX_LISTED).map(({ line, message, messageId, reason }) => {
    const place =
      message === null ? `the document in line ${line}` : `message ${message} of the document in line ${line}`;
    return `  ${place}${messageId === null ? '' : ` (${printable(messageId)})`}: ${printable(reason)}`;
  });
  return [`Cannot be read\n${lines.join('\n')}${leftOut(unreadable.length - lines.length, 'message')}`];
}
