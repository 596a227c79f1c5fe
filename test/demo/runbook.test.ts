// The runbook, command by command, on the stack that Terraform applied and that has just had its bad day.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DLQ } from '../cli/dlq.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import { prepareTerraform, type Terraform } from '../local-aws/terraform.ts';
import { isAccountedFor } from './print.ts';
import { createProgress } from './progress.ts';
import { runDemo } from './run.ts';
import { type LetterRow, readTruth, type Truth } from './truth.ts';

const LEDGER = 'shop-demo-ledger';

let aws: LocalAws;
let terraform: Terraform;
let truth: Truth;
let state: string;
/** Of the letters whose token expired, and an order that lacks its store. */
let group = '';
let edited = '';
let tokenless: readonly string[] = [];

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'dlq-healer-runbook-'));
  terraform = await prepareTerraform();
  aws = await startLocalAws();
  const options = { example: 'complete', json: true, keep: true, messages: 120, seed: 11 };
  const report = await runDemo({ options, aws, terraform, progress: createProgress() });
  expect(isAccountedFor(report)).toBe(true);
  truth = readTruth(aws);
  const rows = await truth.letters(LEDGER);
  const auth = rows.filter(({ failureClass }) => failureClass === 'AUTH_FAILURE');
  group = String((auth[0] as LetterRow & { group: string }).group);
  tokenless = auth.map(({ originId }) => originId);
  // Of the letters that break a rule, one that lacks its store: a store is what the page gives it.
  const lacksStore = (row: LetterRow & { error?: string }) =>
    row.status === 'archived' && row.error?.includes('store_id');
  edited = rows.find(lacksStore)?.originId ?? '';
  expect(edited).not.toBe('');
  expect(tokenless.length).toBeGreaterThan(2);
});

afterAll(async () => {
  truth?.close();
  await aws?.stop();
  await terraform?.close();
  await rm(state, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In a shell, as it is written there; where it asks, it is answered by `--yes`. */
async function run(line: string): Promise<Ran> {
  const script = `dlq() { node "${DLQ}" "$@"; }; GROUP=${group}; ID=${edited}; ${line}`;
  const env = {
    ...process.env,
    ...aws.environment,
    AWS_ACCESS_KEY_ID: 'operator',
    DLQ_STACK: 'shop-demo',
    DLQ_STATE_DIR: state,
  };
  const options = { cwd: state, env, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)('bash', ['-c', script], options).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      err: error.stderr,
    }),
  );
}

/** Which ask: the issue of the question is not what is tested here. */
const ASKS = /^dlq (edit|replay|release|resolve|hold|pause|resume|redrive|level \S+)\b/;

/** The commands of the page, in its order, but for what a reader puts in for himself. */
async function commands(): Promise<string[]> {
  const page = await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line.startsWith('dlq '));
}

/** As written, but that nobody waits for minutes. */
function hurried(line: string): string {
  const quick = line.replace(/--for \d+m/, '--for 10s').replace('--interval 30', '--interval 1');
  return ASKS.test(line) && !line.startsWith('dlq level --') ? `${quick} --yes` : quick;
}

const processed = async (): Promise<number> => [...(await truth.processed('shop-demo-orders')).values()].length;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error(`not within a minute: ${what}`);
}

describe('the runbook', () => {
  it('works from the alert to the post-mortem', async () => {
    const before = await processed();
    const ran = new Map<string, Ran>();
    for (const line of await commands()) {
      if (line.startsWith('dlq plan --kept')) await renewToken();
      if (line.startsWith('dlq verify') && ran.size < 15)
        await until('replayed', async () => (await processed()) > before + tokenless.length);
      ran.set(line, await run(hurried(line)));
    }
    const codes = Object.fromEntries([...ran].map(([line, { code }]) => [line, code]));
    const wrong = Object.entries(codes).filter(
      ([line, code]) => code !== (CODES.find(([start]) => line.startsWith(start))?.[1] ?? 0),
    );
    expect(
      wrong,
      JSON.stringify(
        wrong.map(([line]) => [line, ran.get(line)]),
        null,
        2,
      ),
    ).toEqual([]);
    const said = (start: string) => [...ran].find(([line]) => line.startsWith(start))?.[1].out ?? '';
    expect(said('dlq status')).toMatch(/orders\s+\d+ letters wait/);
    expect(said('dlq groups')).toContain(group);
    expect(said('dlq show "$GROUP"')).toContain('AUTH_FAILURE');
    expect(said('dlq show "$ID"')).toContain('VALIDATION_ERROR');
    expect(said('dlq show "$ID" --body')).toContain('amount_cents');
    expect(said('dlq edit')).toContain('s-17');
    expect(said('dlq replay')).toMatch(new RegExp(`sent\\s+${tokenless.length} letters`));
    expect(said('dlq verify')).toContain('recovered');
    expect(said('dlq audit')).toMatch(/replay[\s\S]*edit/);

    expect(await processed()).toBe(before + tokenless.length + 1);
    expect(Math.max(...(await truth.processed('shop-demo-orders')).values())).toBe(1);
    const rows = await truth.letters(LEDGER);
    const healed = (id: string) => rows.some(({ originId, status }) => originId === id && status === 'healed');
    expect([...tokenless, edited].filter((id) => !healed(id))).toEqual([]);
  });
});

/** Exit codes that are not 0, and why. */
const CODES: readonly (readonly [start: string, code: number])[] = [];

async function renewToken(): Promise<void> {
  const lambda = new LambdaClient({
    region: aws.region,
    endpoint: aws.gateway.url,
    credentials: { accessKeyId: 'auditor', secretAccessKey: 'local' },
  });
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'shop-demo-payments',
      Environment: { Variables: { TOKEN: 'renewed' } },
    }),
  );
  lambda.destroy();
  await sleep(3_000); // new environments start
}
