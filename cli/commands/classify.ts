import type { Command } from 'commander';
import { type Answer, answerer, answerLine } from '../classify/answer.ts';
import { answerBlock } from '../classify/block.ts';
import { type Death, parseLine } from '../classify/line.ts';
import { reasonOf, UsageError } from '../exit.ts';
import { explanationOf } from '../explain.ts';
import { type Line, linesOf, MAX_LINE_BYTES } from '../input/lines.ts';
import { readRules } from '../input/rules-file.ts';
import { type Source, sourceOf } from '../input/source.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly rules?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

const AFTER_HELP = `
Each line of the input is a JSON object:
  {"id": "m-1", "evidence": {"errorType": "…", "errorMessage": "…", "stack": "…", "httpStatus": 503, "awsErrorCode": "…"}}
Every key of the evidence may be left out; "causes" (a list of texts), "queue", "body" and "attributes" may be added for
rules of your own. Each line of the output answers one, in order:
  {"id", "class", "rule", "confidence", "fingerprint", "verdict"}
A line that cannot be read is told of on standard error with file and line; the others are answered, the exit code is 1.

Examples:
  dlq classify failures.jsonl
  dlq classify --explain --rules rules.json failures.jsonl
  jq -c '{id, evidence: {errorType: .error, errorMessage: .msg}}' app.log | dlq classify | jq -r .class | sort | uniq -c`;

export function addClassify(program: Command, session: Session): void {
  program
    .command('classify')
    .description('Says for each error what class of failure it is, and what the healer would do with its letter.')
    .argument('[file...]', 'JSON Lines; - or none: standard input')
    .option('--rules <file>', 'rules of your own, asked first: a JSON list as in the module’s input "rules"')
    .option('--explain', 'say why in words')
    .option('--json', 'JSON Lines also where --explain would print text for a terminal')
    .addHelpText('after', AFTER_HELP)
    .action((files: string[], options: Options) => classifyAll(session, files, options));
}

async function classifyAll(session: Session, files: readonly string[], options: Options): Promise<void> {
  const { io, out, isTerminal } = session;
  if (files.length === 0 && io.stdin.isTTY === true) {
    throw new UsageError(
      'nothing to read: name a file, or pipe JSON Lines in (dlq classify failures.jsonl; dlq help classify shows the format)',
    );
  }
  const answer = answerer(await readRules(options.rules));
  const print = printer(session, options.explain === true, isTerminal && options.json !== true);
  for (const path of files.length === 0 ? ['-'] : files) {
    const source = sourceOf(io, path);
    try {
      for await (const line of linesOf(source.bytes)) {
        const death = await read(session, source, line);
        if (death !== undefined) await out.write(`${print(answer(death))}\n`);
        // Nobody reads on: no more work, and no complaint.
        if (out.closed) return;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      await session.complain(`cannot read ${source.name}: ${reasonOf(error)}`);
    }
  }
}

/** The death that the line tells of; undefined where it is blank, or cannot be read and was complained of. */
async function read(session: Session, source: Source, line: Line): Promise<Death | undefined> {
  const place = `${source.name}:${line.number}`;
  if ('tooLong' in line) {
    await session.complain(`${place}: the line must be at most ${MAX_LINE_BYTES} bytes; got ${line.tooLong}`);
    return undefined;
  }
  if (line.text.trim() === '') return undefined;
  try {
    return parseLine(line.text);
  } catch (error) {
    await session.complain(`${place}: ${(error as Error).message}`);
    return undefined;
  }
}

function printer({ width, colours }: Session, explain: boolean, asText: boolean): (answer: Answer) => string {
  if (!explain) return (answer) => answerLine(answer);
  if (asText) return (answer) => answerBlock(answer, width, colours);
  return (answer) => answerLine(answer, explanationOf(answer.classification, answer.verdict, 0, answer.repair));
}
