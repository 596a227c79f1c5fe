import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from '../../cli/move/journal.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'dlq-healer-journal-'));
});
afterEach(() => rmSync(state, { recursive: true }));

const DLQ = 'arn:aws:sqs:eu-central-1:123456789012:orders-dlq';
const NOW = Date.parse('2026-01-01T00:00:00Z');
const open = (now = NOW) => openJournal({ DLQ_STATE_DIR: state }, DLQ, () => now);
const directory = () => join(state, 'journal', DLQ.replaceAll(':', '_'));
const files = () => readdirSync(directory());
/** What a later run knows of letters; the one before was killed, and so was not closed. */
const knows = (journal: Journal, ids: readonly string[]) =>
  ids.map((id) => (journal.wasSent(id) ? 'sent' : journal.mayBeSent(id) ? 'perhaps' : 'nothing'));

describe('the journal of a run that was killed', () => {
  it('tells the next one what was sent, what may have been, and nothing of what is gone or was refused', async () => {
    const journal = await open();
    journal.sending(['sent', 'perhaps', 'gone', 'refused']);
    journal.sent(['sent', 'gone'], ['s-1', 'g-1']);
    journal.notSent(['refused']);
    journal.deleted(['gone']);
    expect(knows(await open(NOW + 1), ['sent', 'perhaps', 'gone', 'refused'])).toEqual([
      'sent',
      'perhaps',
      'nothing',
      'nothing',
    ]);
  });

  it('tells the one after the next, too, for as long as SQS keeps a message', async () => {
    const journal = await open();
    journal.sending(['a']);
    journal.sent(['a'], ['s-1']);
    await open(NOW + 1);
    expect(knows(await open(NOW + 2), ['a'])).toEqual(['sent']);
    expect(knows(await open(NOW + 15 * 24 * 3600 * 1000), ['a'])).toEqual(['nothing']);
  });

  it('is read although its last line was cut short', async () => {
    (await open()).sending(['a']);
    const [file = ''] = files();
    appendFileSync(join(directory(), file), '{"step":"sent","at":');
    expect(knows(await open(NOW + 1), ['a'])).toEqual(['perhaps']);
  });
});

it('a run that leaves nothing to remember leaves no file', async () => {
  const journal = await open();
  journal.sending(['a', 'b']);
  journal.sent(['a'], ['s-1']);
  journal.notSent(['b']);
  journal.deleted(['a']);
  expect(files()).toHaveLength(1);
  await journal.close();
  expect(files()).toEqual([]);
});
