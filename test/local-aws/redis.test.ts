import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisAt } from '../../examples/telemetry-repair/redis.ts';
import { type Redis, startRedis } from './redis.ts';
import { MissingTool } from './tools.ts';

let directory: string;
let redis: Redis;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dlq-healer-redis-'));
  redis = await startRedis(directory);
});
afterAll(async () => {
  await redis?.close();
  await rm(directory, { recursive: true, force: true });
});

it('serves TLS alone', async () => {
  await expect(redis.with((client) => client.ping())).resolves.toBe('PONG');
  const plain = redisAt(redis.url.replace('rediss:', 'redis:'));
  await expect(plain((client) => client.ping())).rejects.toThrow();
});

it('refuses while it is stopped, and holds afterwards what it held before', async () => {
  await redis.with((client) => client.set('device', 'known'));
  const pid = redis.pid();
  await redis.stop();
  expect(redis.pid()).toBeUndefined();
  await expect(redis.with((client) => client.ping())).rejects.toThrow('ECONNREFUSED');
  await redis.start();
  expect(redis.pid()).not.toBe(pid);
  await expect(redis.with((client) => client.get('device'))).resolves.toBe('known');
});

it('is asked by the example’s functions on one connection, and on another when that one broke', async () => {
  // Node reads whom it trusts once, when it starts; the end-to-end test has functions that trust the certificate.
  const other = await mkdtemp(join(tmpdir(), 'dlq-healer-redis-'));
  const plain = await startRedis(other, { tls: false });
  try {
    const ask = redisAt(plain.url);
    const id = () => ask((client) => client.sendCommand(['CLIENT', 'ID']));
    const first = await Promise.all([id(), id(), id()]);
    expect(new Set([...first, await id()]).size).toBe(1);
    await plain.stop();
    await expect(id()).rejects.toThrow('ECONNREFUSED');
    await plain.start();
    await expect(Promise.all([id(), id()])).resolves.toHaveLength(2);
  } finally {
    await plain.close();
    await rm(other, { recursive: true, force: true });
  }
});

it('leaves no process behind', async () => {
  const pid = redis.pid();
  await redis.close();
  expect(() => execFileSync('kill', ['-0', String(pid)], { stdio: 'ignore' })).toThrow();
  await redis.start();
});

it('says how to get a server where there is none', async () => {
  const missing = startRedis(directory, { path: '/nonexistent' });
  await expect(missing).rejects.toThrow(MissingTool);
  await expect(missing).rejects.toThrow('apt-get install redis-server');
});
