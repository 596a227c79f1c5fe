import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ExternalEditor } from '@inquirer/external-editor';
import { InputError } from '../exit.ts';

/** A file of a person's own, in a directory that nobody else can read. */
export interface Draft {
  readonly path: string;
  /** Its text as the person left it. @throws InputError where it is no UTF-8 */
  read(): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Opens a text in the person's editor: `$VISUAL`, `$EDITOR`, else vim. The file stays until it is removed, whatever happens.
 * @throws InputError where the editor cannot be started or ends with a failure
 */
export async function editText(text: string, suffix: string): Promise<Draft> {
  const path = join(await mkdtemp(join(tmpdir(), 'dlq-edit-')), `body${suffix}`);
  await writeFile(path, text, { mode: 0o600 });
  await runEditor(path);
  return {
    path,
    read: async () => utf8(await readFile(path), path),
    remove: () => rm(dirname(path), { recursive: true, force: true }),
  };
}

async function runEditor(path: string): Promise<void> {
  // Set to nothing they are as good as not set.
  for (const name of ['VISUAL', 'EDITOR']) if (process.env[name] === '') delete process.env[name];
  const { bin, args } = new ExternalEditor().editor;
  // The editor is given Ctrl-C, too, and knows what to do with it.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      const editor = spawn(bin, [...args, path], { stdio: 'inherit' });
      editor.once('error', reject);
      editor.once('exit', resolve);
    });
    if (code !== 0)
      throw new InputError(`the editor ${bin} ended with code ${code}: nothing was changed; your text lies in ${path}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `the editor ${bin} cannot be started (${(error as Error).message}): set EDITOR, or pass --patch, --merge or --body; the body lies in ${path}`,
    );
  } finally {
    process.removeListener('SIGINT', ignore);
  }
}

/** @throws InputError where the bytes are no UTF-8: SQS takes nothing else */
export function utf8(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError(`${name} must be UTF-8 text, as SQS takes it; it is not`);
  }
}
