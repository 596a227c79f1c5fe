import { Presets, SingleBar } from 'cli-progress';
import { duration } from '../output/text.ts';
import type { Session } from '../session.ts';
import type { Progress } from './run.ts';

/** Shows how a move goes, on standard error: a bar on a terminal, else a line now and then. */
export interface Shown {
  tell(progress: Progress): void;
  /** Something for the operator meanwhile. */
  say(text: string): void;
  end(): void;
}

const LINE_MS = 10_000;
const FORMAT = '{phase} {bar} {value} of {total} sent, {rate}/s{more}';

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
  // Whoever ends it at once wants the cursor back.
  process.once('exit', () => single.stop());
  const began = Date.now();
  let latest: Progress = { phase: 'moving', sent: 0, left: 0, failed: 0, expected: 0 };
  let said: string | undefined;
  let started = false;
  const draw = () => {
    const { phase, sent, left, failed, expected, note } = latest;
    const total = Math.max(1, sent, Math.min(most, expected - left - failed));
    const perSecond = (sent * 1000) / Math.max(1, Date.now() - began);
    const more = [
      ...(perSecond > 0 && phase === 'moving' ? [`${duration((total - sent) / perSecond)} left`] : []),
      ...(left > 0 ? [`${left} stay`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...[said ?? note ?? []].flat(),
    ];
    const payload = { phase, rate: perSecond.toFixed(1), more: more.map((one) => `; ${one}`).join('') };
    if (!started) single.start(total, sent, payload);
    started = true;
    single.setTotal(total);
    single.update(sent, payload);
  };
  return {
    tell(progress) {
      latest = progress;
      draw();
    },
    say(text) {
      said = text;
      draw();
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
    say: (text) => write(`dlq: ${text}\n`),
    end: () => undefined,
  };
}
