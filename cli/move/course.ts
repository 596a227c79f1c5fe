/** How a move goes: a few letters first, then the rest at a rate that rises. As a value; the clock is passed in. */

export interface Pace {
  /** Letters of the canary; 0 for none. */
  readonly canary: number;
  /** Letters per second at full speed; undefined for as fast as it goes. */
  readonly rate: number | undefined;
  /** How long the canary is watched at most, seconds. */
  readonly windowSeconds: number;
  /** So many letters may die again after the canary; one more stops the move. A canary's own always does. */
  readonly maxRelapses: number;
}

/** The first rate of the ramp is this part of the full one; it doubles at each step. */
const RAMP_START = 8;
const RAMP_STEP_MS = 15_000;

/** Letters per second, so long after the ramp began; undefined for as fast as it goes. */
export function rateAt({ rate, canary }: Pace, sinceMs: number): number | undefined {
  if (rate === undefined || canary === 0) return rate;
  const steps = Math.floor(sinceMs / RAMP_STEP_MS);
  return steps > 10 ? rate : Math.min(rate, (rate / RAMP_START) * 2 ** steps);
}

/** What is known of the letters that were sent, and of the queues, at one look. */
export interface Sight {
  /** Letters of this run that died again, for sure. */
  readonly relapsed: number;
  /** Letters that came into the DLQ since the canary went and were not seen: it may be among them. */
  readonly unseen: number;
  /** Letters of the canary of which the consumer said that it processed them. */
  readonly confirmed: number;
  /** Nothing is left in the queues that the canary went to. */
  readonly drained: boolean;
}

/** A canary on its way. Times are epoch milliseconds. */
export interface Watch {
  readonly since: number;
  readonly sent: number;
  /** Looks in a row that saw unseen letters. SQS's counts lag behind: one look is none. */
  readonly suspicions: number;
  /** Since when the queues were seen empty without a break. */
  readonly drainedSince?: number;
}

export type Judgement =
  | { readonly kind: 'wait'; readonly watch: Watch }
  | { readonly kind: 'passed'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** SQS's counts are said to be right a minute after the last message came. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
const SETTLED_MS = 60_000;
const SUSPICIONS = 3;

/** Judges the canary at one look. */
export function judge(watch: Watch, sight: Sight, { windowSeconds }: Pace, now: number): Judgement {
  const { sent, since } = watch;
  if (sight.relapsed > 0)
    return { kind: 'failed', why: `${sight.relapsed} of the canary’s ${sent} letter(s) died again` };
  if (sight.confirmed >= sent) return { kind: 'passed', why: 'the consumer has processed every letter of the canary' };
  const suspicions = sight.unseen > 0 ? watch.suspicions + 1 : 0;
  if (suspicions >= SUSPICIONS)
    return {
      kind: 'failed',
      why: `${sight.unseen} letter(s) came into the DLQ since the canary went, and it may be among them (to go on in spite of that: --canary 0)`,
    };
  const drainedSince = sight.drained && suspicions === 0 ? (watch.drainedSince ?? now) : undefined;
  const settled = Math.min(SETTLED_MS, windowSeconds * 1000);
  if (drainedSince !== undefined && now - drainedSince >= settled)
    return { kind: 'passed', why: 'its queue is empty, and no letter came back' };
  if (now - since >= windowSeconds * 1000 && suspicions === 0)
    return { kind: 'passed', why: `none of it came back within ${windowSeconds} s` };
  return { kind: 'wait', watch: { since, sent, suspicions, ...(drainedSince === undefined ? {} : { drainedSince }) } };
}
