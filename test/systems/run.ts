// One system's course: prepare, apply, run, plan again, hold its calls against its policies.
import { deploy, secondPlan, showState } from '../demo/deploy.ts';
import type { Host } from '../local-aws/host.ts';
import type { LocalAws } from '../local-aws/local-aws.ts';
import type { Terraform } from '../local-aws/terraform.ts';
import { permissionsOver } from './permissions.ts';
import { loadSystem, type Told } from './system.ts';

export interface SystemReport {
  readonly example: string;
  /** What is not as it must be; empty where all is well. */
  readonly faults: readonly string[];
  readonly lines: readonly string[];
  /** What the system itself measured. */
  readonly report: unknown;
  readonly resources: number;
  readonly seconds: { readonly apply: number; readonly total: number };
}

export interface Course {
  readonly aws: LocalAws;
  readonly host: Host;
  readonly terraform: Terraform;
  readonly progress: Told;
}

export async function runSystem(example: string, { aws, host, terraform, progress }: Course): Promise<SystemReport> {
  const begin = Date.now();
  const system = await loadSystem(example);
  const directory = `examples/${example}`;
  const prepared = (await system.prepare?.({ aws, terraform })) ?? {};
  try {
    progress.step(`terraform apply of ${directory}`);
    const deployment = await deploy(terraform, aws, directory, progress.update, prepared);
    let { apply } = prepared;
    const permissions = permissionsOver(aws, () => showState(terraform, aws, directory));
    const reapply = async (args: readonly string[]) => {
      await permissions.before();
      apply = args;
      await deploy(terraform, aws, directory, progress.update, { ...prepared, apply });
      await permissions.after();
    };
    const { outputs } = deployment;
    const report = await system.run({ aws, host, terraform, directory, outputs, progress, reapply });

    progress.step('second terraform plan, and every call against the policies');
    const plan = await secondPlan(terraform, aws, directory, apply);
    const refused = await permissions.refused();
    return {
      example,
      faults: [
        ...system.faults(report),
        ...(plan.changes === 0 ? [] : [`the second plan would change ${plan.what.join(', ')}`]),
        ...refused.map((call) => `AWS would refuse ${call}`),
      ],
      lines: system.lines(report),
      report,
      resources: deployment.resources,
      seconds: { apply: deployment.seconds, total: (Date.now() - begin) / 1000 },
    };
  } finally {
    await prepared.close?.();
  }
}

/** For people: what was measured, and what is wrong. */
export function printSystem({ example, faults, lines, resources, seconds }: SystemReport): string {
  const wrong =
    faults.length === 0 ? ['as it must be'] : ['NOT AS IT MUST BE:', ...faults.map((fault) => `- ${fault}`)];
  return [
    `examples/${example}: ${resources} resources, applied in ${Math.round(seconds.apply)} s, ${Math.round(seconds.total)} s in all`,
    ...lines,
    ...wrong,
  ].join('\n');
}
