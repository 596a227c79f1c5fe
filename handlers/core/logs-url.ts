/** China and the US government have consoles of their own. */
const CONSOLES: readonly (readonly [string, string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

/**
 * The console's page for a log group or stream; its URL encodes names twice, with `$25` for the per cent sign.
 * @returns undefined without a log group
 */
export function logsUrl(
  region: string,
  logGroup: string | undefined,
  logStream: string | undefined,
): string | undefined {
  if (logGroup === undefined) return undefined;
  const encode = (name: string) => encodeURIComponent(encodeURIComponent(name.toWellFormed())).replaceAll('%', '$');
  const stream = logStream === undefined ? '' : `/log-events/${encode(logStream)}`;
  const console = CONSOLES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? `${region}.console.aws.amazon.com`;
  return `https://${console}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encode(logGroup)}${stream}`;
}
