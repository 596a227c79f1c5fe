import { defaultPolicy } from '../default-policy.ts';
import type { Examined } from './examine.ts';

const { poison } = defaultPolicy({ key: 'any', sourceArn: 'arn:aws:sqs:::source', fifo: false }, []);

/**
 * How many distinct letters with its very body died within the poison window, for each letter; counted as the healer
 * does when all of them reach it now: a letter that does not say when it died, died just now.
 */
export function poisonCounts(letters: readonly Examined[], now: number): (letter: Examined) => number {
  const since = now - poison.windowSeconds * 1000;
  const bodies = new Map<string, Set<string>>();
  for (const { contentKey, lineage, diedAt } of letters) {
    if ((diedAt ?? now) < since) continue;
    const origins = bodies.get(contentKey) ?? new Set();
    bodies.set(contentKey, origins.add(lineage.originId));
  }
  return ({ contentKey }) => bodies.get(contentKey)?.size ?? 0;
}
