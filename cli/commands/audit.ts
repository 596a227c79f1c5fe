import type { Command } from 'commander';
import { bookOf } from '../audit/audited.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { shortArn } from '../audit/who.ts';
import { clientsFor } from '../aws/clients.ts';
import { parseNumber } from '../input/number.ts';
import { table } from '../output/table.ts';
import { clip, printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addStackOptions, type PlaceOptions } from '../stack/options.ts';
import { stackOf } from '../stack/queues.ts';

interface Options extends PlaceOptions {
  readonly count: string;
  readonly local?: boolean;
}

const AFTER_HELP = `
Every change that dlq makes is written down before it begins: who (the caller of AWS), what, which letters, how it ended.
An entry without an end is of a run that goes on or was killed. Entries of a stack are in its ledger, for good; those of
queues without a stack in a file of your own (--local).

Examples:
  dlq audit --stack shop-prod
  dlq audit --stack shop-prod --count 100 --json | jq '.entries[] | {at, who, command, letters}'`;

export function addAudit(program: Command, session: Session): void {
  addStackOptions(
    program
      .command('audit')
      .description('Shows the changes that people made with this command, the latest first.')
      .option('--count <n>', 'how many entries', '20')
      .option('--local', 'the changes of queues without a stack, made by you on this machine')
      .addHelpText('after', AFTER_HELP),
  ).action((options: Options) => audit(session, options));
}

async function audit(session: Session, options: Options): Promise<void> {
  const count = parseNumber(options.count, '--count', 1, 10_000);
  const stack = options.local === true ? undefined : await stackOf(clientsFor(options), options, session.io.env);
  const entries = (await bookOf(stack, session).read(count)).filter(
    ({ queue }) => options.queue === undefined || queue === options.queue,
  );
  await session.answer(options, { version: 1, stack: stack?.name ?? null, entries }, text(entries, session.width));
}

function text(entries: readonly AuditEntry[], width: number): string {
  if (entries.length === 0) return 'No change was made yet.\n';
  const rows = entries.map((entry) => [
    `${entry.at.slice(0, 19).replace('T', ' ')}\n${entry.command}\n${entry.outcome}`,
    [
      printable(entry.what),
      `by ${shortArn(entry.who)}`,
      ...lettersOf(entry),
      ...(entry.why ? [printable(entry.why)] : []),
    ].join('\n'),
  ]);
  return `${table([{ head: 'when (UTC)' }, { head: 'what' }], rows, width)}\n`;
}

function lettersOf({ letters, ids }: AuditEntry): string[] {
  const counts = Object.entries(letters ?? {}).flatMap(([fate, count]) => (count > 0 ? [`${fate} ${count}`] : []));
  const some =
    ids === undefined || ids.length === 0
      ? []
      : [clip(`letters ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', …' : ''}`, 200)];
  return [...(counts.length === 0 ? [] : [counts.join(', ')]), ...some];
}
