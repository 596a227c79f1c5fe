import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Original } from '../../handlers/core/evidence/adapter.ts';
import { parseRepair } from '../../handlers/core/repair/document.ts';
import { applyPatch, checked, type Patch } from '../../handlers/core/repair.ts';
import { InputError, reasonOf, UsageError } from '../exit.ts';
import type { Io } from '../session.ts';
import type { ChangeOptions } from '../stack/options.ts';
import { type Draft, editText, utf8 } from './editor.ts';
import { closeBody, isBroken, openBody } from './opened.ts';

export interface BodyOptions extends ChangeOptions {
  readonly patch?: string;
  readonly merge?: string;
  readonly body?: string;
}

/** The body that takes the original's place. */
export interface Mended {
  readonly body: string;
  /** It was JSON and is not any more. */
  readonly isBroken: boolean;
  /** Where a person's own text lies: to be kept until it was sent. */
  readonly draft?: Draft;
}

/** How the body is changed; read before anything else is done, so that a misspelt patch is told of at once. */
export type Means =
  | { readonly kind: 'editor' }
  | { readonly kind: 'patch'; readonly patch: Patch }
  | { readonly kind: 'body'; readonly body: string };

/** @throws UsageError where the command line names none or two, or a patch that is none */
export async function meansOf({ stdin, env }: Io, { patch, merge, body, yes, dryRun }: BodyOptions): Promise<Means> {
  if ([patch, merge, body].filter((one) => one !== undefined).length > 1)
    throw new UsageError('pass one of --patch, --merge and --body, or none of them for the editor');
  if (patch !== undefined) return { kind: 'patch', patch: await patchOf('--patch', 'json_patch', patch) };
  if (merge !== undefined) return { kind: 'patch', patch: await patchOf('--merge', 'merge_patch', merge) };
  if (body === '-') return { kind: 'body', body: utf8(await buffer(stdin), 'standard input') };
  if (body !== undefined) return { kind: 'body', body: utf8(await fileAt('--body', body), body) };
  const canAsk = stdin.isTTY === true || yes === true || dryRun === true;
  const hasEditor = (env.VISUAL ?? '') !== '' || (env.EDITOR ?? '') !== '';
  if (!canAsk || (stdin.isTTY !== true && !hasEditor))
    throw new UsageError('there is no terminal for an editor: pass --patch, --merge or --body, and --yes');
  return { kind: 'editor' };
}

async function patchOf(option: string, kind: 'json_patch' | 'merge_patch', given: string): Promise<Patch> {
  const text = /^\s*[[{]/.test(given) ? given : utf8(await fileAt(option, given), given);
  try {
    const repair = parseRepair({ [kind]: text }, option);
    if (repair === undefined || repair.kind === 'function') throw new Error(`${option} must be a patch`);
    return repair;
  } catch (error) {
    throw new UsageError(
      (error as Error).message.replace(`${option}.${kind}`, option).replace(' (use jsonencode)', ''),
    );
  }
}

async function fileAt(option: string, path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new UsageError(`cannot read the file of ${option}, ${path}: ${reasonOf(error)}`);
  });
}

/**
 * Makes the new body, in the editor where a person does it.
 * @throws InputError where there is none, or SQS would not take it; it says where a person's text lies
 */
export async function mend(means: Means, original: Original): Promise<Mended> {
  switch (means.kind) {
    case 'patch': {
      const patched = applyPatch(means.patch, original.body);
      if (!patched.ok) throw new InputError(`the letter stays where it is: ${patched.reason}`);
      return { body: accepted(original, patched.body), isBroken: false };
    }
    case 'body':
      return { body: accepted(original, means.body), isBroken: isBroken(original.body, means.body) };
    case 'editor':
      return inEditor(original);
  }
}

async function inEditor(original: Original): Promise<Mended> {
  const opened = openBody(original.body);
  const draft = await editText(opened.text, /^\s*[[{]/.test(original.body) ? '.json' : '.txt');
  const body = closeBody(original.body, opened, await draft.read());
  if (body === original.body) await draft.remove();
  const where = `; your text lies in ${draft.path}`;
  return { body: accepted(original, body, where), isBroken: isBroken(original.body, body), draft };
}

function accepted(original: Original, body: string, where = ''): string {
  if (body === original.body) throw new InputError('nothing was changed: the letter stays where it is');
  const fits = checked(original, body);
  if (!fits.ok) throw new InputError(`the letter stays where it is: ${fits.reason}${where}`);
  return fits.body;
}
