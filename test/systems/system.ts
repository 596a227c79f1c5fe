// An example as the tests and `npm run demo -- --example` run it: applied unmodified to the local AWS, made to fail, and
// asked what became of everything.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../demo/progress.ts';
import type { Host } from '../local-aws/host.ts';
import type { LocalAws } from '../local-aws/local-aws.ts';
import { REPOSITORY, type Terraform } from '../local-aws/terraform.ts';

/** What runs beside the local AWS, and what Terraform is told of it. */
export interface Prepared {
  /** Arguments of `terraform init` and of `terraform plan` and `apply`: a backend's, variables. */
  readonly init?: readonly string[];
  readonly apply?: readonly string[];
  /** Access key id that Terraform applies with. */
  readonly caller?: string;
  close?(): Promise<void>;
}

/** What is being done now, for people who wait. */
export type Told = Pick<Progress, 'step' | 'update'>;

export interface Applied {
  readonly aws: LocalAws;
  /** Runs the functions of every system of this local AWS. */
  readonly host: Host;
  readonly terraform: Terraform;
  /** Of the example, relative to the tree. */
  readonly directory: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly progress: Told;
  /** Applies again with these arguments in the place of those of before; the last plan uses them too. */
  reapply(apply: readonly string[]): Promise<void>;
}

/** The default export of `test/systems/<example>/system.ts`. Systems run beside each other in one local AWS. */
export interface System<Report = unknown> {
  /** Before Terraform: servers that are not AWS's, arguments that name them. */
  prepare?(given: { aws: LocalAws; terraform: Terraform }): Promise<Prepared>;
  /** Sends, waits and counts. Resolves when nothing moves any more; a system that does not settle says so in its report. */
  run(applied: Applied): Promise<Report>;
  /** What is not as it must be, in plain sentences; empty where all is well. */
  faults(report: Report): readonly string[];
  /** What is shown to people: measured figures, and what they mean. */
  lines(report: Report): readonly string[];
}

const EXAMPLES = join(REPOSITORY, 'examples');

/** Names of the examples that apply: the folders with a `versions.tf`. */
export async function examples(): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(EXAMPLES, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if ((await readdir(join(EXAMPLES, entry.name))).includes('versions.tf')) found.push(entry.name);
  }
  return found.sort();
}

/** The examples that have a system: all but `complete`, which is the demo. */
export const systems = async (): Promise<string[]> => (await examples()).filter((name) => name !== 'complete');

export async function loadSystem(name: string): Promise<System> {
  const module = (await import(`./${name}/system.ts`)) as { default: System };
  return module.default;
}
