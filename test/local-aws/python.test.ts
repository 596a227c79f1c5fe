import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPython } from './python.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dlq-healer-python-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A stand-in that has boto3 (exit code 0), or has not. */
async function python(name: string, code: 0 | 1): Promise<string> {
  return script(name, `#!/bin/sh\nexit ${code}\n`);
}

async function script(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

describe('a Python with boto3', () => {
  it('is the one that moto_server runs on', async () => {
    const own = await python('own-python3', 0);
    await python('python3', 1);
    await script('moto_server', `#!${own}\nimport moto\n`);
    expect(await findPython(directory)).toBe(own);
  });

  it('is the one beside a shell script in front of moto_server', async () => {
    const beside = await python('python3', 0);
    await script('moto_server', '#!/usr/bin/env bash\nexec something\n');
    expect(await findPython(directory)).toBe(beside);
  });

  it('is missing with a sentence that says how to get it', async () => {
    await python('python3', 1);
    await expect(findPython(directory)).rejects.toThrow(/^No Python with boto3 was found[\s\S]*pip install boto3/);
  });

  it('is on this machine, for the tests that need it', async () => {
    expect(await findPython()).toMatch(/python/);
  });
});
