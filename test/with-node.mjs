// Runs a script on the Node that Lambda runs (the devDependency `node`), after installing the packages where they are
// missing or not those of package-lock.json. Needs nothing but Node ≥ 20: `node test/with-node.mjs <script> [args…]`.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const stamp = join(root, 'node_modules', '.installed-lock.json');
const node = join(root, 'node_modules', '.bin', 'node');

/** @param {string} command @param {string[]} args @param {import('node:child_process').StdioOptions} stdio */
function run(command, args, stdio) {
  const child = spawn(command, args, {
    cwd: root,
    stdio,
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}` },
  });
  // The child ends by itself and cleans up after itself; this process only waits for it.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`cannot start ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Node ≥ 20 is needed; this is ${process.version}. Get it from https://nodejs.org`);
  process.exit(1);
}
if (!existsSync(node) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.error('installing packages (npm ci) …');
  // Standard output belongs to the script alone: it may be one JSON document.
  const code = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], ['ignore', 2, 2]);
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, lock);
}
const [script, ...args] = process.argv.slice(2);
if (script === undefined) throw new Error('usage: node test/with-node.mjs <script> [args…]');
process.exit(await run(node, [script, ...args], 'inherit'));
