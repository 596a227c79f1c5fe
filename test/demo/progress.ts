// Progress on stderr: a line that renews itself on a terminal, plain lines elsewhere.
import { clearLine, cursorTo } from 'node:readline';

export type Progress = {
  /** A new step begins; the one before is done. */
  step(name: string): void;
  /** How far the step is. */
  update(detail: string): void;
  /** A line of its own that stays. */
  note(text: string): void;
  end(): void;
};

// Often enough to see that it lives, seldom enough for a log.
const PLAIN_SECONDS = 10;

export function createProgress(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Progress {
  const live = stream.isTTY;
  const begin = now();
  let stepBegin = begin;
  let name = '';
  let detail = '';
  let printedAt = 0;

  const seconds = (since: number) => `${Math.round((now() - since) / 1000)} s`;
  const line = () => `[${seconds(begin).padStart(5)}] ${name}${detail === '' ? '' : ` · ${detail}`}`;

  function show(): void {
    if (name === '') return;
    if (live) {
      clearLine(stream, 0);
      cursorTo(stream, 0);
      stream.write(line().slice(0, (stream.columns ?? 120) - 1));
    } else if (now() - printedAt >= PLAIN_SECONDS * 1000) {
      printedAt = now();
      stream.write(`${line()}\n`);
    }
  }

  function finish(): void {
    if (name === '') return;
    detail = [detail, `took ${seconds(stepBegin)}`].filter(Boolean).join(' · ');
    printedAt = 0;
    show();
    if (live) stream.write('\n');
    name = '';
  }
  const timer = setInterval(show, live ? 250 : 1_000);
  timer.unref();

  return {
    step(next) {
      finish();
      name = next;
      detail = '';
      stepBegin = now();
      printedAt = 0;
      show();
    },
    update(text) {
      detail = text;
      if (live) show();
    },
    note(text) {
      if (live && name !== '') {
        clearLine(stream, 0);
        cursorTo(stream, 0);
      }
      stream.write(`${text}\n`);
    },
    end() {
      clearInterval(timer);
      finish();
    },
  };
}
