// A longer hunt: `npm run model -- --runs 20000` [--minutes 10] [--seed S]; again what was found, as its report says:
// `npm run model -- --seed S --path P --replay R`. SHOW=1 logs what the handlers log.
import { parseArgs } from 'node:util';
import fc from 'fast-check';

process.env.POWERTOOLS_METRICS_DISABLED = 'true';
const { promisesHold } = await import('./property.ts');

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    replay: { type: 'string' },
  },
});
const { runs, minutes, seed, path, replay } = values;
const started = Date.now();
const result = await fc.check(promisesHold(replay), {
  numRuns: Number(runs),
  ...(minutes === undefined ? {} : { interruptAfterTimeLimit: Number(minutes) * 60_000 }),
  ...(seed === undefined ? {} : { seed: Number(seed) }),
  ...(path === undefined ? {} : { path }),
});
console.log(
  result.failed
    ? `${await fc.asyncDefaultReportMessage(result)}\n${(result.errorInstance as Error | null)?.message}`
    : `${result.numRuns} runs held, seed ${result.seed}, ${Math.round((Date.now() - started) / 1000)} s`,
);
process.exitCode = result.failed ? 1 : 0;
