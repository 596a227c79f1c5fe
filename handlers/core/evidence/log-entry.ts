import { type Fields, jsonObject, nameOf, objectOf } from './fields.ts';
import { errorInFields, errorInText, type LoggedError } from './log-errors.ts';

/** What one log event is. */
export interface Entry {
  readonly requestId?: string;
  /** Lambda's own lines at both ends of an invocation. */
  readonly mark?: 'start' | 'end';
  readonly error?: LoggedError;
  /** The error ended the invocation, and with it every message of the batch. */
  readonly fatal?: boolean;
  /** Lambda's report says that the invocation failed. */
  readonly failed?: boolean;
  /** What the report says of memory, where all of it was used. */
  readonly memory?: string;
}

const ID = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
const START = new RegExp(`^START RequestId: ${ID}`);
const END = new RegExp(`^END RequestId: ${ID}`);
const REPORT = new RegExp(`^REPORT RequestId: ${ID}`);
const TIMED_OUT = new RegExp(`^(?:\\S{1,40}Z )?${ID} (Task timed out after [\\d.]{1,12} seconds)`);
const EXITED = new RegExp(
  `^(?:RequestId: ${ID} )?(?:Error: )?(Runtime exited[^\\n]{0,500}|Runtime\\.[A-Z]\\w{1,60}[^\\n]{0,500})`,
);
const ENDED_BY = /\b(Runtime\.[A-Z]\w{1,60}|Extension\.[A-Z]\w{1,60}|Function\.[A-Z]\w{1,60})\b/;
/** Time, request and level between tabs: Node and .NET. */
const TABBED = new RegExp(`^\\S{1,40}Z\\t(?:${ID}|undefined)\\t([A-Za-z]{2,12})\\t([\\s\\S]*)$`);
const PYTHON_LOGGER = new RegExp(`^\\[([A-Z]{4,8})\\]\\t\\S{1,40}\\t${ID}?\\t?([\\s\\S]*)$`);
const PYTHON_UNCAUGHT = /^\[ERROR\] ([\s\S]*)$/;
const UNCAUGHT = /^(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s*\t?/;
const ERROR_LEVELS = /^(?:error|fatal|critical|crit|fail|severe|emergency|alert)$/i;
const JAVA_TRACE =
  /^(?:[^\n]{0,2000}\n)?(?:[a-z_$][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,120}(?::[^\n]{0,4000})?\n\s{1,8}at [\w$.]{1,200}\(/;

/** Reads one log event: Lambda's own lines, the runtimes' formats, structured JSON. Never throws. */
export function entryOf(text: string): Entry {
  const fields = jsonObject(text);
  return fields === undefined ? textEntry(text) : jsonEntry(fields);
}

function textEntry(text: string): Entry {
  return lambdaLine(text) ?? runtimeLine(text);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html */
function lambdaLine(text: string): Entry | undefined {
  const start = START.exec(text);
  if (start !== null) return { ...request(start[1]), mark: 'start' };
  const end = END.exec(text);
  if (end !== null) return { ...request(end[1]), mark: 'end' };
  const report = REPORT.exec(text);
  if (report !== null) return { ...request(report[1]), mark: 'end', ...reported(text) };
  if (text.startsWith('INIT_REPORT'))
    return /\bStatus: (?:error|timeout)\b/.test(text) ? { ...reported(text), fatal: true } : {};
  const late = TIMED_OUT.exec(text);
  if (late !== null) return { ...request(late[1]), fatal: true, error: { message: late[2] ?? '' } };
  const exited = EXITED.exec(text);
  if (exited !== null) {
    const errorType = ENDED_BY.exec(text)?.[1];
    return {
      ...request(exited[1]),
      fatal: true,
      error: { ...(errorType === undefined ? {} : { errorType }), message: exited[2] ?? '' },
    };
  }
  return undefined;
}

/** `Status: error` and `Error Type: …` stand in a report only where the invocation failed. */
function reported(text: string): Entry {
  const status = /\bStatus: (error|timeout|failure)\b/.exec(text)?.[1];
  const errorType = /\bError Type: ([\w.]{1,80})/.exec(text)?.[1];
  const [, size, used] = /\bMemory Size: (\d{1,6}) MB\s+Max Memory Used: (\d{1,6}) MB/.exec(text) ?? [];
  const duration = Number(/\bDuration: ([\d.]{1,12}) ms/.exec(text)?.[1]);
  return ending(status, errorType, duration, Number(size), Number(used));
}

function ending(
  status: string | undefined,
  errorType: string | undefined,
  ms: number,
  size: number,
  used: number,
): Entry {
  const memory = used >= size ? { memory: `Memory Size: ${size} MB Max Memory Used: ${used} MB` } : {};
  if (status === undefined || status === 'success') return memory;
  const seconds = Number.isFinite(ms) ? ` after ${(ms / 1000).toFixed(2)} seconds` : '';
  const error =
    status === 'timeout'
      ? { message: `Task timed out${seconds}` }
      : errorType === undefined
        ? undefined
        : { errorType };
  return { ...memory, failed: true, ...(error === undefined ? {} : { error }) };
}

function runtimeLine(text: string): Entry {
  const tabbed = TABBED.exec(text);
  if (tabbed !== null) return said(tabbed[1], tabbed[2] ?? '', tabbed[3] ?? '');
  const logger = PYTHON_LOGGER.exec(text);
  if (logger !== null) return said(logger[2], logger[1] ?? '', logger[3] ?? '');
  const python = PYTHON_UNCAUGHT.exec(text);
  if (python !== null) return { fatal: true, ...found(errorInText(python[1] ?? '')) };
  if (JAVA_TRACE.test(text)) return { fatal: true, ...found(errorInText(text)) };
  if (/^panic: |^Traceback \(most recent call last\)|^Error raised from handler method/.test(text))
    return { fatal: true, ...found(errorInText(text)) };
  const level = /\b(ERROR|FATAL|SEVERE|CRITICAL)\b[\]:\s]{1,4}/.exec(text.slice(0, 200));
  if (level === null) return {};
  const id = new RegExp(ID).exec(text.slice(0, 200));
  return { ...request(id?.[1]), ...found(errorInText(text.slice(level.index + level[0].length))) };
}

function said(id: string | undefined, level: string, words: string): Entry {
  const uncaught = UNCAUGHT.exec(words);
  if (uncaught !== null) return { ...request(id), fatal: true, ...found(errorInText(words.slice(uncaught[0].length))) };
  return { ...request(id), ...(ERROR_LEVELS.test(level) ? found(errorInText(words)) : {}) };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
function jsonEntry(fields: Fields): Entry {
  const record = objectOf(fields.record);
  if (typeof fields.type === 'string' && fields.type.startsWith('platform.') && record !== undefined)
    return platformEntry(fields.type, record);
  const id = nameOf(
    fields.requestId ??
      fields.function_request_id ??
      fields.aws_request_id ??
      fields.awsRequestId ??
      fields.AWSRequestId,
  );
  const level = levelOf(fields.level ?? fields.log_level ?? fields.severity);
  if (level === 'quiet') return request(id);
  const words = fields.message ?? fields.msg;
  const error =
    errorInFields(fields) ?? (level === 'error' && typeof words === 'string' ? errorInText(words) : undefined);
  return { ...request(id), ...found(error) };
}

/** Loggers name levels, or number them like pino: 30 is info, 50 is error. What is logged as normal is no error. */
function levelOf(level: unknown): 'error' | 'quiet' | undefined {
  if (typeof level === 'number') return level >= 50 ? 'error' : level < 40 ? 'quiet' : undefined;
  const name = nameOf(level) ?? '';
  if (ERROR_LEVELS.test(name)) return 'error';
  return /^(?:trace|debug|info|notice)/i.test(name) ? 'quiet' : undefined;
}

function platformEntry(type: string, record: Fields): Entry {
  const id = nameOf(record.requestId);
  if (type === 'platform.start') return { ...request(id), mark: 'start' };
  const metrics = objectOf(record.metrics) ?? {};
  const numbers = [metrics.durationMs, metrics.memorySizeMB, metrics.maxMemoryUsedMB].map(Number) as [
    number,
    number,
    number,
  ];
  const end = ending(nameOf(record.status), nameOf(record.errorType), ...numbers);
  if (type === 'platform.report') return { ...request(id), mark: 'end', ...end };
  return { ...request(id), ...end, ...(type.startsWith('platform.init') && end.failed ? { fatal: true } : {}) };
}

const request = (requestId: string | undefined) => (requestId === undefined ? {} : { requestId });
const found = (error: LoggedError | undefined) => (error === undefined ? {} : { error });
