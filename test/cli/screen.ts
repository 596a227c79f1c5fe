/** What a terminal shows: as many escape sequences as progress displays and prompts use, and no more. */

/** From this byte of the output on, the terminal has this size. */
export type Size = readonly [from: number, columns: number, rows: number];

type Screen = {
  columns: number;
  rows: number;
  /** Those scrolled out of sight too. */
  lines: string[][];
  row: number;
  /** May be `columns`: the last cell is written, and the next character goes to the next line. */
  column: number;
  wraps: boolean;
  saved: { row: number; column: number };
};

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const TOKEN = /\x1b\[([0-?]*)([@-~])|\x1b([78])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\r\n\b\x07]|./gsu;
const WIDE = /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

/**
 * The lines on the terminal after all this was printed, those that scrolled out of sight first, without colours and
 * spaces at their ends. A resize moves nothing that is there already.
 * @throws at an escape sequence that it does not know
 */
export function screenOf(output: string, sizes: readonly Size[]): string {
  const bytes = Buffer.from(output);
  const screen: Screen = {
    ...{ columns: 80, rows: 50, lines: [[]], row: 0, column: 0, wraps: true },
    saved: { row: 0, column: 0 },
  };
  for (const [index, [from, columns, rows]] of sizes.entries()) {
    Object.assign(screen, { columns, rows, column: Math.min(screen.column, columns) });
    const part = bytes.subarray(from, sizes[index + 1]?.[0]).toString();
    for (const token of part.matchAll(TOKEN)) interpret(screen, token);
  }
  return screen.lines
    .map((cells) =>
      Array.from(cells, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    )
    .join('\n')
    .trimEnd();
}

function interpret(screen: Screen, [text, parameters, final, save]: RegExpExecArray): void {
  if (final !== undefined) control(screen, parameters ?? '', final);
  else if (save === '7') screen.saved = { row: screen.row, column: screen.column };
  else if (save === '8') Object.assign(screen, screen.saved);
  else if (text === '\r') screen.column = 0;
  else if (text === '\n') moveTo(screen, screen.row + 1, screen.column, true);
  else if (text === '\b') moveTo(screen, screen.row, screen.column - 1);
  else if (text === '\x1b') throw new Error('the screen knows no such escape sequence');
  else if (text !== '\x07' && !text.startsWith('\x1b]')) write(screen, text);
}

function write(screen: Screen, character: string): void {
  if (/^\p{Mark}$|^[\u200d\ufe0f]$/u.test(character)) return;
  const width = WIDE.test(character) ? 2 : 1;
  if (screen.column + width > screen.columns) {
    if (screen.wraps) moveTo(screen, screen.row + 1, 0, true);
    else screen.column = screen.columns - width;
  }
  const cells = lineOf(screen, screen.row);
  cells[screen.column] = character;
  if (width === 2) cells[screen.column + 1] = '';
  screen.column += width;
}

type Control = (screen: Screen, first: number | undefined, second: number | undefined) => void;

/** What a parameter counts: one where there is none. */
const count = (parameter: number | undefined): number => parameter || 1;

const CONTROLS: Readonly<Record<string, Control>> = {
  A: (screen, by) => moveTo(screen, screen.row - count(by), screen.column),
  B: (screen, by) => moveTo(screen, screen.row + count(by), screen.column),
  C: (screen, by) => moveTo(screen, screen.row, screen.column + count(by)),
  D: (screen, by) => moveTo(screen, screen.row, Math.min(screen.column, screen.columns - 1) - count(by)),
  E: (screen, by) => moveTo(screen, screen.row + count(by), 0),
  F: (screen, by) => moveTo(screen, screen.row - count(by), 0),
  G: (screen, column) => moveTo(screen, screen.row, count(column) - 1),
  H: (screen, row, column) => moveTo(screen, top(screen) + count(row) - 1, count(column) - 1),
  J: (screen, which) => eraseScreen(screen, which ?? 0),
  K: (screen, which) => eraseLine(screen, which ?? 0),
  m: () => undefined, // colours
};

function control(screen: Screen, parameters: string, final: string): void {
  if (parameters === '?7') screen.wraps = final === 'h';
  // A cursor that is hidden, output that is held back until it is whole: nothing to see at the end.
  if (/^\?\d+[hl]$/.test(parameters + final)) return;
  const known = CONTROLS[final];
  if (known === undefined) throw new Error(`the screen does not know the escape sequence ESC[${parameters}${final}`);
  const [first, second] = parameters.split(';').map((one) => (one === '' ? undefined : Number(one)));
  known(screen, first, second);
}

/** The first line in sight. */
const top = ({ lines, rows }: Screen): number => Math.max(0, lines.length - rows);

/** The cursor stays on the screen; only a line feed at its end, or a line too long, scrolls. */
function moveTo(screen: Screen, row: number, column: number, scrolls = false): void {
  const bottom = top(screen) + screen.rows - 1;
  screen.row = Math.max(top(screen), scrolls ? row : Math.min(row, bottom));
  screen.column = Math.max(0, Math.min(column, screen.columns - 1));
  lineOf(screen, screen.row);
}

function lineOf({ lines }: Screen, row: number): string[] {
  while (lines.length <= row) lines.push([]);
  return lines[row] as string[];
}

/** 0 from the cursor to the end, 1 from the start to the cursor, 2 all. */
function eraseLine(screen: Screen, which: number, row = screen.row): void {
  const cells = lineOf(screen, row);
  if (which === 0) cells.length = Math.min(cells.length, screen.column);
  else cells.fill(' ', 0, which === 1 ? screen.column + 1 : undefined);
}

/** As for a line; 3 forgets what has scrolled out of sight. */
function eraseScreen(screen: Screen, which: number): void {
  const first = top(screen);
  if (which === 3) {
    screen.lines.splice(0, first);
    screen.row -= first;
    return;
  }
  if (which !== 2) eraseLine(screen, which);
  for (let row = first; row < screen.lines.length; row++) {
    if (which === 2 || (which === 0 ? row > screen.row : row < screen.row)) eraseLine(screen, 2, row);
  }
}
