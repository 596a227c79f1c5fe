import type { ArchivePlace } from '../aws/archive.ts';
import type { Healer } from '../aws/healer.ts';
import { type Ending, isInLot } from '../aws/letter-row.ts';
import { attempt, failure, type Outcome, success } from '../aws/outcome.ts';
import { RefusedError, type Sending } from '../aws/queues.ts';
import { giveBack, noteLineage, sendingTo } from '../aws/targets.ts';
import type { First, Handled } from '../core/handled.ts';
import { type Target, targetOf } from '../core/target.ts';
import { statusOf } from '../core/verdict.ts';
import { bodyOf, mendLetters, withRepair } from './mend.ts';
import { lineUp, markOf, recordInTurn, type Task } from './record.ts';

/** How the handling of one letter ended. Only `settled` letters may be acknowledged. */
export type Result =
  | {
      readonly kind: 'settled';
      readonly handled: Handled;
      readonly ending: Ending;
      /** It was handled by a run before this one. */
      readonly repeated: boolean;
      /** It lies in its group's lot. */
      readonly held: boolean;
    }
  | { readonly kind: 'left'; readonly handled: Handled; readonly why: string }
  | { readonly kind: 'failed'; readonly handled: Handled; readonly error: Error };

/**
 * Carries the verdicts out: claim → send or archive → record. The letters go through each step together and share its
 * calls; whatever fails, fails for its own letter, which stays in the DLQ.
 *
 * Dying between any two steps loses nothing: until `settled` is answered the letter is in the DLQ, and what was done
 * already is done again under the same heal key and in the same ledger row; an archive object may be written twice. The
 * row is what says that a death was handled; the claim only keeps two runs apart.
 */
export async function act(healer: Healer, letters: readonly Handled[], remainingMs: number): Promise<Result[]> {
  const claimed = await Promise.all(letters.map((handled) => claim(healer, handled, remainingMs)));
  const tasks = claimed.flatMap((item) => ('task' in item ? [item.task] : []));
  const repairs = await mendLetters(
    healer,
    tasks.filter(isHeal).map(({ handled }) => handled),
    remainingMs,
  );
  const mended = (task: Task) => (isHeal(task) ? repairs.get(task.handled) : undefined);
  // The original is kept before anything else goes out in its place.
  const originals = await store(
    healer,
    tasks.filter((task) => mended(task) !== undefined && mended(task)?.kind !== 'retry'),
  );
  const toSend = tasks.filter(
    (task) =>
      isHeal(task) && (mended(task) === undefined || (mended(task)?.kind === 'mended' && originals.get(task)?.ok)),
  );
  const sent = await send(healer, toSend, (task) => bodyOf(mended(task)));
  const toArchive = tasks.filter(
    (task) => !isHeal(task) || (refusalOf(sent.get(task)) !== undefined && !originals.has(task)),
  );
  const archived = new Map([...originals, ...(await store(healer, toArchive))]);
  const endings = new Map(
    tasks.map((task) => [
      task,
      withRepair(mended(task), archived.get(task), () => endingOf(task, sent.get(task), archived.get(task))),
    ]),
  );
  const recorded = await recordInTurn(healer, claimed, await lineUp(healer, endings));
  await giveClaimsBack(healer, recorded);
  return claimed.map((item) => ('task' in item ? resultOf(item.task, recorded.get(item.task)) : item.result));
}

/** A heal key means one death within one queue: forwarded messages take their attributes to other queues. */
const claimKey = ({ queue, healKey }: Handled) => `${queue.key}/${healKey}`;

const isHeal = ({ handled, twinOf }: Task) => twinOf === undefined && handled.verdict.kind === 'heal';
/** Why SQS will never take the message, where that is so. */
const refusalOf = (outcome: Outcome<Ending> | undefined) =>
  outcome?.ok === false && outcome.error instanceof RefusedError ? outcome.error : undefined;

async function claim(
  { claims }: Healer,
  handled: Handled,
  remainingMs: number,
): Promise<{ readonly task: Task } | { readonly result: Result }> {
  const { first, verdict, letter } = handled;
  if (verdict.kind === 'leave') return { result: { kind: 'left', handled, why: verdict.reason } };
  if (first !== undefined) {
    if (letter.messageId !== first.messageId) return { task: { handled, twinOf: first } };
    // Its run may have died before it told anyone of the refusal.
    const ending: Ending = { status: first.status, ...(first.notify ? { reason: first.reason } : {}) };
    return { result: { kind: 'settled', handled, ending, repeated: true, held: first.held } };
  }
  const won = await attempt(() => claims.claim(claimKey(handled), remainingMs));
  if (!won.ok) return { result: { kind: 'failed', handled, error: won.error } };
  if (!won.value) return { result: { kind: 'left', handled, why: 'another run is handling this death' } };
  return { task: { handled } };
}

