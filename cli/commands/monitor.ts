import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { metricDataFrom } from '../../handlers/aws/metric-data.ts';
import { type Clients, clientsFor } from '../aws/clients.ts';
import { parseNumber } from '../input/number.ts';
import { complainOf, second } from '../look/gather.ts';
import { type Ending, endingBy, liveOn } from '../look/live.ts';
import { extended, lineText, monitorLine, oncePerMinute, type Trend } from '../look/monitor.ts';
import { type Panel, screenText } from '../look/monitor-screen.ts';
import { readStack, type StackState } from '../look/status.ts';
import { widthOf } from '../output/terminal.ts';
import { printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addStackOptions, type PlaceOptions } from '../stack/options.ts';
import { queuesOf, stackOf } from '../stack/queues.ts';

interface Options extends PlaceOptions {
  readonly interval: string;
  readonly count?: string;
}

const AFTER_HELP = `
On a terminal one screen that is drawn again each interval, with sparklines of the last readings; q or Ctrl-C ends it, and
the last screen stays. Elsewhere one line for each queue and interval. What cannot be read is shown as ?, and it goes on.

Examples:
  dlq monitor --stack shop-prod
  dlq monitor --stack shop-prod --queue orders --interval 10
  dlq monitor --stack shop-prod --count 1 --json | jq '{queue, dlq, waiting}'`;

export function addMonitor(program: Command, session: Session): void {
  addStackOptions(
    program
      .command('monitor')
      .description('Shows depths, arrivals and heals, letters that wait, open groups and the level, again and again.')
      .option('--interval <seconds>', 'how often it reads', '30')
      .option('--count <n>', 'end after so many readings (default: never)')
      .addHelpText('after', AFTER_HELP),
    'JSON Lines, one for each queue and reading',
  ).action((options: Options) => monitor(session, options));
}

async function monitor(session: Session, options: Options): Promise<void> {
  const intervalSeconds = parseNumber(options.interval, '--interval', 1, 3600);
  const count =
    options.count === undefined ? Number.POSITIVE_INFINITY : parseNumber(options.count, '--count', 1, 1_000_000);
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const queues = queuesOf(stack, options);
  const reader = {
    ...{ sqs: clients.sqs, now: clients.now },
    getMetricData: oncePerMinute(metricDataFrom(clients.cloudWatch)),
  };
  const read = () => readStack(reader, stack, queues, { statuses: ['waiting'], ages: false });
  const isLive = session.isTerminal && options.json !== true;
  const ending = endingBy(session.io, isLive);
  const display = isLive ? screenOn(session, intervalSeconds) : linesOn(session, options);
  try {
    const isDone = () => session.out.closed;
    const last = await readAgain(read, display.show, ending, { intervalSeconds, count, isDone });
    display.end();
    // Of an end that a person wanted nobody takes the exit code for a verdict.
    if (!ending.isWanted && last !== undefined) await complainOf(session, last.unread);
  } finally {
    display.end();
    ending.release();
    // A call that hangs must not keep the command from ending.
    if (ending.isWanted) close(clients);
  }
}

const close = ({ sqs, dynamo, cloudWatch }: Clients) => {
  for (const client of [sqs, dynamo, cloudWatch]) client.destroy();
};

/** @returns the last reading; undefined where there was none */
async function readAgain(
  read: () => Promise<StackState>,
  show: (state: StackState) => Promise<void>,
  ending: Ending,
  { intervalSeconds, count, isDone }: { intervalSeconds: number; count: number; isDone: () => boolean },
): Promise<StackState | undefined> {
  let last: StackState | undefined;
  for (let n = 1; !ending.isWanted && !isDone(); n++) {
    const due = Date.now() + intervalSeconds * 1000;
    const state = await Promise.race([read(), ending.wanted]);
    if (state === undefined) return last;
    last = state;
    await show(state);
    if (n >= count) return last;
    const pause = new AbortController();
    await Promise.race([
      sleep(Math.max(0, due - Date.now()), undefined, { signal: pause.signal }).catch(() => undefined),
      ending.wanted,
    ]);
    pause.abort();
  }
  return last;
}

interface Display {
  show(state: StackState): Promise<void>;
  end(): void;
}

function linesOn(session: Session, { json }: Options): Display {
  return {
    async show(state) {
      for (const queue of state.queues) {
        const line = monitorLine(state, queue);
        const unread = line.unread.length === 0 ? '' : `  [not read: ${line.unread.map(printable).join('; ')}]`;
        const text = `${second(line.at)}  ${lineText(line)}${unread}`;
        await session.out.write(`${json === true ? JSON.stringify(line) : text}\n`);
      }
    },
    end: () => undefined,
  };
}

function screenOn(session: Session, intervalSeconds: number): Display {
  const { stdout, env } = session.io;
  const trends = new Map<string, Trend>();
  let shown: { readonly state: StackState; readonly panels: readonly Panel[] } | undefined;
  const live = liveOn(stdout, () =>
    shown === undefined
      ? ''
      : screenText(shown.state, shown.panels, {
          ...{ colours: session.colours, intervalSeconds },
          width: widthOf(stdout, env),
          height: stdout.rows ?? 24,
        }),
  );
  return {
    async show(state) {
      const panels = state.queues.map((queue): Panel => {
        const line = monitorLine(state, queue);
        const trend = extended(trends.get(queue.queue), line, queue);
        trends.set(queue.queue, trend);
        return { state: queue, line, trend };
      });
      shown = { state, panels };
      live.refresh();
    },
    end: live.end,
  };
}
