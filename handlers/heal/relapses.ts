import { breakerOf, changeBreaker, type GroupName } from '../aws/breakers.ts';
import type { GroupSample } from '../aws/groups.ts';
import type { Healer } from '../aws/healer.ts';
import { groupKey, nameOf } from '../aws/keys.ts';
import type { Rows } from '../aws/ledger.ts';
import { endsHolding, releasedBy } from '../core/decide.ts';
import { type Breaker, relapsed } from '../core/group.ts';
import type { Handled } from '../core/handled.ts';
import { cut, redact } from '../core/redact.ts';

type Relapse = Omit<Handled, 'verdict' | 'round' | 'first'>;

/**
 * Tells the groups that healed letters came back to the DLQ, before anything is decided over them: a batch that opens
 * a breaker is itself held. Dying after this counts a relapse twice, never not at all.
 *
 * @param fresh letters that the ledger does not know yet
 * @returns the breakers of the groups to blame, by the name of their row
 * @throws when a breaker cannot be written: a relapse that goes unnoticed would be a probe that passed
 */
export async function blameRelapses(
  healer: Healer,
  fresh: readonly Relapse[],
  rows: Rows,
): Promise<ReadonlyMap<string, Breaker>> {
  // That a mended letter died says something of its repair, and nothing of the letters that were not mended.
  const relapses = fresh.filter(({ lineage }) => lineage.attempt > 0 && lineage.repair === undefined);
  const blamed = Map.groupBy(relapses, (one) => nameOf(groupKey(one.queue.key, blamedGroup(one))));
  const changed = await Promise.all(
    [...blamed].map(async ([name, some]) => {
      const [first] = some;
      if (first === undefined) throw new Error('a group of relapses is never empty');
      const row = rows.get(name);
      const own = blamedGroup(first) === first.group;
      const group: GroupName = {
        queueKey: first.queue.key,
        group: blamedGroup(first),
        failureClass: own || row === undefined ? first.classification.failureClass : String(row.failureClass),
      };
      const { queue } = first;
      const by = own
        ? releasedBy(first.classification, queue, healer.policy)
        : endsHolding(group.failureClass, queue, healer.policy);
      const rounds = some.map(({ lineage }) => lineage.round ?? 0);
      const breaker = await changeBreaker(
        healer,
        group,
        row,
        (before) => relapsed(before, rounds, by, healer.now(), healer.policy.breaker),
        (opened) => openingSample(opened, breakerOf(row), first, healer.policy.breaker.windowSeconds),
      );
      return [name, breaker] as const;
    }),
  );
  return new Map(changed);
}

const blamedGroup = ({ lineage, group }: Relapse) => lineage.group ?? group;

function openingSample(opened: Breaker, before: Breaker, relapse: Relapse, windowSeconds: number): GroupSample {
  const { evidence, lineage } = relapse;
  const why =
    before.state === 'probing' || before.state === 'ramping'
      ? 'a letter that was let through died again'
      : `healed letters of this group died again, too many within ${windowSeconds} s`;
  const until = opened.until === undefined ? '' : `; the next canary goes at ${new Date(opened.until).toISOString()}`;
  return {
    originId: lineage.originId,
    status: 'breaker opened',
    reason: `${why}${until}`,
    error: cut(redact([evidence.errorType, evidence.message].filter(Boolean).join(': ')), 300),
  };
}
