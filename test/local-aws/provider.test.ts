import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMoto } from './moto.ts';
import { findProvider, writeCliConfiguration } from './provider.ts';
import { linkTree } from './shadow-tree.ts';
import { findTerraform } from './terraform.ts';

let work = '';
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'dlq-healer-provider-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

const offline = async () => false;
const write = async (path: string, text: string) => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
};

/** A directory with an unpacked provider some levels down, as a package of an operating system would lay it. */
async function fakeMirror(): Promise<{ root: string; mirror: string }> {
  const root = await mkdtemp(join(work, 'root-'));
  const mirror = join(root, 'share', 'terraform', 'mirror');
  await write(join(mirror, 'registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws'), '');
  return { root, mirror };
}

describe('the AWS provider', () => {
  it('is taken from a mirror on the machine when there is no registry, even if a missing configuration is named', async () => {
    const { root, mirror } = await fakeMirror();
    const env = { HOME: work, TF_CLI_CONFIG_FILE: join(work, 'is-not-there') };
    const source = await findProvider({ env, roots: [join(work, 'nothing'), root], registryAnswers: offline });
    expect(source).toEqual({ kind: 'mirror', directory: mirror });
    const path = await writeCliConfiguration(source, work);
    expect(await readFile(path, 'utf8')).toContain(`filesystem_mirror { path = ${JSON.stringify(mirror)} }`);
  });

  it('is not looked for below the bound', async () => {
    const { root, mirror } = await fakeMirror();
    const deep = join(root, '..', 'a', 'b', 'c', 'd', 'e');
    await write(join(deep, 'registry.terraform.io/hashicorp/aws/5.100.0/x'), '');
    const env = { HOME: work };
    expect(
      await findProvider({ env, roots: [join(deep, '../../../../..')], registryAnswers: offline }),
    ).not.toMatchObject({ directory: deep });
    expect(await findProvider({ env, roots: [root], registryAnswers: offline })).toMatchObject({ directory: mirror });
  });

  it('comes from the registry where that answers', async () => {
    const { root } = await fakeMirror();
    const source = await findProvider({ env: { HOME: work }, roots: [root], registryAnswers: async () => true });
    expect(source).toEqual({ kind: 'registry' });
  });

  it('comes first of all from where the developer’s own configuration says', async () => {
    const { root } = await fakeMirror();
    const path = join(work, 'own.rc');
    await write(path, 'provider_installation {\n  direct {}\n}\n');
    const source = await findProvider({
      env: { HOME: work, TF_CLI_CONFIG_FILE: path },
      roots: [root],
      registryAnswers: offline,
    });
    expect(source).toEqual({ kind: 'cli-configuration', path });
    expect(await writeCliConfiguration(source, work)).toBe(path);
  });
});

describe('a missing tool', () => {
  it('Terraform is named, with what brings it', async () => {
    await expect(findTerraform(join(work, 'empty'))).rejects.toThrow(
      /Terraform 1.9 or newer is needed, and none is on the PATH.\nBring it with: /,
    );
  });

  it('Terraform that is too old is named with its version', async () => {
    const program = join(work, 'old', 'terraform');
    await write(program, '#!/bin/sh\necho \'{"terraform_version": "1.8.5"}\'\n');
    await chmod(program, 0o755);
    await expect(findTerraform(join(work, 'old'))).rejects.toThrow(/Terraform 1.9 or newer is needed; .* is 1.8/);
  });

  it('moto_server is named, with both commands that bring it', async () => {
    const starting = startMoto(join(work, 'empty'));
    await expect(starting).rejects.toThrow(/moto_server is not on the PATH/);
    await expect(starting).rejects.toThrow(/uvx --from 'moto\[server\]' moto_server/);
    await expect(starting).rejects.toThrow(/pip install 'moto\[server\]'/);
  });
});

describe('the tree that Terraform runs in', () => {
  it('has every file of the repository but what a run leaves, and takes writes in its place', async () => {
    const [from, to] = [join(work, 'from'), join(work, 'to')];
    await write(join(from, 'examples/complete/main.tf'), 'a');
    await write(join(from, 'dist/heal.zip'), 'zip');
    await write(join(from, 'examples/complete/.terraform.lock.hcl'), 'old');
    await write(join(from, 'examples/complete/terraform.tfstate'), 'old');
    await linkTree(from, to);
    await writeFile(join(to, 'examples/complete/.terraform.lock.hcl'), 'new');
    await write(join(from, 'dist/heal.zip'), 'rebuilt');
    expect(await readFile(join(to, 'examples/complete/main.tf'), 'utf8')).toBe('a');
    expect(await readFile(join(to, 'dist/heal.zip'), 'utf8')).toBe('zip');
    expect(await readFile(join(from, 'examples/complete/.terraform.lock.hcl'), 'utf8')).toBe('old');
    await expect(readFile(join(to, 'examples/complete/terraform.tfstate'))).rejects.toThrow('ENOENT');
  });
});
