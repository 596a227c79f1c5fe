import { afterEach, beforeEach, vi } from 'vitest';
import { ENVIRONMENT, type FakeQueue, fakeAws } from './fake-aws.ts';

let aws: ReturnType<typeof fakeAws>;

/** A fake AWS, the module's environment and silent logs for each test of the file. */
export function useFakeAws(): void {
  beforeEach(() => {
    aws = fakeAws();
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
    vi.stubEnv('POWERTOOLS_DEV', 'true'); // the logger writes to the console that is watched here
    for (const level of ['debug', 'info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
  });
  afterEach(() => {
    aws.restore();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
}

export const fake = () => aws;

export function withQueues(queues: Readonly<Record<string, FakeQueue>>): void {
  aws.restore();
  aws = fakeAws(queues);
}

/** What was logged at `info` and above, parsed. */
export function logLines(): Record<string, unknown>[] {
  return [console.info, console.warn, console.error].flatMap((method) =>
    vi.mocked(method).mock.calls.map(([line]) => JSON.parse(String(line))),
  );
}
