/** Letters that were sent lately, to know those that come back: the oldest are forgotten, so that memory has an end. */
export interface Recent {
  add(key: string): void;
  has(key: string): boolean;
  delete(key: string): void;
  /** The last ones, at most `count`. */
  last(count: number): readonly string[];
}

export function recent(max: number): Recent {
  const keys = new Set<string>();
  return {
    add(key) {
      keys.add(key);
      if (keys.size > max) keys.delete(keys.values().next().value as string);
    },
    has: (key) => keys.has(key),
    delete: (key) => void keys.delete(key),
    last: (count) => [...keys].slice(-count),
  };
}
