import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Table from 'cli-table3';
import { unzipSync } from 'fflate';
import { HEALER_ENV } from '../handlers/aws/runtime.ts';

/** Fresh processes for each module; the median is shown. */
const RUNS = 9;

/** The handlers' zips in dist/. */
const ZIPS = ['heal', 'govern', 'ingest'];

/** What Lambda and Terraform set for any of them. No call is made, so the values do not matter. */
const ENVIRONMENT = {
  ...Object.fromEntries([...HEALER_ENV, 'QUEUE_URL', 'SCHEMA_HASH'].map((name) => [name, 'x'])),
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_SESSION_TOKEN: 'x',
};

/** What a start cost. */
export interface Ready {
  readonly zip: string;
  readonly kibibytes: number;
  /** From the start of the process until the handler can be called: the median, in milliseconds. */
  readonly milliseconds: number;
  /** The same less an empty module's start, which is Node's own. */
  readonly ofItsOwn: number;
}

/**
 * Prints, for each handler's zip in dist/, its size and how long a fresh process takes until the handler can be called:
 * what a cold start adds to Lambda's own. Machines differ and are noisy, so an empty module is started in between.
 * @throws Error where a zip does not start
 */
export async function benchReady(): Promise<readonly Ready[]> {
  const work = mkdtempSync(join(tmpdir(), 'dlq-healer-ready-'));
  try {
    const modules = { '': 'export const handler = () => {};', ...unzipped() };
    const times = new Map<string, number[]>(Object.keys(modules).map((name) => [name, []]));
    for (const [name, code] of Object.entries(modules)) writeFileSync(join(work, `${name}.mjs`), code);
    // In turns, so that a slow moment of the machine falls on all.
    for (let run = 0; run < RUNS; run++) {
      for (const [name, measured] of times) measured.push(await start(join(work, `${name}.mjs`)));
    }
    const empty = median(times.get('') ?? []);
    const rows = ZIPS.map((zip) => {
      const milliseconds = median(times.get(zip) ?? []);
      return { zip, kibibytes: statSync(`dist/${zip}.zip`).size / 1024, milliseconds, ofItsOwn: milliseconds - empty };
    });
    print(rows, empty);
    return rows;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unzipped(): Record<string, Uint8Array> {
  return Object.fromEntries(
    ZIPS.map((zip) => {
      const code = unzipSync(readFileSync(`dist/${zip}.zip`))['index.mjs'];
      if (code === undefined) throw new Error(`dist/${zip}.zip holds no index.mjs`);
      return [zip, code];
    }),
  );
}

/** @returns milliseconds from the start of the process, by its own clock, until its module has a handler */
async function start(file: string): Promise<number> {
  const script = `
    const { handler } = await import(${JSON.stringify(file)});
    if (typeof handler !== 'function') throw new Error('no handler');
    process.stdout.write(String(performance.now()));
    process.exit(0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: ENVIRONMENT,
  });
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(rows: readonly Ready[], empty: number): void {
  const shown = new Table({
    head: ['zip', 'KiB', 'ready after ms', `less an empty module's ${empty.toFixed(0)} ms`],
    style: { head: [], border: [] },
  });
  for (const { zip, kibibytes, milliseconds, ofItsOwn } of rows) {
    shown.push([zip, kibibytes.toFixed(1), milliseconds.toFixed(0), ofItsOwn.toFixed(0)]);
  }
  process.stdout.write(`${shown.toString()}\n`);
}
