import type { Original } from '../../handlers/core/evidence/adapter.ts';
import { type Destination, type Target, unfitFor } from '../../handlers/core/target.ts';
import type { Operator } from '../audit/audited.ts';
import { InputError } from '../exit.ts';
import type { Place } from '../stack/queues.ts';

/** A letter whose body a person may change: kept by a stack, or in a DLQ that no stack manages. */
export interface Editable {
  readonly id: string;
  readonly place: Pick<Place, 'name' | 'stack'>;
  readonly group: string;
  readonly failureClass: string;
  /** How often it was healed before it died. */
  readonly attempt: number;
  /** In the ledger; null where there is none. */
  readonly status: string | null;
  /** What it died of, redacted; empty where nothing is known. */
  readonly error: string;
  /** What a person must know before a yes. */
  readonly notes: readonly string[];
  readonly original: Original;
  readonly target: Target;
  /**
   * Sends the letter with this body, and sees to it that the original is not sent any more.
   * @returns the id of the new message
   * @throws where it was not sent, and the letter is as it was
   */
  send(body: string, operator: Operator): Promise<string>;
  /** An earlier run has sent it and left the rest undone: does that, and nothing else is to be done. */
  readonly finish?: () => Promise<void>;
  /** To be called at the end, whatever happened. */
  close(): Promise<void>;
}

/** @throws InputError where nobody can be given the letter, whatever its body */
export function targetIn(destination: Destination, id: string): Target {
  if ('target' in destination) return destination.target;
  throw new InputError(`letter ${id} cannot be sent: ${destination.obstacle}`);
}

/** @throws InputError where the target takes no such text */
export function refuseUnfit({ target }: Pick<Editable, 'target'>, body: string): void {
  const unfit = unfitFor(target, body);
  if (unfit !== undefined) throw new InputError(`the letter stays where it is: ${unfit}`);
}
