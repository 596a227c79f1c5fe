// Bundles every Lambda into dist/<name>.zip, byte for byte the same on every machine: exact-pinned tools, sorted
// entries, fixed times, a deflater in plain JavaScript. `node build.mjs --check` fails when dist/ differs.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** zip name → entry point of the bundle inside it */
const BUNDLES = {
  heal: 'handlers/heal/index.ts',
  govern: 'handlers/govern/index.ts',
  ingest: 'handlers/ingest/index.ts',
  'example-consumer': 'examples/complete/consumer/index.ts',
  'example-payments': 'examples/complete/payments/index.ts',
};

// 1980-01-01 00:00 as the archive's local time, the earliest that a zip can hold. fflate reads local getters.
const FIXED_TIME = new Date(1980, 0, 1);

/** @param {string} entry @returns {Promise<Uint8Array>} the bundled module */
async function bundle(entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true, // error names are evidence
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    // Some CommonJS dependencies call require() for Node's own modules, which an ES module does not have.
    banner: { js: "import{createRequire as $cr}from'node:module';const require=$cr(import.meta.url);" },
  });
  const output = result.outputFiles[0];
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${entry}`);
  return output.contents;
}

/** @param {Uint8Array} code */
const zip = (code) => zipSync({ 'index.mjs': [code, { mtime: FIXED_TIME, os: 3, attrs: 0o644 << 16, level: 9 }] });

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/** @param {string} path */
const readIfThere = (path) => readFile(path).catch(() => undefined);

const check = process.argv.includes('--check');
const different = [];
await mkdir(dist, { recursive: true });
for (const [name, entry] of Object.entries(BUNDLES)) {
  const bytes = zip(await bundle(entry));
  const path = join(dist, `${name}.zip`);
  const before = await readIfThere(path);
  const same = before !== undefined && Buffer.compare(before, bytes) === 0;
  if (!same) different.push(relative(root, path));
  if (!same && !check) await writeFile(path, bytes);
  console.log(
    `${relative(root, path)}  ${bytes.length} bytes  ${sha256(bytes)}${same ? '' : check ? '  DIFFERS' : '  written'}`,
  );
}
const strays = (await readdir(dist)).filter((file) => file.endsWith('.zip') && !(file.slice(0, -4) in BUNDLES));
if (check && (different.length > 0 || strays.length > 0)) {
  console.error(`dist/ is not what the sources build: ${[...different, ...strays].join(', ')}. Run: npm run build`);
  process.exit(1);
}
