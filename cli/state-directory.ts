import envPaths from 'env-paths';

/** Where the command remembers what must outlive it: what was sent but not yet deleted, and who changed what. */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const own = env.DLQ_STATE_DIR;
  return own !== undefined && own !== '' ? own : envPaths('dlq-healer', { suffix: '' }).data;
}
