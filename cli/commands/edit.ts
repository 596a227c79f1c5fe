import type { Command } from 'commander';
import { ask } from '../ask.ts';
import { audited } from '../audit/audited.ts';
import type { Ended } from '../audit/entry.ts';
import { type Clients, clientsFor } from '../aws/clients.ts';
import { type Difference, differenceOf } from '../edit/difference.ts';
import { dlqLetter } from '../edit/dlq-letter.ts';
import { type Editable, refuseUnfit } from '../edit/editable.ts';
import { keptLetter } from '../edit/kept-letter.ts';
import { type BodyOptions, type Mended, meansOf, mend } from '../edit/mended.ts';
import { acceptLook } from '../letters/look.ts';
import { namedList } from '../output/list.ts';
import { clip, printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import { nameInUrl } from '../stack/depth.ts';
import { addChangeOptions, addPlaceOptions } from '../stack/options.ts';
import { placeOf, stackOf } from '../stack/queues.ts';

const AFTER_HELP = `
The letter goes to where it died, whole but for its body, and is not kept for sending any more; the archive keeps the
original. JSON in one line is opened with line breaks and sent without them; every other body is opened byte for byte, and
what you do not change stays byte for byte. Patches leave the digits of numbers as they are. ID is an origin id, as alerts
and dlq show name it; with --dlq, a DLQ that no stack manages, a message id as dlq peek shows it.

Examples:
  dlq edit 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod
  dlq edit 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod --merge '{"currency": "EUR"}'
  dlq edit 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod --patch fix.json --yes
  dlq edit 0b6e7f7a-58b5-4e4e-9d67-0d7c1f2f3a55 --dlq orders-dlq`;

export function addEdit(program: Command, session: Session): void {
  const command = program
    .command('edit')
    .description('Opens the body of a kept letter in your editor, shows what you changed, and sends it.')
    .argument('<id>', 'the letter')
    .option('--patch <file|json>', 'instead of the editor: a JSON Patch (RFC 6902)')
    .option('--merge <file|json>', 'instead of the editor: a JSON Merge Patch (RFC 7396)')
    .option('--body <file>', 'instead of the editor: the new body, byte for byte; - is standard input')
    .addHelpText('after', AFTER_HELP);
  addChangeOptions(addPlaceOptions(command)).action((id: string, options: BodyOptions) => edit(session, id, options));
}

async function edit(session: Session, id: string, options: BodyOptions): Promise<void> {
  const means = await meansOf(session.io, options);
  const clients = clientsFor(options);
  const letter = await letterOf(session, clients, id, options);
  try {
    if (letter.finish !== undefined) return await finishEarlier(session, clients, letter, letter.finish, options);
    const mended = await mend(means, letter.original);
    await agreeAndSend(session, clients, letter, mended, options);
  } finally {
    await letter.close();
  }
}

async function letterOf(session: Session, clients: Clients, id: string, options: BodyOptions): Promise<Editable> {
  const { env } = session.io;
  if (options.dlq === undefined) return keptLetter(await stackOf(clients, options, env), options, id);
  const place = await placeOf(clients, options, env);
  await acceptLook(session, clients, place, options);
  return dlqLetter(clients, place, id, env);
}

async function agreeAndSend(
  session: Session,
  clients: Clients,
  letter: Editable,
  mended: Mended,
  options: BodyOptions,
): Promise<void> {
  let sent: Sent | undefined;
  try {
    refuseUnfit(letter, mended.body);
    const difference = differenceOf(letter.original.body, mended.body, session.colours);
    await session.show(options, preview(letter, mended, difference, session.width));
    const agreed = await ask(session, options, `Send letter ${letter.id} with this body?`);
    if (agreed === 'yes') sent = await send(session, clients, letter, mended.body);
    await session.answer(options, documentOf(letter, mended, difference, sent), answerText(letter, sent));
  } finally {
    if (sent !== undefined) await mended.draft?.remove();
    else if (mended.draft !== undefined) await session.err.write(`Your text lies in ${mended.draft.path}\n`);
  }
}

/** Deletes from its DLQ a letter that an earlier run has sent. */
async function finishEarlier(
  session: Session,
  clients: Clients,
  letter: Editable,
  finish: () => Promise<void>,
  options: BodyOptions,
): Promise<void> {
  const { id, place, group } = letter;
  await session.show(
    options,
    `An earlier run has sent letter ${id} and not deleted it from ${place.name}: that is left to do.\n`,
  );
  const agreed = (await ask(session, options, 'Delete it, and send it no second time?')) === 'yes';
  const change = {
    command: 'edit',
    what: `delete letter ${id} of ${place.name}, sent before`,
    queue: place.name,
    group,
  };
  const work = async (): Promise<Ended> => {
    await finish();
    return { outcome: 'done', letters: { deleted: 1 }, ids: [id] };
  };
  if (agreed) await audited(session, clients, place.stack, change, work);
  const same = { body: letter.original.body, isBroken: false };
  const document = documentOf(letter, same, { text: '', added: 0, removed: 0 }, undefined);
  const text = agreed ? `Letter ${id} is deleted from ${place.name}.\n` : `Letter ${id} stays where it is.\n`;
  await session.answer(options, { ...document, changed: agreed }, text);
}

interface Sent {
  readonly messageId: string;
  readonly audit: string;
}

async function send(session: Session, clients: Clients, letter: Editable, body: string): Promise<Sent> {
  const { id, place, group } = letter;
  const change = { command: 'edit', what: `edit letter ${id} of ${place.name}`, queue: place.name, group };
  return audited(session, clients, place.stack, change, async (operator) => {
    const messageId = await letter.send(body, operator);
    const why = `sent as message ${messageId}`;
    return { outcome: 'done' as const, letters: { sent: 1 }, ids: [id], why, messageId, audit: operator.auditId };
  });
}

function preview(letter: Editable, { isBroken }: Mended, { text }: Difference, width: number): string {
  const { id, place, failureClass, group, status, error, notes } = letter;
  const list = namedList(
    [
      ['class', `${failureClass}, group ${group}`],
      ['error', error === '' ? '(none recorded)' : clip(printable(error), 300)],
      ...(status === null ? [] : [['status', status] as const]),
      ['to', targetName(letter)],
      ...[...notes, ...(isBroken ? ['the body was JSON and is not any more'] : [])].map(
        (one) => ['mind', one] as const,
      ),
    ],
    width,
  );
  return `Letter ${id} of ${place.name}\n${list}\n\n${text}\n`;
}

const targetName = ({ target }: Editable) => (target.kind === 'queue' ? nameInUrl(target.url) : target.arn);

const answerText = ({ id }: Editable, sent: Sent | undefined) =>
  sent === undefined ? `Letter ${id} stays where it is.\n` : `Letter ${id} was sent as message ${sent.messageId}.\n`;

function documentOf(
  { id, place, status, attempt, group, failureClass, target, original }: Editable,
  { body, draft }: Mended,
  { added, removed }: Difference,
  sent: Sent | undefined,
) {
  return {
    ...{ version: 1, stack: place.stack?.name ?? null, queue: place.name, id, attempt, status, group, failureClass },
    target: { kind: target.kind, name: target.kind === 'queue' ? nameInUrl(target.url) : target.arn },
    bytes: { before: Buffer.byteLength(original.body), after: Buffer.byteLength(body) },
    lines: { added, removed },
    draft: sent === undefined ? (draft?.path ?? null) : null,
    ...{ messageId: sent?.messageId ?? null, audit: sent?.audit ?? null, changed: sent !== undefined },
  };
}
