import type { Handled } from '../../handlers/core/handled.ts';
import { type Target, targetOf } from '../../handlers/core/target.ts';
import type { Clients } from '../aws/clients.ts';
import { deleteAll, type Taken, take } from '../letters/dlq.ts';
import { factsOf } from '../letters/facts.ts';
import { HIDDEN_SECONDS, holder } from '../letters/held.ts';
import { knowAll } from '../letters/known.ts';
import { asksForRules, notMeant, type Selector } from '../letters/selector.ts';
import { type Depth, readDepth, totalOf } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { Sight } from './course.ts';
import type { Journal } from './journal.ts';
import { count, type Ending, type Failed, type Mover, type Step } from './mover.ts';
import { recent } from './recent.ts';
import type { Watcher } from './relapses.ts';
import type { Going, Sender } from './senders.ts';
import { wavesOf } from './waves.ts';

/** What a move out of a DLQ works with. */
export interface DlqMove {
  readonly clients: Clients;
  readonly place: Place;
  readonly selector: Selector;
  /** Where all of them go, instead of where each belongs. */
  readonly toward: Target | undefined;
  readonly send: Sender;
  /** Of a DLQ without a stack. */
  readonly journal: Journal | undefined;
  /** Of a stack, or of executions. */
  readonly watch: Watcher | undefined;
  readonly workers: number;
  readonly windowSeconds: number;
  /** URLs of the queues that the letters go to, with their tiers. */
  readonly targetUrls: readonly string[];
  /** The DLQ when the move began. */
  readonly depths: Depth;
}

/** Letters that are looked at ahead while a canary is watched, to see whether one of it came back. */
const MAX_AHEAD = 200;
/** A receive that comes back empty may have missed some; this many in a row have not. */
const EMPTY_RECEIVES = 2;

/**
 * Moves letters out of a DLQ: receive → know → choose → send → delete. What is not meant stays, hidden until the end so
 * that it is not received again and again. Only what was there when the move began is moved: what comes later is looked
 * at by nobody yet, and may be a letter of this very move that died again.
 */
