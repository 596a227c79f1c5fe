import type { Lineage } from '../core/letter.ts';
import type { Key } from './batch-ops.ts';

// Keys of the ledger's rows and the names of its lots.

/** The queue is part of the key: a consumer that forwards a message with its attributes takes the origin along. */
export function letterKey(queueKey: string, { originId, attempt }: Lineage, twinMessageId?: string): Key {
  const suffix = twinMessageId === undefined ? '' : `#twin#${twinMessageId}`;
  return { pk: `letter#${originId}`, sk: `${queueKey}#attempt#${String(attempt).padStart(3, '0')}${suffix}` };
}

export const groupKey = (queueKey: string, group: string): Key => ({ pk: `queue#${queueKey}`, sk: `group#${group}` });

/** Deaths of one body. */
export const contentKey = (queueKey: string, contentHash: string): Key => ({
  pk: `content#${queueKey}#${contentHash}`,
  sk: 'deaths',
});

/** The line of one message group of a FIFO queue. */
export const laneKey = (queueKey: string, lane: string): Key => ({ pk: `lane#${queueKey}#${lane}`, sk: 'lane' });

/** A canary's letter was processed: written by the kit. */
export const confirmedKey = (healKey: string): Key => ({ pk: `message#${healKey}`, sk: 'confirmed' });

/** One text for a key, to look rows up by. */
export const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** The lot of what is due at a time, and the lot of a group, in the index `by-due`. */
export const dueLot = (queueKey: string) => `due#${queueKey}`;
export const groupLot = (queueKey: string, group: string) => `held#${queueKey}#${group}`;

/** All that people changed, by time. */
export const AUDIT = 'audit';
export const auditKey = (at: string, id: string): Key => ({ pk: AUDIT, sk: `${at}#${id}` });
