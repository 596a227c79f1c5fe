import { seededRandom } from '../../examples/shared/random.ts';

/** `invalid`: no attempt can succeed. `slow`: the first attempt times out. */
export type Kind = 'ordinary' | 'invalid' | 'slow';

const INVALID_SHARE = 0.05;
const SLOW_SHARE = 0.02;

/** The kinds of all letters, by their number. */
export function kindsOf(letters: number, seed: number): readonly Kind[] {
  const random = seededRandom(seed);
  return Array.from({ length: letters }, () => {
    const drawn = random();
    if (drawn < INVALID_SHARE) return 'invalid';
    return drawn < INVALID_SHARE + SLOW_SHARE ? 'slow' : 'ordinary';
  });
}

/** Another body for each letter, so that none is taken for a poisonous one. */
export const bodyOf = (id: number): string => JSON.stringify({ letter: id, note: 'x'.repeat(500) });

/** @throws Error for a body that this run did not make */
export function idOf(body: string): number {
  const { letter } = JSON.parse(body) as { letter?: unknown };
  if (typeof letter !== 'number') throw new Error('a body that is none of the letters that were sent');
  return letter;
}
