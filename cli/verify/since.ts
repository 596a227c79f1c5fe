import type { AuditEntry } from '../audit/entry.ts';
import { DEFAULT_SINCE_MS, recentOnly, sinceIn } from './options.ts';
import type { Answer } from './readings.ts';

/** Commands that send letters back, as the audit names them. */
const SENDING = new Set(['redrive', 'replay', 'edit', 'release', 'native', 'executions']);

export interface Since {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Why it is that instant; a sentence for people. */
  readonly because: string;
}

/**
 * The instant from which on everything must have gone well: as asked for, else the begin of the last change that sent
 * letters back, else an hour ago.
 * @param entries the latest first
 */
export function sinceOf(asked: string | undefined, entries: Answer<readonly AuditEntry[]>, now: number): Since {
  if (asked !== undefined) return { at: sinceIn(asked, now), because: 'as asked for' };
  const last = 'value' in entries ? entries.value.find(({ command }) => SENDING.has(command)) : undefined;
  const at = last === undefined ? undefined : recentOnly(Date.parse(last.at), now);
  if (last !== undefined && at !== undefined) return { at, because: `the last change: ${last.command}, ${last.what}` };
  const why = 'refused' in entries ? 'the audit cannot be read' : 'no change in the audit sent letters back';
  return { at: now - DEFAULT_SINCE_MS, because: `an hour ago: ${why}` };
}

/** Letters that people sent back to a queue since then, by the audit. */
export function sentSince(entries: readonly AuditEntry[], queue: string, since: number): number {
  return entries
    .filter((entry) => SENDING.has(entry.command) && Date.parse(entry.at) >= since)
    .filter((entry) => entry.queue === undefined || entry.queue === queue)
    .reduce((sum, { letters }) => sum + (letters?.sent ?? 0), 0);
}
