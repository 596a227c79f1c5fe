// The main job, end to end: what `npm run demo -- --json` prints, and that nothing is left running.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { DemoReport } from './print.ts';

const DEMO = fileURLToPath(new URL('./demo.ts', import.meta.url));

const UNUSED_HERE = new Set(
  [
    ['consumer', 'dynamodb:GetItem'], // Powertools asks for a record that a refused claim did not bring along
    ['consumer', 'dynamodb:DeleteItem'],
    ['heal', 'dynamodb:DeleteItem'], // a claim given back after a failure
    ...['UpdateItem', 'PutItem', 'DeleteItem', 'BatchWriteItem'].map((action) => ['govern', `dynamodb:${action}`]),
    ['govern', 's3:GetObject'],
    ['govern', 'sqs:SendMessage'],
    ['govern', 'sns:Publish'],
  ].map(([role, action]) => `shop-demo-${role}: ${action}`),
);

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
  // Granted, and not called here: what only a failure or a due letter asks for (test/healer has both).
  expect(report.permissions).toEqual({
    refused: [],
    unused: expect.toSatisfy(
      (unused: string[]) => unused.every((one) => UNUSED_HERE.has(one)),
      'no other unused grants',
    ),
  });
  expect(report.alerts.sent).toBeGreaterThan(0);
  expect(report.alerts.suppressed).toBeGreaterThan(0);
});
