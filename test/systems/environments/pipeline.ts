// A change of dev on its way: pull request, comment, merge, apply, and afterwards somebody who changes a queue by hand.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { terraformEnvironment } from '../../demo/deploy.ts';
import type { Applied } from '../system.ts';
import { type Ran, readWorkflow, runJob, type Workflow } from './workflow.ts';

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

export interface PipelineReport {
  readonly faults: readonly string[];
  readonly lines: readonly string[];
}

export async function runPipeline(applied: Applied): Promise<PipelineReport> {
  const work = await mkdtemp(join(applied.aws.work, 'pipeline-'));
  const credentials = { accessKeyId: 'somebody', secretAccessKey: 'local' };
  const sqs = new SQSClient({ region: applied.aws.region, endpoint: applied.aws.gateway.url, credentials });
  try {
    return await course(applied, await checkOut(applied, work), sqs);
  } finally {
    sqs.destroy();
    await rm(work, { recursive: true, force: true });
  }
}

interface Checkout {
  readonly folder: string;
  git(...args: string[]): Promise<string>;
  job(name: string, environment: string): Promise<Ran>;
  comment(): Promise<string>;
}

async function course({ aws }: Applied, checkout: Checkout, sqs: SQSClient): Promise<PipelineReport> {
  const faults: string[] = [];
  const expect = (holds: boolean, otherwise: string, { output }: Partial<Ran> = {}) => {
    if (!holds) faults.push([otherwise, ...(output === undefined ? [] : [output.slice(-2_000)])].join(':\n'));
  };
  const tier = { QueueUrl: aws.gateway.queueUrl('checkout-dev-orders-retry-1') };
  const delay = async () => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ ...tier, AttributeNames: ['DelaySeconds'] }));
    return Attributes?.DelaySeconds;
  };

  // The pull request.
  const tfvars = join(checkout.folder, 'dev.tfvars');
  const text = await readFile(tfvars, 'utf8');
  await rm(tfvars); // a link to the repository's own
  await writeFile(tfvars, text.replace('tier_delay = 5', 'tier_delay = 7'));
  await checkout.git('commit', '-qam', 'Let dev wait longer');
  for (const environment of ENVIRONMENTS) {
    const plan = await checkout.job('plan', environment);
    expect(plan.code === 0, `the plan of ${environment} failed`, plan);
  }
  expect((await delay()) === '5', 'a plan changed something');
  const commented = await checkout.job('comment', 'dev');
  expect(commented.code === 0, 'the comment failed', commented);
  const comment = await checkout.comment();
  expect(
    comment.startsWith('pr comment 17 --edit-last --create-if-none'),
    `gh was asked for something else: ${comment}`,
  );
  const summaries = [...comment.matchAll(/<b>(\w+)<\/b>: (.*)<\/summary>/g)].map(
    ([, name, what]) => `${name}: ${what}`,
  );
  const [ofDev = '', ofProd = '', ofStaging = ''] = summaries;
  expect(ofDev === 'dev: Plan: 0 to add, 1 to change, 0 to destroy.', `the plan of dev is not one change: ${ofDev}`);
  expect(/^staging: Plan: \d{2,} to add, 0 to change, 0 to destroy\.$/.test(ofStaging), `staging’s plan: ${ofStaging}`);
  expect(/^prod: Plan: \d{2,} to add, 0 to change, 0 to destroy\.$/.test(ofProd), `prod’s plan: ${ofProd}`);
  expect(comment.length <= 65_536 + 200, `the comment has ${comment.length} characters, which GitHub refuses`);

  // The merge: another commit, of the same files.
  await checkout.git('commit', '-q', '--allow-empty', '-m', 'Merge');
  const apply = await checkout.job('apply', 'dev');
  expect(apply.code === 0 && (await delay()) === '7', 'the apply of the plan failed', apply);
  const again = await checkout.job('apply', 'dev');
  expect(again.code !== 0 && again.output.includes('Saved plan is stale'), 'a plan was applied twice', again);
  await writeFile(join(checkout.folder, 'README.local'), 'something else was merged first');
  await checkout.git('add', 'README.local');
  await checkout.git('commit', '-qm', 'Something else');
  const unplanned = await checkout.job('apply', 'dev');
  expect(
    unplanned.code === 1 && unplanned.output.includes('::error::No plan of dev for these files'),
    'files that nobody planned were applied',
    unplanned,
  );

  // At night: nobody has changed anything by hand, and then somebody has.
  const quiet = await checkout.job('drift', 'dev');
  expect(quiet.code === 0, 'drift was seen after the apply', quiet);
  await sqs.send(new SetQueueAttributesCommand({ ...tier, Attributes: { DelaySeconds: '11' } }));
  const drift = await checkout.job('drift', 'dev');
  expect(drift.code === 2 && /~ delay_seconds\s+= 11 -> 7/.test(drift.output), 'drift was not seen', drift);
  await sqs.send(new SetQueueAttributesCommand({ ...tier, Attributes: { DelaySeconds: '7' } }));

  return {
    faults,
    lines: [
      ...summaries.map((line) => `plan      ${line}`),
      'apply     that very plan; once more: refused as stale; of other files: refused as unplanned',
      'drift     none after the apply; a delay that was changed by hand was seen, with exit code 2',
    ],
  };
}

/** A repository of the example's files, and jobs that run in it as the workflow has them. */
async function checkOut({ aws, terraform, directory }: Applied, work: string): Promise<Checkout> {
  const folder = join(terraform.tree, directory);
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=dev', '-c', 'user.email=dev@example.com', '-c', 'commit.gpgsign=false'];
    return (await promisify(execFile)('git', [...identity, ...args], { cwd: folder })).stdout;
  };
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-qm', 'What runs now');
  const said = join(work, 'gh.txt');
  const tools = join(work, 'bin');
  await mkdir(tools);
  // GitHub's command: what it was asked, and the comment that it was given.
  await writeFile(join(tools, 'gh'), `#!/bin/sh\n{ echo "$@"; cat comment.md; } > ${JSON.stringify(said)}\n`);
  await chmod(join(tools, 'gh'), 0o755);
  const workflow: Workflow = await readWorkflow(folder);
  return {
    folder,
    git,
    job: (name, environment) =>
      runJob(workflow, name, {
        folder,
        artifacts: join(work, 'artifacts'),
        env: {
          ...terraformEnvironment(aws),
          ...terraform.environment,
          PATH: `${tools}:${process.env.PATH}`,
          TF_DATA_DIR: join(work, `terraform-${environment}`), // each job has a machine of its own
        },
        values: {
          'vars.AWS_REGION': aws.region,
          'vars.ROLE_PREFIX': 'arn:aws:iam::000000000000:role/checkout-pipeline',
          'matrix.environment': environment,
          'github.event.number': '17',
          'github.token': 'none',
        },
      }),
    comment: () => readFile(said, 'utf8'),
  };
}
