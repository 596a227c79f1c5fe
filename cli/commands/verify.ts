import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { bookOf } from '../audit/audited.ts';
import { clientsFor } from '../aws/clients.ts';
import { EXIT } from '../exit.ts';
import { clip, counted, duration } from '../output/text.ts';
import type { Session } from '../session.ts';
import { totalOf } from '../stack/depth.ts';
import { addPlaceOptions } from '../stack/options.ts';
import { judge } from '../verify/judge.ts';
import { machineIn, sinceIn, type VerifyOptions, type Watching, watchingOf } from '../verify/options.ts';
import { read } from '../verify/read.ts';
import { answer } from '../verify/refusal.ts';
import { documentOf, reportOf } from '../verify/report.ts';
import { sinceOf } from '../verify/since.ts';
import { type Target, targetsOf } from '../verify/targets.ts';
import { type Depths, watch } from '../verify/watch.ts';

const AFTER_HELP = `
Watches for a while, then says whether what was repaired has recovered:
  recovered      exit code 0
  not recovered  exit code 3: what failed comes first, with what to do about it
  cannot tell    exit code 1: something could not be read, or there was too little traffic to judge by

Examples:
  dlq verify --stack shop-prod
  dlq verify --stack shop-prod --queue orders --since 2h --for 5m --success-rate 0.99
  dlq verify --dlq https://sqs.eu-west-1.amazonaws.com/123456789012/mail-dlq --function mailer --since 30m
  dlq verify --stack shop-prod --state-machine arn:aws:states:eu-west-1:123456789012:stateMachine:nightly
  dlq redrive --stack shop-prod --queue orders --all --yes && dlq verify --stack shop-prod --json`;

const collect = (value: string, before: readonly string[]) => [...before, value];

export function addVerify(program: Command, session: Session): void {
  addPlaceOptions(
    program
      .command('verify')
      .description(
        'Watches the DLQ and all around it after letters were sent back, and says whether things have recovered.',
      )
      .option(
        '--since <when>',
        'from when on all must have gone well: 2h, or an instant (default: the last redrive, replay, edit or release; else 1h)',
      )
      .option('--for <duration>', 'how long to watch; SQS needs a minute until its counts are right', '2m')
      .option('--interval <seconds>', 'between two looks at the queues', '10')
      .option('--success-rate <share>', 'what share must have succeeded, 0 to 1', '0.95')
      .option(
        '--source <url>',
        'a source queue of the DLQ: its URL, ARN or name; again for each (default: as SQS or the stack says)',
        collect,
        [],
      )
      .option('--function <name>', 'the Lambda function that consumes the queue (default: as the stack says)')
      .option('--state-machine <arn>', 'a state machine whose executions must have succeeded as well')
      .option('--strict', 'groups that are held and letters that wait for a person fail the verdict')
      .addHelpText('after', AFTER_HELP),
  ).action((options: VerifyOptions) => verify(session, options));
}

const EXIT_OF = { recovered: undefined, 'not recovered': EXIT.stopped, 'cannot tell': EXIT.failed } as const;

/** Entries of the audit that are looked through for what was sent back. */
const MOST_ENTRIES = 1000;

async function verify(session: Session, options: VerifyOptions): Promise<void> {
  const watching = watchingOf(options);
  const machineArn = machineIn(options.stateMachine);
  const clients = clientsFor(options);
  // Before the first call, so that a misspelt instant is told of at once.
  if (options.since !== undefined) sinceIn(options.since, clients.now());
  const found = await targetsOf(clients, options, session);
  const entries = await answer(async () => {
    const all = await bookOf(found.stack, session).read(MOST_ENTRIES);
    const keys = new Set(found.targets.map(({ queue }) => queue));
    return all.filter(({ queue }) => queue === undefined || keys.has(queue));
  });
  const since = sinceOf(options.since, entries, clients.now());
  const progress = progressOf(session, found.targets, watching);
  const depths = await watch(clients, found.targets, watching, progress.onLook);
  progress.done();
  const watchedSeconds = Math.round((watching.pauseMs * (watching.looks - 1)) / 1000);
  const readings = await read(clients, found, { depths, entries, since: since.at, watchedSeconds, machineArn });
  const judgement = judge(readings, watching);
  const asked = { stack: found.stack?.name, since, ...watching };
  session.exitCode = EXIT_OF[judgement.verdict];
  await session.answer(options, documentOf(judgement, readings, asked), reportOf(judgement, asked, session));
}

/** A line that changes, for whoever waits at a terminal. */
function progressOf({ io, width }: Session, targets: readonly Target[], { looks, pauseMs }: Watching) {
  if (io.stderr.isTTY !== true) return { onLook: () => {}, done: () => {} };
  const line = createLogUpdate(io.stderr as NodeJS.WriteStream);
  const messages = (depths: Depths, urls: readonly string[]) =>
    [...new Set(urls)].reduce((sum, url) => {
      const known = depths.get(url);
      const last = known !== undefined && 'value' in known ? known.value.at(-1) : undefined;
      return sum + (last === undefined ? 0 : totalOf(last));
    }, 0);
  return {
    onLook: (done: number, depths: Depths) => {
      const dead = messages(
        depths,
        targets.map(({ dlqUrl }) => dlqUrl),
      );
      const waiting = messages(
        depths,
        targets.flatMap(({ sources }) => sources.map(({ url }) => url)),
      );
      const left = duration(((looks - done) * pauseMs) / 1000);
      line(
        clip(
          `look ${done} of ${looks}: ${counted(dead, 'letter')} in DLQs, ${counted(waiting, 'message')} in sources; ${left} left`,
          width - 1,
        ),
      );
    },
    done: () => line.clear(),
  };
}
