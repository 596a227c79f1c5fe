// terraform init, apply and plan of an example as it is; only environment variables differ.
import type { LocalAws } from '../local-aws/local-aws.ts';
import type { Terraform, TerraformResult } from '../local-aws/terraform.ts';
import type { State } from './permissions.ts';

export type Outputs = Record<string, unknown>;

/** What plan and apply print with -json, as far as it is used here. */
type Event = {
  type?: string;
  '@message'?: string;
  diagnostic?: { severity: string; summary: string; detail?: string; address?: string };
  changes?: { add: number; change: number; remove: number; operation: string };
  change?: { action: string; resource: { addr: string } };
  hook?: { action?: string };
  outputs?: Record<string, { action?: string }>;
};

export type Deployment = { seconds: number; resources: number; outputs: Outputs };
/** Arguments beside the usual ones, where a configuration needs any, and who applies. */
export type Arguments = { init?: readonly string[]; apply?: readonly string[]; caller?: string };
export type PlanDifference = { changes: number; what: string[] };

/** @throws Error with Terraform's own diagnostics */
export async function deploy(
  terraform: Terraform,
  aws: LocalAws,
  directory: string,
  onProgress: (text: string) => void,
  more: Arguments = {},
): Promise<Deployment> {
  const env = {
    ...terraformEnvironment(aws),
    ...(more.caller === undefined ? {} : { AWS_ACCESS_KEY_ID: more.caller }),
  };
  const begin = Date.now();
  const init = await terraform.run(directory, ['init', '-no-color', ...(more.init ?? [])], { env });
  if (init.code !== 0) throw new Error(`terraform init failed:\n${init.stdout}${init.stderr}`);
  let [planned, done] = [0, 0];
  const onLine = (line: string) => {
    const event = parse(line);
    if (event.type === 'change_summary' && event.changes?.operation === 'plan') planned = event.changes.add;
    // Data sources are read during an apply too.
    if (event.type === 'apply_complete' && event.hook?.action === 'create') done++;
    if (planned > 0) onProgress(`${done} of ${planned} resources`);
  };
  const args = ['apply', '-auto-approve', '-json', ...(more.apply ?? [])];
  const apply = await terraform.run(directory, args, { env, onLine });
  if (apply.code !== 0) throw new Error(`terraform apply failed:\n${diagnostics(apply)}`);
  const output = await terraform.run(directory, ['output', '-json'], { env });
  const values = JSON.parse(output.stdout) as Record<string, { value: unknown }>;
  const outputs = Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
  return { seconds: (Date.now() - begin) / 1000, resources: done, outputs };
}

/** How many resources and outputs a second plan would change. Terraform's promise, and this module's, is none. */
export async function secondPlan(
  terraform: Terraform,
  aws: LocalAws,
  directory: string,
  more: readonly string[] = [],
): Promise<PlanDifference> {
  const args = ['plan', '-detailed-exitcode', '-json', ...more];
  const plan = await terraform.run(directory, args, { env: terraformEnvironment(aws) });
  if (plan.code !== 0 && plan.code !== 2) throw new Error(`the second terraform plan failed:\n${diagnostics(plan)}`);
  const events = plan.stdout.split('\n').map(parse);
  const what = events.flatMap((event) =>
    event.type === 'planned_change'
      ? [`${event.change?.action} ${event.change?.resource.addr}`]
      : changedOutputs(event),
  );
  return { changes: plan.code === 2 ? Math.max(1, what.length) : 0, what };
}

/** What Terraform knows of the stack: `terraform show -json`. */
export async function showState(terraform: Terraform, aws: LocalAws, directory: string): Promise<State> {
  const { code, stdout, stderr } = await terraform.run(directory, ['show', '-json'], {
    env: terraformEnvironment(aws),
  });
  if (code !== 0) throw new Error(`terraform show failed:\n${stderr}`);
  return JSON.parse(stdout) as State;
}

const changedOutputs = (event: Event): string[] =>
  Object.entries(event.type === 'outputs' ? (event.outputs ?? {}) : {})
    .filter(([, { action }]) => action !== undefined && action !== 'noop')
    .map(([name, { action }]) => `${action} output.${name}`);

/** The developer's own AWS and Terraform settings must not reach this run. */
export function terraformEnvironment(aws: LocalAws): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|TF_(VAR_|CLI_ARGS|WORKSPACE|LOG|DATA_DIR))/.test(name),
  );
  return { ...Object.fromEntries(kept), ...aws.environment };
}

function parse(line: string): Event {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return {};
  }
}

function diagnostics(result: TerraformResult): string {
  const told = result.stdout
    .split('\n')
    .map(parse)
    .filter(({ diagnostic }) => diagnostic?.severity === 'error')
    .map(({ diagnostic }) => [diagnostic?.address, diagnostic?.summary, diagnostic?.detail].filter(Boolean).join(': '));
  return [...told, result.stderr].filter(Boolean).join('\n') || result.stdout;
}
