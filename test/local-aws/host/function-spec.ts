// What a function is: its configuration as the Lambda API gives it, and the committed zip with that code.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Gateway } from '../gateway.ts';
import { request } from './aws-request.ts';

export type FunctionSpec = {
  name: string;
  arn: string;
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  codeSha256: string;
  /** The unpacked zip. */
  directory: string;
  logGroup: string;
  logFormat: string;
};

type Configuration = {
  FunctionName: string;
  FunctionArn: string;
  Handler: string;
  Timeout: number;
  MemorySize: number;
  CodeSha256: string;
  Runtime: string;
  Environment?: { Variables?: Record<string, string> };
  LoggingConfig?: { LogGroup?: string; LogFormat?: string };
};

export type ZipStore = { directoryOf(codeSha256: string, functionName: string): Promise<string> };

/** Finds zips by the hash of their bytes, which is Lambda's CodeSha256, and unpacks each once under `work`. */
export function createZipStore(zipDirectory: string, work: string): ZipStore {
  const unpacked = new Map<string, Promise<string>>();
  async function unpack(codeSha256: string, functionName: string): Promise<string> {
    const files = (await readdir(zipDirectory).catch(() => [])).filter((file) => file.endsWith('.zip'));
    for (const file of files) {
      const bytes = await readFile(join(zipDirectory, file));
      if (createHash('sha256').update(bytes).digest('base64') !== codeSha256) continue;
      const directory = join(work, 'code', Buffer.from(codeSha256, 'base64').toString('hex').slice(0, 16));
      for (const [name, content] of Object.entries(unzipSync(bytes))) await write(join(directory, name), content);
      return directory;
    }
    throw new Error(
      `${functionName}: no zip in ${zipDirectory} has the code hash ${codeSha256} of the deployed function; ` +
        `looked at ${files.join(', ') || 'no file'}`,
    );
  }
  return {
    directoryOf(codeSha256, functionName) {
      const known = unpacked.get(codeSha256) ?? unpack(codeSha256, functionName);
      unpacked.set(codeSha256, known);
      known.catch(() => unpacked.delete(codeSha256));
      return known;
    },
  };
}

async function write(path: string, content: Uint8Array): Promise<void> {
  if (path.endsWith('/')) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

export async function readFunction(
  gateway: Gateway,
  zips: ZipStore,
  region: string,
  name: string,
): Promise<FunctionSpec> {
  const url = `/2015-03-31/functions/${name}`;
  const answer = await request<{ Configuration: Configuration }>(gateway, {
    service: 'lambda',
    method: 'GET',
    url,
    region,
  });
  const configuration = answer.Configuration;
  if (!configuration.Runtime.startsWith('nodejs')) throw new Error(`${name}: cannot run ${configuration.Runtime}`);
  return {
    name,
    arn: configuration.FunctionArn,
    handler: configuration.Handler,
    timeoutSeconds: configuration.Timeout,
    memoryMb: configuration.MemorySize,
    environment: configuration.Environment?.Variables ?? {},
    codeSha256: configuration.CodeSha256,
    directory: await zips.directoryOf(configuration.CodeSha256, name),
    logGroup: configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: configuration.LoggingConfig?.LogFormat ?? 'Text',
  };
}
