// The main job, end to end: what `npm run demo -- --json` prints, and that nothing is left running.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { DemoReport } from './print.ts';

const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));

it('one command applies the example, and every order is accounted for', async () => {
  const args = [DEMO, '--json', '--messages', '120', '--seed', '11'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  const report = JSON.parse(stdout) as DemoReport;
  expect(report).toMatchObject({
    sent: 120,
    lost: 0,
    processedTwice: 0,
    refused: 0,
    settled: true,
    unreadable: [],
    unexpected: [],
    problems: [],
    secondPlanChanges: 0,
  });
  const classes = [
    'AUTH_FAILURE',
    'BAD_PAYLOAD',
    'CODE_BUG',
    'DEPENDENCY_FAILURE',
    'THROTTLED',
    'TIMEOUT',
    'UNKNOWN',
    'VALIDATION_ERROR',
  ];
  expect(Object.keys(report.byClass).sort()).toEqual(classes);
  for (const name of ['DEPENDENCY_FAILURE', 'THROTTLED', 'TIMEOUT']) {
    expect(report.byClass[name]).toMatchObject({ healed: report.byClass[name]?.died, parked: 0, archived: 0 });
  }
  for (const name of ['AUTH_FAILURE', 'CODE_BUG', 'UNKNOWN']) {
    expect(report.byClass[name]).toMatchObject({ parked: report.byClass[name]?.died, healed: 0 });
  }
  expect(report.byClass.BAD_PAYLOAD).toMatchObject({ archived: report.byClass.BAD_PAYLOAD?.died });
  expect(report.byClass.VALIDATION_ERROR?.quarantined).toBeGreaterThan(0);
  expect(report.alerts.sent).toBeGreaterThan(0);
  expect(report.alerts.suppressed).toBeGreaterThan(0);
});
