import type { Evidence } from './evidence.ts';
import { type Entry, entryOf } from './log-entry.ts';
import type { LoggedError } from './log-errors.ts';

/** One event of a log stream. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly stream: string;
  readonly text: string;
}

/** More lines of one request than this are not read. */
const MAX_LINES = 2_000;

/**
 * Why a message died, from lines of its consumer's log streams in their order: the last request that names the message
 * and failed. Pure; never throws; undefined where the lines do not tell.
 */
export function evidenceInLogs(lines: readonly LogLine[], messageId: string): Omit<Evidence, 'source'> | undefined {
  for (const request of requestsOf(lines).reverse()) {
    if (!request.lines.some(({ line }) => line.text.includes(messageId))) continue;
    const death = deathIn(request.lines, messageId, request.id);
    if (death === undefined) continue;
    const { error, line } = death;
    return {
      ...error,
      ...(request.id === undefined ? {} : { requestId: request.id }),
      logStream: line.stream,
      at: new Date(line.time).toISOString(),
    };
  }
  return undefined;
}

interface Read {
  readonly line: LogLine;
  readonly entry: Entry;
}

interface Request {
  readonly id: string | undefined;
  readonly lines: Read[];
}

/**
 * The lines of each request, in the order of their ends. An environment works on one request at a time, so a line
 * without an id is of the request that is under way in its stream: of the one that the next line with an id names,
 * where none is (what an environment prints while it starts).
 */
function requestsOf(lines: readonly LogLine[]): Request[] {
  const requests: Request[] = [];
  for (const stream of Map.groupBy(lines.slice(-MAX_LINES), ({ stream }) => stream).values()) {
    const byId = new Map<string, Request>();
    let pending: Read[] = [];
    const ended = new Set<string>();
    let current: Request | undefined;
    for (const line of stream) {
      const read = { line, entry: entryOf(line.text) };
      const { requestId, mark } = read.entry;
      if (requestId === undefined) (current?.lines ?? pending).push(read);
      else {
        current = byId.get(requestId) ?? { id: requestId, lines: [] };
        byId.set(requestId, current);
        current.lines.push(...pending, read);
        pending = [];
        if (mark === 'end') ended.add(requestId);
        // What comes after a report without an id is of the environment's next start.
        if (ended.has(requestId)) current = undefined;
      }
    }
    requests.push(...byId.values(), ...(pending.length > 0 ? [{ id: undefined, lines: pending }] : []));
  }
  const endOf = ({ lines }: Request) => lines.at(-1)?.line.time ?? 0;
  return requests.sort((a, b) => endOf(a) - endOf(b));
}

interface Death {
  readonly error: LoggedError;
  readonly line: LogLine;
}

/**
 * Of a batch, one message's error is not another's. So: what is said of this very message; else what ended the request,
 * and with it every message of it; else the first error after the message was named; else any, if the request names
 * nothing else that could be a message.
 */
function deathIn(reads: readonly Read[], messageId: string, requestId: string | undefined): Death | undefined {
  const names = ({ line }: Read) => line.text.includes(messageId);
  const errors = reads.filter((read) => read.entry.error !== undefined);
  const fatal = errors.findLast(({ entry }) => entry.fatal && !entry.failed) ?? lastOfFailed(reads);
  const named = reads.findIndex(names);
  const others = reads.some(({ line }) => namesAnother(line.text, messageId, requestId));
  const mine = (read: Read) => !namesAnother(read.line.text, messageId, requestId);
  const told =
    errors.findLast(names) ??
    fatal ??
    errors.find((read) => reads.indexOf(read) > named && mine(read)) ??
    (others ? undefined : errors.at(-1));
  return told && deathOf(told, reads);
}

/**
 * Where the report says that the request failed, its last error is why, and the report where there is no other; but not
 * where it ran out of time: what it logged before it had survived.
 */
function lastOfFailed(reads: readonly Read[]): Read | undefined {
  const report = reads.findLast(({ entry }) => entry.failed);
  if (report === undefined || report.entry.error?.message?.startsWith('Task timed out')) return report;
  return reads.findLast(({ entry }) => entry.error !== undefined && !entry.failed) ?? report;
}

function deathOf({ line, entry }: Read, reads: readonly Read[]): Death | undefined {
  const { error } = entry;
  if (error === undefined) return undefined;
  // Lambda kills what outgrows its memory without a word of memory but in the report.
  const memory = reads.find((read) => read.entry.memory !== undefined)?.entry.memory;
  const ended = /^Runtime\.|^Extension\./.test(error.errorType ?? '') || /^Runtime exited/.test(error.message ?? '');
  if (memory === undefined || !ended) return { line, error };
  return { line, error: { ...error, message: [error.message, memory].filter(Boolean).join('; ') } };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function namesAnother(text: string, messageId: string, requestId: string | undefined): boolean {
  const ids = text.slice(0, 8192).match(UUID) ?? [];
  return ids.some((id) => id !== messageId && id !== requestId);
}
