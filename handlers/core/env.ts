/**
 * The named environment variables, all present and not empty.
 * @throws Error naming every missing one at once: a function that starts half configured would fail letter by letter.
 */
export function requireEnv<Name extends string>(
  names: readonly Name[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<Name, string> {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(
      `missing environment variable${missing.length > 1 ? 's' : ''} ${missing.join(', ')}: ` +
        'the module sets them, so apply it again; where the function is run by hand, set them first',
    );
  }
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<Name, string>;
}
