// `npm run demo`: one machine, no AWS account, the real module, the committed zips.
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import { findTerraform, prepareTerraform, type Terraform } from '../local-aws/terraform.ts';
import { MissingTool } from '../local-aws/tools.ts';
import { printSystem, runSystem } from '../systems/run.ts';
import { examples } from '../systems/system.ts';
import { type DemoOptions, parseOptions, UsageError } from './options.ts';
import { formatReport, isAccountedFor } from './print.ts';
import { createProgress, type Progress } from './progress.ts';
import { runDemo } from './run.ts';

const closers: (() => Promise<void>)[] = [];
let closing: Promise<void> | undefined;

/** Ends everything that was started, the last first; whoever asks again waits for the same end. */
function close(): Promise<void> {
  closing ??= (async () => {
    for (const closer of closers.reverse()) await closer().catch((error: unknown) => console.error(error));
  })();
  return closing;
}

async function main(options: DemoOptions): Promise<number> {
  const known = await examples();
  if (!known.includes(options.example))
    throw new UsageError(`--example must be one of ${known.join(', ')}; got ${JSON.stringify(options.example)}`);
  const progress = createProgress();
  closers.push(async () => progress.end());
  progress.step('starting the local AWS');
  await findTerraform(); // first, so that a missing tool is told before anything starts
  const terraform = await prepareTerraform();
  closers.push(terraform.close);
  const aws = await startLocalAws();
  closers.push(aws.stop);
  const { fine, report, text } = await run(options, { aws, terraform, progress });
  progress.end();
  console.log(options.json ? JSON.stringify(report) : text);
  if (!fine) {
    aws.keepFiles();
    console.error(`The functions’ logs are in ${join(aws.work, 'logs')}`);
  }
  if (options.keep) await keepUp(terraform, aws.environment, options.example);
  return fine ? 0 : 1;
}

interface Stage {
  readonly aws: LocalAws;
  readonly terraform: Terraform;
  readonly progress: Progress;
}

async function run(options: DemoOptions, stage: Stage): Promise<{ fine: boolean; report: unknown; text: string }> {
  if (options.example === 'complete') {
    const report = await runDemo({ options, ...stage });
    return { fine: isAccountedFor(report), report, text: formatReport(report) };
  }
  const { aws, terraform, progress } = stage;
  const host = await aws.startHost({ zipDirectory: join(terraform.tree, 'dist') });
  const report = await runSystem(options.example, { aws, host, terraform, progress });
  return { fine: report.faults.length === 0, report, text: printSystem(report) };
}

async function keepUp(terraform: Terraform, environment: Record<string, string>, example: string): Promise<void> {
  const variables = Object.entries({ ...environment, ...terraform.environment });
  const lines = [
    '',
    'The local AWS stays up until Ctrl-C. In another shell:',
    ...variables.map(([name, value]) => `  export ${name}=${value}`),
    `  aws dynamodb list-tables        (aws v1: sqs needs --endpoint-url ${environment.AWS_ENDPOINT_URL})`,
    `  cd ${join(terraform.tree, 'examples', example)} && terraform plan`,
    '',
  ];
  process.stderr.write(lines.join('\n'));
  await new Promise(() => {
    // A promise alone does not keep a process up, and the signals end this one.
    setInterval(() => undefined, 3_600_000);
  });
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => void close().finally(() => process.exit(code)));
}
// fauxqs imports Node's SQLite, which it does not use here.
process.removeAllListeners('warning');

try {
  const code = await main(parseOptions(process.argv.slice(2)));
  await close();
  process.exit(code);
} catch (error) {
  const ending = closing !== undefined;
  await close();
  // When a signal ended the emulators, what failed for that is no news.
  if (!ending) console.error(error instanceof MissingTool || error instanceof UsageError ? error.message : error);
  if (!ending) process.exit(error instanceof UsageError ? 2 : 1);
}
