import type { Letter } from '../letter.ts';
import type { EvidenceAdapter } from './adapter.ts';
import { codeOf, type Fields, nameOf, present, stackOf, statusOf, textOf } from './fields.ts';

/**
 * Plain attributes that a consumer in any language sets before it sends a message to the DLQ itself.
 * Spellings differ in case, `-`, `_` and `.` only: `ErrorType`, `error_type` and `x-error-type` are one.
 */
const MEANING: ReadonlyMap<string, 'type' | 'message' | 'code' | 'status' | 'stack'> = new Map([
  ['errortype', 'type'],
  ['errorclass', 'type'],
  ['exceptiontype', 'type'],
  ['exceptionclass', 'type'],
  ['errormessage', 'message'],
  ['errorreason', 'message'],
  ['exceptionmessage', 'message'],
  ['failurereason', 'message'],
  ['errorcode', 'code'],
  ['awserrorcode', 'code'],
  ['httpstatus', 'status'],
  ['httpstatuscode', 'status'],
  ['stack', 'stack'],
  ['stacktrace', 'stack'],
  ['errorstack', 'stack'],
] as const);

/** Names that only AWS's services write, beside some that are spelt like ours (`ERROR_CODE`). */
const OF_SERVICES = ['RULE_ARN', 'SCHEDULE_ARN'] as const;

export const plainAttributes: EvidenceAdapter = {
  source: 'attributes',
  read(letter) {
    if (OF_SERVICES.some((name) => name in letter.attributes)) return undefined;
    const { fields, names } = meant(letter);
    const evidence = present({
      errorType: nameOf(fields.type),
      message: textOf(fields.message),
      ...codeOf(fields.code),
      ...present({ httpStatus: statusOf(fields.status) }),
      stack: stackOf(fields.stack),
    });
    return Object.keys(evidence).length > 0 ? { evidence, attributeNames: names } : undefined;
  },
};

/** Whether a consumer wrote this: AWS's services name codes and messages, never an error's type or stack. */
export function namesAnError(letter: Letter): boolean {
  const { fields } = meant(letter);
  return fields.type !== undefined || fields.stack !== undefined;
}

function meant(letter: Letter): { fields: Fields; names: string[] } {
  const fields: Record<string, unknown> = {};
  const names: string[] = [];
  for (const [name, attribute] of Object.entries(letter.attributes)) {
    const meaning = MEANING.get(
      name
        .toLowerCase()
        .replace(/[-_.]/g, '')
        .replace(/^x(?=e|h|s)/, ''),
    );
    if (meaning === undefined || !('stringValue' in attribute)) continue;
    fields[meaning] ??= attribute.stringValue;
    names.push(name);
  }
  return { fields, names };
}
