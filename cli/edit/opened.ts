import { parseExact } from '../../handlers/core/exact-json.ts';

/** A body as it is opened for a person, and the way back from what the person made of it. */
export interface Opened {
  readonly text: string;
  /** JSON in one line, opened in several. */
  readonly isPretty: boolean;
}

/**
 * A body that is JSON in one line, as most programs write it, is opened with line breaks; every other one, and one that
 * would not come back byte for byte (blanks, escapes spelt otherwise, two members of one name), is opened as it is.
 */
export function openBody(body: string): Opened {
  const document = documentIn(body);
  if (document === undefined || JSON.stringify(document) !== body) return { text: body, isPretty: false };
  return { text: `${JSON.stringify(document, null, 2)}\n`, isPretty: true };
}

/** The body that a person made of an opened one; where nothing was changed it is the same, byte for byte. */
export function closeBody(body: string, { text, isPretty }: Opened, edited: string): string {
  if (edited === text) return body;
  if (!isPretty) return withoutNewLine(body, edited);
  const document = valueIn(edited);
  return document === undefined ? edited : JSON.stringify(document.value);
}

/** Whether a body that was JSON is not any more. */
export const isBroken = (before: string, after: string): boolean =>
  valueIn(before) !== undefined && valueIn(after) === undefined;

/** Editors end the last line. Where the body did not, that is none of the person's changes. */
function withoutNewLine(body: string, edited: string): string {
  return body.endsWith('\n') ? edited : edited.replace(/\r?\n$/, '');
}

/** Two bodies as a difference shows them best: with line breaks where both are JSON and differ in more than blanks. */
export function shownBodies(before: string, after: string): { before: string; after: string; isPretty: boolean } {
  const [a, b] = [documentIn(before), documentIn(after)];
  if (a === undefined || b === undefined) return { before, after, isPretty: false };
  const pretty = [a, b].map((document) => JSON.stringify(document, null, 2));
  if (pretty[0] === pretty[1]) return { before, after, isPretty: false };
  return { before: `${pretty[0]}\n`, after: `${pretty[1]}\n`, isPretty: true };
}

/** The object or list that the text is; undefined where it is none. */
function documentIn(text: string): object | undefined {
  const value = valueIn(text)?.value;
  return typeof value === 'object' && value !== null ? value : undefined;
}

function valueIn(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExact(text) };
  } catch {
    return undefined;
  }
}
