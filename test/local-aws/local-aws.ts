// The whole local AWS: emulators, gateway and, when asked, the Lambda host.
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fauxqs, type QueueDepth, type StoredMessage, startFauxqs } from './fauxqs.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type Host, type HostOptions, startHost } from './host.ts';
import { startMoto } from './moto.ts';
import { REPOSITORY } from './terraform.ts';

export type LocalAws = {
  region: string;
  gateway: Gateway;
  /** What a client of AWS needs in its environment to reach this one. */
  environment: Record<string, string>;
  /** A directory that is removed at the end: unpacked code, logs. */
  work: string;
  depths(): Promise<QueueDepth[]>;
  bodies(queue: string): Promise<StoredMessage[]>;
  startHost(options?: Partial<HostOptions>): Promise<Host>;
  /** Has functions that start from now on trust who shows this certificate (PEM): a server in the place of one of AWS's. */
  trust(certificate: string): Promise<void>;
  motoPid: number;
  /** Leaves `work` behind, for someone to read the logs. */
  keepFiles(): void;
  stop(): Promise<void>;
};

export type LocalAwsOptions = { region?: string; port?: number };

export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const region = options.region ?? 'us-east-1';
  const work = await mkdtemp(join(tmpdir(), 'dlq-healer-local-aws-'));
  let keep = false;
  const removeFiles = async () => {
    if (!keep) await rm(work, { recursive: true, force: true });
  };
  const moto = await startMoto().catch(async (error: unknown) => {
    await removeFiles();
    throw error;
  });
  const fauxqs: Fauxqs = await startFauxqs(region);
  const gateway = await startGateway({
    fauxqs,
    motoPort: moto.port,
    region,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  let host: Host | undefined;
  let trusted: string | undefined;
  let stopping: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await host?.stop();
    await gateway.stop();
    await fauxqs.stop();
    await moto.stop();
    await removeFiles();
  }

  return {
    region,
    gateway,
    work,
    motoPid: moto.pid,
    environment: {
      AWS_ENDPOINT_URL: gateway.url,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    },
    depths: fauxqs.depths,
    bodies: fauxqs.bodies,
    async startHost(given = {}) {
      const zipDirectory = join(REPOSITORY, 'dist');
      host = await startHost({ gateway, region, work, zipDirectory, trusted: () => trusted, ...given });
      return host;
    },
    async trust(certificate) {
      const file = join(work, 'trusted.pem');
      await appendFile(file, certificate);
      trusted = file;
    },
    keepFiles() {
      keep = true;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
