// What is there at the end: positions, letters with what the archive holds of them, and what is left in queues.
import type { LetterRow, Truth } from '../../demo/truth.ts';
import type { Applied } from '../system.ts';
import type { Death, Position, Report } from './report.ts';
import type { World } from './world.ts';

type Row = LetterRow & Omit<Death, 'archivedBody'>;

export async function collect(
  { aws }: Applied,
  { outputs, prefix }: World,
  truth: Truth,
): Promise<Pick<Report, 'positions' | 'deaths' | 'queued' | 'unreadable'>> {
  const rows = (await truth.letters(outputs.ledger_table)) as Row[];
  // What was healed as it was is in no archive; what was mended, or rests, must be.
  const kept = rows.filter(({ archive, status }) => archive !== undefined || status !== 'healed');
  const { letters, unreadable } = await truth.archived(outputs.archive_bucket, kept);
  const bodies = new Map(letters.map(({ row, body }) => [row.pk + row.sk, body]));
  const queues = (await aws.depths()).filter(({ name }) => name.startsWith(prefix));
  return {
    positions: await truth.items<Position>(outputs.positions_table),
    deaths: rows.map((row) => {
      const archivedBody = bodies.get(row.pk + row.sk);
      return { ...row, ...(archivedBody === undefined ? {} : { archivedBody }) };
    }),
    queued: (await Promise.all(queues.map(({ name }) => aws.bodies(name)))).flat().map(({ body }) => body),
    unreadable,
  };
}
