import type { Sent } from '../../../examples/telemetry-repair/producer/fleet.ts';
import type { Heard } from './watch.ts';

/** When a record was sent, which decides what must become of it. */
export type Round = 'first' | 'next' | 'outage';

export interface SentRecord extends Sent {
  readonly round: Round;
  /** Message id that SQS gave it: the origin id of all its deaths. */
  readonly originId: string;
}

/** An item of the table `positions`. */
export interface Position {
  readonly recordId: string;
  readonly processed: number;
  readonly deviceId: string;
  readonly reportedDeviceId?: string;
  readonly vehicle: string;
  readonly fleet: string;
  readonly repaired: boolean;
  readonly messageId: string;
  readonly originId: string;
  readonly heals: number;
}

/** One death: the ledger's row, and the body that the archive holds of it. */
export interface Death {
  readonly originId: string;
  readonly attempt: number;
  readonly status: string;
  readonly failureClass: string;
  readonly reason: string;
  readonly repair?: string;
  readonly healedMessageId?: string;
  readonly archivedBody?: string;
}

/** Of a device: what Redis holds under the id that it sends with, and under the id that it has. */
export interface Cached {
  readonly deviceId: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly ttlSeconds: number;
}

export interface Report extends Heard {
  readonly sent: readonly SentRecord[];
  readonly positions: readonly Position[];
  readonly deaths: readonly Death[];
  /** The letters that the repair declined, as they rested before any was replayed. */
  readonly declined: readonly Pick<Death, 'originId' | 'status' | 'reason'>[];
  readonly cached: readonly Cached[];
  /** Bodies that are still in one of the system's queues. */
  readonly queued: readonly string[];
  /** Archive records that could not be read. */
  readonly unreadable: readonly string[];
  /** Phases after which the queues did not come to rest. */
  readonly unsettled: readonly string[];
  /** What `dlq replay` sent, of the letters whose device the registry got to know. */
  readonly replayed: number;
  readonly seconds: { readonly down: number; readonly recovery: number; readonly total: number };
}
