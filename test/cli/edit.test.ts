import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../cli/edit/difference.ts';
import { closeBody, isBroken, openBody } from '../../cli/edit/opened.ts';

describe('a body in the editor', () => {
  const SMALL = '{"id":12345678901234567890,"total":10.0,"name":"Zoë"}';

  it('that is JSON in one line has line breaks there and none when it is sent, and keeps every digit', () => {
    const opened = openBody(SMALL);
    expect(opened).toEqual({
      isPretty: true,
      text: '{\n  "id": 12345678901234567890,\n  "total": 10.0,\n  "name": "Zoë"\n}\n',
    });
    expect(closeBody(SMALL, opened, opened.text.replace('Zoë', 'Zoe'))).toBe(SMALL.replace('Zoë', 'Zoe'));
  });

  it.each([
    ['blanks', '{"a": 1}'],
    ['escapes spelt otherwise', '{"a":"\\u00e9"}'],
    ['two members of one name', '{"a":1,"a":2}'],
    ['names that JavaScript puts in another order', '{"b":1,"1":2}'],
    ['no object or list', '"text"'],
    ['no JSON', 'a plain text'],
  ])('is opened as it is where it has %s', (_, body) => {
    expect(openBody(body)).toEqual({ text: body, isPretty: false });
  });

  it.each([[SMALL], ['{"a": 1}'], ['a plain text'], ['with a last line\n']])(
    'is the same, byte for byte, where nothing was changed: %j',
    (body) => {
      const opened = openBody(body);
      expect(closeBody(body, opened, opened.text)).toBe(body);
    },
  );

  it('does not get the new line that an editor ends it with', () => {
    const close = (body: string, edited: string) => closeBody(body, openBody(body), edited);
    expect(close('a plain text', 'a plain text\n')).toBe('a plain text');
    expect(close('a plain text', 'another text\r\n')).toBe('another text');
    expect(close('a plain text', 'two lines\n\n')).toBe('two lines\n');
    expect(close('with a last line\n', 'another\n')).toBe('another\n');
  });

  it('that is no JSON any more is what the person wrote', () => {
    const edited = '{\n  "a": 1,\n}\n';
    expect(closeBody('{"a":1}', openBody('{"a":1}'), edited)).toBe(edited);
    expect(isBroken('{"a":1}', edited)).toBe(true);
    expect(isBroken('text', edited)).toBe(false);
    expect(isBroken('{"a":1}', '{"a":2}')).toBe(false);
  });
});

describe('the difference of two bodies', () => {
  const plain = pc.createColors(false);

  it('is shown with line breaks where both are JSON', () => {
    expect(differenceOf('{"a":1,"b":2}', '{"a":1,"b":3}', plain)).toEqual({
      added: 1,
      removed: 1,
      text: [
        '--- as it died',
        '+++ as it is sent',
        '@@ -1,4 +1,4 @@',
        ' {',
        '   "a": 1,',
        '-  "b": 2',
        '+  "b": 3',
        ' }',
        '(shown with line breaks; it is sent in one line)',
        '',
      ].join('\n'),
    });
  });

  it('that lies in blanks alone is shown as it is', () => {
    expect(differenceOf('{"a": 1}', '{"a":1}', plain).text).toContain('-{"a": 1}\n');
  });

  it('shows control characters as blanks, and colours where the terminal has them', () => {
    const { text } = differenceOf('a', '\u001b[31mb', pc.createColors(true));
    expect(text).toContain('\u001b[32m+ [31mb\u001b[39m');
    expect(text).toContain('\u001b[31m-a\u001b[39m');
  });

  it('of texts that have nothing in common takes no minutes', () => {
    const lines = (of: string) => Array.from({ length: 100_000 }, (_, i) => `${of}${i * 7919}`).join('\n');
    expect(differenceOf(lines('a'), lines('b'), plain).text).toContain('differ too much');
  });
});
