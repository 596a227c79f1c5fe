import type { Item } from '../../handlers/aws/batch-ops.ts';
import type { Alert } from '../../handlers/core/alert.ts';
import { nextStep } from '../../handlers/core/next-step.ts';
import { namedList } from '../output/list.ts';
import { printable } from '../output/text.ts';
import { minute } from './gather.ts';
import { breakerWords, type Group, waitsOf } from './groups.ts';
import { nowWords } from './groups-report.ts';
import { type Count, shownCount } from './ledger-counts.ts';
import type { Command, Death } from './letter.ts';
import { commandsText, evidenceText } from './letter-report.ts';
import type { ShownEvidence } from './record.ts';
import type { Surface } from './status-report.ts';

/** A kept letter of a group. */
export interface GroupLetter {
  readonly id: string;
  readonly attempt: number;
  readonly status: string;
  readonly diedAt: string;
  readonly reason: string;
  readonly dueAt: string | null;
}

/** What `dlq show GROUP` shows besides the group itself. */
export interface GroupView {
  readonly stack: string;
  readonly group: Group;
  /** The newest of those that lie somewhere now, and how many do; null where they could not be read. */
  readonly letters: readonly GroupLetter[] | null;
  readonly kept: Count | null;
  readonly example: {
    readonly id: string;
    readonly evidence: ShownEvidence | null;
    readonly logsUrl: string | null;
  } | null;
  readonly advice: string | null;
  readonly commands: readonly Command[];
}

export const letterOf = (row: Item, { attempt, status, diedAt, reason, dueAt }: Death): GroupLetter => ({
  id: String(row.originId),
  ...{ attempt, status, diedAt, reason, dueAt },
});

/** What to do about the group, in the words of its alerts; null where nothing waits in it. */
export function adviceFor(stack: string, group: Group, row: Item): string | null {
  const { breaker, now } = group;
  if (waitsOf(group) === 0 && breaker.state === 'healing') return null;
  const opened = breaker.releasedBy === 'time' && breaker.round > 0;
  const status = opened ? 'breaker opened' : now.quarantined > 0 && now.waiting === 0 ? 'quarantined' : 'waiting';
  const { lastLetter } = row as { readonly lastLetter?: Partial<Alert> };
  const alert: Alert = {
    ...{ stack, queue: group.queue, group: group.group, failureClass: group.class, status },
    ...{ count: waitsOf(group), alertingSeconds: 0, windowSeconds: 0, sampleIds: [], archive: '', logsUrl: '' },
    ...{ reason: lastLetter?.reason ?? '', error: lastLetter?.error ?? '' },
    ...{ firstSeen: group.firstSeen ?? '', lastSeen: group.lastSeen ?? '' },
  };
  // What it says may end where its command would follow.
  return nextStep(alert).advice.replace(/:$/, `: ${releaseCommand(stack, group)}`);
}

const releaseCommand = (stack: string, { group, queue }: Group) =>
  `dlq release ${group} --stack ${stack} --queue ${queue}`;

/** Commands that help with a group. */
export function groupCommands(stack: string, of: Group, example: string | null): Command[] {
  const { group, queue, breaker } = of;
  const place = `--stack ${stack} --queue ${queue}`;
  const ofExample: Command[] =
    example === null
      ? []
      : [
          { command: `dlq show ${example} ${place}`, does: 'shows one of its letters' },
          ...(waitsOf(of) > 0
            ? [{ command: `dlq edit ${example} ${place}`, does: 'changes that letter’s body and sends it' }]
            : []),
        ];
  return [
    ...(breaker.state === 'holding'
      ? [{ command: releaseCommand(stack, of), does: 'sends its letters, a few first' }]
      : [{ command: `dlq hold ${group} ${place}`, does: 'keeps its letters until you release it' }]),
    ...ofExample,
    { command: `dlq resolve ${group} ${place}`, does: 'declares its letters dealt with; they stay in the archive' },
  ];
}

/** A group as a person reads it. */
export function groupText(view: GroupView, surface: Surface): string {
  const { stack, group, letters, kept, example, advice, commands } = view;
  const { width } = surface;
  const { bold } = surface.colours;
  const section = (title: string, text: string) => `${bold(title)}\n${text}`;
  return `${[
    `${bold(`group ${group.group}`)}, ${printable(group.class)}, queue ${group.queue} of stack ${stack}`,
    namedList(overview(group), width),
    ...(letters === null || kept === null || letters.length === 0
      ? []
      : [section(lettersTitle(letters.length, kept), namedList(letterEntries(letters), width))]),
    ...(example?.evidence == null
      ? []
      : [section(`Evidence of letter ${printable(example.id)}`, evidenceText(example.evidence, surface))]),
    ...(example?.logsUrl == null ? [] : [section('Logs', `  ${example.logsUrl}`)]),
    ...(advice === null ? [] : [section('What to do', namedList([['', advice]], width))]),
    commandsText(commands, bold),
  ].join('\n\n')}\n`;
}

function overview(group: Group): [string, string][] {
  const { error, breaker, firstSeen, lastSeen, counts } = group;
  const ever = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    ['error', error ?? '(no error text)'],
    ['now', waitsOf(group) === 0 ? 'nothing waits' : nowWords(group.now)],
    ['breaker', breakerWords(breaker)],
    ...(firstSeen === null || lastSeen === null
      ? []
      : [['seen', `${minute(firstSeen)} to ${minute(lastSeen)} UTC`] as [string, string]]),
    ['so far', ever.map(([status, count]) => `${status} ${count}`).join(', ') || 'nothing'],
  ];
}

const lettersTitle = (shown: number, kept: Count) =>
  kept.count > shown || kept.more
    ? `The newest ${shown} of ${shownCount(kept)} letters that lie there`
    : 'Letters that lie there';

/** A reason that all of them have is told once. */
function letterEntries(letters: readonly GroupLetter[]): [string, string][] {
  const [first, ...others] = letters;
  const shared =
    others.length > 0 && others.every(({ reason }) => reason === first?.reason) ? first?.reason : undefined;
  const entries = letters.map(({ id, status, diedAt, dueAt, reason }): [string, string] => [
    printable(id),
    `${status}${dueAt === null ? '' : ` until ${minute(dueAt)}`}, died ${minute(diedAt)} UTC${shared === undefined ? ` [${reason}]` : ''}`,
  ]);
  return shared === undefined ? entries : [...entries, ['each', `[${shared}]`]];
}
