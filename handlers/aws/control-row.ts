// How the ledger's rows on the treatment of queues read. Apart from what talks to DynamoDB, for the kit reads one too.
import { AT_EASE, type Level, type LevelState, type SignalName } from '../core/level.ts';
import type { Item, Key } from './batch-ops.ts';

/** What the ledger holds of how a queue is treated: the governor's own level, and a person's over it. */
export interface Control {
  /** The governor's. */
  readonly state: LevelState;
  /** A person's: it holds, whatever is measured, until it is taken off. */
  readonly pinnedLevel?: Level;
}

/** A queue that the ledger holds nothing of. */
export const NO_CONTROL: Control = { state: AT_EASE };

export const controlKey = (queueKey: string): Key => ({ pk: 'control', sk: `queue#${queueKey}` });

/** The level that a queue is treated at. */
export const levelOf = ({ state, pinnedLevel }: Control): Level => pinnedLevel ?? state.level;

/** Why it is that level, for a person. */
export const reasonOf = ({ state, pinnedLevel }: Control): string =>
  pinnedLevel === undefined ? state.because : 'a person pinned it';

/**
 * Reads a row under `controlKey`; a missing one is a queue at level 0.
 * @throws Error when a level is none: a queue in an emergency must not pass for one at ease
 */
export function parseControl(item: Item | undefined): Control {
  if (item === undefined) return NO_CONTROL;
  const state: LevelState = {
    level: levelIn(item.level ?? 0, item),
    since: typeof item.since === 'string' ? Date.parse(item.since) : 0,
    because: String(item.because ?? ''),
    ...(typeof item.calmSince === 'string' ? { calmSince: Date.parse(item.calmSince) } : {}),
    ...(typeof item.signal === 'string' ? { signal: item.signal as SignalName } : {}),
  };
  const { pinnedLevel } = item;
  return pinnedLevel === undefined || pinnedLevel === null
    ? { state }
    : { state, pinnedLevel: levelIn(pinnedLevel, item) };
}

function levelIn(value: unknown, { pk, sk }: Item): Level {
  if (value === 0 || value === 1 || value === 2 || value === 3 || value === 4) return value;
  throw new Error(`the ledger's row ${pk} ${sk} must hold a level from 0 to 4; got ${JSON.stringify(value)}`);
}

/** Written by Terraform: `keys` holds, by the ARN of each queue, the key under which the module knows it. */
export const QUEUE_KEYS: Key = { pk: 'control', sk: 'queues' };
