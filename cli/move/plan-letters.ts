import type { Item } from '../../handlers/aws/batch-ops.ts';
import { targetOf } from '../../handlers/core/target.ts';
import type { Status } from '../../handlers/core/verdict.ts';
import type { Clients } from '../aws/clients.ts';
import { interruptible } from '../interrupt.ts';
import { factsOf } from '../letters/facts.ts';
import { factsOfRow, idOfRow, keptRows, linesOf } from '../letters/kept.ts';
import { knowAll } from '../letters/known.ts';
import { tellUnseen } from '../letters/look.ts';
import { scan } from '../letters/scan.ts';
import { notMeant, type Selector } from '../letters/selector.ts';
import type { Session } from '../session.ts';
import { nameInUrl } from '../stack/depth.ts';
import type { Place } from '../stack/queues.ts';
import type { PlanLine } from './plan-file.ts';

export type AddLine = (line: PlanLine) => Promise<void>;

/** Plans the letters of a DLQ. @returns how many somebody else has received, which cannot be planned */
export async function planDlq(
  session: Session,
  clients: Clients,
  place: Place,
  selector: Selector,
  add: AddLine,
): Promise<number> {
  const scanned = await interruptible(
    () => undefined,
    (signal) =>
      scan(
        clients,
        place.queue.dlqUrl,
        Number.POSITIVE_INFINITY,
        async (letters) => {
          for (const one of await knowAll(place, letters, clients.now)) {
            const { id } = one.taken;
            if (!('handled' in one)) {
              await add({ id, take: false, class: '', group: '', why: 'it cannot be read' });
              continue;
            }
            const { handled } = one;
            const destination = targetOf(handled.returnTo, handled.queue);
            const not =
              notMeant(selector, factsOf(handled)) ?? ('obstacle' in destination ? destination.obstacle : undefined);
            const to = 'target' in destination ? destination.target : undefined;
            const where = to === undefined ? '' : `to ${to.kind === 'queue' ? nameInUrl(to.url) : to.arn}`;
            await add({
              id,
              take: not === undefined,
              class: handled.classification.failureClass,
              group: handled.group,
              why: not ?? where,
            });
          }
        },
        signal,
      ),
  );
  await tellUnseen(session, scanned);
  return scanned.inFlight;
}

/** Plans the letters that a stack keeps. */
export async function planKept(
  clients: Clients,
  place: Place,
  selector: Selector,
  statuses: readonly Status[],
  add: AddLine,
): Promise<number> {
  const { stack } = place;
  if (stack === undefined) return 0;
  const pages = keptRows(stack.healer, place.queue.key, statuses, selector, clients.now());
  for await (const rows of pages) {
    const lines = selector.where === undefined ? [] : await linesOf(stack.healer, rows);
    for (const [i, row] of rows.entries()) {
      const not = notMeant(selector, factsOfRow(row, lines[i]));
      await add({ ...nameIn(row), take: not === undefined, why: not ?? `${row.status}: ${String(row.reason)}` });
    }
  }
  return 0;
}

const nameIn = (row: Item) => ({ id: idOfRow(row), class: String(row.failureClass), group: String(row.group) });