export function dlqMover(move: DlqMove): Mover {
  const { clients, place, selector, journal, watch } = move;
  const { sqs } = clients;
  const { dlqUrl, fifo } = place.queue;
  const held = holder(sqs, dlqUrl);
  const ahead: Taken[] = [];
  const sentAs = recent(100_000);
  const began = clients.now();
  const counts = { deleted: 0, relapsed: 0, arrived: 0, empty: 0, undeleted: 0, doubtful: 0 };

  async function step(max: number, canary: boolean): Promise<Step | undefined> {
    const left = new Map<string, number>();
    const taken = await next(max, canary, left);
    if (taken === undefined) return undefined;
    const stuck = new Map<string, number>();
    const failed: Failed[] = [];
    const going: (Going & { readonly taken: Taken })[] = [];
    for (const one of await knowAll(place, taken, clients.now, asksForRules(selector))) {
      const target = 'handled' in one ? destinationOf(one.handled, left, stuck) : undefined;
      if (!('handled' in one)) failed.push({ id: one.taken.id, why: `it cannot be read: ${one.unreadable}` });
      if (target === undefined || !('handled' in one)) held.add([one.taken]);
      else going.push({ taken: one.taken, handled: one.handled, target });
    }
    const sent: string[] = [];
    const done: Taken[] = [];
    const stopped = new Set<string>();
    // One of each message group at a time: the next one must not overtake one that fails.
    for (const wave of fifo ? wavesOf(going, ({ handled }) => handled.letter.system.messageGroupId) : [going]) {
      const turn = wave.filter(({ handled }) => !stopped.has(handled.letter.system.messageGroupId ?? ''));
      const behind = wave.filter((one) => !turn.includes(one));
      held.add(behind.map((one) => one.taken));
      if (behind.length > 0) count(stuck, 'a letter before it in its message group stays', behind.length);
      const outcomes = turn.length === 0 ? [] : await move.send(turn);
      for (const [i, { taken: one, handled }] of turn.entries()) {
        const outcome = outcomes[i];
        if (outcome?.ok && outcome.value.kind !== 'stays') {
          done.push(one);
          if (outcome.value.kind === 'sent') {
            sent.push(one.id);
            sentAs.add(outcome.value.newId);
            watch?.sent(handled.healKey, outcome.value.newId);
          } else count(left, outcome.value.why);
          continue;
        }
        if (fifo) stopped.add(handled.letter.system.messageGroupId ?? '');
        held.add([one]);
        if (outcome?.ok && outcome.value.kind === 'stays') count(stuck, outcome.value.why);
        else failed.push({ id: one.id, why: outcome?.ok === false ? outcome.error.message : 'it was not sent' });
      }
    }
    await remove(done);
    return { sent, left, stuck, failed };
  }

  /** Where a letter goes; undefined where it stays, which is counted. */
  function destinationOf(handled: Handled, left: Map<string, number>, stuck: Map<string, number>): Target | undefined {
    const why = notMeant(selector, factsOf(handled));
    if (why !== undefined) {
      count(left, why);
      return undefined;
    }
    const destination = move.toward === undefined ? targetOf(handled.returnTo, handled.queue) : { target: move.toward };
    if ('target' in destination) return destination.target;
    count(stuck, destination.obstacle);
    return undefined;
  }

  /** Letters to look at; those that an earlier run has sent are deleted, those that came back are noted. */
  async function next(max: number, canary: boolean, left: Map<string, number>): Promise<Taken[] | undefined> {
    const buffered = ahead.splice(0, max);
    for (const { id } of buffered) held.remove(id);
    if (buffered.length > 0) return buffered;
    const received = await take(sqs, dlqUrl, max, HIDDEN_SECONDS, 1);
    // Letters that are held already are nothing new, if SQS shows them all the same.
    counts.empty = received.every(({ id }) => held.has(id)) ? counts.empty + 1 : 0;
    if (counts.empty >= EMPTY_RECEIVES) return undefined;
    const fresh = await sorted(received, left);
    return canary || fifo ? fresh : filled(fresh, max, left);
  }

  /**
   * SQS often brings fewer letters than it was asked for, and ten cost no more to send and delete than one. In a FIFO
   * queue what comes next may be of the same message groups, and comes only when these are dealt with.
   */
  async function filled(fresh: Taken[], max: number, left: Map<string, number>): Promise<Taken[]> {
    while (fresh.length > 0 && fresh.length < max) {
      // What fails here fails at the next step, too, with no letter in hand.
      const received = await take(sqs, dlqUrl, max - fresh.length, HIDDEN_SECONDS, 0).catch(() => []);
      const more = await sorted(received, left);
      if (more.length === 0) break;
      fresh.push(...more);
    }
    return fresh;
  }

  async function sorted(received: readonly Taken[], left: Map<string, number>): Promise<Taken[]> {
    const fresh: Taken[] = [];
    const sentBefore: Taken[] = [];
    for (const one of received) {
      if (held.has(one.id)) held.add([one]);
      else if (journal?.wasSent(one.id)) sentBefore.push(one);
      else if (cameBack(one)) {
        counts.relapsed += 1;
        held.add([one]);
        count(left, 'it was sent by this run and died again');
      } else if (Number(one.message.Attributes?.SentTimestamp ?? 0) > began) {
        counts.arrived += 1;
        held.add([one]);
        count(left, 'it came after this run began');
      } else {
        if (journal?.mayBeSent(one.id)) counts.doubtful += 1;
        fresh.push(one);
      }
    }
    await remove(sentBefore);
    if (sentBefore.length > 0) count(left, 'an earlier run had sent it: deleted, not sent again', sentBefore.length);
    return fresh;
  }

  /** By its message id, which SQS keeps when it moves a message, or by the mark that it carries. */
  function cameBack({ id, message }: Taken): boolean {
    if (sentAs.has(id)) return true;
    const mark = message.MessageAttributes?.['dlq-healer']?.StringValue;
    if (watch === undefined || mark === undefined) return false;
    try {
      const { origin, attempt } = JSON.parse(mark) as { origin?: unknown; attempt?: unknown };
      return watch.cameBack(`${origin}.${attempt}`);
    } catch {
      return false;
    }
  }

  async function remove(letters: readonly Taken[]): Promise<void> {
    if (letters.length === 0) return;
    const again = await deleteAll(sqs, dlqUrl, letters);
    const undeleted = again.length === 0 ? [] : await deleteAll(sqs, dlqUrl, again);
    const failed = new Set(undeleted.map(({ id }) => id));
    held.add(undeleted); // or they would be received again, and again
    counts.undeleted += failed.size;
    counts.deleted += letters.length - failed.size;
    journal?.deleted(letters.map(({ id }) => id).filter((id) => !failed.has(id)));
  }

  async function look(): Promise<Sight> {
    if (ahead.length < MAX_AHEAD && !fifo) {
      const some = await sorted(await take(sqs, dlqUrl, 10, HIDDEN_SECONDS, 0), new Map());
      held.add(some);
      ahead.push(...some);
    }
    const [ledger, now, ...targets] = await Promise.all([
      watch?.read() ?? { relapsed: 0, confirmed: 0 },
      readDepth(sqs, dlqUrl),
      ...move.targetUrls.map((url) => readDepth(sqs, url)),
    ]);
    const known = totalOf(move.depths) - counts.deleted + counts.relapsed + counts.arrived;
    // Where every letter of the DLQ is in this run's hands, none can be hidden in it.
    const unseen = totalOf(now) <= held.size ? 0 : Math.max(0, totalOf(now) - known);
    return {
      relapsed: Math.max(counts.relapsed, ledger.relapsed),
      confirmed: ledger.confirmed,
      unseen,
      drained: targets.length > 0 && targets.every((depths) => totalOf(depths) === 0),
    };
  }

  async function close(): Promise<Ending> {
    const depths = await readDepth(sqs, dlqUrl).catch(() => undefined);
    const own = held.size;
    const stuck = await held.giveBack();
    await journal?.close();
    const notes = [
      ...(counts.undeleted > 0
        ? [
            `${counts.undeleted} letter(s) were sent, but SQS did not delete them from the DLQ: run the same command again, it deletes them and does not send them again`,
          ]
        : []),
      ...(counts.doubtful > 0
        ? [`${counts.doubtful} letter(s) may have been sent twice: a run was killed while it sent them`]
        : []),
      ...(stuck > 0 ? [`${stuck} letter(s) that were looked at stay hidden for up to ${HIDDEN_SECONDS} s`] : []),
    ];
    return { inFlight: Math.max(0, (depths?.inFlight ?? 0) - own), unread: depths?.visible ?? 0, notes };
  }

  return { expected: move.depths.visible, workers: move.workers, windowSeconds: move.windowSeconds, step, look, close };
}
