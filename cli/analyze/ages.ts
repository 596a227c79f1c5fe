/** How long ago the letters were first sent: SQS counts a message's retention from then, in the DLQ too. */
export interface Ages {
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly under1Hour: number;
  readonly under1Day: number;
  readonly under4Days: number;
  readonly under14Days: number;
  readonly older: number;
  /** Letters that do not say when they were sent. */
  readonly unknown: number;
}

const HOUR = 3_600_000;
const LIMITS = [
  ['under1Hour', HOUR],
  ['under1Day', 24 * HOUR],
  ['under4Days', 4 * 24 * HOUR],
  ['under14Days', 14 * 24 * HOUR],
  ['older', Number.POSITIVE_INFINITY],
] as const;

/** @param sentAt epoch milliseconds of each letter */
export function agesOf(sentAt: readonly (number | undefined)[], now: number): Ages {
  const ages = { under1Hour: 0, under1Day: 0, under4Days: 0, under14Days: 0, older: 0, unknown: 0 };
  let oldest: number | undefined;
  let newest: number | undefined;
  for (const at of sentAt) {
    if (at === undefined) {
      ages.unknown += 1;
      continue;
    }
    const [name] = LIMITS.find(([, limit]) => now - at < limit) ?? ['older'];
    ages[name] += 1;
    if (oldest === undefined || at < oldest) oldest = at;
    if (newest === undefined || at > newest) newest = at;
  }
  return { oldest: instant(oldest), newest: instant(newest), ...ages };
}

/** ISO 8601; null for no instant, and for one that no calendar has: attributes are written by strangers. */
export function instant(at: number | undefined): string | null {
  if (at === undefined) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
