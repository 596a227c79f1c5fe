import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The package as npm would install it into a consumer's project: what `npm pack` makes of this repository. */

const project = mkdtempSync(join(tmpdir(), 'dlq-healer-kit-user-'));
const repository = process.cwd();
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const CONSUMER = `
import { consume, type Level, type Message, PermanentError, RetryableError } from 'dlq-healer/kit';

const idOf = (message: Message): string => message.originId;

export const handler = consume(async (message, { signal, level }) => {
  if (signal.aborted) return;
  const degraded: Level = await level();
  if (degraded >= 3) throw new RetryableError('later', { delaySeconds: 60 });
  throw new PermanentError(\`no \${idOf(message)}\`, { name: 'ValidationError' });
});
`;

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = JSON.parse(packed.slice(packed.search(/^[[{]/m)));
  const { filename } = Object.values(answer)[0] as { filename: string };
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'dlq-healer'), { recursive: true });
  run('tar', 'xzf', filename, '--strip-components=1', '-C', join(modules, 'dlq-healer'));
  for (const name of readdirSync('node_modules').filter((entry) => !entry.startsWith('.'))) {
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(join(project, 'consumer.ts'), CONSUMER);
});

describe('the kit, installed as a package', () => {
  it('holds the built kit and none of the rest', () => {
    const files = readdirSync(join(project, 'node_modules/dlq-healer'), { recursive: true, encoding: 'utf8' });
    expect(files).toContain(join('dist', 'kit', 'index.mjs'));
    expect(files.filter((file) => file.endsWith('.zip') || file.startsWith('handlers'))).toEqual([]);
  });

  it('type-checks in a strict project', () => {
    run(
      process.execPath,
      join(repository, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      'node',
      'consumer.ts',
    );
  });

  it('is bundled by a consumer’s build, and its handler runs', () => {
    run(
      join(repository, 'node_modules/.bin/esbuild'),
      'consumer.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--outfile=out.mjs',
      '--banner:js=import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    );
    const script =
      "import('./out.mjs').then(({ handler }) => handler({ Records: [] }, { getRemainingTimeInMillis: () => 1000 })).then(() => 'ran', (e) => e.message).then(console.log)";
    expect(run(process.execPath, '--input-type=module', '-e', script)).toContain('DLQ_HEALER_LEDGER_TABLE');
  });
});

describe('the command, installed as a package', () => {
  const installed = join(project, 'node_modules/dlq-healer');

  it('is the package’s program, with the licences of what is in it', () => {
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    expect(bin).toEqual({ dlq: 'dist/dlq.mjs' });
    const notices = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['commander', 'cli-table3', 'picocolors', 're2js']) expect(notices).toContain(`${name} `);
  });

  it('runs without any other package', () => {
    const alone = mkdtempSync(join(tmpdir(), 'dlq-alone-'));
    try {
      copyFileSync(join(installed, 'dist/dlq.mjs'), join(alone, 'dlq.mjs'));
      const input = '{"id":"1","evidence":{"errorMessage":"Task timed out after 3.00 seconds"}}';
      const out = execFileSync(process.execPath, ['dlq.mjs', 'classify'], { cwd: alone, encoding: 'utf8', input });
      expect(JSON.parse(out)).toMatchObject({ id: '1', class: 'TIMEOUT' });
    } finally {
      rmSync(alone, { recursive: true, force: true });
    }
  });
});