/** Letters for one target share its calls. */
async function send(
  healer: Healer,
  tasks: readonly Task[],
  mendedBody: (task: Task) => string | undefined,
): Promise<Map<Task, Outcome<Ending>>> {
  const aimed = tasks.flatMap((task) => {
    const { toward, returnTo, queue } = task.handled;
    const destination = toward === undefined ? targetOf(returnTo, queue) : { target: toward };
    return 'target' in destination ? [{ task, target: destination.target }] : [];
  });
  const outcomes = await Promise.all(
    [...Map.groupBy(aimed, ({ target }) => JSON.stringify(target)).values()].map(async (group) => {
      const sendings = group.map(({ task, target }) => healSending(task.handled, target, mendedBody(task)));
      const [first] = group;
      const sent = first === undefined ? [] : await giveBack(healer, first.target, sendings);
      return group.map(({ task, target }, i) => {
        const outcome = sent[i] ?? failure(new Error('not sent'));
        const noted = outcome.ok && noteLineage(target, sendings[i], outcome.value);
        return [task, healedEnding(outcome, noted)] as const;
      });
    }),
  );
  return new Map(outcomes.flat());
}

function healSending(handled: Handled, target: Target, mendedBody: string | undefined): Sending {
  const { letter, evidence, evidenceNames, verdict } = handled;
  const delaySeconds = verdict.kind === 'heal' ? verdict.delaySeconds : 0;
  return sendingTo(target, letter, evidenceNames, markOf(handled), {
    delaySeconds,
    source: evidence.source,
    ...(mendedBody === undefined ? {} : { mendedBody }),
  });
}

const healedEnding = (sent: Outcome<string>, noteLineageOf: boolean): Outcome<Ending> =>
  sent.ok ? success({ status: 'healed', healedMessageId: sent.value, noteLineage: noteLineageOf }) : sent;

async function store(healer: Healer, tasks: readonly Task[]): Promise<Map<Task, Outcome<ArchivePlace>>> {
  const places = await healer.archive.put(
    tasks.map(({ handled }) => handled),
    healer.now(),
  );
  return new Map(tasks.map((task, i) => [task, places[i] ?? failure(new Error('not archived'))]));
}

/** Puts together what happened to a letter; a refused heal waits for a person with its reason. */
function endingOf(
  task: Task,
  sent: Outcome<Ending> | undefined,
  place: Outcome<ArchivePlace> | undefined,
): Outcome<Ending> {
  const refusal = refusalOf(sent);
  if (sent !== undefined && refusal === undefined)
    return sent.ok && place?.ok ? success({ ...sent.value, archive: place.value }) : sent;
  if (place === undefined || !place.ok) return place ?? failure(new Error('not archived'));
  const archive = place.value;
  if (refusal !== undefined)
    return success({ status: 'waiting', archive, reason: `its target refused it: ${refusal.message}` });
  if (task.twinOf !== undefined) return success({ ...twinEnding(task.handled, task.twinOf), archive, twin: true });
  const status = statusOf(task.handled.verdict);
  return status === undefined ? failure(new Error('a letter that is left was acted on')) : success({ status, archive });
}

/** After these the first letter goes back to its queue by itself, or has gone: a copy must not go as well. */
const GOES_BACK: readonly string[] = ['healed', 'parked', 'duplicate'];

/**
 * Two letters of one death (a consumer that crashed between sending and acknowledging) are healed once and both kept.
 * Where the first waits or was archived, the second may be that very letter, sent back by hand with its attributes and
 * dead again: it is kept beside the first one and told of. With another body it is no twin but a letter that carries
 * someone else's lineage: a person must look.
 */
function twinEnding({ contentHash }: Handled, first: First): Ending {
  if (contentHash !== first.contentHash) {
    return {
      status: 'waiting',
      reason: `it claims the lineage of ${first.messageId}, handled before, but its body is another`,
    };
  }
  if (GOES_BACK.includes(first.status))
    return { status: 'duplicate', reason: `a twin of ${first.messageId}, handled before` };
  const { status } = first;
  return {
    status,
    reason: `the death of ${first.messageId}, ${status} before, once more: a twin, or sent back by hand`,
  };
}

/** Giving a claim back is a courtesy to the next delivery: it would expire soon after this run anyway. */
async function giveClaimsBack({ claims }: Healer, endings: ReadonlyMap<Task, Outcome<Ending>>): Promise<void> {
  const failed = [...endings].filter(([task, ending]) => !ending.ok && task.twinOf === undefined);
  await Promise.all(failed.map(([task]) => attempt(() => claims.release(claimKey(task.handled)))));
}

function resultOf({ handled }: Task, outcome: Outcome<Ending> | undefined): Result {
  if (outcome?.ok) {
    const held = isHeld(handled, outcome.value);
    return { kind: 'settled', handled, ending: outcome.value, repeated: false, held };
  }
  return { kind: 'failed', handled, error: outcome?.error ?? new Error('the letter was not handled') };
}

/** In its group's lot, not in that of what is due at a time. */
const isHeld = (handled: Handled, ending: Ending) =>
  isInLot(handled, ending) && handled.verdict.kind === 'park' && handled.verdict.releasedBy !== 'time';
