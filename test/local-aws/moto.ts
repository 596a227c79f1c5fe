// moto_server, the emulator of everything but queues and topics, as a child process on the loopback address.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { killGuarded, spawnGuarded } from './guarded.ts';
import { findOnPath, MissingTool } from './tools.ts';

export const ACCOUNT_ID = '000000000000';

export type Moto = { port: number; pid: number; stop(): Promise<void> };

const MISSING = [
  'moto_server is not on the PATH. It emulates the AWS APIs that this command needs. Bring it with one of:',
  "  uvx --from 'moto[server]' moto_server --help   (then: uv tool install 'moto[server]')",
  "  pip install 'moto[server]'",
].join('\n');

const START_SECONDS = 60;

/** Starts moto_server on a free port and resolves when it answers. */
export async function startMoto(path = process.env.PATH): Promise<Moto> {
  const program = await findOnPath('moto_server', path);
  if (program === undefined) throw new MissingTool(MISSING);
  const port = await getPort({ host: '127.0.0.1' });
  const child = spawnGuarded(program, ['-H', '127.0.0.1', '-p', String(port)], { env: environment() });
  const errors = keepTail(child);
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`moto_server ended while starting:\n${errors()}\n${MISSING}`);
    if (Date.now() > deadline) {
      await killGuarded(child);
      throw new Error(`moto_server did not answer within ${START_SECONDS} s:\n${errors()}`);
    }
    await sleep(100);
  }
  return { port, pid: child.pid ?? 0, stop: () => killGuarded(child) };
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // fauxqs has this account id built in; ARNs must agree across both emulators.
    MOTO_ACCOUNT_ID: ACCOUNT_ID,
    PYTHONUNBUFFERED: '1',
    // moto must not take part in what it emulates.
    AWS_ENDPOINT_URL: '',
    MOTO_EVENTS_INVOKE_HTTP: 'false',
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/moto-api/`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** moto logs each request; only the end is kept, for the error message. Reading also keeps the pipe from filling. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  const keep = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-2_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => tail;
}
