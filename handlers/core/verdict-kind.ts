import { VERDICT_KINDS, type VerdictKind } from './classes.ts';
import { fail, optionalText } from './parse.ts';

/** A verdict's name in a document. @throws Error naming the path and what came */
export function verdictKind(value: unknown, path: string): VerdictKind | undefined {
  const kind = optionalText(value, path);
  if (kind === undefined) return undefined;
  return VERDICT_KINDS.find((known) => known === kind) ?? fail(path, VERDICT_KINDS.join(', '), kind);
}
