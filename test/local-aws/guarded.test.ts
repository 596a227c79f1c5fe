import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startFixture, until } from './fixture.ts';
import { killGuarded, spawnGuarded } from './guarded.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The first line on a process's stdout, as numbers. */
async function pidsOn(stdout: NodeJS.ReadableStream | null): Promise<number[]> {
  if (stdout === null) throw new Error('no stdout');
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  return line.trim().split(' ').map(Number);
}

// A shell with a child of its own, as a version manager's shim or Terraform with its provider.
const FAMILY = ['-c', 'sleep 60 & echo $$ $!; wait'];

describe('a guarded process', () => {
  it('is ended with its children', async () => {
    const child = spawnGuarded('/bin/sh', FAMILY);
    const pids = await pidsOn(child.stdout);
    expect(pids.every(isAlive)).toBe(true);
    await killGuarded(child);
    await until('both are gone', () => !pids.some(isAlive));
  });

  it('ends with its children when whoever started it is killed', async () => {
    const guarded = fileURLToPath(new URL('./guarded.ts', import.meta.url));
    const script = `import { spawnGuarded } from ${JSON.stringify(guarded)};
      const child = spawnGuarded('/bin/sh', ${JSON.stringify(FAMILY)});
      child.stdout.pipe(process.stdout);
      setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await pidsOn(parent.stdout);
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await until('both are gone', () => !pids.some(isAlive));
  });
});

describe('the local AWS', () => {
  it('leaves no process behind after stop', async () => {
    const fixture = await startFixture();
    await fixture.deploy('pid', "export const handler = () => process.stdout.write('pid ' + process.pid + '\\n');");
    await fixture.queue('pid');
    await fixture.map('pid', 'pid');
    await fixture.host().invoke({ functionName: 'pid', payload: Buffer.from('{}'), type: 'RequestResponse' });
    const pid = Number(fixture.printed('pid', 'pid ')[0]);
    const moto = fixture.aws.motoPid;
    expect([pid, moto].every(isAlive)).toBe(true);
    await fixture.stop();
    expect([pid, moto].filter(isAlive)).toEqual([]);
    await expect(fetch(fixture.aws.gateway.url)).rejects.toThrow();
  });

  it('leaves no process behind when whoever started it is killed', async () => {
    const fixture = fileURLToPath(new URL('./fixture.ts', import.meta.url));
    const script = `import { startFixture } from ${JSON.stringify(fixture)};
      const fixture = await startFixture();
      await fixture.deploy('pid', "export const handler = () => process.pid;");
      const { payload } = await fixture.host().invoke({ functionName: 'pid', payload: Buffer.from('{}') });
      console.log(payload.toString(), fixture.aws.motoPid);`;
    const args = ['--input-type=module', '-e', script];
    // Killed, it cannot remove its files: they are put where this test can.
    const TMPDIR = await mkdtemp(join(tmpdir(), 'dlq-healer-killed-'));
    const env = { ...process.env, TMPDIR };
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], env });
    const pids = await pidsOn(parent.stdout);
    expect(pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await until('function and emulator are gone', () => !pids.some(isAlive));
    await rm(TMPDIR, { recursive: true, force: true });
  });
});
