/** The first of every message group, then the second of every one, and so on; each wave in the order given. */
export function wavesOf<T>(letters: readonly T[], groupOf: (letter: T) => string | undefined): T[][] {
  const waves: T[][] = [];
  const next = new Map<string | undefined, number>();
  for (const letter of letters) {
    const group = groupOf(letter);
    const wave = next.get(group) ?? 0;
    next.set(group, wave + 1);
    const existing = waves[wave];
    if (existing === undefined) waves.push([letter]);
    else existing.push(letter);
  }
  return waves;
}
