import type { Command } from 'commander';
import type { Status } from '../../handlers/core/verdict.ts';
import { UsageError } from '../exit.ts';
import { KEPT } from '../letters/kept.ts';

/** What a replay takes unless told otherwise. A body that killed again and again is not among it. */
const USUAL: readonly Status[] = KEPT.filter((status) => status !== 'quarantined');

export const addStatusOption = (command: Command): Command =>
  command.option(
    '--status <list>',
    `of kept letters, only those that are ${KEPT.join(', ')}; several with commas (default: all but quarantined)`,
  );

/** @throws UsageError for a word that is no status of a kept letter */
export function statusesOf({ status }: { readonly status?: string }): readonly Status[] {
  if (status === undefined) return USUAL;
  return status.split(',').map((word) => {
    const found = KEPT.find((one) => one === word.trim());
    if (found === undefined) throw new UsageError(`--status must be of ${KEPT.join(', ')}; got ${word}`);
    return found;
  });
}
