import { readFile } from 'node:fs/promises';
import { fail } from '../../handlers/core/parse.ts';
import type { UserRule } from '../../handlers/core/rules/user.ts';
import { parseRules } from '../../handlers/core/rules-document.ts';
import { reasonOf, UsageError } from '../exit.ts';

/**
 * The user's rules of `--rules FILE`: a JSON list as in the module's input `rules`, or an object with that list.
 * @throws UsageError naming file, path, what was expected and what came: half the rules would class otherwise than all.
 */
export async function readRules(path: string | undefined): Promise<readonly UserRule[]> {
  if (path === undefined) return [];
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`cannot read the rules in ${path}: ${reasonOf(error)}`);
  });
  try {
    return parseRules(listOf(JSON.parse(text)));
  } catch (error) {
    const what = error instanceof SyntaxError ? `it is not JSON: ${error.message}` : (error as Error).message;
    throw new UsageError(`${path}: ${what}`);
  }
}

function listOf(document: unknown): unknown {
  if (Array.isArray(document)) return document;
  const list = (document as { rules?: unknown } | null)?.rules;
  return Array.isArray(list) ? list : fail('the file', 'a list of rules, or {"rules": [a list of rules]}', document);
}
