import { readItems } from '../../handlers/aws/batch-ops.ts';
import type { Healer } from '../../handlers/aws/healer.ts';
import { confirmedKey, letterKey, nameOf } from '../../handlers/aws/keys.ts';
import { recent } from './recent.ts';

/** Finds out what became of letters that were sent. */
export interface Watcher {
  /**
   * A letter went out under this heal key.
   * @param newId what its target answered with, where that is at hand
   */
  sent(healKey: string, newId?: string): void;
  /** Whether a letter in a DLQ is one of those. It counts as a relapse from then on. */
  cameBack(healKey: string): boolean;
  /** So many died again, and so many were processed, of the last that were sent. */
  read(): Promise<{ readonly relapsed: number; readonly confirmed: number }>;
}

/** More are not watched at a time: each look costs a read for each of them. */
const WATCHED = 300;

/** By the ledger. A death under a heal key has a row of its own, whoever handled it; the kit confirms what it has processed. */
export function ledgerWatch({ db, table }: Pick<Healer, 'db' | 'table'>, queueKey: string): Watcher {
  const keys = recent(100_000);
  const relapsed = new Set<string>();
  const confirmed = new Set<string>();
  const nextDeath = (healKey: string) => {
    const dot = healKey.lastIndexOf('.');
    return letterKey(queueKey, { originId: healKey.slice(0, dot), attempt: Number(healKey.slice(dot + 1)) });
  };
  return {
    sent: (healKey) => keys.add(healKey),
    cameBack(healKey) {
      if (keys.has(healKey)) relapsed.add(healKey);
      return keys.has(healKey);
    },
    async read() {
      const open = keys.last(WATCHED).filter((key) => !relapsed.has(key) && !confirmed.has(key));
      const rows = await readItems(
        db,
        table,
        open.flatMap((key) => [nextDeath(key), confirmedKey(key)]),
      );
      const found = new Set(rows.map(({ pk, sk }) => nameOf({ pk: String(pk), sk: String(sk) })));
      for (const key of open) {
        if (found.has(nameOf(nextDeath(key)))) relapsed.add(key);
        else if (found.has(nameOf(confirmedKey(key)))) confirmed.add(key);
      }
      return { relapsed: relapsed.size, confirmed: confirmed.size };
    },
  };
}
