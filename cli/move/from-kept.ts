import type { Target } from '../../handlers/core/target.ts';
import { ask } from '../ask.ts';
import type { Clients } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { keptRows } from '../letters/kept.ts';
import { countKept, rowsById } from '../letters/kept-counts.ts';
import type { Selector } from '../letters/selector.ts';
import type { Session } from '../session.ts';
import type { Place } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';
import { carryOut } from './carry-out.ts';
import { executionWatch } from './execution-watch.ts';
import { type MoveKind, questionOf } from './from-dlq.ts';
import { keptMover } from './kept-mover.ts';
import { keptPreview } from './kept-preview.ts';
import { type MoveOptions, paceOf, selectionText, selectorOf } from './options.ts';
import { nextCommand } from './preview.ts';
import { ledgerWatch, type Watcher } from './relapses.ts';
import { statusesOf } from './statuses.ts';
import { destinationsOf } from './window.ts';

export interface KeptOptions extends MoveOptions {
  readonly status?: string;
}

/**
 * Moves letters that a stack keeps: shows, asks, does.
 * @param origins of the letters that were named, instead of conditions
 * @param planned ids of the letters of a plan
 */
export async function moveKept(
  session: Session,
  clients: Clients,
  place: Place,
  options: KeptOptions,
  origins: readonly string[],
  planned: ReadonlySet<string> | undefined,
  { command, toward }: MoveKind,
): Promise<void> {
  const { stack, queue } = place;
  if (stack === undefined) throw new UsageError('only a stack keeps letters: pass --stack');
  const now = clients.now();
  const named = origins.length > 0 ? await rowsById(stack.healer, queue.key, origins) : undefined;
  const { selector, count } = chosen(named?.ids ?? planned, options, now);
  // Whoever names a letter, or has planned it, means it whatever its status.
  const statuses = statusesOf(selector.ids === undefined || options.status !== undefined ? options : EVERY);
  const pages = () => named?.pages() ?? keptRows(stack.healer, queue.key, statuses, selector, now);
  const { urls, windowSeconds } = await destinationsOf(clients, queue, toward);
  const pace = paceOf(options, windowSeconds);
  const what = whatOf(origins, planned?.size, options);
  const kept = await countKept(pages(), selector);
  await session.show(options, keptPreview({ place, what, kept, toward, pace, width: session.width }));
  if ((await ask(session, options, `${questionOf(command)} ${what} of ${place.name}?`)) !== 'yes') return;
  await carryOut(session, clients, {
    change: { command, what: `${command} ${what} of ${place.name}`, queue: place.name },
    ...{ stack, count, pace, queue: place.name, json: options.json === true, next: nextCommand(place) },
    mover: async (operator) =>
      keptMover({
        ...{ clients, stack, place, selector, statuses, toward, operator, windowSeconds, targetUrls: urls },
        pages: pages(),
        watch: watchFor(clients, stack, queue.key, toward),
        expected: kept.letters,
      }),
  });
}

const EVERY = { status: 'waiting,parked,archived,quarantined' };

function watchFor(clients: Clients, { healer }: Stack, queueKey: string, toward: Target | undefined): Watcher {
  const { db, table } = healer;
  return toward?.kind === 'state-machine'
    ? executionWatch(clients, { db, table, queueKey })
    : ledgerWatch(healer, queueKey);
}

function chosen(
  ids: ReadonlySet<string> | undefined,
  options: KeptOptions,
  now: number,
): { selector: Selector; count: number } {
  if (ids === undefined) return selectorOf(options, now);
  const { all, group, class: failureClass, since, where } = options;
  if (all === true || [group, failureClass, since, where].some((value) => value !== undefined))
    throw new UsageError('name the letters, or the conditions, or a plan: not two of them');
  return { selector: { ids }, count: Number.POSITIVE_INFINITY };
}

function whatOf(origins: readonly string[], planned: number | undefined, options: KeptOptions): string {
  if (origins.length > 0) return origins.length === 1 ? `the letter ${origins[0]}` : `${origins.length} letters`;
  return planned === undefined ? selectionText(options) : `the ${planned} letters of the plan ${options.plan}`;
}
