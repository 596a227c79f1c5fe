// Runs the examples of README.md and docs/cli.md and writes what they print below them; `--check` only compares.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');

const EXAMPLE =
  /(<!-- example: .*-->\n```sh\n)([\s\S]*?)(\n```\n\n```\w*\n)([\s\S]*?)(\n```\n<!-- end of example -->)/g;

/** `dlq` as a reader has it who installed the package. */
const PRELUDE = 'dlq() { node dist/dlq.mjs "$@"; }';

/** @param {string} script @returns {Promise<string>} all that it prints, complaints last, whatever its exit code */
async function print(script) {
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100' };
  const args = ['-c', `${PRELUDE}\n${script}`];
  const { stdout, stderr } = await promisify(execFile)('bash', args, { cwd: root, env }).catch((error) => error);
  return `${stdout}${stderr}`.trimEnd();
}

let run = 0;
/** @type {string[]} */
const different = [];
for (const file of ['README.md', 'docs/cli.md']) {
  const before = await readFile(join(root, file), 'utf8');
  let after = before;
  for (const [whole, start = '', script = '', between = '', , end = ''] of before.matchAll(EXAMPLE)) {
    run += 1;
    const example = `${start}${script}${between}${await print(script)}${end}`;
    after = after.replace(whole, () => example);
  }
  if (after === before) continue;
  different.push(file);
  if (!check) await writeFile(join(root, file), after);
}
console.log(`${run} examples run${different.length === 0 ? '' : `, other output than in ${different.join(', ')}`}`);
if (check && different.length > 0) {
  console.error('the examples print something else than the pages say. Run: npm run docs');
  process.exit(1);
}
