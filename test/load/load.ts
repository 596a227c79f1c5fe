// A flood through heal, park, release and archive on the local AWS, with a dependency that goes down and comes back:
// `npm run load`. Ends with 1 when a letter was lost or processed twice, or when letters still move after a day.
import { MissingTool } from '../local-aws/tools.ts';
import { parseOptions, UsageError } from './options.ts';
import { loadText } from './print.ts';
import { runLoad } from './run.ts';

process.env.POWERTOOLS_METRICS_DISABLED = 'true'; // standard output is the report's

try {
  const options = parseOptions(process.argv.slice(2));
  const report = await runLoad(options, (line) => console.error(line));
  process.stdout.write(`${options.json ? JSON.stringify(report) : loadText(report)}\n`);
  const { lost, processedTwice } = report.account;
  // A fault may make a second copy of a heal, and both copies may die and be healed: at least once, not exactly once.
  const twice = options.faults === 0 && processedTwice > 0;
  process.exitCode = lost > 0 || twice || !report.settled ? 1 : 0;
} catch (error) {
  if (!(error instanceof UsageError || error instanceof MissingTool)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
