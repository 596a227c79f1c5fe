// The main job, end to end, as a person does it: `npm run demo -- --keep`, what it prints, then the runbook on the stack
// that has just had its bad day, then Ctrl-C, and that nothing is left running.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Kept, startKept } from './kept.ts';
import { isAllowedTo, operatorPoliciesOf } from './permissions.ts';
import { OPERATOR, type RanRunbook, runRunbook } from './runbook.ts';

let demo: Kept;
beforeAll(async () => {
  demo = await startKept(['--messages', '120', '--seed', '11']);
});
afterAll(() => demo?.end());

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

it('one command applies the example, and every order is accounted for', () => {
  const { report } = demo;
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

let runbook: RanRunbook;

it('every command of the runbook works, from the alert to the post-mortem', async () => {
  runbook = await runRunbook(demo);
  expect(runbook.failed).toEqual([]);
  const { said, group, tokenless } = runbook;
  expect(said('dlq status')).toMatch(/orders\s+\d+ letters wait/);
  expect(said('dlq groups')).toContain(group);
  expect(said('dlq show "$GROUP"')).toContain('AUTH_FAILURE');
  expect(said('dlq show "$ID"')).toContain('VALIDATION_ERROR');
  expect(said('dlq show "$ID" --body')).toContain('amount_cents');
  expect(said('dlq edit')).toContain('s-17');
  expect(said('dlq replay')).toMatch(new RegExp(`sent\\s+${tokenless.length} letters`));
  expect(said('dlq verify')).toContain('recovered');
  expect(said('dlq audit')).toMatch(/replay[\s\S]*edit/);
});

it('the letters that the runbook sent were each processed once', () => {
  const { before, after, tokenless, edited } = runbook;
  expect(after.processed).toBe(before.processed + tokenless.length + 1);
  expect(after.mostOften).toBe(1);
  expect([...tokenless, edited].filter((id) => !after.healed.has(id))).toEqual([]);
});

it('the policies for operators allow every call that the runbook made', async () => {
  const { read, operate } = operatorPoliciesOf(await demo.state());
  // Anyone may ask who he is, whatever his policies: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  const own = (await demo.calls()).filter(({ caller, service }) => caller === OPERATOR && service !== 'sts');
  expect(new Set(own.map(({ service }) => service))).toEqual(
    new Set(['cloudwatch', 'dynamodb', 'lambda', 's3', 'sqs']),
  );
  const refused = [];
  for (const call of own) if (!(await isAllowedTo(OPERATOR, [read, operate], call))) refused.push(call);
  expect(refused).toEqual([]);
  // The audit is written before anything changes, so with the policy for looking nothing is changed.
  const written = own.filter(({ leadingKeys }) => leadingKeys?.includes('audit') === true);
  expect(await Promise.all(written.map((call) => isAllowedTo(OPERATOR, [read], call)))).not.toContain(true);
  expect(written).not.toEqual([]);
});

it('ends on Ctrl-C, and leaves nothing running', async () => {
  const { AWS_ENDPOINT_URL } = demo.environment;
  expect(await demo.end()).toBe(130);
  await expect(fetch(`${AWS_ENDPOINT_URL}/local-aws/calls`)).rejects.toThrow();
  expect(() => process.kill(demo.pid, 0)).toThrow('ESRCH');
});
