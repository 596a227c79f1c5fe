import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Writes the run's own counts to `.local/counts.txt` as `N passed, N failed, N skipped`. A file that could not be
 * collected and an error outside of any test count as failures: nothing that went wrong adds up to green.
 */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) counts.failed += 1;
    }
    if (reason === 'interrupted' || modules.length === 0) counts.failed += 1;
    mkdirSync('.local', { recursive: true });
    writeFileSync('.local/counts.txt', `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
