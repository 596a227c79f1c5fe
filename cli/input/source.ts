import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Io } from '../session.ts';

/** Bytes to read, and what complaints call them. */
export interface Source {
  readonly name: string;
  readonly bytes: Readable;
}

/** A file, or standard input for `-`; a file that is not there fails when it is read. */
export function sourceOf(io: Io, path: string): Source {
  return path === '-' ? { name: 'stdin', bytes: io.stdin } : { name: path, bytes: createReadStream(path) };
}
