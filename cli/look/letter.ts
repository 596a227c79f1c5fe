import type { Archive, ArchivePlace } from '../../handlers/aws/archive.ts';
import type { Item } from '../../handlers/aws/batch-ops.ts';
import { redact } from '../../handlers/core/redact.ts';
import type { Status } from '../../handlers/core/verdict.ts';
import { nextStep, whyOf } from '../explain.ts';
import { printable } from '../output/text.ts';
import { type Gathering, second } from './gather.ts';
import { type ArchivedDeath, shownRecord } from './record.ts';

/** A command that helps, and what it does. */
export interface Command {
  readonly command: string;
  readonly does: string;
}

/** One death of a letter, and what became of it. Names and meanings are a promise (docs/cli/look.md). */
export interface Death {
  readonly queue: string;
  readonly attempt: number;
  readonly messageId: string;
  /** Another letter of a death that was handled before. */
  readonly isTwin: boolean;
  readonly diedAt: string;
  /** When its status became what it is. */
  readonly at: string;
  readonly status: Status;
  readonly class: string;
  readonly group: string;
  readonly rule: string;
  readonly why: string;
  readonly confidence: number;
  readonly verdict: string;
  readonly reason: string;
  readonly error: string | null;
  readonly releasedBy: string | null;
  readonly dueAt: string | null;
  /** It lies in its group's lot: releasing the group sends it. */
  readonly inLot: boolean;
  readonly healKey: string;
  readonly healedMessageId: string | null;
  readonly repair: string | null;
  /** Whoever changed it by hand, by what was done. */
  readonly by: Readonly<Record<string, string>>;
  readonly archive: { readonly url: string; readonly offset: number; readonly length: number } | null;
  readonly record: ArchivedDeath | null;
}

const MAX_READ = 20;

/** The rows of a letter with what the archive holds of them: of the latest, where there are very many. */
export async function readDeaths(
  archive: Archive,
  rows: readonly Item[],
  withBody: boolean,
  read: Gathering['read'],
): Promise<Death[]> {
  const kept = rows.filter((row) => row.archive !== undefined).slice(-MAX_READ);
  const lines = await archive.readMany(kept.map((row) => row.archive as ArchivePlace));
  const records = new Map<Item, ArchivedDeath | null>();
  for (const [i, row] of kept.entries()) {
    const shown = await read(String(row.queue), 'archive', async () => {
      const line = lines[i];
      if (line?.ok !== true) throw line?.error ?? new Error('it was not read');
      return shownRecord(line.value, withBody);
    });
    records.set(row, shown);
  }
  return rows.map((row) => deathOf(row, archive, records.get(row) ?? null));
}

