import { expect, it } from 'vitest';
import { screenOf } from './screen.ts';

const show = (output: string, columns = 20, rows = 50) => screenOf(output, [[0, columns, rows]]);

it.each([
  ['lines of a terminal', 'a\r\nb\r\n', 'a\nb'],
  ['a line feed alone keeps the column', 'ab\nc', 'ab\n  c'],
  ['colours', '\x1b[1;31mred\x1b[39;22m', 'red'],
  ['a hidden cursor and held back output', '\x1b[?25l\x1b[?2026ha\x1b[?2026l\x1b[?25h', 'a'],
  ['a carriage return', '10 %\r20', '20 %'],
  ['a line erased to its end', 'long line\rx\x1b[K', 'x'],
  ['a line erased to the cursor', 'abcd\x1b[2D\x1b[1K', '   d'],
  ['a whole line erased', 'abc\x1b[2Kd', '   d'],
  ['three lines drawn again', 'a\r\nb\r\nc\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K\x1b[Gx', 'x'],
  ['all below erased', 'a\r\nb\r\nc\x1b[2A\r\x1b[Jx', 'x'],
  ['all erased', 'a\r\nb\x1b[2J\x1b[Hx', 'x'],
  ['a cursor down, right and left', 'a\r\nb\x1b[A\x1b[B\x1b[3Cc\x1b[2Dd', 'b  dc'.replace('b', 'a\nb')],
  ['an absolute position', 'a\r\nb\x1b[1;3Hx', 'a x\nb'],
  ['a saved position', 'a\x1b7bc\x1b8x', 'axc'],
  ['a backspace', 'yn\b \b', 'y'],
  ['a line that is too long', 'x'.repeat(25), `${'x'.repeat(20)}\n${'x'.repeat(5)}`],
  ['a full line, and a line feed', `${'x'.repeat(20)}\r\ny`, `${'x'.repeat(20)}\ny`],
  ['a line that may not wrap', `\x1b[?7l${'x'.repeat(25)}y\x1b[?7h`, `${'x'.repeat(19)}y`],
  ['wide characters', `${'x'.repeat(19)}😀`, `${'x'.repeat(19)}\n😀`],
  ['a link', '\x1b]8;;https://x\x07text\x1b]8;;\x07', 'text'],
])('shows %s', (_, output, shown) => expect(show(output)).toBe(shown));

it('no cursor goes up into what has scrolled out of sight', () => {
  expect(show('1\r\n2\r\n3\r\n4\x1b[9A\rx', 20, 3)).toBe('1\nx\n3\n4');
});

it('a line is as long as the terminal was wide when it was printed', () => {
  const output = 'abcdef\r\nabcdef';
  const sizes = [[0, 6, 50] as const, [8, 3, 50] as const];
  expect(screenOf(output, sizes)).toBe('abcdef\nabc\ndef');
});

it.each(['\x1b[5q', '\x1bM'])('what it does not know is no guess: %j', (output) => {
  expect(() => show(output)).toThrow('escape sequence');
});
