import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';

/** The committed zips, unpacked and run as they are: their own handler, on the Node that Lambda runs. */

const work = mkdtempSync(join(tmpdir(), 'dlq-healer-bundle-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const HEALER = {
  STACK_NAME: 'shop',
  MODE: 'heal',
  LEDGER_TABLE: 'ledger',
  IDEMPOTENCY_TABLE: 'idempotency',
  ARCHIVE_BUCKET: 'letters',
  ALERT_TOPIC_ARN: 'arn:topic',
  POLICY_HASH: 'hash',
};

/** Imports the zip's index.mjs and calls its handler; answers what it printed, returned or threw. */
function invoke(
  zip: string,
  environment: Record<string, string>,
  event: unknown,
): { error?: string; result?: unknown; files: string[] } {
  const files = unzipSync(readFileSync(`dist/${zip}.zip`));
  const code = join(work, `${zip}.mjs`);
  writeFileSync(code, files['index.mjs'] ?? new Uint8Array());
  const script = `
    const answer = (value) => process.stdout.write('\\nANSWER ' + JSON.stringify(value) + '\\n');
    const context = { getRemainingTimeInMillis: () => 5000, awsRequestId: 'r', functionName: 'f', invokedFunctionArn: 'arn', memoryLimitInMB: '512' };
    try {
      const { handler } = await import(${JSON.stringify(code)});
      answer({ result: (await handler(${JSON.stringify(event)}, context)) ?? null });
    } catch (error) {
      answer({ error: error.message });
    }
    process.exit(0);`;
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: '1',
    ...environment,
  };
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env,
    timeout: 60_000,
  });
  const line = out.split('\n').find((text) => text.startsWith('ANSWER '));
  return { ...JSON.parse(line?.slice('ANSWER '.length) ?? '{}'), files: Object.keys(files) };
}

describe('each committed zip', () => {
  it.each([
    ['heal', Object.keys(HEALER)],
    ['govern', Object.keys(HEALER)],
    ['ingest', ['STACK_NAME', 'LEDGER_TABLE', 'QUEUE_URL', 'SCHEMA_HASH']],
  ])('%s holds one module and names every missing environment variable at once', (zip, names) => {
    const { error, files } = invoke(zip, {}, {});
    expect(files).toEqual(['index.mjs']);
    for (const name of names) expect(error).toContain(name);
  });

  it.each(['heal', 'govern'])(
    '%s throws, so that nothing is acknowledged, while the ledger cannot be reached',
    (zip) => {
      expect(invoke(zip, HEALER, { Records: [] }).error).toContain('ECONNREFUSED');
    },
  );
});
