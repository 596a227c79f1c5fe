// A Python that has boto3: the one that moto_server runs on has it, and whoever runs this has moto_server.
import { execFile } from 'node:child_process';
import { open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, MissingTool } from './tools.ts';

const MISSING = [
  'No Python with boto3 was found: not behind moto_server, not beside it, not on the PATH. Bring it with:',
  "  pip install boto3    (or pip install 'moto[server]', which needs it too)",
].join('\n');

/** The path of the interpreter. @throws MissingTool that says how to get one */
export async function findPython(path = process.env.PATH ?? ''): Promise<string> {
  const moto = await findOnPath('moto_server', path);
  const beside = moto === undefined ? [] : [await interpreterOf(moto), join(dirname(moto), 'python3')];
  for (const candidate of [...beside, await findOnPath('python3', path)])
    if (candidate !== undefined && (await hasBoto3(candidate, path))) return candidate;
  throw new MissingTool(MISSING);
}

/** The Python that a script names in its first line; version managers put shell scripts in front. */
async function interpreterOf(script: string): Promise<string | undefined> {
  const file = await open(await realpath(script));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return /^#!\s*(\S*python[\d.]*)\s*$/m.exec(buffer.subarray(0, bytesRead).toString().split('\n')[0] ?? '')?.[1];
  } finally {
    await file.close();
  }
}

async function hasBoto3(python: string, path: string): Promise<boolean> {
  const env = { ...process.env, PATH: path };
  return promisify(execFile)(python, ['-c', 'import boto3'], { env }).then(
    () => true,
    () => false,
  );
}
