import { effectsOf, LEVEL_NAMES, type Level, SLOW_FACTOR } from '../../handlers/core/level.ts';

/** What a level does, as a list of names and words: with most letters, and with those of critical classes. */
export function levelWords(level: Level): readonly (readonly [string, string])[] {
  const effects = effectsOf(level, false);
  const critical = effectsOf(level, true);
  return [
    ['heals', both(HEALS[effects.heal], HEALS[critical.heal])],
    ['canaries', effects.probes ? 'go' : 'none'],
    ['what is due or ramped', both(RELEASES[effects.release], RELEASES[critical.release])],
  ];
}

const HEALS = {
  'at once': 'at once',
  slowly: `with ${SLOW_FACTOR} times the delay`,
  park: 'none, they are parked',
} as const;
const RELEASES = { full: 'goes', reduced: `goes at 1/${SLOW_FACTOR} of the rate`, none: 'stays' } as const;

const both = (most: string, critical: string) => (most === critical ? most : `${most}; critical classes: ${critical}`);

/** `3 (severe)`. */
export const levelName = (level: Level) => `${level} (${LEVEL_NAMES[level]})`;

/** @returns `auto` for the governor's own; undefined where the text is no level */
export function parseLevel(text: string): Level | 'auto' | undefined {
  if (text === 'auto') return text;
  const level = /^[0-4]$/.test(text) ? Number(text) : (LEVEL_NAMES as readonly string[]).indexOf(text);
  return level < 0 ? undefined : (level as Level);
}
