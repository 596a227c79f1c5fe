import { vi } from 'vitest';

/** The EMF records that `work` prints. */
export async function emitted(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    await work();
    return [...log.mock.calls, ...write.mock.calls]
      .map(([line]) => String(line))
      .filter((line) => line.startsWith('{"_aws"'))
      .map((line) => JSON.parse(line));
  } finally {
    vi.unstubAllEnvs();
    log.mockRestore();
    write.mockRestore();
  }
}
