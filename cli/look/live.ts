import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { Io, Output } from '../session.ts';

/** A screen that is drawn again and again in its place. */
export interface Live {
  /** Draws what `draw` gives now. */
  refresh(): void;
  /** The last drawing stays; the cursor is back. */
  end(): void;
}

/** @param draw the screen for the terminal's size at that moment; no line wider than it */
export function liveOn(stdout: Output, draw: () => string): Live {
  const update = createLogUpdate(stdout);
  let drawn = '';
  const refresh = () => {
    drawn = draw();
    update(drawn);
  };
  const onResize = () => {
    if (drawn === '') return;
    update.clear();
    eraseWrapped(stdout, drawn);
    refresh();
  };
  stdout.on('resize', onResize);
  return {
    refresh,
    end() {
      stdout.off('resize', onResize);
      update.done();
    },
  };
}

const UP_AND_ERASE = '\x1b[1A\x1b[2K';

/** A terminal that became narrower has wrapped what it showed: there is more to erase than was drawn. */
function eraseWrapped(stdout: Output, drawn: string): void {
  const columns = Math.max(1, stdout.columns ?? 1);
  const lengths = drawn.split('\n').map((line) => stripVTControlCharacters(line).length);
  const extra = lengths.reduce((rows, length) => rows + Math.max(0, Math.ceil(length / columns) - 1), 0);
  if (extra > 0) stdout.write(`${UP_AND_ERASE.repeat(extra)}\r`);
}

/** Somebody's wish to end. */
export interface Ending {
  /** Settles when somebody wants to end it. */
  readonly wanted: Promise<void>;
  readonly isWanted: boolean;
  /** Gives keyboard and signals back. */
  release(): void;
}

const CTRL_C = '\x03';

type Keyboard = Io['stdin'] & { setRawMode?(raw: boolean): unknown };

/**
 * Waits for Ctrl-C, and on a terminal for q.
 * @param keys whether keys are read one by one, which hides them and turns Ctrl-C into one
 */
export function endingBy({ stdin }: Io, keys: boolean): Ending {
  const keyboard = stdin as Keyboard;
  let resolve: () => void = () => undefined;
  const wanted = new Promise<void>((settle) => {
    resolve = settle;
  });
  let isWanted = false;
  const end = () => {
    isWanted = true;
    resolve();
  };
  const onKeys = (typed: Buffer | string) => {
    if (/[qQ]/.test(String(typed)) || String(typed).includes(CTRL_C)) end();
  };
  process.on('SIGINT', end);
  const reads = keys && keyboard.isTTY === true;
  if (reads) {
    keyboard.setRawMode?.(true);
    keyboard.on('data', onKeys);
  }
  return {
    wanted,
    get isWanted() {
      return isWanted;
    },
    release() {
      process.off('SIGINT', end);
      if (!reads) return;
      keyboard.off('data', onKeys);
      keyboard.setRawMode?.(false);
      keyboard.pause();
    },
  };
}
