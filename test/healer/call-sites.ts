import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the handlers call AWS: every place that the source has, and those that a test run came through. */

const ROOT = process.cwd();
const FOLDERS = ['handlers/heal', 'handlers/govern', 'handlers/aws'];

/** A client's `send`, and what calls it for us: the SDK's paginators, Powertools' store, Step Functions' passed-in call. */
const CALL = /\.send\(|\bpaginate[A-Z]\w*\(|\bstore\.(saveInProgress|deleteRecord)\(|\bclients\.startExecution\(/;

const FUNCTION = /^(?:export )?(?:async )?(?:function\*? |const )(\w+)/;

export interface Site {
  readonly file: string;
  /** `handlers/aws/queues.ts:82` */
  readonly at: string;
  /** The function of the file that it stands in. */
  readonly within: string;
  /** What is called there, as the source names it. */
  readonly what: string;
}

/** Every call of AWS in the source. */
export function callSites(): Site[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((file) => {
      const lines = readFileSync(join(ROOT, folder, file), 'utf8').split('\n');
      return lines.flatMap((line, i) => {
        if (!CALL.test(line) || line.startsWith('import ')) return [];
        const command = /new (\w+)Command\(/.exec(lines.slice(i, i + 3).join('\n'));
        const what = command?.[1] ?? /(paginate\w+|saveInProgress|deleteRecord|startExecution)/.exec(line)?.[1] ?? '?';
        const within = lines.slice(0, i + 1).findLast((one) => FUNCTION.test(one));
        const name = `${folder}/${file}`;
        return [{ file: name, at: `${name}:${i + 1}`, within: FUNCTION.exec(within ?? '')?.[1] ?? '?', what }];
      });
    }),
  );
}

const seen = new Set<string>();

/** The places, as `Site.at`, that a call came through since this file was loaded. */
export const sitesSeen: ReadonlySet<string> = seen;

type Sends = { send: (...args: never[]) => unknown };

/** Notes from now on through which lines of the handlers a client is called. */
export function noteSite(client: object): void {
  const sender = client as Sends;
  const send = sender.send.bind(sender);
  sender.send = (...args) => {
    for (const at of framesOfHandlers()) seen.add(at);
    return send(...args);
  };
}

function framesOfHandlers(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return [...stack.matchAll(/(handlers\/[\w-]+\/[\w-]+\.ts:\d+):\d+/g)].map(([, at]) => at ?? '');
}
