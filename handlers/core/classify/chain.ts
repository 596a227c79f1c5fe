import { type Evidence, MAX_TEXT } from '../evidence/evidence.ts';
import { cut } from '../redact.ts';
import { withoutFrames } from './frames.ts';

/** How languages print a chain of causes, taken apart into one text per cause. */

const MAX_CAUSES = 16;

/** Error types and codes are short; whatever is longer is no name. */
export const MAX_NAME = 512;

/** Python prints the first cause first. */
const PYTHON_LINK =
  /\n{1,3}(?:The above exception was the direct cause of the following exception:|During handling of the above exception, another exception occurred:)\n{1,3}/;

/** Java, Node, .NET, Rust, Go and Spring print the outermost error first. */
const LINK = /\n[ \t]{0,16}Caused by:?\s|\[cause\]:\s|\s{0,4}---> |;? nested exception is |[.,;\n] ?\(?caused by:? /i;

/** Most texts have no chain; asking costs less than splitting. */
const HAS_LINK = /caused by|\[cause\]|---> |nested exception is/i;

/** What follows is frames and threads, not causes. */
const TAIL =
  /\n[ \t]{0,8}(?:goroutine \d{1,9} \[|stack backtrace:|--- End of (?:inner exception )?stack trace)|\n[ \t]{0,16}Suppressed: /;

/** Ruby prints a place before each cause: `file.rb:12:in 'total': what happened (SomeError)`. */
const RUBY_LINK = /\n(?=\S{1,200}:\d{1,7}:in [`'][^\n]{0,160}?': \S)/;

/** The texts of the causes, innermost first; the last is the error itself. */
export function causeTexts(evidence: Evidence): string[] {
  const { message = '', stack = '', causes = [] } = evidence;
  const errorType = evidence.errorType?.slice(0, MAX_NAME);
  const [own = '', ...inner] = chainOf(message);
  const self =
    errorType === undefined || own.includes(errorType) ? own : own === '' ? errorType : `${errorType}: ${own}`;
  const behind = [...inner, ...chainOf(stack), ...causes.slice(0, MAX_CAUSES).flatMap((cause) => chainOf(cause))];
  // The first line of a stack says what the error itself says, or less of it.
  const distinct = behind.filter((text, i) => !self.includes(text) && behind.indexOf(text) === i);
  return [self, ...distinct.slice(0, MAX_CAUSES)].reverse();
}

/** Outermost first. */
function chainOf(text: string): string[] {
  if (text === '') return [];
  const plain = unescaped(cut(text, MAX_TEXT));
  return (plain.includes(':in ') ? plain.split(RUBY_LINK) : [plain])
    .flatMap((part) => withoutFrames(part).split(PYTHON_LINK).reverse())
    .flatMap(links)
    .filter((part) => part !== '');
}

function links(text: string): string[] {
  const parts = HAS_LINK.test(text) ? text.split(LINK) : [text];
  return parts.flatMap((part) => {
    const end = part.search(TAIL);
    return numbered((end === -1 ? part : part.slice(0, end)).trim());
  });
}

/** Rust's anyhow numbers the causes: `0: …`, `1: …`. */
function numbered(text: string): string[] {
  if (!text.startsWith('0: ')) return [text];
  return text.split(/\n\s{0,16}\d{1,2}: /).map((part) => part.replace(/^0: /, '').trim());
}

/** An error that travelled as JSON in a string of JSON reads `\"code\":\"EPIPE\"\n`; what it says is the same. */
function unescaped(text: string): string {
  let plain = text;
  for (let depth = 0; depth < 3 && plain.includes('\\'); depth++)
    plain = plain.replace(/\\(["\\])/g, '$1').replace(/\\n/g, '\n');
  return plain;
}
