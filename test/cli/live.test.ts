import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { liveOn } from '../../cli/look/live.ts';
import type { Output } from '../../cli/session.ts';

/** A terminal that keeps what is written to it. */
function terminal(columns: number) {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const output = Object.assign(stream, { isTTY: true, columns, rows: 50 }) satisfies Output;
  return {
    output,
    resize(to: number) {
      written = '';
      output.columns = to;
      output.emit('resize');
    },
    written: () => written,
  };
}

const erased = (text: string) => text.split('\x1b[2K').length - 1;
const LINE = 'x'.repeat(80);

describe('a live screen', () => {
  it('erases the lines that a narrower terminal has wrapped, too, and is drawn for the new width', () => {
    const { output, resize, written } = terminal(100);
    const live = liveOn(
      output,
      () => `${'x'.repeat(Math.min(80, output.columns))}\n\n\x1b[31m${LINE.slice(0, 20)}\x1b[39m`,
    );
    live.refresh();
    resize(30);
    // 80 columns take three rows of 30; the empty line, the short one and the cursor's take one each.
    expect(erased(written())).toBe(3 + 1 + 1 + 1);
    expect(written().endsWith(`${'x'.repeat(30)}\n\n\x1b[31m${'x'.repeat(20)}\x1b[39m\n\x1b[?2026l`)).toBe(true);
    live.end();
  });

  it('erases no more than itself when the terminal becomes wider', () => {
    const { output, resize, written } = terminal(100);
    const live = liveOn(output, () => LINE);
    live.refresh();
    resize(200);
    expect(erased(written())).toBe(2);
    live.end();
  });

  it('that has ended is not drawn again', () => {
    const { output, resize, written } = terminal(100);
    const live = liveOn(output, () => LINE);
    live.refresh();
    live.end();
    resize(30);
    expect(written()).toBe('');
  });
});
