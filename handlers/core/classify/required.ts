/**
 * Words that a text must hold for a pattern to match it: at least one of them, in small letters, stands in every match.
 * They tell the engine which of some hundred patterns are worth asking about a text.
 *
 * @returns an empty list when the pattern can match without any word of `MIN_WORD` letters
 */
export function requiredWords(pattern: RegExp): string[] {
  const words = alternatives({ source: pattern.source, at: 0 });
  return words.every((word) => word.length >= MIN_WORD) ? [...new Set(words)] : [];
}

/**
 * The top-level alternatives of a pattern, each a pattern of its own: a text that holds the word of one of them need not
 * be searched for the others.
 */
export function alternativesOf({ source, flags }: RegExp): RegExp[] {
  const cursor = { source, at: 0 };
  const ends: number[] = [];
  do {
    sequence(cursor);
    ends.push(cursor.at++);
  } while (cursor.at <= source.length);
  return ends.map((end, i) => new RegExp(source.slice(i === 0 ? 0 : (ends[i - 1] as number) + 1, end), flags));
}

/** Shorter words stand in too many texts to tell any of them apart. */
export const MIN_WORD = 3;

/** Longer words find no less: what follows is the pattern's own to check. */
const MAX_WORD = 16;

interface Cursor {
  readonly source: string;
  at: number;
}

/** Words of one part of a pattern, of which a match holds at least one; `['']` says that nothing is sure. */
type Words = string[];

/** Reads alternatives up to the closing parenthesis or the end. */
function alternatives(cursor: Cursor): Words {
  const all = [sequence(cursor)];
  while (cursor.source[cursor.at] === '|') {
    cursor.at++;
    all.push(sequence(cursor));
  }
  return all.flat();
}

function sequence(cursor: Cursor): Words {
  const candidates: Words[] = [];
  let run = '';
  const endRun = () => {
    if (run !== '') candidates.push([run.slice(0, MAX_WORD)]);
    run = '';
  };
  while (cursor.at < cursor.source.length && !'|)'.includes(cursor.source.charAt(cursor.at))) {
    const atom = readAtom(cursor);
    const times = readQuantifier(cursor);
    if (atom.kind === 'boundary') continue;
    if (atom.kind === 'char' && times === 'once') {
      run += atom.char;
      continue;
    }
    if (atom.kind === 'char' && times === 'some') run += atom.char;
    endRun();
    if (atom.kind === 'group' && times !== 'maybe') candidates.push(atom.words);
  }
  endRun();
  return candidates.reduce<Words>((best, words) => (worth(words) > worth(best) ? words : best), ['']);
}

/** A choice is as telling as its shortest word, and of two alike the one with fewer words. */
const worth = (words: Words) => Math.min(...words.map((word) => word.length)) * 100 - words.length;

type Atom =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'group'; readonly words: Words }
  | { readonly kind: 'boundary' | 'any' };

function readAtom(cursor: Cursor): Atom {
  const char = cursor.source.charAt(cursor.at++);
  if (char === '(') return readGroup(cursor);
  if (char === '[') return readClass(cursor);
  if (char === '\\') return readEscape(cursor);
  if (char === '^' || char === '$') return { kind: 'boundary' };
  return char === '.' ? { kind: 'any' } : { kind: 'char', char: char.toLowerCase() };
}

function readGroup(cursor: Cursor): Atom {
  const [mark = ''] = /^\?(?:[:=!]|<[=!])/.exec(cursor.source.slice(cursor.at, cursor.at + 3)) ?? [];
  cursor.at += mark.length;
  const words = alternatives(cursor);
  cursor.at++; // the closing parenthesis
  return mark === '' || mark === '?:' ? { kind: 'group', words } : { kind: 'boundary' };
}

function readClass(cursor: Cursor): Atom {
  while (cursor.source[cursor.at] !== ']') cursor.at += cursor.source[cursor.at] === '\\' ? 2 : 1;
  cursor.at++;
  return { kind: 'any' };
}

function readEscape(cursor: Cursor): Atom {
  const char = cursor.source.charAt(cursor.at++);
  if (char === 'b' || char === 'B') return { kind: 'boundary' };
  if (char === 'n') return { kind: 'char', char: '\n' };
  return /[a-z0-9]/i.test(char) ? { kind: 'any' } : { kind: 'char', char };
}

/** How often the atom before it occurs: exactly once, at least once, or perhaps never. */
function readQuantifier(cursor: Cursor): 'once' | 'some' | 'maybe' {
  const [quantifier = ''] = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(cursor.source.slice(cursor.at, cursor.at + 12)) ?? [];
  cursor.at += quantifier.length;
  if (quantifier === '') return 'once';
  return /^(?:[?*]|\{0)/.test(quantifier) ? 'maybe' : 'some';
}
