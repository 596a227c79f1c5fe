// A Redis (or Valkey) server as a child process on the loopback address, with TLS as ElastiCache has it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createClient } from '@redis/client';
import getPort from 'get-port';
import { killGuarded, spawnGuarded } from './guarded.ts';
import { findOnPath, MissingTool } from './tools.ts';

export type Redis = {
  port: number;
  url: string;
  /** PEM; whoever trusts it trusts this server. */
  certificate: string;
  /** Of the process that serves now. */
  pid(): number | undefined;
  /** Does some work with a client of its own. */
  with<T>(work: (client: RedisClient) => Promise<T>): Promise<T>;
  /** Stops serving; what it holds is kept for `start`. */
  stop(): Promise<void>;
  /** Serves again, at the same port and with what it held. */
  start(): Promise<void>;
  close(): Promise<void>;
};
export type RedisOptions = { path?: string | undefined; tls?: boolean };
export type RedisClient = ReturnType<typeof clientFor>;

const PROGRAMS = ['redis-server', 'valkey-server'];
const MISSING_SERVER = [
  'Neither redis-server nor valkey-server is on the PATH: an example keeps metadata in it. Bring it with one of:',
  '  apt-get install redis-server',
  '  brew install redis',
].join('\n');
const MISSING_OPENSSL =
  'openssl is not on the PATH: it makes the certificate of a Redis server. Bring it with: apt-get install openssl';
const START_SECONDS = 30;

/**
 * Starts a server on a free port and resolves when it answers.
 * @param directory of this server alone: its certificate, and what it holds while it is stopped
 */
export async function startRedis(directory: string, options: RedisOptions = {}): Promise<Redis> {
  const { path = process.env.PATH, tls = true } = options;
  const found = await Promise.all(PROGRAMS.map((program) => findOnPath(program, path)));
  const program = found.find((one) => one !== undefined);
  if (program === undefined) throw new MissingTool(MISSING_SERVER);
  const certificate = await makeCertificate(directory, path);
  const port = await getPort({ host: '127.0.0.1' });
  const url = `redis${tls ? 's' : ''}://127.0.0.1:${port}`;
  let child: ReturnType<typeof spawnGuarded> | undefined;

  async function withClient<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = clientFor(url, certificate);
    client.on('error', () => undefined); // whoever asked is told
    await client.connect();
    try {
      return await work(client);
    } finally {
      if (client.isOpen) client.destroy();
    }
  }

  async function start(): Promise<void> {
    const process = spawnGuarded(program as string, argumentsFor(port, directory, tls));
    child = process;
    let said = '';
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-2_000);
      });
    const deadline = Date.now() + START_SECONDS * 1000;
    while (!(await withClient((client) => client.ping()).catch(() => false))) {
      if (process.exitCode !== null) throw new Error(`${program} ended while starting:\n${said}`);
      if (Date.now() > deadline) {
        await killGuarded(process);
        throw new Error(`${program} did not answer within ${START_SECONDS} s:\n${said}`);
      }
      await sleep(50);
    }
  }

  async function close(): Promise<void> {
    if (child !== undefined) await killGuarded(child);
    child = undefined;
  }

  await start();
  return {
    port,
    url,
    certificate,
    pid: () => child?.pid,
    with: withClient,
    async stop() {
      // Saved on purpose: nothing is saved by itself.
      await withClient((client) => client.sendCommand(['SAVE']));
      await close();
    },
    start,
    close,
  };
}

const argumentsFor = (port: number, directory: string, tls: boolean) => [
  ...['--bind', '127.0.0.1', ...(tls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)])],
  ...['--tls-cert-file', join(directory, 'certificate.pem'), '--tls-key-file', join(directory, 'key.pem')],
  ...['--tls-ca-cert-file', join(directory, 'certificate.pem'), '--tls-auth-clients', 'no'],
  ...['--dir', directory, '--save', '', '--appendonly', 'no'],
];

/** @returns the certificate, PEM; the key lies beside it in the directory */
async function makeCertificate(directory: string, path: string | undefined): Promise<string> {
  const openssl = await findOnPath('openssl', path);
  if (openssl === undefined) throw new MissingTool(MISSING_OPENSSL);
  const out = join(directory, 'certificate.pem');
  await promisify(execFile)(openssl, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=local cache', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-keyout', join(directory, 'key.pem'), '-out', out],
  ]);
  return readFile(out, 'utf8');
}

const clientFor = (url: string, ca: string) => {
  const socket = { connectTimeout: 2_000, reconnectStrategy: false } as const;
  return createClient({ url, socket: url.startsWith('rediss:') ? { ...socket, tls: true, ca } : socket });
};
