import { LEVEL_NAMES } from '../../handlers/core/level.ts';
import { counted } from '../output/text.ts';
import { type Count, shownCount } from './ledger-counts.ts';
import type { LevelNow, QueueState, StackState } from './status.ts';

/** `trouble`: somebody has to do something. `attention`: it goes on by itself, or is meant so. `unknown`: something was not read. */
export type Verdict = {
  readonly state: 'ok' | 'attention' | 'trouble' | 'unknown';
  /** What is wrong, the worst first; '' where nothing is. */
  readonly words: string;
  /** The command to run next; null where there is nothing to look at. */
  readonly next: string | null;
};

interface Finding {
  readonly state: 'trouble' | 'attention';
  readonly words: string;
  readonly command: string;
}

/** What catches the eye of one queue. */
export function verdictOf(state: QueueState, stack: StackState): Verdict {
  const findings = findingsOf(state, stack);
  const worst = findings.find((one) => one.state === 'trouble') ?? findings[0];
  const unread = stack.unread.some(({ queue }) => queue === null || queue === state.queue);
  const words = [...findings.map((one) => one.words), ...(unread ? ['not everything could be read'] : [])].join('; ');
  if (worst === undefined) return { state: unread ? 'unknown' : 'ok', words, next: null };
  return { state: worst.state, words, next: commandOf(worst.command, state, stack) };
}

function commandOf(command: string, { queue, messages }: QueueState, { stack }: StackState): string {
  if (stack !== null) return `dlq ${command} --stack ${stack} --queue ${queue}`;
  return `dlq ${command} --dlq ${messages.find(({ role }) => role === 'dlq')?.name ?? queue}`;
}

function findingsOf(state: QueueState, stack: StackState): Finding[] {
  const { letters, groups, level } = state;
  const { waiting, quarantined } = letters ?? {};
  return [
    ...(some(waiting) ? [found('trouble', `${letterWords(waiting)} for a person or a deploy`, 'groups')] : []),
    ...(some(quarantined) ? [found('trouble', quarantineWords(quarantined), 'groups')] : []),
    ...(groups !== null && groups.count > 0 ? [found('attention', groupWords(groups), 'groups')] : []),
    ...(level === null ? [] : levelFindings(level)),
    ...dlqFindings(state, stack),
  ];
}

const found = (state: Finding['state'], words: string, command: string): Finding => ({ state, words, command });

const some = (count: Count | null | undefined): count is Count =>
  count !== null && count !== undefined && count.count > 0;

const isOne = ({ count, more }: Count) => count === 1 && !more;

const letterWords = (count: Count) => `${shownCount(count)} ${isOne(count) ? 'letter waits' : 'letters wait'}`;

const quarantineWords = (count: Count) =>
  `${shownCount(count)} ${isOne(count) ? 'letter is' : 'letters are'} in quarantine`;

const STATE_WORDS = { holding: 'held', probing: 'tried with a canary', ramping: 'let go by and by' } as const;

function groupWords(groups: NonNullable<QueueState['groups']>): string {
  return (Object.keys(STATE_WORDS) as (keyof typeof STATE_WORDS)[])
    .flatMap((state) => {
      const n = groups[state];
      return n === 0
        ? []
        : [`${counted(n, 'group')}${groups.more ? ' or more' : ''} ${n === 1 ? 'is' : 'are'} ${STATE_WORDS[state]}`];
    })
    .join(', ');
}

function levelFindings({ level, name, because, pinned, measured }: LevelNow): Finding[] {
  if (level === 0 && !pinned) return [];
  const beside = pinned && measured !== level ? `, and the governor’s is ${measured} ${LEVEL_NAMES[measured]}` : '';
  return [found(level >= 3 ? 'trouble' : 'attention', `level ${level} ${name} (${because}${beside})`, 'monitor')];
}

/** Letters pass through a DLQ whose healer works; those of one that does not stay there until their retention ends. */
function dlqFindings({ messages, lastHour }: QueueState, { stack, mode, paused }: StackState): Finding[] {
  const visible = messages.find(({ role }) => role === 'dlq')?.visible ?? 0;
  if (visible === 0) return [];
  const lie = `${counted(visible, 'letter')} ${visible === 1 ? 'lies' : 'lie'} in the DLQ`;
  if (stack === null) return [found('trouble', lie, 'peek')];
  const heals = mode === 'heal' && paused === false;
  if (heals && lastHour?.arrived === 0)
    return [found('trouble', `${lie}, and the healer took none within the hour`, 'peek')];
  return [found('attention', lie, 'peek')];
}

/** What holds for the whole stack; undefined where it heals. */
export function stackVerdict({ stack, mode, paused }: StackState): { words: string; next: string | null } | undefined {
  if (stack === null) return undefined;
  if (paused === true)
    return { words: `stack ${stack} is paused: nothing is healed or released`, next: `dlq resume --stack ${stack}` };
  if (mode === 'heal') return undefined;
  const words =
    mode === 'observe' ? 'nothing is touched, the healer only says what it would do' : 'nothing is healed or released';
  return { words: `stack ${stack} is in mode ${mode}: ${words}`, next: null };
}
