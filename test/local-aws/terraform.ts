// Runs Terraform with the AWS provider wherever it is, without writing into the repository.
// As a program: `node test/local-aws/terraform.ts [-chdir=<dir>] <arguments of terraform>` from any directory.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { killGuarded, spawnGuarded } from './guarded.ts';
import { findProvider, type ProviderSource, writeCliConfiguration } from './provider.ts';
import { linkTree } from './shadow-tree.ts';
import { findOnPath, MissingTool } from './tools.ts';

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const MINIMUM = [1, 9] as const;
const GET_TERRAFORM =
  'Bring it with: brew install hashicorp/tap/terraform, or apt-get install terraform (HashiCorp’s repository), ' +
  'or from https://developer.hashicorp.com/terraform/install';

export type TerraformResult = { code: number; stdout: string; stderr: string };
export type RunOptions = { env?: NodeJS.ProcessEnv; onLine?: (line: string) => void };

export type Terraform = {
  /** A linked copy of the repository: run configurations there. */
  tree: string;
  source: ProviderSource;
  /** Variables that make a terraform of the user's own work like this one. */
  environment: Record<string, string>;
  /** Runs terraform in a directory of the repository (a path relative to it) and returns whatever it answers. */
  run(directory: string, args: readonly string[], options?: RunOptions): Promise<TerraformResult>;
  /** Ends what still runs and removes every file of this set-up. */
  close(): Promise<void>;
};

/** Prepares Terraform for one run. `root` is the tree that holds the configurations; default this repository. */
export async function prepareTerraform(root = REPOSITORY): Promise<Terraform> {
  const program = await findTerraform();
  const work = await mkdtemp(join(tmpdir(), 'dlq-healer-terraform-'));
  const tree = join(work, 'tree');
  await linkTree(root, tree);
  const source = await findProvider();
  const environment = {
    TF_CLI_CONFIG_FILE: await writeCliConfiguration(source, work),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
  };
  const running = new Set<ReturnType<typeof spawnGuarded>>();

  async function run(directory: string, args: readonly string[], options: RunOptions = {}): Promise<TerraformResult> {
    const env = { ...(options.env ?? process.env), ...environment };
    const child = spawnGuarded(program, [`-chdir=${join(tree, directory)}`, ...args], { env });
    running.add(child);
    try {
      return await collect(child, options.onLine);
    } finally {
      running.delete(child);
    }
  }

  async function close(): Promise<void> {
    await Promise.all([...running].map(killGuarded));
    await rm(work, { recursive: true, force: true });
  }
  return { tree, source, environment, run, close };
}

/** The path of a Terraform that is new enough; a MissingTool says what is wrong and how to mend it. */
export async function findTerraform(path = process.env.PATH): Promise<string> {
  const program = await findOnPath('terraform', path);
  const wanted = `Terraform ${MINIMUM.join('.')} or newer is needed`;
  if (program === undefined) throw new MissingTool(`${wanted}, and none is on the PATH.\n${GET_TERRAFORM}`);
  const { stdout } = await promisify(execFile)(program, ['version', '-json'], {
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' },
  });
  const found = /"terraform_version":\s*"(\d+)\.(\d+)[^"]*"/.exec(stdout);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return program;
  throw new MissingTool(`${wanted}; ${program} is ${major}.${minor}.\n${GET_TERRAFORM}`);
}

async function collect(child: ReturnType<typeof spawnGuarded>, onLine?: (line: string) => void) {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => chunks[name].push(chunk));
    if (onLine !== undefined && child[name] !== null) createInterface({ input: child[name] }).on('line', onLine);
  }
  const code = await new Promise<number>((done) => child.once('close', (status) => done(status ?? 137)));
  return { code, stdout: Buffer.concat(chunks.stdout).toString(), stderr: Buffer.concat(chunks.stderr).toString() };
}

/** `terraform fmt` is about the repository's own files, all else about a configuration that needs the provider. */
async function main(args: string[]): Promise<number> {
  const flag = args.find((argument) => argument.startsWith('-chdir='));
  const wanted = resolve(flag?.slice('-chdir='.length) ?? process.cwd());
  const directory = relative(REPOSITORY, wanted);
  if (directory.startsWith('..') || isAbsolute(directory)) throw new Error(`${wanted} is not inside ${REPOSITORY}`);
  const rest = args.filter((argument) => argument !== flag);
  const terraform = await prepareTerraform();
  const end = async (signal: NodeJS.Signals) => {
    await terraform.close();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    if (needsProvider(rest)) {
      const tests = rest.filter((argument) => argument.startsWith('-test-directory='));
      const init = await terraform.run(directory, ['init', '-backend=false', '-no-color', ...tests]);
      if (init.code !== 0) {
        process.stderr.write(init.stdout + init.stderr);
        return init.code;
      }
    }
    const result = await terraform.run(directory, rest, { onLine: (line) => console.log(line) });
    return result.code;
  } finally {
    await terraform.close();
  }
}

const needsProvider = (args: readonly string[]): boolean => ['validate', 'test', 'plan'].includes(args[0] ?? '');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof MissingTool ? error.message : error);
    process.exitCode = 1;
  }
}
