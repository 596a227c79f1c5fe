import { readFileSync, writeFileSync } from 'node:fs';

const README = 'README.md';

/** The page with texts put between its marks `<!-- name: … -->` and `<!-- end of name -->`. */
function pageWith(page: string, texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts).reduce(
    (whole, [name, text]) => {
      const marks = new RegExp(`(<!-- ${name}: .*-->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
      if (!marks.test(whole)) throw new Error(`${page} has no marks for "${name}"`);
      return whole.replace(marks, (_, start, end) => `${start}${text}\n${end}`);
    },
    readFileSync(page, 'utf8'),
  );
}

export function writePage(page: string, texts: Readonly<Record<string, string>>): void {
  writeFileSync(page, pageWith(page, texts));
}

export const writeReadme = (tables: Readonly<Record<string, string>>): void => writePage(README, tables);

/** Whether the committed tables are these. */
export const readmeHas = (tables: Readonly<Record<string, string>>): boolean =>
  pageWith(README, tables) === readFileSync(README, 'utf8');

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
