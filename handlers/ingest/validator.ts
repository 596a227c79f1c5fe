import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import type { Reason } from './answer.ts';

/** Says why a value breaks the schema; an empty list means that it does not. */
export type Validator = (value: unknown, bytes: number) => Reason[];

/** Above this only the first mistake is reported: a list of them all could outgrow the function's memory. */
const ALL_ERRORS_UP_TO_BYTES = 65_536;

/**
 * Compiles a JSON Schema (draft-07, or 2020-12 where `$schema` says so). Patterns run on RE2, whose time is linear in the
 * text; what RE2 does not know (look-around, back-references) is refused here. `format` is a note, not a check.
 * @throws Error when the text is no such schema
 */
export function compileSchema(text: string): Validator {
  const schema = JSON.parse(text) as AnySchemaObject | boolean;
  const first = compile(schema, false);
  const all = compile(schema, true);
  return (value, bytes) => {
    if (first(value)) return [];
    const { errors } = bytes <= ALL_ERRORS_UP_TO_BYTES && !all(value) ? all : first;
    return (errors ?? []).map(reasonOf);
  };
}

function compile(schema: AnySchemaObject | boolean, allErrors: boolean): ValidateFunction {
  const options = { allErrors, strict: false, validateFormats: false, code: { regExp: linearRegExp } } as const;
  const draft = typeof schema === 'object' ? String(schema.$schema ?? '') : '';
  return (draft.includes('2020-12') ? new Ajv2020(options) : new Ajv(options)).compile(schema);
}

/** `code` names the engine in code that is written to a file, which is never done here. */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // ajv tells patterns apart by what they read as.
    return { test: (text: string) => compiled.test(text), toString: () => pattern };
  },
  { code: 'linearRegExp' },
);

function reasonOf({ instancePath, keyword, message, params }: ErrorObject): Reason {
  const name: unknown = params.missingProperty ?? params.additionalProperty;
  const path =
    typeof name === 'string' ? `${instancePath}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : instancePath;
  return { path, rule: keyword, message: message ?? 'breaks the schema' };
}
