// Every line that functions print: to a file per function, to listeners, and to CloudWatch Logs.
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Gateway } from '../gateway.ts';
import { AwsError, request } from './aws-request.ts';

export type LogLine = { functionName: string; logStream: string; requestId: string; time: number; text: string };
export type LogListener = (line: LogLine) => void;

export type Logs = {
  print(line: LogLine): void;
  /** Where a function's lines go besides; needed before its first line reaches CloudWatch Logs. */
  setGroup(functionName: string, logGroup: string): void;
  stop(): Promise<void>;
};

const FLUSH_MS = 1_000;
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
const MAX_EVENTS = 10_000;

export function createLogs(gateway: Gateway, region: string, directory: string, listener: LogListener): Logs {
  mkdirSync(directory, { recursive: true });
  const files = new Map<string, WriteStream>();
  const groups = new Map<string, string>();
  const pending = new Map<string, LogLine[]>();
  const streams = new Set<string>();
  let flushing: Promise<void> = Promise.resolve();

  const call = (functionName: string, action: string, body: object) =>
    request(gateway, { service: 'logs', target: `Logs_20140328.${action}`, body, caller: functionName, region });

  async function put(lines: LogLine[]): Promise<void> {
    const { functionName, logStream: logStreamName } = lines[0] as LogLine;
    const logGroupName = groups.get(functionName);
    if (logGroupName === undefined) return;
    if (!streams.has(logStreamName))
      await call(functionName, 'CreateLogStream', { logGroupName, logStreamName }).catch(ifThere);
    streams.add(logStreamName);
    const logEvents = lines.map(({ time, text }) => ({ timestamp: time, message: text.replaceAll('\r', '\n') || ' ' }));
    await call(functionName, 'PutLogEvents', { logGroupName, logStreamName, logEvents });
  }

  async function flush(): Promise<void> {
    const batches = [...pending.values()];
    pending.clear();
    for (const batch of batches) {
      for (let start = 0; start < batch.length; start += MAX_EVENTS) {
        // As in AWS, a function whose role or group does not let it log runs on unlogged; the file has its lines.
        await put(batch.slice(start, start + MAX_EVENTS)).catch(() => undefined);
      }
    }
  }

  const timer = setInterval(() => {
    flushing = flushing.then(flush);
  }, FLUSH_MS);
  timer.unref();

  return {
    setGroup: (functionName, logGroup) => groups.set(functionName, logGroup),
    print(line) {
      const file =
        files.get(line.functionName) ?? createWriteStream(join(directory, `${line.functionName}.log`), { flags: 'a' });
      files.set(line.functionName, file);
      file.write(`${line.text}\n`);
      const lines = pending.get(line.logStream);
      if (lines === undefined) pending.set(line.logStream, [line]);
      else lines.push(line);
      listener(line);
    },
    async stop() {
      clearInterval(timer);
      await flushing;
      await flush();
      await Promise.all([...files.values()].map((file) => new Promise<void>((resolve) => file.end(() => resolve()))));
    },
  };
}

function ifThere(error: unknown): void {
  if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error;
}
