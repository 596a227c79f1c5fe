import { namedList } from '../output/list.ts';
import { counted, printable } from '../output/text.ts';
import { second } from './gather.ts';
import { type Command, currentOf, type Death, nextWords, timelineOf } from './letter.ts';
import type { ArchivedDeath, ShownEvidence } from './record.ts';
import type { Surface } from './status-report.ts';

type Entry = readonly [name: string, text: string];

const MAX_STACK_LINES = 12;

/** A letter as a person reads it. */
export function letterText(
  {
    stack,
    id,
    deaths,
    commands,
  }: { stack: string; id: string; deaths: readonly Death[]; commands: readonly Command[] },
  surface: Surface,
): string {
  const { bold } = surface.colours;
  const current = currentOf(deaths);
  if (current === undefined) return '';
  const { record } = current;
  const section = (title: string, text: string) => `${bold(title)}\n${text}`;
  return `${[
    `${bold(`letter ${printable(id)}`)}
  ${current.status}, ${printable(current.class)}, queue ${current.queue} of stack ${stack}`,
    section(
      'What happened (UTC)',
      namedList(
        timelineOf(deaths).map(({ at, what }): Entry => [second(at), what]),
        surface.width,
      ),
    ),
    section('Why it is what it is', namedList(decisionEntries(current), surface.width)),
    ...(record === null
      ? []
      : [
          section('Evidence', evidenceText(record.evidence, surface)),
          section('The letter', namedList(letterEntries(record), surface.width)),
        ]),
    ...placesText(current, bold),
    ...bodyText(current, bold),
    section('What happens next', namedList([['', nextWords(current)]], surface.width)),
    commandsText(commands, bold),
  ].join('\n\n')}\n`;
}

function decisionEntries({
  class: name,
  rule,
  why,
  confidence,
  reason,
  verdict,
  group,
  attempt,
  healKey,
  record,
}: Death): Entry[] {
  return [
    ['class', `${name} by ${rule}: ${why}`],
    ...(record?.words == null ? [] : [['words', `“${record.words}”`] as const]),
    ['confidence', String(confidence)],
    ['verdict', `${verdict} [${reason}]`],
    ['group', group],
    ['heals', `${attempt} before this death`],
    ['heal key', healKey],
  ];
}

/** Why a letter died, as far as the evidence says. */
export function evidenceText(evidence: ShownEvidence, { width }: Surface): string {
  const { source, errorType, message, httpStatus, awsErrorCode, causes, requestId, receiveCount, stack } = evidence;
  const entries: (readonly [string, string | number | null])[] = [
    ['error', [errorType, message].filter((text) => text !== null).join(': ') || null],
    ['HTTP status', httpStatus],
    ['AWS code', awsErrorCode],
    ...causes.map((cause) => ['caused by', cause] as const),
    ['function', evidence.function],
    ['request id', requestId],
    ['received', receiveCount === null ? null : counted(receiveCount, 'time')],
    ['found by', source],
  ];
  const known = entries.flatMap(([name, value]): Entry[] => (value === null ? [] : [[name, String(value)]]));
  const lines = (stack ?? '').split('\n').filter((line) => line.trim() !== '');
  const left = lines.length - MAX_STACK_LINES;
  const shown = lines.slice(0, MAX_STACK_LINES).map((line) => `    ${line}`);
  return [namedList(known, width), ...shown, ...(left > 0 ? [`    … ${left} more lines (--json has all)`] : [])].join(
    '\n',
  );
}

function letterEntries({ attributes, sentAt, receiveCount, bodyBytes, messageGroupId }: ArchivedDeath): Entry[] {
  return [
    ...(sentAt === null ? [] : [['sent', `${second(sentAt)} UTC`] as const]),
    ['received', counted(receiveCount, 'time')],
    ['body', counted(bodyBytes, 'byte')],
    ...(messageGroupId === null ? [] : [['message group', printable(messageGroupId)] as const]),
    ...attributes.map(
      ({ name, type, value }): Entry => [
        'attribute',
        `${printable(name)} (${printable(type)})${value === null ? '' : `: ${printable(value)}`}`,
      ],
    ),
  ];
}

/** Links are there to be copied: each in a line of its own, however long. */
function placesText({ archive, record }: Death, bold: (text: string) => string): string[] {
  const lines = [
    ...(archive === null
      ? []
      : [`  ${archive.url} (bytes ${archive.offset} to ${archive.offset + archive.length - 1})`]),
    ...(record?.logsUrl == null ? [] : [`  ${record.logsUrl}`]),
  ];
  return lines.length === 0 ? [] : [`${bold('Where to look')}\n${lines.join('\n')}`];
}

function bodyText({ record }: Death, bold: (text: string) => string): string[] {
  if (record?.body == null) return [];
  return [`${bold('Body')}\n${record.body.split('\n').map(printable).join('\n')}`];
}

export function commandsText(commands: readonly Command[], bold: (text: string) => string): string {
  return `${bold('Commands')}\n${commands.map(({ command, does }) => `  ${command}\n      ${does}`).join('\n')}`;
}
