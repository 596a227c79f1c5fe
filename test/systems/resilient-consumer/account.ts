// Holds what was sent against what became of it. Pure.
import { type Consumer, expectedOf, KINDS, type KindName, POISON_COPIES } from './kinds.ts';

export interface Sent {
  /** As SQS gave it: the origin of its letters, where the consumer was the kit's. */
  readonly messageId: string;
  readonly orderId: string;
  readonly kind: KindName;
  readonly by: Consumer;
  readonly body: string;
  /** Names and values as the archive holds them, binary ones in base64. */
  readonly attributes: Readonly<Record<string, object>>;
  readonly system: { readonly messageGroupId?: string; readonly traceHeader?: string };
}

export interface Booking {
  readonly orderId: string;
  readonly processed: number;
  readonly by: Consumer;
  readonly level: number;
  readonly recommendations: string;
  /** How often the message had been received. */
  readonly receives: number;
}

/** One death, and the letter as the archive holds it. */
export interface Letter {
  readonly originId: string;
  readonly attempt: number;
  readonly status: string;
  readonly failureClass: string;
  readonly source: string;
  /** Absent where there is no archive record, as of a healed letter. */
  readonly kept?: {
    readonly body: string;
    readonly attributes: Readonly<Record<string, object>>;
    readonly system: { readonly messageGroupId?: string; readonly traceHeader?: string };
    readonly evidence: Readonly<Record<string, unknown>>;
    readonly evidenceNames: readonly string[];
  };
}

export interface Facts {
  readonly sent: readonly Sent[];
  readonly bookings: readonly Booking[];
  readonly letters: readonly Letter[];
  /** Bodies still in some queue. */
  readonly queued: readonly string[];
}

const RESTING = ['parked', 'waiting', 'archived', 'quarantined'];

/** What is not as it must be, message by message. */
export function accountFaults(facts: Facts): string[] {
  const bookings = new Map(facts.bookings.map((booking) => [booking.orderId, booking]));
  const lettersOf = finder(facts);
  const sentOrders = new Set(facts.sent.map(({ orderId }) => orderId));
  return [
    ...facts.sent.flatMap((sent) => faultsOf(sent, bookings.get(sent.orderId), lettersOf(sent))),
    ...facts.bookings.flatMap(({ orderId, processed }) => [
      ...(processed > 1 ? [`${orderId} was processed ${processed} times`] : []),
      ...(sentOrders.has(orderId) ? [] : [`${orderId} was booked, and nobody sent it`]),
    ]),
    ...facts.bookings.flatMap(levelFaults),
    ...facts.queued.map((body) => `still in a queue: ${body}`),
    ...poisonFaults(facts),
  ];
}

/** By origin; a letter that had no room to name its origin is found by its body. */
function finder({ sent, letters }: Pick<Facts, 'sent' | 'letters'>): (sent: Sent) => readonly Letter[] {
  const ids = new Set(sent.map(({ messageId }) => messageId));
  const byOrigin = Map.groupBy(letters, ({ originId }) => originId);
  const orphans = Map.groupBy(
    letters.filter(({ originId }) => !ids.has(originId)),
    ({ kept }) => kept?.body,
  );
  return ({ messageId, body }) => byOrigin.get(messageId) ?? orphans.get(body) ?? [];
}

function faultsOf({ kind, by, orderId, ...sent }: Sent, booking: Booking | undefined, letters: readonly Letter[]) {
  const name = `${orderId} (${kind}, ${by})`;
  const expected = expectedOf(kind, by);
  if (expected === undefined) return [`${name}: nobody knows what must become of it`];
  const resting = letters.filter(({ status }) => RESTING.includes(status));
  if (booking === undefined && resting.length === 0) return [`${name} is lost`];
  if (booking !== undefined && resting.length > 0) return [`${name} was processed, and ${resting[0]?.status} too`];
  if (expected.booked) {
    if (booking === undefined) return [`${name} is ${resting[0]?.status} as ${resting[0]?.failureClass}`];
    if (kind === 'down' && !letters.some(({ status }) => status === 'healed'))
      return [`${name} never came to the healer`];
    if (booking.by !== by) return [`${name} was processed by ${booking.by}`];
    const { recommendations } = expected;
    return recommendations === undefined || recommendations === booking.recommendations
      ? []
      : [`${name}: recommendations ${booking.recommendations}; expected ${recommendations}`];
  }
  const [letter, ...more] = resting;
  if (letter === undefined) return [`${name} was processed`];
  if (more.length > 0) return [`${name} rests ${more.length + 1} times`];
  const { statuses, failureClass, source, evidence = {} } = expected;
  const wrong = [
    ...(statuses.includes(letter.status) ? [] : [`is ${letter.status}`]),
    ...(letter.failureClass === failureClass ? [] : [`was taken for ${letter.failureClass}`]),
    ...(letter.source === source ? [] : [`has evidence from ${letter.source}, not ${source}`]),
  ];
  const { kept } = letter;
  if (kept === undefined) return [`${name} has no record in the archive`, ...wrong.map((one) => `${name} ${one}`)];
  for (const [key, value] of Object.entries(evidence))
    if (kept.evidence[key] !== value) wrong.push(`says ${key} ${kept.evidence[key]}, not ${value}`);
  if (kept.body !== sent.body) wrong.push('was archived with another body');
  if (kept.system.messageGroupId !== sent.system.messageGroupId) wrong.push('lost its message group');
  if (sent.system.traceHeader !== undefined && kept.system.traceHeader !== sent.system.traceHeader)
    wrong.push('lost its trace');
  for (const [key, value] of Object.entries(sent.attributes))
    if (JSON.stringify(kept.attributes[key]) !== JSON.stringify(value)) wrong.push(`lost its attribute ${key}`);
  return wrong.map((one) => `${name} ${one}`);
}

/** Whoever consumes leaves the optional call out from level 1 on, and not before. */
function levelFaults({ orderId, level, recommendations }: Booking): string[] {
  const isLeftOut = recommendations === 'left out';
  return isLeftOut === level >= 1 ? [] : [`${orderId}: recommendations ${recommendations} at level ${level}`];
}

function poisonFaults({ sent, letters }: Facts): string[] {
  const copies = new Set(sent.filter(({ kind }) => kind === 'poison').map(({ messageId }) => messageId));
  if (copies.size === 0) return [];
  const found = letters.filter(({ originId }) => copies.has(originId));
  return Object.entries(POISON_COPIES).flatMap(([status, expected]) => {
    const count = found.filter((letter) => letter.status === status).length;
    return count === expected ? [] : [`of the poison order ${count} copies are ${status}; expected ${expected}`];
  });
}

/** For people: a line for each kind, with where its messages ended. */
export function accountLines(facts: Facts): string[] {
  const { sent, bookings } = facts;
  const booked = new Set(bookings.map(({ orderId }) => orderId));
  const lettersOf = finder(facts);
  const groups = Map.groupBy(sent, ({ kind, by }) => `${by}: ${KINDS[kind].what}`);
  return [...groups].map(([name, messages]) => {
    const fates = Map.groupBy(messages, (message) => {
      const letter = lettersOf(message).find(({ status }) => RESTING.includes(status));
      if (letter !== undefined) return `${letter.status} (${letter.failureClass})`;
      return booked.has(message.orderId) ? 'processed' : 'lost';
    });
    return `${name} → ${[...fates].map(([fate, list]) => `${list.length} ${fate}`).join(', ')}`;
  });
}
