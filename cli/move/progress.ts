import { Presets, SingleBar } from 'cli-progress';
import type { Session } from '../session.ts';
import type { Progress } from './run.ts';

/** Shows how a move goes, on standard error: a bar on a terminal, else a line now and then. */
export interface Shown {
  tell(progress: Progress): void;
  end(): void;
}

const LINE_MS = 10_000;
const FORMAT = '{phase} {bar} {value} of {total} sent, {rate}/s, {eta_formatted} left{more}';

export function showProgress({ io, err, width, isErrTerminal }: Session, most: number): Shown {
  return isErrTerminal ? bar(io.stderr, width, most) : lines((text) => void err.write(text));
}

function bar(stream: NodeJS.WritableStream, width: number, most: number): Shown {
  const single = new SingleBar(
    {
      stream: stream as NodeJS.WriteStream,
      format: FORMAT,
      barsize: Math.max(10, Math.min(30, width - 70)),
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      linewrap: false,
      etaBuffer: 50,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const began = Date.now();
  let started = false;
  return {
    tell({ phase, sent, left, failed, expected, note }) {
      const total = Math.max(1, sent, Math.min(most, expected - left - failed));
      const rate = ((sent * 1000) / Math.max(1, Date.now() - began)).toFixed(1);
      const more = [
        ...(left > 0 ? [`${left} stay`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ...(note === undefined ? [] : [note]),
      ];
      const payload = { phase, rate, more: more.length === 0 ? '' : `; ${more.join('; ')}` };
      if (!started) single.start(total, sent, payload);
      started = true;
      single.setTotal(total);
      single.update(sent, payload);
    },
    end: () => single.stop(),
  };
}

function lines(write: (text: string) => void): Shown {
  let phase = '';
  let toldAt = Date.now();
  return {
    tell(progress) {
      const changed = progress.phase !== phase;
      if (!changed && Date.now() - toldAt < LINE_MS) return;
      phase = progress.phase;
      toldAt = Date.now();
      const { sent, left, failed, expected, note } = progress;
      write(
        `dlq: ${phase}: ${sent} of about ${expected} sent, ${left} stay, ${failed} failed${note === undefined ? '' : `; ${note}`}\n`,
      );
    },
    end: () => undefined,
  };
}
