import { readFileSync, writeFileSync } from 'node:fs';

const README = 'README.md';

/** README.md with tables put between its marks `<!-- name: … -->` and `<!-- end of name -->`. */
function readmeWith(tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce(
    (text, [name, table]) => {
      const marks = new RegExp(`(<!-- ${name}: .*-->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
      if (!marks.test(text)) throw new Error(`${README} has no marks for the table "${name}"`);
      return text.replace(marks, (_, start, end) => `${start}${table}\n${end}`);
    },
    readFileSync(README, 'utf8'),
  );
}

export function writeReadme(tables: Readonly<Record<string, string>>): void {
  writeFileSync(README, readmeWith(tables));
}

/** Whether the committed tables are these. */
export const readmeHas = (tables: Readonly<Record<string, string>>): boolean =>
  readmeWith(tables) === readFileSync(README, 'utf8');

/** A cell of a committed table, by the row's first cell; undefined for a row that is not there yet. */
export function committedCell(row: string, column: number): string | undefined {
  const line = readFileSync(README, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`| ${row} |`));
  return line
    ?.split('|')
    .map((cell) => cell.trim())
    .filter((_, i) => i > 0)[column];
}
