// Whether what the healer told of while it observed is what was to be done. Pure.
import { type Death, type FoundLetter, idOf } from './account.ts';

export interface Said {
  readonly messageId: string;
  readonly queue: string;
  readonly verdict: string;
  readonly reason: string;
}

export interface Told {
  readonly deaths: readonly Death[];
  readonly letters: readonly FoundLetter[];
  readonly said: readonly Said[];
  /** By queue, the sum of the metric `LettersArrived`. */
  readonly arrived: ReadonlyMap<string, number>;
  /** By queue, what `dlq analyze` says would become of its letters: verdict → letters. */
  readonly analyzed: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A receive shows one letter of each message group here, where SQS may show several; the others are seen when those are gone. */
const seenOf = (queue: string, own: readonly FoundLetter[]): number =>
  queue === 'ledger' ? new Set(own.map(({ attributes }) => JSON.parse(attributes)[0])).size : own.length;

export function toldFaults(told: Told): string[] {
  const queues = [...Map.groupBy(told.letters, ({ queue }) => queue)];
  return [
    ...told.said.flatMap((one) => wrongVerdict(told, one)),
    ...queues.flatMap(([queue, own]) => miscounted(told, queue, own)),
  ];
}

function wrongVerdict({ deaths, letters }: Told, { messageId, queue, verdict, reason }: Said): string[] {
  const id = idOf(letters.find((letter) => letter.messageId === messageId)?.body ?? '');
  const death = deaths.find((one) => one.queue === queue && one.id === id);
  if (death === undefined) return [`the healer spoke of ${queue}/${id}, which did not die`];
  if (!verdictsFor(death).includes(verdict)) return [`the healer would ${verdict} ${queue}/${id}: ${reason}`];
  if (death.fate === 'waiting' && !reason.includes(death.reason ?? ''))
    return [`of ${queue}/${id} the healer said “${reason}”`];
  return [];
}

/** What cannot be held back on its way is parked until its time: a function's event, a FIFO message. */
function verdictsFor({ fate, queue }: Death): readonly string[] {
  if (fate === 'archived') return ['archive'];
  return fate === 'given back' && queue === 'orders' ? ['heal'] : ['park'];
}

function miscounted({ deaths, said, arrived, analyzed }: Told, queue: string, own: readonly FoundLetter[]): string[] {
  const seen = seenOf(queue, own);
  const spoken = said.filter((one) => one.queue === queue).length;
  const { archive = 0, heal = 0, park = 0 } = analyzed[queue] ?? {};
  const forArchive = deaths.filter((one) => one.queue === queue && one.fate === 'archived').length;
  return [
    ...(spoken === seen ? [] : [`of ${queue} the healer told of ${spoken} letters, and ${seen} are to be seen`]),
    ...(arrived.get(queue) === spoken
      ? []
      : [`the metric LettersArrived of ${queue} is ${arrived.get(queue)}, and ${spoken} letters were told of`]),
    ...(archive === forArchive && archive + heal + park === seen
      ? []
      : [
          `dlq analyze says of ${queue}: ${archive} for the archive, ${heal} to heal, ${park} to park; ${forArchive} of ${seen} are for the archive`,
        ]),
  ];
}
