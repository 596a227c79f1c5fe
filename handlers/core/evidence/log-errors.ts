import type { Evidence } from './evidence.ts';
import { type Fields, jsonObject, nameOf, objectOf, present, stackOf, statusOf, textOf } from './fields.ts';

/** What a log line says of an error. */
export type LoggedError = Pick<Evidence, 'errorType' | 'message' | 'stack' | 'httpStatus' | 'awsErrorCode' | 'causes'>;

/** A text longer than this is read in part: log events may be 1 MB. */
const MAX_READ = 32_768;

/** `Type: message`, the type a class name of Python, JavaScript, Java, .NET or Ruby, qualified or not. */
const TYPED =
  /^(?:Exception in thread "[^"\n]{0,80}" )?((?:[A-Za-z_$][\w$]{0,80}(?:\.|::)){0,12}[A-Z][\w$]{0,120}(?: \[[A-Z_]{1,60}\])?)(?:: ([^\n]{0,4000}))?$/;

/**
 * The error in plain text: an error's JSON anywhere in it, a stack trace of Python, JavaScript, Java, .NET or Go, or a
 * line that begins with an error's name. Text without any of these is taken for the message.
 */
export function errorInText(whole: string): LoggedError | undefined {
  const text = whole.slice(0, MAX_READ).trim();
  if (text === '') return undefined;
  const start = text.indexOf('{');
  const fields = start < 0 ? undefined : jsonObject(text.slice(start));
  const inJson = fields === undefined ? undefined : errorInFields(fields);
  if (inJson !== undefined) return inJson;
  const lines = text.split('\n').map((line) => line.trimEnd());
  const titled = titleOf(lines);
  const isStack = lines.length > 1;
  return present({
    errorType: titled?.type,
    message: textOf(titled === undefined ? lines[0] : titled.message),
    stack: isStack ? stackOf(text) : undefined,
  });
}

interface Title {
  readonly type: string;
  readonly message: string | undefined;
}

/** Python names the error below its trace, all others above it; a logger may put words of its own before the name. */
function titleOf(lines: readonly string[]): Title | undefined {
  const trace = lines.findIndex((line) => line.startsWith('Traceback (most recent call last)'));
  if (trace >= 0) {
    const named = lines.findLast((line, i) => i > trace && /^\S/.test(line) && titleIn(line) !== undefined);
    if (named !== undefined) return titleIn(named);
  }
  const at = lines.findIndex((line) => /^\s+at\s/.test(line));
  // Java's runtime prints `message: type` first and the trace with its `type: message` below it.
  const above = at > 0 ? [lines[at - 1] ?? '', lines[0] ?? ''] : [lines[0] ?? ''];
  for (const line of above) {
    const title = titleIn(line) ?? titleAfterWords(line);
    if (title !== undefined) return title;
  }
  return /^panic: /.test(lines[0] ?? '') ? { type: 'panic', message: lines[0]?.slice('panic: '.length) } : undefined;
}

/** Words that begin a sentence look like a class name; an error's name says what it is, or is qualified. */
const NAMES_AN_ERROR =
  /(?:Error|Exception|Fault|Timeout|Throwable|Interrupt|Exit|Warning|Violation|Failure)\b|\w(?:\.|::)[A-Z]/;

function titleIn(line: string): Title | undefined {
  const match = TYPED.exec(line.trim());
  const type = match?.[1];
  return type === undefined || !NAMES_AN_ERROR.test(type) ? undefined : { type, message: match?.[2] };
}

/** `could not charge: TypeError: fetch failed`, as `console.error(words, error)` prints it. */
function titleAfterWords(line: string): Title | undefined {
  const match =
    /^[^\n]{0,400}?[\s:]((?:[a-z_$][\w$]{0,60}\.){0,12}(?:[A-Z]\w{0,80})?(?:Error|Exception)): ([^\n]{0,4000})$/.exec(
      line,
    );
  return match?.[1] === undefined ? undefined : { type: match[1], message: match[2] };
}

/** Where loggers put an error: Lambda's runtimes, Powertools, pino, winston, structlog, log4j2. */
const NESTED = ['error', 'err', 'exception', 'thrown', 'exc_info', 'message', 'reason'] as const;
/** Names that mean an error wherever they stand; beside them `name` and `type` may be anything. */
const OWN_TYPE = ['errorType', 'error_type', 'exception_name', 'exception_class'] as const;
const OWN_MESSAGE = ['errorMessage', 'error_message', 'exception_message'] as const;
const TYPE = [...OWN_TYPE, 'name', 'type', 'class'] as const;
const MESSAGE = [...OWN_MESSAGE, 'message', 'msg', 'value'] as const;
const STACK = [
  'stackTrace',
  'stack_trace',
  'stacktrace',
  'errorStack',
  'exception_stacktrace',
  'stack',
  'trace',
] as const;
const STATUS = ['httpStatus', 'statusCode', 'status', 'status_code'] as const;
const CODE = ['awsCode', 'Code', 'code'] as const;

/**
 * The error in the fields of a structured log line: a nested object or trace, or the line's own fields.
 * @returns undefined where the fields are about no error
 */
export function errorInFields(fields: Fields): LoggedError | undefined {
  for (const name of NESTED) {
    const nested = objectOf(fields[name]);
    // Under `message` and `reason` may stand any object; under the others an error.
    const isError = nested !== undefined && (!['message', 'reason'].includes(name) || saysError(nested));
    const inside = isError ? readError(nested, TYPE) : undefined;
    if (inside !== undefined) return inside;
    const trace = fields[name];
    if (typeof trace === 'string' && /\n\s+at\s|Traceback \(most recent/.test(trace.slice(0, MAX_READ)))
      return errorInText(trace);
  }
  return saysError(fields) ? readError(fields, OWN_TYPE) : undefined;
}

const saysError = (fields: Fields) =>
  [...OWN_TYPE, ...OWN_MESSAGE].some((name) => typeof fields[name] === 'string') ||
  stackOf(first(fields, STACK)) !== undefined;

function readError(fields: Fields, types: readonly string[]): LoggedError | undefined {
  const error = present({
    errorType: nameOf(first(fields, types)),
    message: textOf(first(fields, MESSAGE)),
    stack: stackOf(first(fields, STACK)),
    httpStatus: statusOf(first(fields, STATUS) ?? objectOf(fields.$metadata)?.httpStatusCode),
    awsErrorCode: nameOf(first(fields, CODE)),
    causes: causesOf(fields),
  });
  return error.errorType === undefined && error.message === undefined && error.stack === undefined ? undefined : error;
}

const first = (fields: Fields, names: readonly string[]) =>
  names.map((name) => fields[name]).find((value) => value != null && value !== '');

/** The kit logs causes as a list of `Type: message`, Powertools as errors within errors. */
function causesOf(fields: Fields): readonly string[] | undefined {
  if (Array.isArray(fields.causes)) return fields.causes.slice(0, 10).flatMap((cause) => textOf(cause) ?? []);
  const causes: string[] = [];
  for (let cause = objectOf(fields.cause); cause !== undefined && causes.length < 10; cause = objectOf(cause.cause)) {
    const parts = [nameOf(first(cause, TYPE)), textOf(first(cause, MESSAGE))].filter((part) => part !== undefined);
    if (parts.length > 0) causes.push(parts.join(': '));
  }
  return causes.length > 0 ? causes : undefined;
}
