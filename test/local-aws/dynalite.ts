// dynalite, an emulator of DynamoDB alone, as a child process on the loopback address. Its indexes are indexes: a query
// costs what it reads, where moto looks at every item of the table.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { killGuarded, spawnGuarded } from './guarded.ts';

export type Dynalite = { port: number; stop(): Promise<void> };

const START_SECONDS = 30;

/** Starts dynalite on a free port and resolves when it answers. */
export async function startDynalite(): Promise<Dynalite> {
  const program = createRequire(import.meta.url).resolve('dynalite/cli.js');
  const port = await getPort({ host: '127.0.0.1' });
  const args = ['--host', '127.0.0.1', '--port', String(port), '--createTableMs', '0'];
  const child = spawnGuarded(process.execPath, [program, ...args]);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`dynalite ended while starting:\n${said}`);
    if (Date.now() > deadline) {
      await killGuarded(child);
      throw new Error(`dynalite did not answer within ${START_SECONDS} s:\n${said}`);
    }
    await sleep(50);
  }
  return { port, stop: () => killGuarded(child) };
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
