/** Stack frames, as runtimes print them: where an error came by, which says nothing of why. */

const FRAME =
  /^\s{0,40}(?:at [\w<[(/\\.$@*]|File "|\.\.\. \d{1,6} (?:more|common)|from \S{1,200}:\d|#\d{1,4} |\S{1,200}:\d{1,7}:in [`'])/;

/** Python draws the members of an exception group with a margin. */
const GROUP_MARGIN = /^ {2,20}[|+]-?(?:\+-+ \d+ -+|-+)?(?: |$)/;

/** Ruby's full message: `file.rb:12:in 'total': what happened (SomeError)`; what stands behind the place is no frame. */
const RUBY_PLACE = /^\S{1,200}:\d{1,7}:in [`'][^\n]{0,160}?': (?=\S)/;

/** The text without its frames; each language's say what they are, and Python prints a source line below them. */
export function withoutFrames(text: string): string {
  if (!text.includes('\n') && !text.includes(':in ')) return isFrame(text) ? '' : text.trim();
  const python = text.includes('Traceback (most recent call last)');
  const kept: string[] = [];
  let belowFile = false;
  for (const printed of text.split('\n')) {
    const line = bare(printed, python);
    const file = /^\s{0,8}File "/.test(line);
    belowFile = file || (belowFile && line.startsWith('    '));
    if (!belowFile && !isFrame(line) && !line.startsWith('Traceback (most recent')) kept.push(line);
  }
  return kept.join('\n').trim();
}

function bare(line: string, python: boolean): string {
  if (python && /^ {2,20}[|+]/.test(line)) return line.replace(GROUP_MARGIN, '');
  return line.includes(':in ') ? line.replace(RUBY_PLACE, '') : line;
}

/** Most lines are frames of Node, Java or .NET: their mark is looked for before the pattern is tried. */
function isFrame(line: string): boolean {
  const start = line.search(/\S/);
  if (start === -1) return false;
  const first = line.charCodeAt(start);
  const mayBe =
    first === AT || first === FROM || first === FILE || first === DOTS || first === HASH || line.includes(':in ');
  return mayBe && FRAME.test(line);
}

const [AT, FROM, FILE, DOTS, HASH] = Array.from('afF.#', (char) => char.charCodeAt(0));
