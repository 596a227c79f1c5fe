/** A metric by the minute: start of the minute in epoch milliseconds → value. A minute without data is not there. */
export type Series = ReadonlyMap<number, number>;

/** Fewer say nothing: one failure of three is no rate. */
export const FEWEST = 20;

/** What tells of a queue's failures; an empty series says nothing. */
export interface FailureMetrics {
  /** Of the consumer's function. */
  readonly errors: Series;
  readonly invocations: Series;
  /** Letters that the healer has handled. */
  readonly letters: Series;
  /** Letters that wait in the DLQ. */
  readonly waiting: Series;
  /** Messages that were deleted from the source queue and its tiers. */
  readonly deleted: Series;
}

/**
 * The share of a queue's work that failed, 0 to 1: the higher of errors among invocations and deaths among messages
 * that ended. A message that its consumer sent to the DLQ itself was deleted too and counts in both, so that the
 * second is too low, by half at worst.
 * @returns undefined where both are of fewer than 20
 */
export function errorRate(metrics: FailureMetrics): number | undefined {
  const rates = [errorsAmongInvocations(metrics), deathsAmongMessages(metrics)].filter((rate) => rate !== undefined);
  return rates.length === 0 ? undefined : Math.max(...rates);
}

/** Over the minutes for which there are invocations: of others the successes are not in yet. */
function errorsAmongInvocations({ errors, invocations }: FailureMetrics): number | undefined {
  const minutes = [...invocations.keys()];
  return share(total(errors, minutes), total(invocations, minutes));
}

/**
 * What died is what the healer took out of the DLQ and what the DLQ grew by: a healer that works off old letters would
 * look like an outage by the first alone, and one that is paused like peace.
 */
function deathsAmongMessages({ letters, waiting, deleted }: FailureMetrics): number | undefined {
  // Queues are published at different speeds, and an empty one that is idle not at all.
  const known = waiting.size === 0 ? Number.POSITIVE_INFINITY : Math.max(...waiting.keys());
  const [first, ...after] = [...deleted.keys()].filter((minute) => minute <= known).sort((a, b) => a - b);
  const last = after.at(-1);
  if (first === undefined || last === undefined) return undefined;
  // The first minute gives the depth to compare with: what happened in it came before or after, nobody knows.
  const growth = (waiting.get(last) ?? 0) - (waiting.get(first) ?? 0);
  const deaths = Math.max(0, total(letters, after) + growth);
  return share(deaths, deaths + total(deleted, after));
}

const total = (series: Series, minutes: readonly number[]) =>
  minutes.reduce((sum, minute) => sum + (series.get(minute) ?? 0), 0);

const share = (part: number, whole: number) => (whole < FEWEST ? undefined : Math.min(1, part / whole));

/** Adds series minute by minute, over the minutes of any of them. */
export function sum(all: readonly Series[]): Series {
  const added = new Map<number, number>();
  for (const series of all) for (const [minute, value] of series) added.set(minute, (added.get(minute) ?? 0) + value);
  return added;
}

/** The value of the last minute that has one. */
export function latest(series: Series): number | undefined {
  return series.get(Math.max(...series.keys()));
}
