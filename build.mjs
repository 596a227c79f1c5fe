// Bundles every Lambda into dist/<name>.zip and the command into dist/dlq.mjs, byte for byte the same on every machine:
// exact-pinned tools, sorted entries, fixed times, a deflater in WebAssembly. `node build.mjs --check` fails when
// dist/ differs; `--command` writes dist/dlq.mjs alone, which takes a second.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { forLambda, minified, zipped } from './build-lambda.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const check = process.argv.includes('--check');

/** zip name → entry point of the bundle inside it */
const LAMBDAS = {
  heal: 'handlers/heal/index.ts',
  govern: 'handlers/govern/index.ts',
  ingest: 'handlers/ingest/index.ts',
};
/** Each function of an example is a folder in it with an index.ts: dist/example-<example>-<function>.zip */
const EXAMPLES = Object.fromEntries(
  (await readdir(join(root, 'examples'), { recursive: true })).sort().flatMap((path) => {
    const [, example, name] = /^([^/]+)\/([^/]+)\/index\.ts$/.exec(path) ?? [];
    return name === undefined ? [] : [[`example-${example}-${name}`, `examples/${path}`]];
  }),
);

/** Folders of the packages whose code is in a bundle, relative to the root. @type {Set<string>} */
const bundled = new Set();

// Some CommonJS dependencies call require() for Node's own modules, which an ES module does not have.
// Its name must be none that the minifier makes up: in a bundle of 1.3 MB, the command's, it had come to `$cr`.
/** @param {string} name */
const requireBy = (name) => `import{createRequire as ${name}}from'node:module';const require=${name}(import.meta.url);`;

/**
 * @param {string} entry
 * @param {{ target: string, firstLine?: string, createRequire?: string, keepNames?: boolean, define?: Record<string, string>, alias?: Record<string, string>, plugins?: import('esbuild').Plugin[] }} options
 * @returns {Promise<Uint8Array>} the bundled module
 */
async function bundle(entry, { firstLine = '', createRequire = '$cr', ...options }) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none', // the licences are in THIRD-PARTY-NOTICES.txt, once
    charset: 'utf8',
    logLevel: 'warning',
    banner: { js: firstLine + requireBy(createRequire) },
    ...options,
  });
  for (const file of Object.keys(metafile.inputs)) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (folder !== undefined) bundled.add(folder);
  }
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return output.contents;
}

/** The command: one file that runs wherever Node does. @returns {Promise<Uint8Array>} */
async function command() {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return bundle('cli/dlq.ts', {
    target: 'node20',
    firstLine: '#!/usr/bin/env node\n',
    createRequire: '$createRequire',
    keepNames: true,
    define: { DLQ_VERSION: JSON.stringify(version) },
    // Of the package only the reading of $EDITOR is used, not that of files in all encodings, which is half a megabyte.
    alias: { 'iconv-lite': './cli/edit/no-encodings.ts', chardet: './cli/edit/no-encodings.ts' },
  });
}

/**
 * The kit as a consumer's build imports it: one module, its packages left to npm, and the declarations it needs.
 * @returns {Promise<Map<string, Uint8Array>>} by path below dist/
 */
async function kit() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['kit/index.ts'],
    bundle: true,
    write: false,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    charset: 'utf8',
    logLevel: 'warning',
  });
  const work = await mkdtemp(join(tmpdir(), 'dlq-healer-kit-'));
  try {
    const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', work];
    await promisify(execFile)(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      root,
      ...options,
    ]);
    const files = await declarations(work, 'kit/index.d.ts', new Map());
    return files.set('kit/index.mjs', outputFiles[0]?.contents ?? new Uint8Array());
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A declaration file and all that it imports. @param {string} from @param {string} file @param {Map<string, Uint8Array>} found */
async function declarations(from, file, found) {
  const path = `kit/types/${file}`;
  if (found.has(path)) return found;
  const text = await readFile(join(from, file), 'utf8');
  found.set(path, Buffer.from(text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'")));
  for (const [, imported] of text.matchAll(/from '(\.[^']*)\.ts'/g)) {
    await declarations(from, join(dirname(file), `${imported}.d.ts`), found);
  }
  return found;
}

/**
 * A Lambda of the module. Names of classes and functions go: errors have theirs in a field, and nothing else is asked.
 * @param {string} entry
 */
const lambda = async (entry) =>
  zipped(await minified(await bundle(entry, { target: 'node22', plugins: [forLambda(entry)] })));

/** A Lambda of an example: a consumer's own, as a consumer's build makes it. Its errors' names are evidence. @param {string} entry */
const exampleLambda = async (entry) => zipped(await bundle(entry, { target: 'node22', keepNames: true }));

/**
 * The licences of all code in the bundles: most ask to go where the code goes. Packages with the same text share it.
 * @returns {Promise<Uint8Array>}
 */
async function notices() {
  const packages = await Promise.all([...bundled].sort().map(licenceOf));
  const parts = [...new Set(packages.map(({ text }) => text))].map((text) => {
    const titles = packages.filter((one) => one.text === text).map(({ title }) => title);
    return `${titles.join('\n')}\n\n${text}`.trim();
  });
  return Buffer.from(`${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

/** @param {string} folder a package's */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : await readFile(join(root, folder, file), 'utf8');
  return { title: `${name} ${version} (${license})`, text: text.replace(/\r/g, '').trim() };
}

/** Files of dist/ that are not what the sources build. @type {string[]} */
const different = [];

/**
 * Writes a file of dist/ where it differs; with `--check`, notes it.
 * @param {string} name @param {Uint8Array} bytes @param {number} mode
 */
async function put(name, bytes, mode = 0o644) {
  const path = join(dist, name);
  const before = await readFile(path).catch(() => undefined);
  const same = before !== undefined && Buffer.compare(before, bytes) === 0;
  if (!same) different.push(name);
  if (!same && !check) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    await chmod(path, mode);
  }
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  console.log(`dist/${name}  ${bytes.length} bytes  ${hash}${same ? '' : check ? '  DIFFERS' : '  written'}`);
}

if (process.argv.includes('--command')) {
  await put('dlq.mjs', await command(), 0o755);
  process.exit(0);
}
for (const [name, entry] of Object.entries(LAMBDAS)) await put(`${name}.zip`, await lambda(entry));
for (const [name, entry] of Object.entries(EXAMPLES)) await put(`${name}.zip`, await exampleLambda(entry));
await put('dlq.mjs', await command(), 0o755);
await put('THIRD-PARTY-NOTICES.txt', await notices());
for (const [name, bytes] of await kit()) await put(name, bytes);

const strays = (await readdir(dist)).filter(
  (file) => file.endsWith('.zip') && !(file.slice(0, -4) in { ...LAMBDAS, ...EXAMPLES }),
);
if (check && (different.length > 0 || strays.length > 0)) {
  console.error(`dist/ is not what the sources build: ${[...different, ...strays].join(', ')}. Run: npm run build`);
  process.exit(1);
}
