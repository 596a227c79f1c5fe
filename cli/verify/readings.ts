/** What one run of `dlq verify` found out, before anything is judged. */

import type { Depth } from '../stack/depth.ts';

/** What was asked of AWS, or in words why there is no answer. */
export type Answer<T> = { readonly value: T } | { readonly refused: string };

/** A queue that was looked at several times, oldest first. */
export interface Watched {
  readonly name: string;
  readonly depths: Answer<readonly Depth[]>;
}

export interface SourceReading extends Watched {
  /** A retry tier: what is held back in one has failed before, while a producer may delay messages by design. */
  readonly isTier: boolean;
}

/** Of the consumer's function since the instant. */
export interface Calls {
  readonly invocations: number;
  readonly errors: number;
}

/** Letters that died since the instant, by the ledger. */
export interface Deaths {
  /** For the first time. */
  readonly died: number;
  /** Once more, after they had been sent back. */
  readonly relapsed: number;
  /** Origin ids of some that relapsed. */
  readonly relapsedIds: readonly string[];
  /** Whether that is all: counting stops somewhere. */
  readonly isWhole: boolean;
}

export interface OpenGroup {
  readonly group: string;
  readonly class: string;
  readonly state: string;
}

/** What of a queue waits although nothing is in its DLQ. */
export interface Held {
  readonly open: readonly OpenGroup[];
  /** Letters that wait for a person or a deploy. */
  readonly waiting: number;
  readonly isWhole: boolean;
}

/** One DLQ with all that belongs to it. What is absent was not asked for: nothing is known to ask. */
export interface QueueReadings {
  readonly queue: string;
  /** The options that name it, for commands that are advised: `--stack shop --queue orders`. */
  readonly place: string;
  readonly dlq: Watched;
  readonly sources: readonly SourceReading[];
  readonly consumer?: { readonly function: string; readonly calls: Answer<Calls> };
  /** Messages that were deleted from source and tiers since the instant: they were processed, or given up by hand. */
  readonly processed?: Answer<number>;
  readonly deaths?: Answer<Deaths>;
  /** Letters that people sent back since the instant, by the audit. */
  readonly sent?: Answer<number>;
  readonly held?: Answer<Held>;
}

/** Executions of a state machine that began since the instant. */
export interface Executions {
  readonly succeeded: number;
  /** Failed, timed out or aborted. */
  readonly failed: number;
  readonly running: number;
  readonly isWhole: boolean;
}

export interface Readings {
  readonly queues: readonly QueueReadings[];
  readonly machine?: { readonly arn: string; readonly executions: Answer<Executions> };
  /** Seconds between the first look and the last. */
  readonly watchedSeconds: number;
}
