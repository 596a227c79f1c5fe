import type { Writable } from 'node:stream';

/** Writes to a stream as fast as its reader takes it. */
export interface Writer {
  /** Returns when the stream takes more. After the reader has gone it does nothing. */
  write(text: string): Promise<void>;
  /** The reader has gone (`| head -1`) or the stream failed: whatever else is written is lost. */
  readonly closed: boolean;
  /** Why the stream failed, where it was not just that its reader has seen enough. */
  readonly failure: Error | undefined;
}

export function writerTo(stream: Writable): Writer {
  let closed = false;
  let failure: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    // A reader that closes its end early has what it wanted.
    if (error.code !== 'EPIPE') failure ??= error;
  });
  return {
    async write(text) {
      if (closed || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          for (const event of EVENTS) stream.removeListener(event, done);
          resolve();
        };
        for (const event of EVENTS) stream.on(event, done);
      });
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
  };
}

const EVENTS = ['drain', 'error', 'close'] as const;
