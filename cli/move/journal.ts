import { appendFileSync, closeSync, createReadStream, openSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stateDirectory } from '../state-directory.ts';

/**
 * What this machine knows of the letters of a DLQ without a ledger: a letter that was sent and is not yet deleted must
 * not be sent again by the next run. Lines of a file, appended before the step that they are about goes on: each method
 * returns when they are in it, and throws where they cannot be.
 */
export interface Journal {
  /** Letters that earlier runs sent and did not delete. */
  wasSent(id: string): boolean;
  /** Letters that an earlier run was about to send when it was killed: they may have been sent. */
  mayBeSent(id: string): boolean;
  /** Before a send. */
  sending(ids: readonly string[]): void;
  /** After it, before the delete. `sentAs`: the new message ids, in order. */
  sent(ids: readonly string[], sentAs: readonly string[]): void;
  /** What was tried to be sent and was not. */
  notSent(ids: readonly string[]): void;
  deleted(ids: readonly string[]): void;
  /** Ends the file where nothing is left to remember. */
  close(): Promise<void>;
}

/** What was done with a message: about to be sent, sent, not sent after all, deleted. */
interface Word {
  readonly step: 'going' | 'sent' | 'kept' | 'gone';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The same word on some messages. */
interface Line extends Word {
  readonly ids: readonly string[];
  /** Ids of the new messages, for those who look into the file. */
  readonly as?: readonly string[];
}

/** No queue keeps a message for longer. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const FORGOTTEN_MS = 14 * 24 * 3600 * 1000;

/**
 * Every run has a file of its own, beside those of earlier runs and of others that go on.
 * @throws where the directory cannot be written: nothing is moved without it
 */
export async function openJournal(
  env: Readonly<Record<string, string | undefined>>,
  dlqArn: string,
  now: () => number = Date.now,
): Promise<Journal> {
  const directory = join(stateDirectory(env), 'journal', dlqArn.replaceAll(':', '_'));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const earlier = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'));
  const known = await lastWords(
    earlier.map((name) => join(directory, name)),
    now() - FORGOTTEN_MS,
  );
  const path = join(directory, `${process.pid}-${now()}.jsonl`);
  const file = openSync(path, 'a', 0o600);
  const append = (lines: readonly Line[]) => {
    // One write: a kill leaves them whole, but for the last. It takes some microseconds; handing it to another thread and
    // back took a tenth of the time of a fast move.
    if (lines.length > 0) appendFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  };
  append([...known].map(([id, word]) => ({ ...word, ids: [id] })));
  // What runs that ended left behind is in the new file now.
  for (const name of earlier)
    if (!isRunning(Number.parseInt(name, 10))) await rm(join(directory, name), { force: true });
  const note = (step: Word['step'], ids: readonly string[], sentAs?: readonly string[]) => {
    if (ids.length > 0) append([{ step, at: now(), ids, ...(sentAs === undefined ? {} : { as: sentAs }) }]);
  };
  const unsettled = new Set(known.keys());
  const settle = (step: 'kept' | 'gone', ids: readonly string[]) => {
    for (const id of ids) {
      unsettled.delete(id);
      known.delete(id);
    }
    note(step, ids);
  };
  return {
    wasSent: (id) => known.get(id)?.step === 'sent',
    mayBeSent: (id) => known.get(id)?.step === 'going',
    sending(ids) {
      for (const id of ids) unsettled.add(id);
      note('going', ids);
    },
    sent: (ids, sentAs) => note('sent', ids, sentAs),
    notSent: (ids) => settle('kept', ids),
    deleted: (ids) => settle('gone', ids),
    async close() {
      closeSync(file);
      if (unsettled.size === 0) await rm(path, { force: true });
    },
  };
}

/** The last word on every letter that is not gone. A line that a kill cut short is none. */
async function lastWords(paths: readonly string[], since: number): Promise<Map<string, Word>> {
  const known = new Map<string, Word>();
  for (const path of paths) {
    for await (const text of createInterface({
      input: createReadStream(path, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      const { step, at = 0, ids = [] } = parse(text);
      for (const id of ids)
        if (step !== undefined && at >= since && (known.get(id)?.at ?? 0) <= at) known.set(id, { step, at });
    }
  }
  for (const [id, { step }] of known) if (step === 'gone' || step === 'kept') known.delete(id);
  return known;
}

function parse(text: string): Partial<Line> {
  try {
    return (JSON.parse(text) as Line | null) ?? {};
  } catch {
    return {};
  }
}

/** https://man7.org/linux/man-pages/man2/kill.2.html: signal 0 only asks. Another program with that number is no harm. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
