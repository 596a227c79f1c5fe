import { readMessage } from '../../handlers/aws/records.ts';
import { evidenceOf } from '../../handlers/core/evidence/evidence-of.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import { lazily } from '../../handlers/core/lazily.ts';
import { type Letter, nextHealKey } from '../../handlers/core/letter.ts';
import { queueOf } from '../../handlers/core/route.ts';
import type { Place } from '../stack/queues.ts';
import type { Taken } from './dlq.ts';
import type { Explain } from './explain.ts';

/** A letter that was taken out of a DLQ, with all that is known of it, or why nothing is. */
export type Known =
  | { readonly taken: Taken; readonly handled: Handled }
  | { readonly taken: Taken; readonly unreadable: string };

/** The time that looking into the consumer's logs may take. */
const LOOK_MS = 30_000;

/**
 * What the healer would know of these letters, in order. Of a stack's letters that is evidence, the ledger's and the
 * logs' included, class, group and verdict; nothing is blamed or acted on. Of others what they say themselves, found out
 * when somebody asks for it.
 * @param explained false where nobody will ask for class, group or verdict of letters without a stack: then the rules are
 *   not even loaded, which takes longer than moving a hundred letters
 */
export async function knowAll(
  place: Place,
  letters: readonly Taken[],
  now: () => number,
  explained = true,
): Promise<Known[]> {
  const { stack } = place;
  const read = letters.map((taken) => ({ taken, received: readMessage(taken.message, place.queue.dlqArn) }));
  if (stack === undefined) {
    const explain = explained ? (await import('./explain.ts')).explain : notAsked;
    return read.map(({ taken, received }) =>
      'letter' in received
        ? { taken, handled: lazilyKnown(place, received.letter, now, explain) }
        : { taken, unreadable: received.unreadable },
    );
  }
  const { examine } = await import('../../handlers/heal/examine.ts');
  const received = read.map((one) => one.received);
  // As if it healed: a paused stack, or one that only observes, would say nothing but that.
  const examined = await examine({ ...stack.healer, mode: 'heal' }, received, LOOK_MS, 'looking');
  return read.map(({ taken }, i) => {
    const one = examined[i];
    if (one !== undefined && 'handled' in one) return { taken, handled: one.handled };
    return { taken, unreadable: one?.error.message ?? 'it was not examined' };
  });
}

const notAsked: Explain = () => {
  throw new Error('class, group and verdict of a letter were said not to be asked for');
};

function lazilyKnown(place: Place, letter: Letter, now: () => number, explain: Explain): Handled {
  const found = evidenceOf(letter);
  const { evidence, lineage, returnTo } = found;
  const queue = queueOf(place.policy, letter.dlqArn, returnTo) ?? place.queue;
  const explanation = lazily(() => explain(place.policy, queue, letter, found, now));
  const diedAt = Date.parse(evidence.at ?? '');
  return {
    letter,
    lineage,
    healKey: nextHealKey(lineage),
    evidence,
    evidenceNames: found.attributeNames,
    returnTo,
    round: 0,
    queue,
    diedAt: Number.isNaN(diedAt) ? (letter.system.sentAt ?? now()) : diedAt,
    get classification() {
      return explanation().classification();
    },
    get group() {
      return explanation().group();
    },
    get contentHash() {
      return explanation().contentHash();
    },
    get verdict() {
      return explanation().verdict();
    },
  };
}
