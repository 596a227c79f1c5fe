/** Small readers for JSON that came from outside: each names the path, what was expected and what came. */

export function fail(path: string, expected: string, got: unknown): never {
  throw new Error(`${path} must be ${expected}; got ${describe(got)}`);
}

export function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object', value);
  return value as Record<string, unknown>;
}

/** The object, where it has no key but the known ones: a misspelt condition would be one left out, and a rule would match more than it says. */
export function onlyKnown(
  object: Record<string, unknown>,
  known: readonly string[],
  path: string,
): Readonly<Record<string, unknown>> {
  const stranger = Object.keys(object).find((key) => !known.includes(key));
  return stranger === undefined ? object : fail(path, `an object with the keys ${known.join(', ')} only`, stranger);
}

/** Terraform writes an empty list as null in some shapes; both mean none. */
export function array(value: unknown, path: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : fail(path, 'a list', value);
}

export function text(value: unknown, path: string): string {
  return typeof value === 'string' && value !== '' ? value : fail(path, 'a non-empty string', value);
}

export function optionalText(value: unknown, path: string): string | undefined {
  return value === null || value === undefined ? undefined : text(value, path);
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  if (value === null || value === undefined) return undefined;
  // Terraform may write a number as a string when it passed through a map of strings.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? number
    : fail(path, 'a number ≥ 0', value);
}

export function optionalFlag(value: unknown, path: string): boolean | undefined {
  if (value === null || value === undefined) return undefined;
  // As with numbers: a map of strings makes it a string.
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'boolean' ? value : fail(path, 'true or false', value);
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without its undefined fields. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Present<T>;
}

function describe(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
