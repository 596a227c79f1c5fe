import { readdirSync, readFileSync } from 'node:fs';
import { readRecords } from '../../handlers/aws/records.ts';
import type { Letter } from '../../handlers/core/letter.ts';

const FOLDER = 'test/core/fixtures/letters';

/** A letter as the SQS event of Lambda has it, in the exact shape that its source gives it. */
export interface LetterFixture {
  /** `<source>` or `<source>--<variant>`. */
  readonly name: string;
  /** The source whose adapter must recognise it. */
  readonly source: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** What the kit left in the ledger for it. */
  readonly failureRecord?: string;
}

export const LETTER_FIXTURES: readonly LetterFixture[] = readdirSync(FOLDER)
  .filter((file) => !file.endsWith('.failure.json'))
  .map((file) => {
    const name = file.replace(/\.json$/, '');
    const failure = `${name}.failure.json`;
    return {
      name,
      source: name.split('--')[0] ?? '',
      record: JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Record<string, unknown>,
      ...(readdirSync(FOLDER).includes(failure) ? { failureRecord: readFileSync(`${FOLDER}/${failure}`, 'utf8') } : {}),
    };
  });

/** Reads a record of the event as the healer does. @throws Error where it cannot be read */
export function letterIn(record: unknown): Letter {
  const [received] = readRecords([record]);
  if (received === undefined || !('letter' in received)) throw new Error(`unreadable: ${JSON.stringify(received)}`);
  return received.letter;
}
