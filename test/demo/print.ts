// What the demo says at the end.
import Table from 'cli-table3';
import type { Permissions } from './permissions.ts';
import type { Account, ClassCounts } from './reconcile.ts';

export type DemoReport = Account & {
  refused: number;
  settled: boolean;
  /** Letters whose archive record could not be read back. */
  unreadable: string[];
  alerts: { sent: number; suppressed: number };
  secondPlanChanges: number;
  secondPlan: string[];
  /** Functions that could not be run, by the host's own word. */
  problems: string[];
  /** Calls against the policies that Terraform rendered. */
  permissions: Permissions;
  calls: Record<string, number>;
  seconds: { apply: number; send: number; settle: number; total: number };
  resources: number;
};

export const isAccountedFor = (report: DemoReport): boolean =>
  report.lost === 0 &&
  report.processedTwice === 0 &&
  report.refused === 0 &&
  report.settled &&
  report.unreadable.length === 0 &&
  report.secondPlanChanges === 0;

const COLUMNS = [
  'died',
  'healed',
  'relapsed',
  'parked',
  'archived',
  'quarantined',
] as const satisfies (keyof ClassCounts)[];

export function formatReport(report: DemoReport): string {
  const table = new Table({
    head: ['failure class', ...COLUMNS],
    style: { head: [], border: [] },
    colAligns: ['left', ...COLUMNS.map(() => 'right' as const)],
  });
  for (const [name, counts] of Object.entries(report.byClass).sort(([a], [b]) => a.localeCompare(b))) {
    table.push([name, ...COLUMNS.map((column) => String(counts[column]))]);
  }
  const totals = COLUMNS.map((column) =>
    Object.values(report.byClass).reduce((sum, counts) => sum + counts[column], 0),
  );
  table.push(['all', ...totals.map(String)]);
  const { sent, processed, alerts, seconds } = report;
  return [
    table.toString(),
    `orders sent ${sent}, processed ${processed}; alerts sent ${alerts.sent}, suppressed ${alerts.suppressed}; ` +
      `second plan: ${report.secondPlanChanges} changes; ${Math.round(seconds.total)} s`,
    ...complaints(report),
    `${isAccountedFor(report) ? 'every order accounted for' : 'NOT every order accounted for'}: ` +
      `lost ${report.lost}, processed twice ${report.processedTwice}`,
  ].join('\n');
}

function complaints(report: DemoReport): string[] {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${title}:`, ...items.slice(0, 20).map((item) => `  ${item}`)];
  return [
    ...(report.settled ? [] : ['the queues did not come to rest in time']),
    ...list('lost', report.lostOrders),
    ...list('processed twice', report.processedTwiceOrders),
    ...list('ended otherwise than expected', report.unexpected),
    ...list('archive records that could not be read', report.unreadable),
    ...list('a second terraform plan would change', report.secondPlan),
    ...list('functions that could not be run', report.problems),
    ...list('calls that AWS would have refused', report.permissions.refused),
  ];
}
