import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Message } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { redact } from '../../handlers/core/redact.ts';
import { clientsFor } from '../aws/clients.ts';
import { reasonOf, UsageError } from '../exit.ts';
import { parseNumber } from '../input/number.ts';
import { interruptible } from '../interrupt.ts';
import type { Taken } from '../letters/dlq.ts';
import { factsOf } from '../letters/facts.ts';
import { type Known, knowAll } from '../letters/known.ts';
import { acceptLook, tellUnseen } from '../letters/look.ts';
import { scan } from '../letters/scan.ts';
import { table } from '../output/table.ts';
import { clip, counted, printable } from '../output/text.ts';
import { writerTo } from '../output/writer.ts';
import type { Session } from '../session.ts';
import { addPlaceOptions, type PlaceOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

interface Options extends PlaceOptions {
  readonly count?: string;
  readonly save?: string;
  readonly body?: boolean;
  readonly yes?: boolean;
}

const AFTER_HELP = `
Letters are received, hidden for two minutes at most, and given back at the end. Nothing is consumed, and their receive
count rises by one. The file of --save is what aws sqs receive-message prints: dlq analyze --file reads it.

Examples:
  dlq peek --dlq orders-dlq
  dlq peek --stack shop-prod --queue orders --count 3 --body
  dlq peek --dlq orders-dlq --save letters.json && dlq analyze --file letters.json`;

export function addPeek(program: Command, session: Session): void {
  const command = program
    .command('peek')
    .description('Shows letters of a DLQ, or saves them whole into a file, without consuming them.')
    .option('--count <n>', 'so many letters at most (default: 10; all of them with --save)')
    .option('--save <file>', 'write the letters, whole, into a new file')
    .option('--body', 'show the bodies, too')
    .option('--yes', 'look although the DLQ has a redrive policy of its own');
  addPlaceOptions(command, 'JSON Lines: one document for each letter')
    .addHelpText('after', AFTER_HELP)
    .action((options: Options) => peek(session, options));
}

async function peek(session: Session, options: Options): Promise<void> {
  const { save, body } = options;
  const usual = save === undefined ? 10 : Number.POSITIVE_INFINITY;
  const max = options.count === undefined ? usual : parseNumber(options.count, '--count', 1, 1e9);
  const clients = clientsFor(options);
  const place = await placeOf(clients, options, session.io.env);
  await acceptLook(session, clients, place, options);
  const file = save === undefined ? undefined : await fileTo(save);
  const shown: Known[] = [];
  const scanned = await interruptible(
    () => undefined,
    (signal) =>
      scan(
        clients,
        place.queue.dlqUrl,
        max,
        async (letters) => {
          if (file !== undefined) return file.add(letters);
          shown.push(...(await knowAll(place, letters, clients.now)));
        },
        signal,
      ),
  );
  if (file !== undefined) {
    await file.end();
    await session.show(options, `${counted(scanned.seen, 'letter')} saved in ${save}\n`);
  } else if (options.json === true) {
    for (const one of shown) await session.out.write(`${JSON.stringify(documentOf(one, body === true))}\n`);
  } else {
    await session.out.write(textOf(shown, body === true, session.width));
  }
  await tellUnseen(session, scanned);
}

type Readable = Extract<Known, { handled: unknown }>;

/** A line of `--json`; names and meanings are a promise (docs/cli/move.md). */
const documentOf = (known: Known, withBody: boolean) =>
  'handled' in known
    ? letterDocument(known, withBody)
    : { version: 1, messageId: known.taken.id, unreadable: known.unreadable };

function letterDocument({ taken, handled }: Readable, withBody: boolean) {
  const { message } = taken;
  const facts = factsOf(handled);
  return {
    version: 1,
    messageId: taken.id,
    queue: facts.queue(),
    class: facts.class(),
    group: facts.group(),
    rule: facts.rule(),
    errorType: facts.errorType() === null ? null : redact(facts.errorType() ?? ''),
    error: facts.error() === null ? null : redact(facts.error() ?? ''),
    attempt: facts.attempt(),
    sentAt: instant(message.Attributes?.SentTimestamp),
    diedAt: facts.diedAt(),
    receives: Number(message.Attributes?.ApproximateReceiveCount ?? 0),
    messageGroupId: facts.messageGroupId(),
    bytes: Buffer.byteLength(message.Body ?? ''),
    attributes: Object.keys(message.MessageAttributes ?? {}),
    ...(withBody ? { body: message.Body ?? '' } : {}),
  };
}

const instant = (ms: string | undefined) => (ms === undefined ? null : new Date(Number(ms)).toISOString());

function textOf(letters: readonly Known[], withBody: boolean, width: number): string {
  if (letters.length === 0) return 'No letter can be seen.\n';
  const rows = letters.map((known) => [known.taken.id, detailsOf(known, withBody).join('\n')]);
  return `${table([{ head: 'letter' }, { head: 'what is known' }], rows, width)}\n`;
}

function detailsOf(known: Known, withBody: boolean): string[] {
  if (!('handled' in known)) return [`cannot be read: ${printable(known.unreadable)}`];
  const {
    class: failureClass,
    group,
    error,
    errorType,
    sentAt,
    receives,
    attributes,
    bytes,
  } = letterDocument(known, false);
  const said = [errorType, error].filter(Boolean).join(': ');
  return [
    `${failureClass} ${group}`,
    clip(printable(said === '' ? '(no error text)' : said), 300),
    `sent ${sentAt?.slice(0, 19).replace('T', ' ') ?? 'at an unknown time'} UTC, received ${counted(receives, 'time')}, ${bytes} bytes`,
    ...(attributes.length > 0 ? [`attributes ${attributes.map(printable).join(', ')}`] : []),
    ...(withBody ? [printable(known.taken.message.Body ?? '')] : []),
  ];
}

/** As `aws sqs receive-message` prints them: one document of ten letters after the other. */
async function fileTo(path: string) {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UsageError(`${path} is there already: letters are not written over another file`);
  const stream = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  const writer = writerTo(stream);
  return {
    add: (letters: readonly Taken[]) =>
      writer.write(`${JSON.stringify({ Messages: letters.map(({ message }) => printedAs(message)) })}\n`),
    async end() {
      stream.end();
      await finished(stream).catch((error: unknown) => {
        throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
      });
    },
  };
}

/** Binary values in base64. The receipt says nothing to anybody else. */
function printedAs({ ReceiptHandle: _receipt, MessageAttributes, ...message }: Message) {
  if (MessageAttributes === undefined) return message;
  const attributes = Object.entries(MessageAttributes).map(([name, { BinaryValue, ...value }]) => [
    name,
    BinaryValue === undefined ? value : { ...value, BinaryValue: Buffer.from(BinaryValue).toString('base64') },
  ]);
  return { ...message, MessageAttributes: Object.fromEntries(attributes) };
}
