import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import Table from 'cli-table3';
import { type Bar, barCells, isMissed } from './bars.ts';
import { DLQ, SOURCE } from './letters.ts';
import { healNaively } from './naive.ts';
import type { Report, Setting } from './sqs-server.ts';

/** One move, as the queue saw it. */
export interface Move {
  readonly how: string;
  readonly letters: number;
  readonly lettersPerSecond: number;
  readonly callsPerLetter: number;
  /** Of the mover's process at its highest, MiB; absent for the naive mover, which has none of its own. */
  readonly mebibytes?: number;
  /** Letters of which body, attributes, message group and trace header arrived as they were. */
  readonly whole: number;
}

const COMMAND = fileURLToPath(new URL('../dist/dlq.mjs', import.meta.url));
const SERVER = fileURLToPath(new URL('./sqs-server.ts', import.meta.url));
const REGION = 'eu-central-1';
const KEYS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** Added to every call, milliseconds. */
const DELAY = 10;
const FEW = 10_000;
const MANY = 100_000;
const NAIVE_LETTERS = 200;

/**
 * Measures the committed command: `dlq redrive --all --canary 0 --rate off`, and a naive mover in the same run.
 * @throws Error where a letter did not arrive once and whole, or was deleted before it was sent
 */
export async function measureMover(): Promise<readonly Move[]> {
  const usual = { delay: DELAY, receives: [10] };
  return [
    await moveNaively({ ...usual, letters: NAIVE_LETTERS }),
    await redrive(`dlq redrive, ${DELAY} ms a call`, { ...usual, letters: FEW }),
    await redrive(`dlq redrive, ${DELAY} ms a call`, { ...usual, letters: MANY }),
    await redrive(`dlq redrive, ${DELAY} ms a call, receives of 10, 7 and 4`, {
      ...usual,
      letters: FEW,
      receives: [10, 7, 4],
    }),
    await redrive('dlq redrive, no delay', { ...usual, letters: FEW, delay: 0 }),
  ];
}

interface Queue {
  readonly url: string;
  report(): Promise<Report>;
}

async function withQueue<T>(setting: Setting, run: (queue: Queue) => Promise<T>): Promise<T> {
  const server = fork(SERVER, [JSON.stringify(setting)]);
  try {
    const { url } = await answerOf<{ url: string }>(server);
    return await run({
      url,
      report() {
        server.send('report');
        return answerOf<Report>(server);
      },
    });
  } finally {
    server.disconnect();
  }
}

async function answerOf<T>(server: ChildProcess): Promise<T> {
  const [answer] = await Promise.race([
    once(server, 'message'),
    once(server, 'exit').then(() => Promise.reject(new Error('the server of the bench has ended'))),
  ]);
  return answer as T;
}

async function redrive(how: string, setting: Setting): Promise<Move> {
  return withQueue(setting, async (queue) => {
    const mebibytes = await runCommand(queue.url);
    const move = moveOf(how, setting, await queue.report());
    if (move.whole !== setting.letters) throw new Error(`only ${move.whole} of ${setting.letters} letters are whole`);
    return { ...move, mebibytes };
  });
}

/** Tells the parent, who reads the fourth descriptor, what the process needed: kibibytes at its highest. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));",
)}`;

/** @returns MiB that the process of the command held at its highest */
async function runCommand(url: string): Promise<number> {
  const state = await mkdtemp(join(tmpdir(), 'dlq-healer-bench-'));
  try {
    const options = ['--all', '--canary', '0', '--rate', 'off', '--yes', '--json'];
    const dlq = `${url}/000000000000/${DLQ}`;
    const child = spawn(process.execPath, ['--import', TELL_PEAK, COMMAND, 'redrive', '--dlq', dlq, ...options], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: {
        ...{ PATH: process.env.PATH, HOME: state, DLQ_STATE_DIR: state },
        ...{ AWS_ENDPOINT_URL: url, AWS_REGION: REGION },
        ...{ AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
      },
    });
    const [errors, peak, [code]] = await Promise.all([
      text(child.stdio[2] as NodeJS.ReadableStream),
      text(child.stdio[3] as NodeJS.ReadableStream),
      once(child, 'exit'),
    ]);
    if (code !== 0) throw new Error(`dlq redrive ended with ${code}: ${errors}`);
    return Number(peak) / 1024;
  } finally {
    await rm(state, { recursive: true });
  }
}

