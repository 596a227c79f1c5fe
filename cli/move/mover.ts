import type { Sight } from './course.ts';

/** What one step of a move came to. */
export interface Step {
  /** Ids of the letters that were sent. */
  readonly sent: readonly string[];
  /** Letters that were not meant, or are dealt with, by the reason. */
  readonly left: ReadonlyMap<string, number>;
  /** Letters that were meant and cannot go now, by the reason. */
  readonly stuck: ReadonlyMap<string, number>;
  /** Letters that should have gone and did not; they are where they were. */
  readonly failed: readonly Failed[];
}

export interface Failed {
  readonly id: string;
  readonly why: string;
}

/** Counts letters under a reason. */
export const count = (letters: Map<string, number>, why: string, n = 1): void => {
  letters.set(why, (letters.get(why) ?? 0) + n);
};

/** What moves letters from where they lie to where they go. The pace is another's. */
export interface Mover {
  /** How many letters there are, as far as it can be known: for the progress. */
  readonly expected: number;
  /** So many steps may be under way at once. */
  readonly workers: number;
  /** How long a canary needs to die, seconds. */
  readonly windowSeconds: number;
  /**
   * Takes letters and moves those that are meant, at most `max` of them.
   * @param canary they are to be watched
   * @returns undefined where nothing is left to be taken
   */
  step(max: number, canary: boolean): Promise<Step | undefined>;
  /** What became of the letters sent so far. */
  look(): Promise<Sight>;
  /** Gives back what was taken and not moved, and says what else there is to know. */
  close(): Promise<Ending>;
}

/** What is left when a move ends. */
export interface Ending {
  /** Letters that somebody else has received: they could not be seen. */
  readonly inFlight: number;
  /** Letters that were there but not looked at: the move ended before. */
  readonly unread: number;
  /** Sentences for the operator. */
  readonly notes: readonly string[];
}
