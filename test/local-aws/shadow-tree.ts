// Terraform writes its dependency lock beside the configuration that it runs. A tree of links to the repository's files
// takes those writes, so that the repository stays as it is and several runs never meet in one file.
import { copyFile, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

// What Terraform never reads, and what an earlier run of the developer's own may have left.
const LEFT_OUT = new Set(['node_modules', '.git', '.terraform', '.terraform.lock.hcl', '.local', 'coverage']);
const isState = (name: string) => /\.tfstate(\..*)?$/.test(name);

/** Rebuilds `source` under `target` out of real directories and links to files; zips are copied. */
export async function linkTree(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const entries = await readdir(source, { withFileTypes: true });
  for (const entry of entries) {
    if (LEFT_OUT.has(entry.name) || isState(entry.name)) continue;
    const from = join(source, entry.name);
    const to = join(target, entry.name);
    if (entry.isDirectory()) await linkTree(from, to);
    // What is deployed must not change under a run because someone builds meanwhile.
    else if (entry.name.endsWith('.zip')) await copyFile(from, to);
    else await symlink(from, to);
  }
}
