// The runbook, command by command, as its page has them, on a demo that is kept up.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DLQ } from '../cli/dlq.ts';
import type { Kept } from './kept.ts';
import { type LetterRow, readTruth, type Truth } from './truth.ts';

/** The caller that the runbook's commands run as. */
export const OPERATOR = 'operator';

const STACK = 'shop-demo';
const ORDERS = `${STACK}-orders`;

export interface RanRunbook {
  /** The group of the letters whose token expired, these letters, and an order that lacks its store: origin ids. */
  readonly group: string;
  readonly tokenless: readonly string[];
  readonly edited: string;
  /** Commands whose exit code is not 0, with what they printed. */
  readonly failed: readonly unknown[];
  /** What the last command that begins so printed. */
  said(start: string): string;
  readonly before: Books;
  readonly after: Books;
}

interface Books {
  readonly processed: number;
  /** Of the order that was processed most often. */
  readonly mostOften: number;
  /** Origin ids of letters with a row that says so. */
  readonly healed: ReadonlySet<string>;
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The commands are asked in the page's order, those that ask with `--yes`; the cause is mended where the page says so. */
export async function runRunbook(demo: Kept): Promise<RanRunbook> {
  const state = await mkdtemp(join(tmpdir(), 'dlq-healer-runbook-'));
  const truth = readTruth(sourceOf(demo));
  try {
    const letters = lettersOf(await truth.letters(`${STACK}-ledger`));
    const before = await books(truth);
    const ran = new Map<string, Ran>();
    for (const line of await commands()) {
      if (line.startsWith('dlq plan --kept')) await renewToken(demo);
      if (line.startsWith('dlq verify') && !said(ran, 'dlq verify'))
        await until(
          'replayed',
          async () => (await books(truth)).processed > before.processed + letters.tokenless.length,
        );
      ran.set(line, await run(hurried(line), { ...letters, demo, state }));
    }
    return {
      ...letters,
      failed: [...ran].filter(([, { code }]) => code !== 0),
      said: (start) => said(ran, start),
      before,
      after: await books(truth),
    };
  } finally {
    truth.close();
    await rm(state, { recursive: true, force: true });
  }
}

const said = (ran: ReadonlyMap<string, Ran>, start: string): string =>
  [...ran].find(([line]) => line.startsWith(start))?.[1].out ?? '';

const sourceOf = ({ environment }: Kept) => ({
  region: environment.AWS_REGION ?? '',
  gateway: { url: environment.AWS_ENDPOINT_URL ?? '' },
});

/** Of the letters that break a rule, one that lacks its store is mended: a store is what the page gives it. */
function lettersOf(rows: readonly (LetterRow & { group?: string; error?: string })[]) {
  const auth = rows.filter(({ failureClass }) => failureClass === 'AUTH_FAILURE');
  const broken = rows.find((row) => row.status === 'archived' && row.error?.includes('store_id'));
  if (auth.length < 3 || broken === undefined) throw new Error('the demo left too few letters for the runbook');
  return {
    group: String(auth[0]?.group),
    tokenless: auth.map(({ originId }) => originId),
    edited: broken.originId,
  };
}

async function books(truth: Truth): Promise<Books> {
  const counts = [...(await truth.processed(ORDERS)).values()];
  const rows = await truth.letters(`${STACK}-ledger`);
  return {
    processed: counts.length,
    mostOften: Math.max(...counts),
    healed: new Set(rows.filter(({ status }) => status === 'healed').map(({ originId }) => originId)),
  };
}

interface Shell {
  readonly group: string;
  readonly edited: string;
  readonly demo: Kept;
  readonly state: string;
}

/** In a shell, as it is written there. */
async function run(line: string, { group, edited, demo, state }: Shell): Promise<Ran> {
  const script = `dlq() { node "${DLQ}" "$@"; }; GROUP=${group}; ID=${edited}; ${line}`;
  const env = {
    ...process.env,
    ...demo.environment,
    AWS_ACCESS_KEY_ID: OPERATOR,
    DLQ_STACK: STACK,
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

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    if (await holds()) return;
    await sleep(500);
  }
  throw new Error(`not within a minute: ${what}`);
}

/** What the operator does in another window: the payment service gets a token that has not expired. */
async function renewToken(demo: Kept): Promise<void> {
  const { region, gateway } = sourceOf(demo);
  const credentials = { accessKeyId: 'auditor', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ region, endpoint: gateway.url, credentials });
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: `${STACK}-payments`,
      Environment: { Variables: { TOKEN: 'renewed' } },
    }),
  );
  lambda.destroy();
  await sleep(3_000); // new environments start
}
