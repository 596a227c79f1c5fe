import { UsageError } from '../exit.ts';

/** @throws UsageError saying what was expected and what came */
export function parseNumber(text: string, option: string, least: number, most: number, whole = true): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`${option} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}; got ${text}`);
}
