import { redact } from '../../handlers/core/redact.ts';
import { awsComplaint } from '../aws/complaint.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { namedList } from '../output/list.ts';
import { counted, printable } from '../output/text.ts';
import type { Moved } from './run.ts';

/** What `--json` prints of a move; names and meanings are a promise (docs/cli/move.md). */
export interface MoveDocument {
  readonly version: 1;
  readonly command: string;
  readonly stack: string | null;
  readonly queue: string;
  readonly outcome: Moved['outcome'];
  readonly why: string | null;
  readonly sent: number;
  readonly left: readonly Reason[];
  readonly stuck: readonly Reason[];
  readonly failed: number;
  readonly failures: Moved['failures'];
  readonly relapsed: number;
  readonly inFlight: number;
  readonly unread: number;
  readonly ids: readonly string[];
  readonly notes: readonly string[];
  readonly audit: string | null;
}

interface Reason {
  readonly reason: string;
  readonly letters: number;
}

export type Moving = Pick<MoveDocument, 'command' | 'stack' | 'queue' | 'audit'>;

export function documentOf(moving: Moving, moved: Moved): MoveDocument {
  const { outcome, why, sent, left, stuck, failed, failures, relapsed, inFlight, unread, ids, notes } = moved;
  return {
    version: 1,
    ...moving,
    outcome,
    why: why === undefined ? null : redact(why),
    sent,
    left: reasons(left),
    stuck: reasons(stuck),
    failed,
    failures: failures.map(({ id, why: reason }) => ({ id, why: redact(reason) })),
    relapsed,
    inFlight,
    unread,
    ids,
    notes,
  } as MoveDocument;
}

const reasons = (counts: ReadonlyMap<string, number>): Reason[] =>
  [...counts].map(([reason, letters]) => ({ reason, letters })).sort((a, b) => b.letters - a.letters);

/** Done is only what left nothing undone that was asked for. */
export function exitCodeOf({ outcome, failed, stuck, inFlight, notes }: Moved): ExitCode {
  if (outcome === 'stopped') return EXIT.stopped;
  if (outcome === 'interrupted') return EXIT.interrupted;
  const undone = failed > 0 || stuck.size > 0 || inFlight > 0 || notes.length > 0;
  return outcome === 'failed' || undone ? EXIT.failed : EXIT.ok;
}

const OPENING: Readonly<Record<Moved['outcome'], string>> = {
  done: 'Done',
  stopped: 'Stopped by itself',
  interrupted: 'Interrupted; the same command goes on where it ended',
  failed: 'Failed',
};

/** @param next the command that tells what became of the letters */
export function moveText(moved: Moved, next: string, width: number): string {
  const { outcome, why, error, sent, failed, failures, relapsed, inFlight, unread, notes } = moved;
  const because = error === undefined ? why : (awsComplaint(error) ?? why);
  const entries: [string, string][] = [
    ['sent', counted(sent, 'letter')],
    ...reasons(moved.left).map(({ reason, letters }): [string, string] => [
      'left',
      `${letters}: ${printable(redact(reason))}`,
    ]),
    ...reasons(moved.stuck).map(({ reason, letters }): [string, string] => [
      'not sent',
      `${letters}: ${printable(redact(reason))}`,
    ]),
    ...(failed > 0 ? [['failed', counted(failed, 'letter')] as [string, string]] : []),
    ...failures.slice(0, 5).map(({ id, why: reason }): [string, string] => ['', `${id}: ${printable(redact(reason))}`]),
    ...(relapsed > 0 ? [['died again', counted(relapsed, 'letter')] as [string, string]] : []),
    ...(inFlight > 0
      ? [
          [
            'in flight',
            `${counted(inFlight, 'letter')} with somebody else, not seen: run it again when they are back`,
          ] as [string, string],
        ]
      : []),
    ...(unread > 0
      ? [['in the DLQ', `about ${counted(unread, 'letter')} that were not looked at`] as [string, string]]
      : []),
    ...notes.map((note): [string, string] => ['note', note]),
  ];
  const opening = `${OPENING[outcome]}${because === undefined ? '.' : `: ${printable(redact(because))}.`}`;
  const after = sent > 0 ? `\nSent is not processed: ${next} tells what became of them.\n` : '';
  return `${opening}\n${namedList(entries, width)}\n${after}`;
}
