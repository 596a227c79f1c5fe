import { type Item, readItems } from '../../handlers/aws/batch-ops.ts';
import { breakerOf } from '../../handlers/aws/breakers.ts';
import { groupKey } from '../../handlers/aws/keys.ts';
import type { Target } from '../../handlers/core/target.ts';
import type { Status } from '../../handlers/core/verdict.ts';
import { type Departure, sendReleased } from '../../handlers/govern/send-released.ts';
import type { Operator } from '../audit/audited.ts';
import type { Clients } from '../aws/clients.ts';
import { factsOfRow, linesOf } from '../letters/kept.ts';
import { notMeant, type Selector } from '../letters/selector.ts';
import { readDepth, totalOf } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';
import type { Sight } from './course.ts';
import { count, type Ending, type Failed, type Mover, type Step } from './mover.ts';
import type { Watcher } from './relapses.ts';
import { wavesOf } from './waves.ts';

/** What a move out of the archive works with. */
export interface KeptMove {
  readonly clients: Clients;
  readonly stack: Stack;
  readonly place: Place;
  readonly selector: Selector;
  readonly statuses: readonly Status[];
  /** Their rows, page by page. */
  readonly pages: AsyncGenerator<Item[]>;
  readonly toward: Target | undefined;
  readonly operator: Operator;
  readonly watch: Watcher;
  readonly expected: number;
  readonly windowSeconds: number;
  readonly targetUrls: readonly string[];
}

/** So long a lease on a letter holds after a kill, and half a minute more. */
const LEASE_MS = 60_000;

/** Moves kept letters: lease → read from the archive → send → record. A letter whose sending fails stays where it was. */
export function keptMover(move: KeptMove): Mover {
  const { clients, stack, place, selector, watch, pages } = move;
  const { healer } = stack;
  const waiting: Item[] = [];

  async function step(max: number, canary: boolean): Promise<Step | undefined> {
    const rows = await next(max);
    if (rows === undefined) return undefined;
    const left = new Map<string, number>();
    const stuck = new Map<string, number>();
    const chosen = await choose(rows, left, stuck);
    const rounds = await roundsOf(chosen);
    const departures = chosen.map(
      (row): Departure => ({ row, delaySeconds: 0, round: rounds.get(row.group) ?? 0, probe: canary }),
    );
    const sent: string[] = [];
    const failed: Failed[] = [];
    const stopped = new Set<unknown>();
    const lanes = place.queue.fifo ? wavesOf(departures, ({ row }) => String(row.lane)) : [departures];
    for (const wave of lanes) {
      const turn = wave.filter(({ row }) => row.lane === undefined || !stopped.has(row.lane));
      if (turn.length < wave.length)
        count(stuck, 'a letter before it in its message group stays', wave.length - turn.length);
      const outcomes = turn.length === 0 ? [] : await sendReleased(healer, place.queue, turn, LEASE_MS, how());
      for (const [i, { row }] of turn.entries()) {
        const outcome = outcomes[i];
        if (outcome?.ok && outcome.value === 'sent') {
          sent.push(String(row.originId));
          watch.sent(String(row.healKey));
          continue;
        }
        stopped.add(row.lane);
        if (outcome?.ok) count(stuck, 'another run has it, or it was dealt with meanwhile');
        else failed.push({ id: String(row.originId), why: outcome?.error.message ?? 'it was not sent' });
      }
    }
    return { sent, left, stuck, failed };
  }

  const how = () => ({
    from: move.statuses,
    note: { replayedBy: move.operator.auditId },
    leaveRefused: true as const,
    ...(move.toward === undefined ? {} : { toward: move.toward }),
  });

  async function next(max: number): Promise<Item[] | undefined> {
    while (waiting.length === 0) {
      const page = await pages.next();
      if (page.done) return undefined;
      waiting.push(...page.value);
    }
    return waiting.splice(0, max);
  }

  async function choose(rows: readonly Item[], left: Map<string, number>, stuck: Map<string, number>): Promise<Item[]> {
    const lines = selector.where === undefined ? [] : await linesOf(healer, rows);
    return rows.filter((row, i) => {
      if (selector.where !== undefined && lines[i] === undefined) {
        count(stuck, 'its archive record cannot be read');
        return false;
      }
      const why = twinOf(row) ?? notMeant(selector, factsOfRow(row, lines[i]));
      if (why !== undefined) count(left, why);
      return why === undefined;
    });
  }

  /** Sent together with the first one, the second letter of a death would be a copy of it. */
  const twinOf = ({ sk }: Item) =>
    selector.ids === undefined && String(sk).includes('#twin#')
      ? 'it is the second letter of its death: look at it (dlq show), and name it by its id'
      : undefined;

  /** A letter carries the round of its group's breaker: if it dies again, that is whom it speaks of. */
  async function roundsOf(rows: readonly Item[]): Promise<ReadonlyMap<unknown, number>> {
    const groups = [...new Set(rows.map(({ group }) => String(group)))];
    const found = await readItems(
      healer.db,
      healer.table,
      groups.map((group) => groupKey(place.queue.key, group)),
    );
    return new Map(found.map((row) => [row.group, breakerOf(row).round]));
  }

  async function look(): Promise<Sight> {
    const [ledger, ...targets] = await Promise.all([
      watch.read(),
      ...move.targetUrls.map((url) => readDepth(clients.sqs, url)),
    ]);
    // Who dies again has a row, or lies in the DLQ until the healer comes; nobody else is mistaken for him.
    const dlq = await readDepth(clients.sqs, place.queue.dlqUrl);
    const drained = targets.length > 0 && [...targets, dlq].every((depths) => totalOf(depths) === 0);
    return { ...ledger, unseen: 0, drained };
  }

  const close = async (): Promise<Ending> => {
    await pages.return(undefined);
    return { inFlight: 0, unread: 0, notes: [] };
  };

  return { expected: move.expected, workers: 1, windowSeconds: move.windowSeconds, step, look, close };
}
