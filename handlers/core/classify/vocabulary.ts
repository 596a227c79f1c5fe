/** What of the rules' vocabulary stands in a text. */
export interface Found {
  /** Indexes of the words that stand anywhere in it, in any case. */
  readonly words: readonly number[];
  /** The names that stand in it as whole identifiers, in order, each once. */
  readonly names: readonly string[];
}

export interface Vocabulary {
  find(text: string): Found;
}

const NOWHERE = 0;
const ROOT = 1;

/** Characters beyond ASCII are in no word of the vocabulary. */
const CODES = 128;

/**
 * A trie of all words and names in small letters: a text is read once, whatever their number. From each position the
 * trie is walked until it ends, after two or three characters as a rule.
 *
 * @param words in small letters, found anywhere and in any case
 * @param names identifiers, found whole and with case: `TimeoutError` does not stand in `ReadTimeoutError`
 */
export function vocabularyOf(words: readonly string[], names: readonly string[]): Vocabulary {
  const entries = [...words, ...names].map((entry) => entry.toLowerCase());
  const { classes, width } = classesOf(entries);
  const states = entries.reduce((sum, { length }) => sum + length, ROOT + 1);
  const next = new Uint32Array(states * width);
  const wordAt = new Int32Array(states).fill(-1);
  const namesAt: (string[] | undefined)[] = new Array(states).fill(undefined);
  let last = ROOT;
  entries.forEach((entry, index) => {
    let state = ROOT;
    for (let i = 0; i < entry.length; i++) {
      const at = state * width + (classes[entry.charCodeAt(i)] ?? 0);
      if (next[at] === NOWHERE) next[at] = ++last;
      state = next[at] as number;
    }
    if (index < words.length) wordAt[state] = index;
    else namesAt[state] = [...(namesAt[state] ?? []), names[index - words.length] as string];
  });

  const find = (text: string): Found => {
    const foundWords: number[] = [];
    const foundNames: string[] = [];
    for (let start = 0; start < text.length; start++) {
      let state = ROOT;
      for (let at = start; at < text.length; at++) {
        const code = text.charCodeAt(at);
        state = code < CODES ? (next[state * width + (classes[code] as number)] as number) : NOWHERE;
        if (state === NOWHERE) break;
        const word = wordAt[state] as number;
        if (word !== -1 && !foundWords.includes(word)) foundWords.push(word);
        const ending = namesAt[state];
        if (ending !== undefined) addWhole(foundNames, ending, text, start, at + 1);
      }
    }
    return { words: foundWords, names: foundNames };
  };
  return { find };
}

/** Numbers the characters that occur: capitals as their small letters, 0 for all that occur nowhere. */
function classesOf(entries: readonly string[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(CODES);
  let width = 1;
  for (const char of new Set(entries.join(''))) {
    const code = char.charCodeAt(0);
    if (code >= CODES) throw new Error(`a word of the rules has the character "${char}": only ASCII is looked up`);
    classes[code] = width;
    classes[char.toUpperCase().charCodeAt(0)] = width;
    width++;
  }
  return { classes, width };
}

function addWhole(found: string[], names: readonly string[], text: string, start: number, end: number): void {
  if (isWordCode(text.charCodeAt(start - 1)) || isWordCode(text.charCodeAt(end))) return;
  const name = text.slice(start, end);
  if (names.includes(name) && !found.includes(name)) found.push(name);
}

/** Outside of the text the code is NaN, which is no word's. */
const isWordCode = (code: number) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
