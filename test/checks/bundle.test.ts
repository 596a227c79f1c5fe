import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { forLambda } from '../../build-lambda.mjs';

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
  EVENT_BUS: 'none',
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
  it.each(['heal', 'govern', 'ingest'])(
    '%s is at most 250 KiB, so that it is soon at the function and starts fast',
    (zip) => {
      expect(statSync(`dist/${zip}.zip`).size).toBeLessThanOrEqual(250 * 1024);
    },
  );

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

describe('what is left out of a zip', () => {
  it.each(['heal', 'govern', 'ingest'])('%s has none of the clients that fetch credentials from elsewhere', (zip) => {
    const code = Buffer.from(unzipSync(readFileSync(`dist/${zip}.zip`))['index.mjs'] ?? []).toString();
    expect(code).toContain('AWS_SECRET_ACCESS_KEY');
    expect(code).not.toMatch(/AssumeRoleWithWebIdentity|GetRoleCredentials|169\.254\.170\.2/);
  });

  it('fails the build where the SDK no longer has it', async () => {
    const stdin = { contents: 'export const handler = () => {};' };
    const built = build({ stdin, bundle: true, write: false, logLevel: 'silent', plugins: [forLambda('some.ts')] });
    await expect(built).rejects.toThrow('some.ts: nothing matched for: credentials from the environment');
  });
});
