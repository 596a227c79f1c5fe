import type { Command } from 'commander';
import { type Analysis, analyser } from '../analyze/analysis.ts';
import { lettersOf } from '../analyze/messages.ts';
import { reportOf } from '../analyze/report.ts';
import { InputError, reasonOf, UsageError } from '../exit.ts';
import { jsonDocuments } from '../input/documents.ts';
import { readRules } from '../input/rules-file.ts';
import { type Source, sourceOf } from '../input/source.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly file?: string;
  readonly queue?: string;
  readonly rules?: string;
  readonly json?: boolean;
}

const AFTER_HELP = `
The file holds what the AWS command line printed, once or several times, one after the other:
  aws sqs receive-message --queue-url URL --attribute-names All --message-attribute-names All \\
    --max-number-of-messages 10 >> messages.json
Receiving hides the letters for the queue's visibility timeout and consumes none. Bodies are never printed, error texts
are redacted. A message that cannot be read is counted and listed; the exit code is then 1.

Examples:
  dlq analyze --file messages.json
  dlq analyze --file messages.json --queue orders --rules rules.json
  dlq analyze --file messages.json --json | jq '.groups[] | {class, letters, example}'`;

export function addAnalyze(program: Command, session: Session): void {
  program
    .command('analyze')
    .summary('find what the letters of a DLQ have in common, from a saved file')
    .description('Groups the letters of a DLQ by what they died of, and says what the healer would do with each group.')
    .option('--file <file>', 'messages as aws sqs receive-message printed them; - is standard input')
    .option('--queue <name>', 'the queue’s name, for rules of your own that ask for one (default: the letters’ own)')
    .option('--rules <file>', 'rules of your own, asked first: a JSON list as in the module’s input "rules"')
    .option('--json', 'one JSON document instead of tables')
    .addHelpText('after', AFTER_HELP)
    .action((options: Options) => analyze(session, options));
}

async function analyze(session: Session, options: Options): Promise<void> {
  const { io, out } = session;
  if (options.file === undefined || (options.file === '-' && io.stdin.isTTY === true)) {
    throw new UsageError(
      'nothing to read: name the file with --file messages.json (dlq help analyze shows how to make one from a queue)',
    );
  }
  const source = sourceOf(io, options.file);
  const { analysis, isEmpty } = await read(source, options, await readRules(options.rules), io.now);
  if (isEmpty) await session.err.write(`dlq: ${emptyNote(source.name)}\n`);
  await out.write(
    options.json === true ? `${JSON.stringify(analysis, null, 2)}\n` : reportOf(analysis, source.name, session),
  );
  const { unreadable } = analysis;
  if (unreadable.length > 0) {
    await session.complain(
      `${source.name}: ${counted(unreadable.length, 'message')} cannot be read; the others are analysed`,
    );
  }
}

async function read(
  { name, bytes }: Source,
  { queue }: Options,
  rules: Awaited<ReturnType<typeof readRules>>,
  now: () => number,
): Promise<{ analysis: Analysis; isEmpty: boolean }> {
  const { add, finish } = analyser(rules, queue);
  let isEmpty = true;
  try {
    for await (const document of jsonDocuments(bytes)) {
      isEmpty = false;
      for (const letter of lettersOf(document)) add(letter);
    }
  } catch (error) {
    if (error instanceof InputError || (error as NodeJS.ErrnoException).code !== undefined) {
      throw new InputError(`cannot read ${name}: ${reasonOf(error)}`);
    }
    throw error;
  }
  return { analysis: finish(now()), isEmpty };
}

/** A failed command leaves the same empty file as a queue without letters: nobody may take the one for the other. */
const emptyNote = (name: string) =>
  [
    `${name} is empty, which does not say that the queue is.`,
    'The AWS command line prints nothing where it failed (look at its error and its exit code),',
    'where another receive hides the letters (wait for the visibility timeout and receive again),',
    'and where there are none (ApproximateNumberOfMessages and …NotVisible of the queue are 0)',
  ].join(' ');
