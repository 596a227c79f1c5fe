import Table from 'cli-table3';
import type { LoadReport } from './run.ts';

/** The report for people. */
export function loadText(report: LoadReport): string {
  const { account, batches } = report;
  const counted = Object.entries(account).filter(([, value]) => typeof value === 'number');
  return [
    `${report.letters.toLocaleString('en')} letters, ${report.minutes.toFixed(0)} minutes of their time in ${report.seconds.toFixed(0)} s${report.settled ? '' : ' (NOT SETTLED)'}`,
    table(
      ['phase', 'minutes', 's', 'processed', 'died', 'relapsed', 'handled', 'handled/s', 'dependency, busiest minute'],
      report.phases.map((phase) => [
        phase.name,
        phase.minutes,
        phase.seconds.toFixed(0),
        ...[phase.processed, phase.died, phase.relapsed, phase.handledByHealer],
        phase.handledPerSecond.toFixed(0),
        phase.busiestMinute,
      ]),
    ),
    table(
      ['where the letters are', 'letters'],
      counted.map(([name, value]) => [name, String(value)]),
    ),
    table(
      ['minute', 'class', 'group', 'breaker'],
      report.breaker.map(({ minute, failureClass, group, state }) => [minute, failureClass, group, state]),
    ),
    `${report.deaths} deaths, ${report.relapses} of them relapses; ${report.copies} second copies of a heal`,
    `${batches.handed} batches, ${batches.threw} of them threw; ${batches.lettersReturned} letters went back to the DLQ; the governor failed ${report.governorFailures} times`,
    `${report.callsPerDeath.toFixed(2)} calls per death: ${Object.entries(report.calls)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ')}`,
    `peak memory ${report.peakMemoryMb} MB, emulated queues included`,
  ].join('\n');
}

function table(head: string[], rows: readonly (readonly (string | number)[])[]): string {
  const shown = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) shown.push([...row]);
  return shown.toString();
}
