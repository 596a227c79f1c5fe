// The operator's part: looks, judges, sends what the mended cause had stopped, and judges again. Each command is run as
// docs/runbook.md and the example's README have it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cloud, Row } from './cloud.ts';
import type { OnCall, Ran } from './operator.ts';

export interface Command {
  readonly what: string;
  readonly ran: Ran;
  /** The exit code that it must have. */
  readonly wanted: number;
}

/** As far as `--json` is read here. */
interface Answer {
  readonly verdict?: string;
  readonly sent?: number;
  readonly outcome?: string;
  readonly executions?: { readonly succeeded: number; readonly failed: number };
}
/** Of a command that failed there may be none; its exit code is told of anyway. */
const answerOf = ({ out }: Ran): Answer => (out.startsWith('{') ? (JSON.parse(out) as Answer) : {});

const groupOf = (rows: readonly Row[], failureClass: string): string =>
  (rows.find((row) => row.failureClass === failureClass) as (Row & { readonly group: string }) | undefined)?.group ??
  '';

export interface Course {
  readonly commands: readonly Command[];
  readonly verifiedBefore: Answer;
  readonly verifiedAfter: Answer;
  /** Letters sent by the replay, by the executions, and by the executions asked for once more. */
  readonly sent: readonly number[];
  /** Letters by class, as `dlq analyze` and `dlq classify` see those that wait or were archived. */
  readonly analyzed: Readonly<Record<string, number>>;
  readonly classified: Readonly<Record<string, number>>;
}

export interface Stage {
  readonly cloud: Cloud;
  readonly operator: OnCall;
  readonly rows: readonly Row[];
  readonly bodies: ReadonlyMap<string, string>;
  readonly work: string;
  /** Epoch milliseconds of the first message. */
  readonly began: number;
  /** Lets the crawler in where it was refused. */
  unlock(): void;
  /** Sends pages when the causes are gone, and waits until all have rest. */
  traffic(): Promise<void>;
}

export async function operate({ cloud, operator, rows, bodies, work, began, unlock, traffic }: Stage): Promise<Course> {
  const commands: Command[] = [];
  const run = async (what: string, args: readonly string[], wanted = 0, input?: string): Promise<Ran> => {
    const ran = await operator.dlq(args, input);
    commands.push({ what, ran, wanted });
    return ran;
  };
  const machine = ['--state-machine', cloud.outputs.state_machine_arn];
  const quick = ['--for', '2s', '--interval', '1', '--success-rate', '0.95', '--json'];
  const verify = (since: number) => [
    'verify',
    '--queue',
    'crawls',
    ...machine,
    '--since',
    new Date(since).toISOString(),
    ...quick,
  ];

  await run('how bad is it', ['status']);
  await run('what died', ['groups', '--queue', 'crawls']);
  const [locked, buggy] = [groupOf(rows, 'AUTH_FAILURE'), groupOf(rows, 'CODE_BUG')];
  await run('why a group died', ['show', locked]);
  await run('one letter', [
    'show',
    rows.find(({ failureClass }) => failureClass === 'CODE_BUG')?.originId ?? '',
    '--body',
  ]);
  const kept = rows.filter(
    ({ status, queue }) => queue === 'crawls' && (status === 'waiting' || status === 'archived'),
  );
  const letters = kept.map((row) => ({ MessageId: row.originId, Body: bodies.get(`${row.pk}|${row.sk}`) ?? '' }));
  const file = join(work, 'crawls.json');
  await writeFile(file, JSON.stringify({ Messages: letters }));
  const analyzed = await run('what they have in common', ['analyze', '--file', file, '--json']);
  const classified = await run('what the healer makes of them', ['classify'], 0, letters.map(asDeath).join('\n'));
  const before = await run('before anything is mended', verify(began), 3);

  await cloud.deployParser(2);
  unlock();
  const mended = Date.now();
  const which = ['--queue', 'crawls', '--group'];
  await run('what would go', ['plan', '--kept', ...which, locked]);
  const replayed = await run('those that were refused', [
    'replay',
    ...which,
    locked,
    '--canary',
    '1',
    '--window',
    '3',
    '--yes',
    '--json',
  ]);
  const start = ['executions', '--kept', ...which, buggy, ...machine, '--prefix', 'mended-', '--rate', '5'];
  const started = await run('those of the bug', [...start, '--canary', '2', '--window', '10', '--yes', '--json']);
  const again = await run('the same once more', [...start, '--canary', '0', '--yes', '--json']);
  await traffic();
  const after = await run('has it recovered', verify(mended), 0);
  await run('who did what', ['audit']);
  return {
    commands,
    verifiedBefore: answerOf(before),
    verifiedAfter: answerOf(after),
    sent: [replayed, started, again].map((one) => answerOf(one).sent ?? -1),
    analyzed: Object.fromEntries(
      [...Map.groupBy(groupsIn(analyzed), ({ class: name }) => name)].map(([name, some]) => [
        name,
        some.reduce((sum, one) => sum + one.letters, 0),
      ]),
    ),
    classified: Object.fromEntries(
      [...Map.groupBy(linesIn(classified), ({ class: name }) => name)].map(([name, some]) => [name, some.length]),
    ),
  };
}

const groupsIn = ({ out }: Ran) =>
  out.startsWith('{') ? (JSON.parse(out) as { groups: { class: string; letters: number }[] }).groups : [];
const linesIn = ({ out }: Ran) =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { class: string });

/** A line of `dlq classify`: the error that the execution ended with. */
function asDeath({ MessageId, Body }: { readonly MessageId: string; readonly Body: string }): string {
  const { error, cause } = (JSON.parse(Body) as { detail: { error: string; cause: string } }).detail;
  const { errorMessage } = JSON.parse(cause) as { errorMessage: string };
  return JSON.stringify({ id: MessageId, evidence: { errorType: error, errorMessage } });
}
