// The example's Python worker, as a container would run it.
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killGuarded, spawnGuarded } from '../../local-aws/guarded.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { findPython } from '../../local-aws/python.ts';
import { REPOSITORY } from '../../local-aws/terraform.ts';
import type { Names } from './stack.ts';

const WORKER = join(REPOSITORY, 'examples/resilient-consumer/python/worker.py');
const START_MS = 30_000;
const STOP_MS = 20_000;

export interface Worker {
  /** What it logged so far. */
  readonly lines: readonly string[];
  /** SIGTERM, as a container is ended. @returns how it ended: 0 where all is well */
  stop(): Promise<number | NodeJS.Signals>;
}

/** @throws MissingTool without a Python that has boto3; Error with what it logged where it does not start */
export async function startWorker(aws: LocalAws, names: Names): Promise<Worker> {
  const lines: string[] = [];
  // The gateway knows a caller by its key: calls are held against the policies of the role with this name.
  const role = { ...aws.environment, AWS_ACCESS_KEY_ID: names.worker_role };
  const env = { ...process.env, ...role, ...names.worker_environment, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawnGuarded(await findPython(), [WORKER], { env });
  const ready = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (line.endsWith(' ready')) done();
      });
    }
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const late = AbortSignal.timeout(START_MS);
  const failed = Promise.race([exit, once(late, 'abort')]).then(() => {
    throw new Error(`the worker did not start:\n${lines.join('\n')}`);
  });
  try {
    await Promise.race([ready, failed]);
  } catch (error) {
    await killGuarded(child);
    throw error;
  }
  failed.catch(() => undefined);
  return {
    lines,
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(child.pid, 'SIGTERM');
      const timer = setTimeout(() => void killGuarded(child), STOP_MS);
      const [code, signal] = await exit;
      clearTimeout(timer);
      return code ?? signal ?? 'SIGKILL';
    },
  };
}
