import type { ArchivePlace } from '../aws/archive.ts';
import type { Healer } from '../aws/healer.ts';
import type { Ending } from '../aws/letter-row.ts';
import { failure, type Outcome, success } from '../aws/outcome.ts';
import { type Repaired, repairAll } from '../aws/repair.ts';
import type { Handled } from '../core/handled.ts';
import { repairOf } from '../core/repair.ts';

/** Mends the letters among these whose verdict says so; nothing is sent yet. Never throws. */
export async function mendLetters(
  { lambda, policy }: Healer,
  letters: readonly Handled[],
  remainingMs: number,
): Promise<ReadonlyMap<Handled, Repaired>> {
  const repairing = letters.flatMap((letter) => {
    const found = repairOf(policy.rules, letter.classification);
    const asked = letter.verdict.kind === 'heal' && letter.verdict.repair !== undefined;
    return asked && found !== undefined ? [{ letter, ...found }] : [];
  });
  if (repairing.length === 0) return new Map();
  const repaired = await repairAll(lambda, repairing, remainingMs);
  return new Map(
    repairing.map(({ letter }, i) => [letter, repaired[i] ?? { kind: 'retry', error: new Error('it was not mended') }]),
  );
}

export const bodyOf = (repaired: Repaired | undefined): string | undefined =>
  repaired?.kind === 'mended' ? repaired.body : undefined;

/** What a repair makes of a letter's ending: one that failed has the original archived, with the reason. */
export function withRepair(
  repaired: Repaired | undefined,
  original: Outcome<ArchivePlace> | undefined,
  otherwise: () => Outcome<Ending>,
): Outcome<Ending> {
  if (repaired === undefined) return otherwise();
  if (repaired.kind === 'retry') return failure(repaired.error);
  if (original?.ok !== true) return original ?? failure(new Error('the original was not archived'));
  if (repaired.kind === 'mended') return otherwise();
  return success({ status: 'archived', archive: original.value, reason: `its repair failed: ${repaired.reason}` });
}
