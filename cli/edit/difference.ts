import { structuredPatch } from 'diff';
import type { Colours } from '../output/terminal.ts';
import { printable } from '../output/text.ts';
import { shownBodies } from './opened.ts';

/** A difference between two bodies for a person: a payload, as it is. */
export interface Difference {
  readonly text: string;
  /** Lines, as they are shown. */
  readonly added: number;
  readonly removed: number;
}

/** Two texts of a megabyte that have nothing in common would take minutes. */
const TIMEOUT_MS = 3000;

/** The unified difference, coloured where the terminal has colours. Characters that a terminal acts on are replaced. */
export function differenceOf(before: string, after: string, colours: Colours): Difference {
  const shown = shownBodies(before, after);
  const patch = structuredPatch('', '', shown.before, shown.after, '', '', { context: 3, timeout: TIMEOUT_MS });
  if (patch === undefined) return { text: '(they differ too much to be shown line by line)\n', added: 0, removed: 0 };
  const colour = (line: string) => {
    const text = printable(line);
    if (line.startsWith('+')) return colours.green(text);
    return line.startsWith('-') ? colours.red(text) : text;
  };
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    colours.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines.map(colour),
  ]);
  const all = patch.hunks.flatMap((hunk) => hunk.lines);
  const note = shown.isPretty && !after.includes('\n') ? ['(shown with line breaks; it is sent in one line)'] : [];
  return {
    text: `${[colours.red('--- as it died'), colours.green('+++ as it is sent'), ...lines, ...note].join('\n')}\n`,
    added: all.filter((line) => line.startsWith('+')).length,
    removed: all.filter((line) => line.startsWith('-')).length,
  };
}
