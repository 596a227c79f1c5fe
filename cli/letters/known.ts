import { createHash } from 'node:crypto';
import { readMessage } from '../../handlers/aws/records.ts';
import { classify } from '../../handlers/core/classify.ts';
import { decide, UNHINDERED } from '../../handlers/core/decide.ts';
import { evidenceOf, originalOf } from '../../handlers/core/evidence/evidence-of.ts';
import { fingerprint } from '../../handlers/core/fingerprint.ts';
import type { Handled } from '../../handlers/core/handled.ts';
import { lazily } from '../../handlers/core/lazily.ts';
import { type Letter, nextHealKey } from '../../handlers/core/letter.ts';
import { repairOf } from '../../handlers/core/repair.ts';
import { queueOf } from '../../handlers/core/route.ts';
import { examine } from '../../handlers/heal/examine.ts';
import { AVERAGE_JITTER } from '../explain.ts';
import type { Place } from '../stack/queues.ts';
import type { Taken } from './dlq.ts';

/** A letter that was taken out of a DLQ, with all that is known of it, or why nothing is. */
export type Known =
  | { readonly taken: Taken; readonly handled: Handled }
  | { readonly taken: Taken; readonly unreadable: string };

/** The time that looking into the consumer's logs may take. */
const LOOK_MS = 30_000;

/**
 * What the healer would know of these letters, in order. Of a stack's letters that is evidence, the ledger's and the
 * logs' included, class, group and verdict; nothing is blamed or acted on. Of others what they say themselves, found out
 * when somebody asks for it: a plain move of everything needs no class.
 */
export async function knowAll(place: Place, letters: readonly Taken[], now: () => number): Promise<Known[]> {
  const { stack } = place;
  const read = letters.map((taken) => ({ taken, received: readMessage(taken.message, place.queue.dlqArn) }));
  if (stack === undefined)
    return read.map(({ taken, received }) =>
      'letter' in received
        ? { taken, handled: lazilyKnown(place, received.letter, now) }
        : { taken, unreadable: received.unreadable },
    );
  const received = read.map((one) => one.received);
  // As if it healed: a paused stack, or one that only observes, would say nothing but that.
  const examined = await examine({ ...stack.healer, mode: 'heal' }, received, LOOK_MS, 'looking');
  return read.map(({ taken }, i) => {
    const one = examined[i];
    if (one !== undefined && 'handled' in one) return { taken, handled: one.handled };
    return { taken, unreadable: one?.error.message ?? 'it was not examined' };
  });
}

function lazilyKnown(place: Place, letter: Letter, now: () => number): Handled {
  const { policy } = place;
  const found = evidenceOf(letter);
  const { evidence, lineage, returnTo } = found;
  const queue = queueOf(policy, letter.dlqArn, returnTo) ?? place.queue;
  const classification = lazily(() => classify(evidence, letter, { queue: queue.key, rules: policy.rules }));
  const group = lazily(() => fingerprint(queue.key, classification(), evidence));
  const contentHash = lazily(() =>
    createHash('sha256')
      .update(originalOf(letter, evidence.source, []).body)
      .digest('hex'),
  );
  const verdict = lazily(() => {
    const repair = repairOf(policy.rules, classification())?.rule;
    return decide({
      ...{ lineage, returnTo, queue, policy, state: UNHINDERED, now: now(), random: AVERAGE_JITTER },
      classification: classification(),
      ...(repair === undefined ? {} : { repair }),
    });
  });
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
      return classification();
    },
    get group() {
      return group();
    },
    get contentHash() {
      return contentHash();
    },
    get verdict() {
      return verdict();
    },
  };
}
