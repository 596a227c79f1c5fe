// What healing costs, against its bars and against the naive healer in the same run: `npm run bench`. Calls, items and
// dollars are counted on the local AWS, so they are the same on every machine; `--write` puts them into the README,
// `--check` fails when they differ from it or miss a bar. Letters per second and the time to ready differ from
// machine to machine. `--mover` measures the command's moves alone.
import Table from 'cli-table3';
import { startCloud } from '../test/healer/cloud.ts';
import { type Bar, barCells, barTable, isMissed, measureBars } from './bars.ts';
import { benchClassifier } from './classifier.ts';
import { costCells, costTable, measureCosts } from './costs.ts';
import { measureMover, moverBars, printMover, speedSection } from './mover.ts';
import { PRICES_FROM } from './prices.ts';
import { committedCell, readmeHas, writePage, writeReadme } from './readme.ts';
import { benchReady } from './ready.ts';
import { benchThroughput } from './throughput.ts';

function print(title: string, head: string[], rows: readonly string[][]): void {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  process.stdout.write(`${title}\n${table.toString()}\n`);
}

function failOnMissed(bars: readonly Bar[]): void {
  for (const { figure, atMost, measured } of bars.filter(isMissed)) {
    console.error(`missed: ${figure} is ${measured}, the bar is ${atMost}`);
    process.exitCode = 1;
  }
}

const moves = await measureMover();
const moveBars = moverBars(moves);
printMover(moves, moveBars);
if (process.argv.includes('--write')) writePage('docs/cli/move.md', { speed: speedSection(moves) });
if (process.argv.includes('--check')) failOnMissed(moveBars);
if (process.argv.includes('--mover')) process.exit();

benchClassifier();
await benchReady();
await benchThroughput();
process.env.POWERTOOLS_METRICS_DISABLED = 'true'; // the tables alone are the output
const cloud = await startCloud();
try {
  const costs = await measureCosts(cloud);
  const bars = await measureBars(cloud, costs);
  print(
    `what the calls for a letter cost, at ${PRICES_FROM}`,
    ['path', 'calls per letter', 'US$ per million', 'committed'],
    costs.map((cost) => [...costCells(cost), committedCell(cost.path, 2) ?? '–']),
  );
  print(
    'bars, at batches of 100',
    ['figure', 'bar', 'measured', 'naive healer', 'committed', ''],
    bars.map((bar) => [...barCells(bar), committedCell(bar.figure, 2) ?? '–', isMissed(bar) ? 'MISSED' : 'met']),
  );
  const tables = { cost: costTable(costs), bars: barTable(bars) };
  if (process.argv.includes('--write')) writeReadme(tables);
  if (process.argv.includes('--check')) {
    failOnMissed(bars);
    if (!readmeHas(tables)) {
      console.error('the figures in README.md are not those measured. Run: npm run bench -- --write');
      process.exitCode = 1;
    }
  }
} finally {
  await cloud.stop();
}
