import { defineConfig } from 'vitest/config';

/**
 * `quick` applies nothing; `local-aws` starts servers; `checks` are the tools' verdicts, each as a test; `slow` is what
 * `npm run test:quick` has no time for.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/counts-reporter.ts'],
    // Two cores: the servers of one file at a time are enough.
    maxWorkers: 2,
    maxConcurrency: 12,
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/{core,corpus,kit,handlers,ingest,examples,unit,cli}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/cli/stream.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'checks',
          include: ['test/checks/**/*.test.ts'],
          exclude: ['test/checks/{build,terraform}.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/checks/{build,terraform}.test.ts', 'test/cli/stream.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'local-aws',
          // Metrics are lines on standard output: they would drown the report.
          env: { POWERTOOLS_METRICS_DISABLED: 'true' },
          include: ['test/{local-aws,healer,model,operator}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/{demo,load,systems}/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
