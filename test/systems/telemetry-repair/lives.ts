// The lives of messages: from the first receive to the DLQ, with the time between the tries.
import type { Try } from './watch.ts';

/** One message from its first failed try to its death, or to its success. */
export interface Life {
  readonly key: string;
  readonly tries: readonly Try[];
  /** Seconds between one try and the next. */
  readonly gaps: readonly number[];
}

/** `<origin id>.<attempt>`, as heal keys are written. */
export const lifeKey = ({ originId, attempt }: { readonly originId: string; readonly attempt: number }) =>
  `${originId}.${attempt}`;

export function livesOf(tries: readonly Try[]): ReadonlyMap<string, Life> {
  const grouped = Map.groupBy(tries, lifeKey);
  return new Map(
    [...grouped].map(([key, unordered]) => {
      const ordered = unordered.toSorted((a, b) => a.at - b.at);
      const gaps = ordered.slice(1).map((one, index) => (one.at - (ordered[index] as Try).at) / 1000);
      return [key, { key, tries: ordered, gaps }];
    }),
  );
}

/** The kit's back-off of this consumer: uniform from 1 s to a ceiling that doubles. */
export const CEILINGS = [4, 8] as const;

/** The back-off that was asked for in lives that had all three tries: after the first, and after the second. */
export function askedOf(lives: Iterable<Life>): readonly [readonly number[], readonly number[]] {
  const whole = [...lives].filter(({ tries }) => tries.length === 3);
  return [0, 1].map((index) => whole.map(({ tries }) => tries[index]?.delaySeconds ?? Number.NaN)) as never;
}

/** Gaps of the lives that had all three tries: between the first and the second, and between the second and the third. */
export function gapsOf(lives: Iterable<Life>): readonly [readonly number[], readonly number[]] {
  const whole = [...lives].filter(({ tries }) => tries.length === 3);
  return [whole.map(({ gaps }) => gaps[0] as number), whole.map(({ gaps }) => gaps[1] as number)];
}

export const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? Number.NaN : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/**
 * What is wrong with the tries of one life that ended in the DLQ after all of them: their number, their order, and that
 * none came before its time.
 */
export function faultsOfLife({ key, tries, gaps }: Life): string[] {
  const counts = tries.map(({ receiveCount }) => receiveCount).join(', ');
  if (counts !== '1, 2, 3') return [`${key} died after receives ${counts}; it must be 1, 2, 3`];
  return CEILINGS.flatMap((ceiling, index) => {
    const asked = tries[index]?.delaySeconds ?? Number.NaN;
    const gap = gaps[index] as number;
    const fault = (what: string) => `${key}: between its tries ${index + 1} and ${index + 2}, ${what}`;
    return [
      ...(asked >= 1 && asked <= ceiling ? [] : [fault(`${asked} s were asked for; it must be 1 to ${ceiling}`)]),
      // The clock that hides a message began to run a moment before the line was written, or after.
      ...(gap >= asked - 0.5 ? [] : [fault(`only ${gap.toFixed(1)} s of ${asked} passed`)]),
    ];
  });
}