/** One row. @param record what the archive holds of it, as far as that was read */
export function deathOf(row: Item, archive: Archive, record: ArchivedDeath | null = null): Death {
  const place = row.archive as ArchivePlace | undefined;
  const { failureClass, rule, confidence } = row as { failureClass: string; rule: string; confidence: number };
  const error = printable(redact(String(row.error ?? '')));
  const lot = String(row.dueKey ?? '');
  return {
    queue: String(row.queue),
    attempt: Number(row.attempt),
    messageId: String(row.messageId),
    isTwin: String(row.sk).includes('#twin#'),
    diedAt: String(row.diedAt),
    at: String(row.at),
    status: row.status as Status,
    class: failureClass,
    group: String(row.group),
    rule,
    why: whyOf({ failureClass, rule, confidence, words: '' }),
    confidence,
    verdict: String(row.verdict),
    reason: printable(redact(String(row.reason ?? ''))),
    error: error === '' ? null : error,
    releasedBy: textOf(row.releasedBy),
    // Within a group's lot it is a place in the line.
    dueAt: lot.startsWith('due#') ? textOf(row.dueAt) : null,
    inLot: lot.startsWith('held#'),
    healKey: String(row.healKey),
    healedMessageId: textOf(row.healedMessageId),
    repair: textOf(row.repair),
    by: byHand(row),
    archive: place === undefined ? null : { url: archive.url(place), offset: place.offset, length: place.length },
    record,
  };
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** Fields such as `replayedBy`, which the commands that change something leave in the row. */
function byHand(row: Item): Record<string, string> {
  const fields = Object.entries(row).filter(([name, value]) => /^[a-z]+By$/.test(name) && typeof value === 'string');
  return Object.fromEntries(
    fields
      .filter(([name]) => name !== 'releasedBy')
      .map(([name, value]) => [name.slice(0, -2), printable(String(value))]),
  );
}

export interface Event {
  readonly at: string;
  readonly what: string;
}

/** What happened to the letter, in order. */
export function timelineOf(deaths: readonly Death[]): Event[] {
  return deaths
    .flatMap((death) => [
      { at: death.diedAt, what: deathWords(death) },
      { at: death.at, what: fateWords(death) },
    ])
    .sort((a, b) => a.at.localeCompare(b.at));
}

function deathWords({ queue, attempt, isTwin, messageId, error }: Death): string {
  const again = attempt === 0 ? '' : ` again, after ${attempt === 1 ? '1 heal' : `${attempt} heals`}`;
  const twin = isTwin ? ' (another letter of this death)' : '';
  return `died in ${queue}${again}${twin} as message ${printable(messageId)}: ${error ?? 'no error text was found'}`;
}

function fateWords(death: Death): string {
  const { status, verdict, repair, releasedBy, dueAt, healedMessageId, archive, reason } = death;
  const people = Object.entries(death.by)
    .map(([did, who]) => `, ${did} by hand (audit ${who})`)
    .join('');
  switch (status) {
    case 'healed': {
      const how = repair !== null ? 'mended and healed' : verdict === 'heal' ? 'healed' : 'set free and healed';
      return `${how} as message ${printable(healedMessageId ?? 'unknown')} [${reason}]${people}`;
    }
    case 'parked':
      return `parked until ${dueAt === null ? 'its group’s canary has come through' : `${second(dueAt)} UTC`} [${reason}]${people}`;
    case 'waiting':
      return `kept until ${releasedBy === 'deploy' ? 'the consumer is deployed or a person sends it' : 'a person sends it'} [${reason}]${people}`;
    case 'archived':
      return `archived in ${archive?.url ?? 'the archive'} [${reason}]${people}`;
    case 'quarantined':
      return `quarantined in ${archive?.url ?? 'the archive'} [${reason}]${people}`;
    case 'duplicate':
      return `acknowledged: this death was handled already [${reason}]${people}`;
  }
}

/** The death that says where the letter is now. */
export const currentOf = (deaths: readonly Death[]): Death | undefined =>
  deaths.filter(({ status, isTwin }) => status !== 'duplicate' && !isTwin).at(-1) ?? deaths.at(-1);

/** What happens next, for a person. */
export function nextWords({ status, releasedBy, dueAt, inLot, attempt, healedMessageId }: Death): string {
  const aside = { reason: '', notify: false };
  switch (status) {
    case 'healed':
      return `nothing, unless it dies again: heal ${attempt + 1} was sent as message ${printable(healedMessageId ?? 'unknown')}`;
    case 'parked':
      if (dueAt !== null) return `it is sent back to where it came from at ${second(dueAt)} UTC`;
      return nextStep({ kind: 'park', releasedBy: 'breaker', ...aside }, 0);
    case 'waiting':
      if (!inLot) return 'it waits, whole, for a person; releasing its group does not send it';
      return nextStep({ kind: 'park', releasedBy: releasedBy === 'deploy' ? 'deploy' : 'person', ...aside }, 0);
    case 'archived':
      return nextStep({ kind: 'archive', ...aside }, 0);
    case 'quarantined':
      return nextStep({ kind: 'quarantine', ...aside }, 0);
    case 'duplicate':
      return 'nothing: another letter of this death stands for it';
  }
}

/** Commands that help with a letter. */
export function commandsFor(
  stack: string,
  originId: string,
  { status, group, queue, inLot, archive }: Death,
): Command[] {
  const place = `--stack ${stack} --queue ${queue}`;
  const isKept = archive !== null && status !== 'healed' && status !== 'duplicate';
  return [
    ...(inLot
      ? [{ command: `dlq release ${group} ${place}`, does: 'sends the letters of its group, a few first' }]
      : []),
    ...(isKept
      ? [
          { command: `dlq edit ${originId} ${place}`, does: 'changes its body and sends it' },
          { command: `dlq replay ${originId} ${place}`, does: 'sends it as it is' },
        ]
      : []),
    { command: `dlq show ${group} ${place}`, does: 'shows its group' },
  ];
}
