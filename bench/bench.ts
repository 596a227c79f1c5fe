// Calls and dollars for each letter on each path, against the naive healer: `npm run bench`. Figures are counts of calls
// on the local AWS, so they are the same on every machine. `--write` puts the table into the README, `--check` compares.
// Before them: the letters that one core explains in a second and the time a zip's handler needs to start, which differ
// from machine to machine.
import { readFileSync, writeFileSync } from 'node:fs';
import { DeleteMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import Table from 'cli-table3';
import { healBatch } from '../handlers/heal/heal-batch.ts';
import { type Cloud, deadRecord, type Stack, startCloud, startStack } from '../test/healer/cloud.ts';
import { benchClassifier } from './classifier.ts';
import { createMeter, type Meter } from './meter.ts';
import { PRICES } from './prices.ts';
import { benchReady } from './ready.ts';

const LETTERS = 200;
const BATCH = 10;
const BODY = JSON.stringify({ order_id: 'o', note: 'x'.repeat(1000) });

/** The poller's receive and delete for a batch: Lambda makes them, and the account pays for them. */
const POLLING = 2 * PRICES.sqsRequest + PRICES.lambdaRequest;

const PATHS = {
  'healed (TIMEOUT)': { errorType: 'TimeoutError', message: 'gave up after 5400 ms' },
  'healed (DEPENDENCY_FAILURE)': { errorType: 'PaymentError', message: '503 Service Unavailable', httpStatus: 503 },
  'archived (VALIDATION_ERROR)': { errorType: 'ValidationError', message: 'store_id is required' },
  'waiting (CODE_BUG)': { errorType: 'TypeError', message: 'x is undefined' },
} as const;

interface Row {
  readonly path: string;
  readonly callsPerLetter: number;
  readonly dollarsPerMillion: number;
}

const batches = (size: number) =>
  Array.from({ length: LETTERS / size }, (_, b) => Array.from({ length: size }, (_, i) => b * size + i));

async function measure(
  stack: Stack,
  path: string,
  size: number,
  run: (ids: readonly number[]) => Promise<void>,
): Promise<Row & { meter: Meter }> {
  const meter = createMeter();
  for (const ids of batches(size)) {
    stack.faults((call) => {
      meter.add(call);
      return { kind: 'pass' };
    });
    await run(ids);
    stack.faults(undefined);
  }
  const calls = [...meter.counts.values()].reduce((sum, n) => sum + n, 0);
  const polled = (LETTERS / size) * POLLING;
  return {
    path,
    callsPerLetter: calls / LETTERS,
    dollarsPerMillion: ((meter.dollars + polled) / LETTERS) * 1e6,
    meter,
  };
}

async function healerRow(cloud: Cloud, path: string, error: object, size: number): Promise<Row> {
  const stack = await startStack(cloud);
  return measure(stack, `${path}, batches of ${size}`, size, async (ids) => {
    const Records = ids.map((id) =>
      deadRecord(stack.dlqArn, { id: `m-${id}`, error, body: BODY.replace('"o"', `"o-${id}"`) }),
    );
    const { batchItemFailures } = await healBatch(stack.healer, { Records }, 30_000);
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} letters were not handled`);
  });
}

/** What a script does that moves messages one by one: a send and a delete for each, no record, no protection. */
async function naiveRow(cloud: Cloud): Promise<Row> {
  const stack = await startStack(cloud);
  return measure(stack, 'naive script: send, delete, one by one', 1, async () => {
    await stack.healer.sqs.send(new SendMessageCommand({ QueueUrl: stack.sourceUrl, MessageBody: BODY }));
    await stack.healer.sqs
      .send(new DeleteMessageCommand({ QueueUrl: stack.sourceUrl, ReceiptHandle: 'gone' }))
      .catch(() => undefined);
  });
}

function markdown(rows: readonly Row[]): string {
  const line = ({ path, callsPerLetter, dollarsPerMillion }: Row) =>
    `| ${path} | ${callsPerLetter.toFixed(1)} | ${dollarsPerMillion.toFixed(2)} |`;
  return [
    '| path of a letter (1 KB) | calls per letter | US$ per million letters |',
    '| --- | --- | --- |',
    ...rows.map(line),
  ].join('\n');
}

function readmeWith(table: string): string {
  return readFileSync('README.md', 'utf8').replace(
    /(<!-- cost: .*-->\n)[\s\S]*?(<!-- end of cost -->)/,
    (_, start, end) => `${start}${table}\n${end}`,
  );
}

benchClassifier();
await benchReady();
const cloud = await startCloud();
try {
  process.env.POWERTOOLS_METRICS_DISABLED = 'true'; // the table alone is the output
  const rows: Row[] = [];
  for (const [path, error] of Object.entries(PATHS)) rows.push(await healerRow(cloud, path, error, BATCH));
  rows.push(await healerRow(cloud, 'healed (TIMEOUT)', PATHS['healed (TIMEOUT)'], 1), await naiveRow(cloud));
  const shown = new Table({ head: ['path', 'calls per letter', 'US$ per million'], style: { head: [], border: [] } });
  for (const row of rows) shown.push([row.path, row.callsPerLetter.toFixed(1), row.dollarsPerMillion.toFixed(2)]);
  process.stdout.write(`${shown.toString()}\n`);
  const after = readmeWith(markdown(rows));
  if (process.argv.includes('--write')) writeFileSync('README.md', after);
  if (process.argv.includes('--check') && after !== readFileSync('README.md', 'utf8')) {
    console.error('the costs in README.md are not those measured. Run: npm run bench -- --write');
    process.exitCode = 1;
  }
} finally {
  await cloud.stop();
}
