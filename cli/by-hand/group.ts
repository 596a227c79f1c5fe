import leven from 'leven';
import { type Item, readItems } from '../../handlers/aws/batch-ops.ts';
import { breakerOf, openGroups } from '../../handlers/aws/breakers.ts';
import type { GroupSample } from '../../handlers/aws/groups.ts';
import { groupKey } from '../../handlers/aws/keys.ts';
import type { Breaker } from '../../handlers/core/group.ts';
import type { QueuePolicy } from '../../handlers/core/policy.ts';
import { InputError, UsageError } from '../exit.ts';
import { clip, printable } from '../output/text.ts';
import type { PlaceOptions } from '../stack/options.ts';
import { queuesOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';

/** A group of letters as the ledger has it. */
export interface Group {
  readonly stack: Stack;
  readonly queue: QueuePolicy;
  /** The fingerprint. */
  readonly id: string;
  readonly row: Item;
  readonly breaker: Breaker;
  readonly failureClass: string;
  /** What its letters died of, redacted; empty where nothing was recorded. */
  readonly error: string;
}

/**
 * The group that a person named, in the queues of the stack or in the one of `--queue`.
 * @throws UsageError where it is no fingerprint, or several queues have such a group
 * @throws InputError where none has, naming the groups that are open
 */
export async function findGroup(stack: Stack, options: PlaceOptions, id: string): Promise<Group> {
  if (!/^[0-9a-f]{12}$/.test(id))
    throw new UsageError(
      `GROUP must be 12 hexadecimal characters, as alerts and log lines show them (f56c32c4e8d8); got ${id}`,
    );
  const queues = queuesOf(stack, options);
  const { db, table } = stack.healer;
  const rows = await readItems(
    db,
    table,
    queues.map(({ key }) => groupKey(key, id)),
  );
  const [row, ...others] = rows;
  if (others.length > 0)
    throw new UsageError(
      `group ${id} is in several queues: pass --queue with one of ${rows.map(({ queue }) => queue).join(', ')}`,
    );
  const queue = queues.find(({ key }) => key === row?.queue);
  if (row === undefined || queue === undefined) throw new InputError(await noGroup(stack, queues, id));
  const { error = '' } = (row.lastLetter ?? {}) as Partial<GroupSample>;
  return { stack, queue, id, row, breaker: breakerOf(row), failureClass: String(row.failureClass), error };
}

/** What a person reads of a group's error, on one line. */
export const errorIn = ({ error }: Pick<Group, 'error'>) =>
  error === '' ? '(none recorded)' : clip(printable(error), 300);

const MAX_NAMED = 5;

async function noGroup({ name, healer }: Stack, queues: readonly QueuePolicy[], id: string): Promise<string> {
  const open = await Promise.all(queues.map(({ key }) => openGroups(healer.db, healer.table, key, 100)));
  const nearest = open
    .flat()
    .toSorted((a, b) => leven(String(a.group), id) - leven(String(b.group), id))
    .slice(0, MAX_NAMED);
  const where = queues.length === 1 ? `queue "${queues[0]?.key}" of stack "${name}"` : `stack "${name}"`;
  if (nearest.length === 0) return `there is no group ${id} in ${where}, and none waits there`;
  const lines = nearest.map((row) => {
    const { error = '' } = (row.lastLetter ?? {}) as Partial<GroupSample>;
    return `  ${row.group}  ${row.queue}  ${row.failureClass}  ${clip(printable(error), 60)}`.trimEnd();
  });
  return [`there is no group ${id} in ${where}; these wait:`, ...lines].join('\n');
}
