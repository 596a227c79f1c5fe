import type { Command } from 'commander';
import { type Analysis, analyser } from '../analyze/analysis.ts';
import { lettersOf } from '../analyze/messages.ts';
import { reportOf } from '../analyze/report.ts';
import { clientsFor } from '../aws/clients.ts';
import { InputError, reasonOf, UsageError } from '../exit.ts';
import { jsonDocuments } from '../input/documents.ts';
import { parseNumber } from '../input/number.ts';
import { readRules } from '../input/rules-file.ts';
import { type Source, sourceOf } from '../input/source.ts';
import { interruptible } from '../interrupt.ts';
import { knowAll } from '../letters/known.ts';
import { acceptLook, tellUnseen } from '../letters/look.ts';
import { scan } from '../letters/scan.ts';
import { counted } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addPlaceOptions, type PlaceOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

interface Options extends PlaceOptions {
  readonly file?: string;
  readonly rules?: string;
  readonly count?: string;
}

const AFTER_HELP = `
Letters are read from a file, or (--stack, --dlq) from the DLQ itself: they are received, hidden for as long as it takes,
and given back. In a queue of a stack in the mode heal there are few: dlq groups tells of those that are kept.

The file holds what the AWS command line printed, once or several times, one after the other:
  aws sqs receive-message --queue-url URL --attribute-names All --message-attribute-names All \\
    --max-number-of-messages 10 >> messages.json
Receiving hides the letters for the queue's visibility timeout and consumes none. Bodies are never printed, error texts
are redacted. A message that cannot be read is counted and listed; the exit code is then 1.

Examples:
  dlq analyze --dlq https://sqs.eu-central-1.amazonaws.com/123456789012/orders-dlq
  dlq analyze --stack shop-prod --queue orders
  dlq analyze --file messages.json
  dlq analyze --file messages.json --queue orders --rules rules.json
  dlq analyze --file messages.json --json | jq '.groups[] | {class, letters, example}'`;

export function addAnalyze(program: Command, session: Session): void {
  const command = program
    .command('analyze')
    .description('Groups the letters of a DLQ by what they died of, and says what the healer would do with each group.')
    .option('--file <file>', 'messages as aws sqs receive-message printed them; - is standard input')
    .option('--rules <file>', 'rules of your own, asked first: a JSON list as in the module’s input "rules"')
    .option('--count <n>', 'look at so many letters of the DLQ at most');
  addPlaceOptions(command, 'one JSON document instead of tables')
    .addHelpText('after', AFTER_HELP)
    .action((options: Options) => analyze(session, options));
}

async function analyze(session: Session, options: Options): Promise<void> {
  const { io } = session;
  if (options.file === undefined && (options.stack ?? options.dlq ?? io.env.DLQ_STACK) !== undefined)
    return analyzeQueue(session, options);
  if (options.file === undefined || (options.file === '-' && io.stdin.isTTY === true)) {
    throw new UsageError(
      'nothing to read: name the DLQ (--stack, --dlq) or a file (--file messages.json; dlq help analyze shows how to make one from a queue)',
    );
  }
  const source = sourceOf(io, options.file);
  const { analysis, isEmpty } = await read(source, options, await readRules(options.rules), io.now);
  if (isEmpty) await session.err.write(`dlq: ${emptyNote(source.name)}\n`);
  await answer(session, options, analysis, source.name);
}

async function answer(session: Session, options: Options, analysis: Analysis, name: string): Promise<void> {
  await session.answer(options, analysis, reportOf(analysis, name, session));
  const { unreadable } = analysis;
  if (unreadable.length > 0)
    await session.complain(`${name}: ${counted(unreadable.length, 'message')} cannot be read; the others are analysed`);
}

async function analyzeQueue(session: Session, options: Options): Promise<void> {
  const clients = clientsFor(options);
  const place = await placeOf(clients, options, session.io.env, await readRules(options.rules));
  await acceptLook(session, clients, place, options);
  const analysis = analyser([], undefined);
  const max = options.count === undefined ? Number.POSITIVE_INFINITY : parseNumber(options.count, '--count', 1, 1e9);
  const scanned = await interruptible(
    () => undefined,
    (signal) =>
      scan(
        clients,
        place.queue.dlqUrl,
        max,
        async (letters) => {
          for (const one of await knowAll(place, letters, clients.now)) {
            if ('handled' in one) analysis.addHandled(one.handled);
            else
              analysis.add({ unreadable: { line: 0, message: null, messageId: one.taken.id, reason: one.unreadable } });
          }
        },
        signal,
      ),
  );
  await answer(session, options, analysis.finish(clients.now()), place.name);
  await tellUnseen(session, scanned);
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
