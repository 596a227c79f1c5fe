import Table from 'cli-table3';

const NOTHING = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((part) => [part, '']),
);

/** Names and their texts side by side without lines around them; texts wrap within the width. */
export function namedList(entries: readonly (readonly [name: string, text: string])[], width: number): string {
  const names = 2 + Math.max(...entries.map(([name]) => name.length)) + 2;
  const table = new Table({
    chars: NOTHING,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: [names, width - names],
    wordWrap: true,
  });
  for (const [name, text] of entries) table.push([`  ${name}`, text]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
