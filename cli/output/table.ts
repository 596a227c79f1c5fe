import Table from 'cli-table3';

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/**
 * A table that fits the width: every column is as wide as its texts, the last one takes what is left and wraps there.
 * Cells may have several lines; those of all columns but the last are taken to be plain ASCII.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const last = columns.length - 1;
  const widths = columns.map(({ head }, i) => 2 + Math.max(head.length, ...rows.map((row) => longestLine(row[i]))));
  widths[last] = lastWidth(widths, width);
  const printed = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    colWidths: widths,
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const row of rows) printed.push([...row]);
  return printed.toString();
}

/** Room for text in the last of the columns, where the others hold these texts. */
export function roomForLast(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number {
  const widths = columns.map(({ head }, i) => 2 + Math.max(head.length, ...rows.map((row) => longestLine(row[i]))));
  return lastWidth([...widths, Number.POSITIVE_INFINITY], width) - 2;
}

function lastWidth(widths: readonly number[], width: number): number {
  const others = widths.slice(0, -1).reduce((sum, one) => sum + one, 0);
  const borders = widths.length + 1;
  return Math.max(12, Math.min(widths.at(-1) ?? 0, width - others - borders));
}

function longestLine(cell: string | undefined): number {
  return Math.max(0, ...(cell ?? '').split('\n').map((line) => line.length));
}
