import { InputError } from '../exit.ts';

/** One JSON document of a stream of them, numbered from 1; `line` is where it begins. */
export type JsonDocument =
  | { readonly number: number; readonly line: number; readonly value: unknown }
  | { readonly number: number; readonly line: number; readonly unreadable: string };

/** A receive prints ten messages of at most 1 MiB; a longer document is a list that someone made of many. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

const LINE_FEED = 10;
const QUOTE = 34;
const BACKSLASH = 92;

const isOpening = (byte: number) => byte === 0x7b || byte === 0x5b;
const isClosing = (byte: number) => byte === 0x7d || byte === 0x5d;
/** Between documents, and the bytes of UTF-8's order mark. */
const isBetween = (byte: number) => byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;

/** What a byte means for the documents: the first of one, the last of one, the first of something else. */
type Mark = 'opens' | 'closes' | 'strays' | undefined;

/** Follows brackets and strings, byte by byte: in UTF-8 no part of a longer character looks like one of them. */
function scanner() {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let strayed = false;
  const between = (byte: number): Mark => {
    if (isOpening(byte)) {
      depth = 1;
      strayed = false;
      return 'opens';
    }
    if (byte === LINE_FEED) strayed = false;
    if (strayed || isBetween(byte)) return undefined;
    strayed = true;
    return 'strays';
  };
  const inside = (byte: number): Mark => {
    if (escaped) escaped = false;
    else if (inString && byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) inString = !inString;
    else if (inString) return undefined;
    else if (isOpening(byte)) depth += 1;
    else if (isClosing(byte)) depth -= 1;
    return depth === 0 ? 'closes' : undefined;
  };
  return {
    mark: (byte: number): Mark => (depth === 0 ? between(byte) : inside(byte)),
    isInside: () => depth > 0,
  };
}

/**
 * The JSON objects and lists of a stream of bytes, one after the other with or without anything between them, one at a
 * time in memory. What is neither is a document that cannot be read; its text is told to nobody: it may be a payload.
 * @throws InputError for UTF-16, and for a document that is too large
 */
export async function* jsonDocuments(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number = MAX_DOCUMENT_BYTES,
): AsyncGenerator<JsonDocument> {
  const { mark, isInside } = scanner();
  let [line, number, began, size, isFirst] = [1, 0, 1, 0, true];
  let parts: Uint8Array[] = [];
  for await (const chunk of source) {
    if (isFirst) refuseUtf16(chunk);
    isFirst = false;
    let start = 0;
    // Not `entries()`: it makes a list for each byte.
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LINE_FEED) line += 1;
      const found = mark(byte);
      if (found === 'opens') {
        [start, began] = [at, line];
      } else if (found === 'strays') {
        yield { number: ++number, line, unreadable: 'it is no JSON object and no list' };
      } else if (found === 'closes') {
        yield parsed(Buffer.concat([...parts, chunk.subarray(start, at + 1)]), ++number, began);
        [parts, size] = [[], 0];
      }
    }
    if (!isInside()) continue;
    parts.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > maxBytes) refuseSize(began, maxBytes);
  }
  if (isInside()) yield { number: number + 1, line: began, unreadable: 'it ends in the middle' };
}

function refuseSize(line: number, maxBytes: number): never {
  throw new InputError(
    `the document that begins in line ${line} is larger than ${maxBytes / 2 ** 20} MiB: save the letters as several documents, one after the other`,
  );
}

function parsed(bytes: Buffer, number: number, line: number): JsonDocument {
  try {
    return { number, line, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return { number, line, unreadable: 'it is not well-formed JSON' };
  }
}

/** What Windows PowerShell 5 makes of `aws … > messages.json`. */
function refuseUtf16([a, b]: Uint8Array): void {
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new InputError('it is in UTF-16, and JSON is UTF-8: convert it (iconv -f UTF-16 -t UTF-8)');
  }
}
