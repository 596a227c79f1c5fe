// Where Terraform gets the AWS provider from: the registry or the developer's own CLI configuration where that works,
// else a filesystem mirror found on the machine.
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const HOST = 'registry.terraform.io';
const PROVIDER = join(HOST, 'hashicorp', 'aws');
const MAX_DEPTH = 4;
// Never worth entering, and large.
const SKIPPED = new Set(['node_modules', '.git', 'proc', 'sys', 'dev', 'doc', 'man', 'locale', 'icons', 'fonts']);

export type ProviderSource =
  | { kind: 'cli-configuration'; path: string }
  | { kind: 'registry' }
  | { kind: 'mirror'; directory: string };

export type ProviderOptions = {
  env?: NodeJS.ProcessEnv;
  roots?: readonly string[];
  registryAnswers?: () => Promise<boolean>;
};

/** Decides where the provider comes from. A named CLI configuration that does not exist counts as none. */
export async function findProvider(options: ProviderOptions = {}): Promise<ProviderSource> {
  const env = options.env ?? process.env;
  const own = await ownConfiguration(env);
  if (own !== undefined) return { kind: 'cli-configuration', path: own };
  if (await (options.registryAnswers ?? registryAnswers)()) return { kind: 'registry' };
  for (const root of options.roots ?? usualRoots(env)) {
    const directory = await findMirror(root, MAX_DEPTH);
    if (directory !== undefined) return { kind: 'mirror', directory };
  }
  // Terraform may know a way out that this process does not (a proxy); its own error is then the best one.
  return { kind: 'registry' };
}

/** Writes what `TF_CLI_CONFIG_FILE` should name, and returns its path. */
export async function writeCliConfiguration(source: ProviderSource, directory: string): Promise<string> {
  if (source.kind === 'cli-configuration') return source.path;
  const path = join(directory, 'terraform.rc');
  await writeFile(path, source.kind === 'mirror' ? mirrorConfiguration(source.directory) : '');
  return path;
}

function mirrorConfiguration(directory: string): string {
  return [
    'provider_installation {',
    `  filesystem_mirror { path = ${JSON.stringify(directory)} }`,
    '}',
    'disable_checkpoint = true',
    '',
  ].join('\n');
}

/** The developer's configuration, if it exists and says where providers come from. */
async function ownConfiguration(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const named = env.TF_CLI_CONFIG_FILE;
  const candidates = [named, join(homeOf(env), '.terraformrc')].filter((path) => path !== undefined && path !== '');
  for (const path of candidates) {
    const text = await readFile(path as string, 'utf8').catch(() => undefined);
    if (text?.includes('provider_installation') === true) return path;
  }
  return undefined;
}

async function registryAnswers(): Promise<boolean> {
  try {
    const url = `https://${HOST}/.well-known/terraform.json`;
    const response = await fetch(url, { signal: AbortSignal.timeout(4_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

const homeOf = (env: NodeJS.ProcessEnv): string => env.HOME ?? homedir();

function usualRoots(env: NodeJS.ProcessEnv): string[] {
  const home = homeOf(env);
  const dataDirs = (env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':');
  return [
    env.TF_PLUGIN_CACHE_DIR,
    join(home, '.terraform.d'),
    env.XDG_DATA_HOME ?? join(home, '.local', 'share'),
    ...dataDirs,
    '/opt',
    '/usr/local/lib',
    '/usr/lib/terraform',
    '/var/lib',
    '/srv',
  ].filter((root) => root !== undefined && root !== '') as string[];
}

/** Breadth first and bounded, so that the shallowest mirror wins and a large disk costs little. */
async function findMirror(root: string, depth: number): Promise<string | undefined> {
  let level = [root];
  for (let left = depth; left >= 0 && level.length > 0; left--) {
    for (const directory of level) if (await holdsProvider(directory)) return directory;
    level = left === 0 ? [] : (await Promise.all(level.map(subdirectories))).flat();
  }
  return undefined;
}

async function holdsProvider(directory: string): Promise<boolean> {
  const provider = join(directory, PROVIDER);
  const entries = await readdir(provider).catch(() => []);
  for (const entry of entries) {
    if (entry.endsWith('.json') || entry.endsWith('.zip')) return true;
    if (await exists(join(provider, entry))) return true;
  }
  return false;
}

async function subdirectories(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .map((entry) => join(directory, entry.name));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
