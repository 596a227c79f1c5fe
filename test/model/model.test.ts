import fc from 'fast-check';
import { expect, it } from 'vitest';
import { promisesHold } from './property.ts';

/** Of a run without a failure; about a minute on a busy machine. One that fails shrinks for as long again at most. */
const SECONDS = 60;
const RUNS = 600;

it('whatever happens to letters, runs, consumers and clocks, the promises hold and everything comes to its end', async () => {
  const result = await fc.check(promisesHold(), { numRuns: RUNS, interruptAfterTimeLimit: SECONDS * 1000 });
  if (result.failed && result.counterexample !== null) {
    const broken = (result.errorInstance as Error | null)?.message;
    expect.fail(
      `${await fc.asyncDefaultReportMessage(result)}\n${broken}\nAgain: npm run model -- --seed=S --path P --replay R`,
    );
  }
  console.log(`model: ${result.numRuns} runs held, seed ${result.seed}`);
  expect(result.numRuns).toBeGreaterThan(20);
}, 240_000);
