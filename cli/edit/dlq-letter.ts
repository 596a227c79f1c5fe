import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archived } from '../../handlers/core/archive-record.ts';
import { originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { Letter } from '../../handlers/core/letter.ts';
import { cut, redact } from '../../handlers/core/redact.ts';
import { targetOf } from '../../handlers/core/target.ts';
import type { Clients } from '../aws/clients.ts';
import { InputError } from '../exit.ts';
import { deleteAll, type Taken, take } from '../letters/dlq.ts';
import { type Held, HIDDEN_SECONDS, holder } from '../letters/held.ts';
import { knowAll } from '../letters/known.ts';
import { type Journal, openJournal } from '../move/journal.ts';
import { plainSender } from '../move/senders.ts';
import { counted } from '../output/text.ts';
import { readDepth } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import { stateDirectory } from '../state-directory.ts';
import { type Editable, targetIn } from './editable.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The letter of this message id in a DLQ without a stack: received and hidden from others until it is closed.
 * @throws InputError where it is not found, cannot be read or can go nowhere
 */
export async function dlqLetter(clients: Clients, place: Place, id: string, env: Env): Promise<Editable> {
  const { taken, held } = await find(clients, place, id);
  const journal = await openJournal(env, place.queue.dlqArn).catch(async (error: Error) => {
    await held.giveBack();
    throw error;
  });
  const close = async () => {
    await held.giveBack();
    await journal.close();
  };
  try {
    return { ...(await opened(clients, place, taken, held, journal, env)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function opened(
  clients: Clients,
  place: Place,
  taken: Taken,
  held: Held,
  journal: Journal,
  env: Env,
): Promise<Omit<Editable, 'close'>> {
  const { id } = taken;
  const path = originalPath(env, place.queue.dlqArn, id);
  const remove = async () => {
    const [left] = await deleteAll(clients.sqs, place.queue.dlqUrl, [taken]);
    if (left !== undefined)
      throw new InputError(
        `letter ${id} was sent, but SQS did not delete it from the DLQ: run the same command again, which deletes it and does not send it again`,
      );
    held.remove(id);
    await journal.deleted([id]);
    await rm(path, { force: true });
  };
  const [known] = await knowAll(place, [taken], clients.now);
  if (known === undefined || 'unreadable' in known)
    throw new InputError(`letter ${id} cannot be read: ${known?.unreadable ?? 'it is not there'}`);
  const { handled } = known;
  const { letter, evidence, evidenceNames } = handled;
  const target = targetIn(targetOf(handled.returnTo, handled.queue), id);
  return {
    id,
    place,
    group: handled.group,
    failureClass: handled.classification.failureClass,
    attempt: handled.lineage.attempt,
    status: null,
    error: cut(redact([evidence.errorType, evidence.message].filter(Boolean).join(': ')), 500),
    notes: [
      ...(journal.mayBeSent(id) ? ['an earlier run was killed while it sent it: it may be on its way already'] : []),
      `no archive keeps the original: until the edited one is sent it lies in ${path} as well`,
    ],
    original: originalOf(letter, evidence.source, evidenceNames),
    target,
    ...(journal.wasSent(id) ? { finish: remove } : {}),
    async send(mendedBody) {
      await writeOriginal(path, letter);
      const [outcome] = await plainSender(clients, journal)([{ handled, target, mendedBody }]);
      if (outcome?.ok !== true || outcome.value.kind !== 'sent')
        throw outcome?.ok === false ? outcome.error : new Error('the letter was not sent');
      await remove();
      return outcome.value.newId;
    },
  };
}

const originalPath = (env: Env, dlqArn: string, id: string) =>
  join(stateDirectory(env), 'originals', dlqArn.replaceAll(':', '_'), `${id.replace(/[^\w-]/g, '_')}.json`);

/** The whole letter, binary attributes in base64. */
async function writeOriginal(path: string, { attributes, ...letter }: Letter): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const texts = Object.entries(attributes).map(([name, value]) => [name, archived(value)]);
  const document = { ...letter, attributes: Object.fromEntries(texts) };
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
}

/** Asked at the same time; on a FIFO queue what is in flight keeps its message group back. */
const WORKERS = 8;
const EMPTY_RECEIVES = 2;

/** Receives until the letter is there, and gives the others back. */
async function find({ sqs }: Clients, { queue, name }: Place, id: string): Promise<{ taken: Taken; held: Held }> {
  const others = holder(sqs, queue.dlqUrl);
  let found: Taken | undefined;
  let empty = 0;
  const work = async () => {
    while (found === undefined && empty < EMPTY_RECEIVES) {
      const some = await take(sqs, queue.dlqUrl, 10, HIDDEN_SECONDS, 1);
      empty = some.length === 0 ? empty + 1 : 0;
      found ??= some.find((one) => one.id === id);
      others.add(some.filter((one) => one.id !== id));
    }
  };
  const { visible } = await readDepth(sqs, queue.dlqUrl);
  const workers = queue.fifo ? 1 : Math.max(1, Math.min(WORKERS, Math.ceil(visible / 10)));
  const done = await Promise.allSettled(Array.from({ length: workers }, work));
  const seen = others.size;
  await others.giveBack();
  const held = holder(sqs, queue.dlqUrl);
  if (found !== undefined) held.add([found]);
  for (const one of done)
    if (one.status === 'rejected') {
      await held.giveBack();
      throw one.reason;
    }
  if (found !== undefined) return { taken: found, held };
  const { inFlight } = await readDepth(sqs, queue.dlqUrl);
  const unseen = Math.max(0, inFlight);
  throw new InputError(
    `there is no letter ${id} among the ${counted(seen, 'letter')} of ${name} that could be seen${unseen > 0 ? `; ${counted(unseen, 'letter')} of it somebody else has received: look again when they are visible` : ''} (ID is a message id, as dlq peek shows it)`,
  );
}
