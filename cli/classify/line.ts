import type { ClassifiedLetter } from '../../handlers/core/classify/user-rules.ts';
import type { Evidence } from '../../handlers/core/evidence/evidence.ts';
import { nameOf, stackOf, statusOf, textOf } from '../../handlers/core/evidence/fields.ts';
import { fail, present, record, text } from '../../handlers/core/parse.ts';

/** One death, as a line of the input tells it. */
export interface Death {
  /** As it came, so that the answer can be joined with the question. */
  readonly id: string | number;
  readonly evidence: Evidence;
  readonly letter: ClassifiedLetter;
  readonly queue: string;
}

/**
 * Reads one line: `{"id", "evidence": {"errorType"?, "errorMessage"?, "stack"?, "httpStatus"?, "awsErrorCode"?, "causes"?,
 * "body"?, "queue"?, "attributes"?}}`. Null and blank fields are absent, unknown keys are ignored.
 * @throws Error naming the key, what was expected and what came.
 */
export function parseLine(line: string): Death {
  const root = record(parseJson(line), 'the line');
  const id = typeof root.id === 'number' ? root.id : text(root.id, 'id');
  const fields = record(root.evidence, 'evidence');
  const evidence = present({
    errorType: nameOf(string(fields.errorType, 'errorType')),
    message: textOf(string(fields.errorMessage, 'errorMessage')),
    stack: stackOf(stringOrList(fields.stack, 'stack')),
    httpStatus: statusOf(wholeNumber(fields.httpStatus, 'httpStatus')),
    awsErrorCode: nameOf(string(fields.awsErrorCode, 'awsErrorCode')),
    causes: list(fields.causes, 'causes'),
  });
  return {
    id,
    // A person who writes down what a consumer said knows as much as the kit does.
    evidence: { source: 'kit', ...evidence },
    letter: { body: bodyOf(fields.body), attributes: attributesOf(fields.attributes) },
    queue: string(fields.queue, 'queue') ?? '',
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return fail('the line', 'a JSON object {"id": …, "evidence": {…}}', line);
  }
}

const isAbsent = (value: unknown): value is undefined => value === undefined || value === null || value === '';

function string(value: unknown, key: string): string | undefined {
  if (isAbsent(value)) return undefined;
  return typeof value === 'string' ? value : fail(`evidence.${key}`, 'a string', value);
}

const isText = (value: unknown) => typeof value === 'string';

/** Python, Java and Lambda give a stack as a list of lines. */
function stringOrList(value: unknown, key: string): unknown {
  if (isAbsent(value)) return undefined;
  const fits = typeof value === 'string' || (Array.isArray(value) && value.every(isText));
  return fits ? value : fail(`evidence.${key}`, 'a string or a list of strings', value);
}

function list(value: unknown, key: string): string[] | undefined {
  if (isAbsent(value)) return undefined;
  if (!Array.isArray(value) || !value.every(isText)) return fail(`evidence.${key}`, 'a list of strings', value);
  return value.flatMap((cause: string) => textOf(cause) ?? []);
}

/** The status or its digits; one that tells of no failure is no evidence, as in every adapter. */
function wholeNumber(value: unknown, key: string): number | undefined {
  if (isAbsent(value)) return undefined;
  const number = typeof value === 'string' && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : value;
  return Number.isInteger(number)
    ? (number as number)
    : fail(`evidence.${key}`, 'a whole number, or its digits as a string', value);
}

/** Dumps often hold the body parsed: rules of the user look at it as JSON. */
function bodyOf(value: unknown): string {
  return isAbsent(value) ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

function attributesOf(value: unknown): ClassifiedLetter['attributes'] {
  if (isAbsent(value)) return {};
  const entries = Object.entries(record(value, 'evidence.attributes'));
  return Object.fromEntries(
    entries.map(([name, wanted]) => [
      name,
      { dataType: 'String', stringValue: string(wanted, `attributes.${name}`) ?? '' },
    ]),
  );
}
