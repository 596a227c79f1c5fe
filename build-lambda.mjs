// Makes a Lambda's zip small: leaves out what the SDK carries for other places than Lambda, and minifies and deflates
// as far as it goes. Each change below says why it is safe, and the build fails where a release of the SDK no longer has
// the text that a change is about: what is left out is never left out by chance.

import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { deflateAsync } from '@gfx/zopfli';
import { Zip } from 'fflate';
import { minify } from 'terser';

// Zopfli's wrapper listens for every error of the process and answers with a page of its own source.
for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);

// 1980-01-01 00:00 as the archive's local time, the earliest that a zip can hold. fflate reads local getters.
const FIXED_TIME = new Date(1980, 0, 1);

/**
 * One change to the modules whose path `file` matches. `to` answers the new text, or undefined where it found nothing to
 * change. `everywhere` says that the module is in every Lambda, so that a bundle without it means that it has moved.
 * @typedef {{ name: string, file: RegExp, to: (text: string) => string | undefined, loader?: 'json' | 'ts', everywhere?: true }} Change
 */

/** @type {readonly Change[]} */
const CHANGES = [
  {
    // Lambda gives a function its role's credentials in the environment, under reserved names that no configuration can
    // set: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. The default chain looks there first
    // too; what it would ask next (SSO, ~/.aws, a process, a web identity, a container's or an instance's address) does
    // not exist in a Node.js function, and brings four more clients. SnapStart alone gives them by an address, and does
    // not serve Node.js: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html.
    name: 'credentials from the environment',
    file: /@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    to: (text) =>
      /\bexport \{[^}]*\bdefaultProvider\b/.test(text)
        ? "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';"
        : undefined,
    everywhere: true,
  },
  {
    // esbuild keeps an unused object that has a computed key, as `[key]` might run code; here every such key is a constant
    // string of the same file (https://github.com/evanw/esbuild/issues/4373). S3's schemas of a hundred calls hang on it.
    name: 'plain keys in schemas',
    file: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/,
    to: withPlainKeys,
  },
  {
    // Read for its version alone, which goes into the User-Agent.
    name: 'the version of a package.json',
    file: /@aws-sdk\/[^/]+\/package\.json$/,
    to: (text) => JSON.stringify({ version: JSON.parse(text).version }),
    loader: 'json',
    everywhere: true,
  },
  {
    // Calls that stream events (SelectObjectContent, StartLiveTail, InvokeWithResponseStream) are not made. Were one
    // made, it would throw this. Clients only hand the provider on when they are made.
    name: 'no event streams',
    file: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    to: (text) =>
      ['EventStreamSerde', 'eventStreamSerdeProvider', 'resolveEventStreamSerdeConfig'].every((it) => text.includes(it))
        ? `${NO_EVENT_STREAMS}
export const eventStreamSerdeProvider = absent;
export const EventStreamSerde = absent;
export const resolveEventStreamSerdeConfig = (config) => config;`
        : undefined,
    everywhere: true,
  },
  {
    // DynamoDB's client makes this cache and hands it to no call: its commands have no endpoint discovery.
    name: 'no cache of discovered endpoints',
    file: /@aws-sdk\/endpoint-cache\/dist-es\/index\.js$/,
    to: (text) => (text.includes('EndpointCache') ? 'export class EndpointCache {}' : undefined),
    everywhere: true,
  },
  {
    // Hashes in JavaScript, for a Node that was built without its crypto; Lambda's has it, and the SDK takes that.
    name: 'no hashes in JavaScript',
    file: /\/submodules\/(?:checksum|sha)\/sha(?:1|256)\/Sha(?:1|256)Js\.js$/,
    to: (text) => {
      const [, name] = /^export class (Sha\w+Js) \{/m.exec(text) ?? [];
      return name && `export class ${name} { constructor() { throw new Error('this Node.js has no crypto'); } }`;
    },
    everywhere: true,
  },
  {
    // The SDK asks for this class by its name, which minifying takes away: it would warn into the void.
    // The command explains a rule in words; the healer only names it.
    name: 'no reasons of rules',
    file: /handlers\/core\/rules\/[^/]+\.ts$/,
    to: (text) => {
      const plain = text.replace(/^(\s+)why:\s+(?:'[^'\n]*'|"[^"\n]*"),$/gm, "$1why: '',");
      // Any other way to write one would be kept; the type alone may be.
      return /\bwhy: (?!'',|string)/.test(plain) ? undefined : plain;
    },
    loader: 'ts',
  },
  {
    name: 'the name of NoOpLogger',
    file: /@smithy\/core\/dist-es\/submodules\/client\/smithy-client\/NoOpLogger\.js$/,
    to: replaced('class NoOpLogger {', "class NoOpLogger {\n    static name = 'NoOpLogger';"),
    everywhere: true,
  },
];

const NO_EVENT_STREAMS = `function absent() { throw new Error('event streams are left out of this bundle: build-lambda.mjs'); }`;

/** @param {string} from @param {string} to @returns {Change['to']} */
function replaced(from, to) {
  return (text) => (text.includes(from) ? text.replace(from, to) : undefined);
}

/** Writes `[_h]: x` as `"http": x` where the file says `const _h = "http"`. @param {string} text */
function withPlainKeys(text) {
  const constants = new Map(
    [...text.matchAll(/^const (\w+) = ("[^"\\\n]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  const plain = text.replace(/\[(\w+)\]:/g, (computed, name) =>
    constants.has(name) ? `${constants.get(name)}:` : computed,
  );
  return /\[\w+\]:/.test(plain) ? undefined : plain;
}

/**
 * The esbuild plugin for one Lambda's bundle.
 * @param {string} entry named in the error
 * @returns {import('esbuild').Plugin} fails the build where a change found nothing to change
 */
export function forLambda(entry) {
  return {
    name: 'for-lambda',
    setup(build) {
      /** @type {Set<Change>} */
      const made = new Set();
      for (const change of CHANGES) {
        build.onLoad({ filter: change.file }, async ({ path }) => {
          const contents = change.to(await readFile(path, 'utf8'));
          if (contents === undefined)
            throw new Error(`${change.name}: ${path} no longer has what build-lambda.mjs changes`);
          made.add(change);
          return { contents, loader: change.loader ?? 'js' };
        });
      }
      build.onEnd(() => {
        const missing = CHANGES.filter((change) => change.everywhere && !made.has(change));
        if (missing.length > 0) {
          const names = missing.map(({ name }) => name).join(', ');
          throw new Error(`${entry}: nothing matched for: ${names}. See build-lambda.mjs`);
        }
      });
    },
  };
}

/**
 * Minifies once more what esbuild minified: 3 % of the zip.
 * @param {Uint8Array} code
 * @returns {Promise<Uint8Array>}
 */
export async function minified(code) {
  const { code: smaller } = await minify(Buffer.from(code).toString(), {
    module: true,
    ecma: 2020,
    // A module of ASCII alone is half as large in V8's memory, and is read faster.
    format: { comments: false, ascii_only: true },
  });
  if (smaller === undefined) throw new Error('terser wrote nothing');
  return Buffer.from(smaller);
}

/**
 * A zip of one index.mjs, the same bytes on every machine. Zopfli (in WebAssembly) deflates 7 % smaller than fflate's best.
 * @param {Uint8Array} code
 * @returns {Promise<Uint8Array>}
 */
export async function zipped(code) {
  const data = new Uint8Array(await deflateAsync(code, { numiterations: 5 }));
  /** @type {Uint8Array[]} */
  const parts = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  /** @type {import('fflate').ZipInputFile} */
  const file = {
    filename: 'index.mjs',
    mtime: FIXED_TIME,
    os: 3,
    attrs: 0o644 << 16,
    compression: 8,
    flag: 0,
    size: code.length,
    crc: crc32(code),
  };
  zip.add(file);
  if (file.ondata === undefined) throw new Error('fflate takes no data for the zip');
  file.ondata(null, data, true);
  zip.end();
  return Buffer.concat(parts);
}
