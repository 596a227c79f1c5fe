import { parse } from '@lukeed/ms';
import { UsageError } from '../exit.ts';

/**
 * An instant (`2026-11-26T03:00:00Z`, a date) or how long ago (`90s`, `30m`, `2h`, `3d`).
 * @returns epoch milliseconds
 * @throws UsageError where it is neither, or in the future
 */
export function parseSince(text: string, option: string, now: number): number {
  const ago = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text) ? parse(text) : undefined;
  const at = ago === undefined ? (/^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN) : now - ago;
  if (Number.isNaN(at))
    throw new UsageError(
      `${option} must be an instant (2026-11-26T03:00:00Z) or how long ago (30m, 2h, 3d); got ${text}`,
    );
  if (at > now) throw new UsageError(`${option} must be in the past; got ${text}`);
  return at;
}
