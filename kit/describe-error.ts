import { cut, redact } from '../handlers/core/redact.ts';
import { withoutSnippet } from './errors.ts';

/** What an error says of itself, without secrets. */
export interface ErrorDescription {
  readonly errorType: string;
  readonly message?: string;
  readonly stack?: string;
  readonly httpStatus?: number;
  readonly awsCode?: string;
  /** What is behind the error, outermost first, each `Type: message`. */
  readonly causes?: readonly string[];
}

const MAX_MESSAGE = 1_000;
const MAX_STACK = 1_200;
const MAX_CAUSE = 400;
const MAX_DEPTH = 8;

/** Reads anything that can be thrown: an error, a string, nothing at all, an object whose getters throw. Never throws. */
export function describeError(error: unknown): ErrorDescription {
  try {
    const [outermost, ...behind] = chainOf(error);
    if (outermost === undefined) return { errorType: 'NonError' };
    const all = [outermost, ...behind];
    const message = safeText(messageOf(outermost), MAX_MESSAGE);
    const stack = safeText(framesOf(error), MAX_STACK);
    // The innermost one: an outer 500 around a throttle is a throttle.
    const httpStatus = all.map(statusOf).findLast((status) => status !== undefined);
    const awsCode = all.map(awsCodeOf).findLast((code) => code !== undefined);
    const causes = behind.map((cause) => safeText(`${typeOf(cause)}: ${messageOf(cause)}`, MAX_CAUSE));
    return {
      errorType: safeText(typeOf(outermost), 128),
      ...(message ? { message } : {}),
      ...(stack ? { stack } : {}),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(awsCode === undefined ? {} : { awsCode: safeText(awsCode, 128) }),
      ...(causes.length > 0 ? { causes } : {}),
    };
  } catch {
    return { errorType: 'NonError' };
  }
}

/** One line for a log: `Type: message`, without secrets. */
export function textOf(error: unknown): string {
  const { errorType, message } = describeError(error);
  return message === undefined ? errorType : `${errorType}: ${message}`;
}

type Thrown = Readonly<Record<string, unknown>>;

/** The error, its cause, the cause's cause …, and the members of aggregates; each once, for causes can be circular. */
function chainOf(error: unknown): Thrown[] {
  const seen = new Set<unknown>();
  const walk = (value: unknown): Thrown[] => {
    if (value === undefined || value === null || seen.has(value) || seen.size >= MAX_DEPTH) return [];
    seen.add(value);
    if (typeof value !== 'object') return [{ message: typeof value === 'function' ? '' : String(value) }];
    const { cause, errors } = value as { cause?: unknown; errors?: unknown };
    return [value as Thrown, ...(Array.isArray(errors) ? errors : []).flatMap(walk), ...walk(cause)];
  };
  return walk(error);
}

/** A name that someone gave it, else the name of its class. A plain object or a string has neither. */
function typeOf(value: Thrown): string {
  const name = value.name;
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
  const className = value.constructor?.name;
  return className && className !== 'Object' ? className : 'NonError';
}

/** Node puts what matters of a failed connection into `code` alone when it tried several addresses. */
function messageOf({ message, code }: Thrown): string {
  const text = typeof message === 'string' ? message : '';
  return typeof code === 'string' && code !== '' && !text.includes(code) ? `${text} (${code})`.trim() : text;
}

/** The frames alone: the head of a stack repeats the message, whatever is in it. */
function framesOf(error: unknown): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  return stack
    .split('\n')
    .filter((line) => /^\s{1,8}at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}

function statusOf(value: Thrown): number | undefined {
  const response = objectOf(value.response);
  const metadata = objectOf(value.$metadata);
  const candidates = [value.status, value.statusCode, metadata.httpStatusCode, response.status, response.statusCode];
  return candidates.map(Number).find((status) => Number.isInteger(status) && status >= 400 && status <= 599);
}

/** The codes of AWS: the SDK's error names, `Code` of the older services, `__type` of the JSON protocols. */
function awsCodeOf(value: Thrown): string | undefined {
  const { Code, __type, name } = value;
  if (typeof Code === 'string' && Code !== '') return Code;
  if (typeof __type === 'string' && __type !== '') return __type.slice(__type.lastIndexOf('#') + 1);
  const ofSdk = '$fault' in value || '$metadata' in value;
  return ofSdk && typeof name === 'string' && name !== '' && name !== 'Error' ? name : undefined;
}

function objectOf(value: unknown): Thrown {
  return typeof value === 'object' && value !== null ? (value as Thrown) : {};
}

/** Redacted before it is cut: half a token looks like a word. */
function safeText(text: string, max: number): string {
  return cut(redact(withoutSnippet(text)), max);
}