/** What a script does: receive one, send it, delete it, and so on. It forgets the attributes, as such scripts do. */
async function moveNaively(setting: Setting): Promise<Move> {
  return withQueue(setting, async ({ url, report }) => {
    const sqs = new SQSClient({ region: REGION, endpoint: url, credentials: KEYS });
    const queues = { source: `${url}/000000000000/${SOURCE}`, dlq: `${url}/000000000000/${DLQ}` };
    for (;;) {
      const { Messages: [letter] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queues.dlq }));
      if (letter === undefined) break;
      await healNaively(sqs, queues, [{ body: letter.Body ?? '', receiptHandle: letter.ReceiptHandle ?? '' }]);
    }
    sqs.destroy();
    return moveOf(`naive mover, ${setting.delay} ms a call`, setting, await report());
  });
}

function moveOf(how: string, { letters }: Setting, { calls, seconds, moved, whole, wrong }: Report): Move {
  if (moved !== letters || wrong > 0) throw new Error(`${moved} of ${letters} letters were moved, ${wrong} wrongly`);
  const made = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return { how, letters, lettersPerSecond: letters / seconds, callsPerLetter: made / letters, whole };
}

/** Time is compared with the naive mover's of the same run: letters per second differ from machine to machine. */
export function moverBars([naive, few, many]: readonly Move[]): readonly Bar[] {
  if (naive === undefined || few === undefined || many === undefined) throw new Error('the mover was not measured');
  const calls = (move: Move): Bar => ({
    figure: `calls per letter, ${move.letters.toLocaleString('en')} letters`,
    atMost: 0.31,
    measured: move.callsPerLetter,
    naive: naive.callsPerLetter,
  });
  return [
    calls(few),
    calls(many),
    {
      figure: "time per letter, as a part of the naive mover's",
      atMost: 0.04,
      measured: naive.lettersPerSecond / few.lettersPerSecond,
      naive: 1,
    },
    {
      figure: `memory for ${MANY.toLocaleString('en')} letters, as a multiple of that for ${FEW.toLocaleString('en')}`,
      atMost: 1.6,
      measured: (many.mebibytes ?? Number.NaN) / (few.mebibytes ?? Number.NaN),
    },
  ];
}

const HEAD = ['mover', 'letters', 'letters per second', 'naive mover ×', 'calls per letter', 'memory, MiB', 'whole'];

function cellsOf(moves: readonly Move[]): string[][] {
  const base = moves[0]?.lettersPerSecond ?? Number.NaN;
  return moves.map(({ how, letters, lettersPerSecond, callsPerLetter, mebibytes, whole }) => [
    how,
    letters.toLocaleString('en'),
    Math.round(lettersPerSecond).toLocaleString('en'),
    (lettersPerSecond / base).toFixed(lettersPerSecond === base ? 0 : 1),
    callsPerLetter.toFixed(3),
    mebibytes?.toFixed(0) ?? '–',
    whole === letters ? 'all' : String(whole),
  ]);
}

export function printMover(moves: readonly Move[], bars: readonly Bar[]): void {
  const style = { head: [], border: [] };
  const figures = new Table({ head: HEAD, style });
  figures.push(...cellsOf(moves));
  const judged = new Table({ head: ['figure', 'bar', 'measured', 'naive mover', ''], style });
  judged.push(...bars.map((bar) => [...barCells(bar), isMissed(bar) ? 'MISSED' : 'met']));
  process.stdout.write(`moving letters of 1 KB with three attributes\n${figures}\n${judged}\n`);
}

/** The section of docs/cli/move.md. */
export function speedSection(moves: readonly Move[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `## Speed

\`dlq redrive --all --canary 0 --rate off\` on one machine of two shared cores, letters of 1 KB with three attributes, a
message group and a trace header, against a server that adds the milliseconds to every call and looks at every letter:
each was sent once, whole, and deleted only then. Calls include all that the command makes from start to end. The naive
mover receives, sends and deletes one letter after the other, and loses what is beside the body. \`npm run bench\`
measures it again; \`--check\` fails above 0.31 calls a letter, or where memory grows with the letters.

${[row(HEAD), row(HEAD.map(() => '---')), ...cellsOf(moves).map(row)].join('\n')}
`;
}
