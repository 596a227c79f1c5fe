/** One line of the input, numbered from 1; one that is too long is not kept, only measured. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly tooLong: number };

/** A message of SQS is at most 1 MiB, and JSON's escapes make six bytes of one. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/**
 * The lines of a stream of bytes, one at a time, in memory that does not grow with the input. Only a line feed ends a
 * line: Node's readline also takes U+2028 for an end, which may stand inside a JSON string.
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let number = 0;
  const add = (part: Uint8Array) => {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else parts = [];
  };
  const take = (): Line => {
    number += 1;
    const line = size > maxBytes ? { number, tooLong: size } : { number, text: decode(parts, number === 1) };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (size > 0) yield take();
}

/** Bytes that are no UTF-8 become U+FFFD. A byte order mark may only open the file. */
function decode(parts: readonly Uint8Array[], first: boolean): string {
  const text = Buffer.concat(parts).toString('utf8');
  return first ? text.replace(/^\ufeff/, '') : text;
}
