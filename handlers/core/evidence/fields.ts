import { cut } from '../redact.ts';
import { MAX_TEXT } from './evidence.ts';

/** Readers of single fields written by strangers: a field of the wrong kind is as good as absent. */

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object in the text, or undefined when it is anything else. */
export function jsonObject(text: string | undefined): Fields | undefined {
  if (text === undefined || !/^\s{0,32}\{/.test(text)) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A non-blank string, cut; or undefined. */
export function textOf(value: unknown, max: number = MAX_TEXT): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? cut(value, max) : undefined;
}

/** Names, ids and codes are short. */
export function nameOf(value: unknown): string | undefined {
  return textOf(value, 512);
}

/** A status that says something failed: Lambda reports 200 for a function that threw. */
export function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value.trim()) ? Number(value) : value;
  return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599
    ? (status as number)
    : undefined;
}

/** An id as SQS gives it to a message and Lambda to a request; not a business key that many share. */
export function uuidOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** An ISO 8601 instant as written, or undefined. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 40 || !/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  return Number.isNaN(Date.parse(value)) ? undefined : value;
}

/** Stack traces come as one text or as a list of lines (Python, Java and Node in Lambda's own payloads). */
export function stackOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const lines = value.slice(0, 200).map((line) => (typeof line === 'string' ? line.trimEnd() : JSON.stringify(line)));
  return textOf(lines.join('\n'));
}

/** A count in an attribute, whose value is text. */
export function countIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `orders` of `arn:aws:lambda:eu-west-1:123456789012:function:orders:$LATEST`; undefined for other services' ARNs. */
export function functionNameOf(arn: unknown): string | undefined {
  if (typeof arn !== 'string') return undefined;
  const [, , service, , , type, name] = arn.split(':');
  return service === 'lambda' && type === 'function' ? nameOf(name) : undefined;
}

/** The text when it is an ARN of the service. */
export function arnOf(value: unknown, service: string): string | undefined {
  return typeof value === 'string' && value.split(':', 3)[2] === service && value.startsWith('arn:')
    ? nameOf(value)
    : undefined;
}

/** The error code of a plain field: an HTTP status where it is one, else a name such as `ThrottlingException`. */
export function codeOf(value: unknown): { httpStatus?: number; awsErrorCode?: string } {
  const httpStatus = statusOf(value);
  if (httpStatus !== undefined) return { httpStatus };
  const awsErrorCode = nameOf(value);
  return awsErrorCode !== undefined && !/^\d+$/.test(awsErrorCode) ? { awsErrorCode } : {};
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without its undefined fields. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
