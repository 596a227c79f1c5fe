/** One change by a person, as the audit keeps it. Instants are ISO 8601. */
export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  /** ARN of the caller. */
  readonly who: string;
  /** The sub-command: `redrive`, `release`, … */
  readonly command: string;
  /** What was asked for, in words that hold no payload. */
  readonly what: string;
  /** Key of the queue, or the name of a DLQ without a stack; absent where the whole stack is meant. */
  readonly queue?: string;
  readonly group?: string;
  readonly outcome: Outcome;
  /** When it ended; absent while it runs, and where it was killed. */
  readonly endedAt?: string;
  /** How many letters of which fate: `sent`, `left`, `failed`, … */
  readonly letters?: Readonly<Record<string, number>>;
  /** Ids of the letters that were changed: at most `MAX_IDS`. */
  readonly ids?: readonly string[];
  /** Why it ended as it did, where there is something to say. */
  readonly why?: string;
}

/** `begun`: it runs, or was killed. `stopped`: by itself, for the letters' sake. `interrupted`: by its operator. */
export type Outcome = 'begun' | 'done' | 'failed' | 'stopped' | 'interrupted';

/** A row of the ledger has at most 400 KB; the letters' own rows name the entry, too. */
export const MAX_IDS = 1000;

/** What is known of a change when it has ended. */
export type Ended = Pick<AuditEntry, 'letters' | 'ids' | 'why'> & { readonly outcome: Exclude<Outcome, 'begun'> };
