import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import type { Speed } from './instance.ts';
import { LATENCY_MS, startStubAws } from './stub-aws.ts';

/**
 * Prints how many letters one function instance heals in a second with AWS-like latencies, beside the naive healer.
 * @throws Error when the instance failed
 */
export async function benchThroughput(): Promise<void> {
  const aws = await startStubAws();
  try {
    const instance = fork(fileURLToPath(new URL('./instance.ts', import.meta.url)), [aws.url], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const speeds: Speed[] = [];
    instance.on('message', (speed) => speeds.push(speed as Speed));
    const [code] = (await once(instance, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`the instance ended with ${code}`);
    print(speeds);
  } finally {
    await aws.stop();
  }
}

function print(speeds: readonly Speed[]): void {
  const base = speeds[0]?.lettersPerSecond ?? Number.NaN;
  const table = new Table({
    head: ['one instance heals (TIMEOUT)', 'letters per second', 'naive healer × ', 'CPU ms per letter'],
    style: { head: [], border: [] },
  });
  for (const { how, lettersPerSecond, cpuMsPerLetter } of speeds)
    table.push([how, lettersPerSecond.toFixed(0), (lettersPerSecond / base).toFixed(1), cpuMsPerLetter.toFixed(2)]);
  const assumed = Object.entries(LATENCY_MS).map(([service, ms]) => `${service} ${ms}`);
  process.stdout.write(`on a whole core of this machine; assumed latencies, ms: ${assumed.join(', ')}\n${table}\n`);
}
