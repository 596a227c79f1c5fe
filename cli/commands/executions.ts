import type { Command } from 'commander';
import type { Target } from '../../handlers/core/target.ts';
import { clientsFor } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { readRules } from '../input/rules-file.ts';
import { moveFromDlq } from '../move/from-dlq.ts';
import { type KeptOptions, moveKept } from '../move/from-kept.ts';
import { addPaceOptions, addSelectorOptions } from '../move/options.ts';
import { addStatusOption } from '../move/statuses.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addPlaceOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

interface Options extends KeptOptions {
  readonly stateMachine: string;
  readonly prefix: string;
  readonly kept?: boolean;
}

const AFTER_HELP = `
The input of an execution is the letter's body; of an execution that failed, the input of that one, marked as reprocessed.
Its name is made of the prefix, the letter's heal key and a hash of the input: Step Functions starts it once, however
often it is asked (standard workflows, for 90 days). The canary's executions are watched; one that fails stops the
command. A letter is deleted, or recorded as healed, once its execution was started.

Examples:
  dlq executions --dlq crawler-dlq --state-machine arn:aws:states:eu-central-1:123456789012:stateMachine:crawl --all
  dlq executions --stack crawler --queue frontier --kept --group f56c32c4e8d8 --prefix again- --rate 5 \\
    --state-machine arn:aws:states:eu-central-1:123456789012:stateMachine:crawl`;

export function addExecutions(program: Command, session: Session): void {
  const command = program
    .command('executions')
    .argument('[id...]', 'with --kept: letters by their origin ids, instead of conditions')
    .description('Starts an execution of a state machine for each letter of a DLQ, or that a stack keeps.')
    .requiredOption('--state-machine <arn>', 'the state machine, or a version or alias of it')
    .option('--prefix <text>', 'what the names of the executions begin with', 'dlq-')
    .option('--kept', 'letters that the stack keeps, not those in the DLQ')
    .option('--rules <file>', 'rules of your own for --class and --group, for a DLQ without a stack')
    .addHelpText('after', AFTER_HELP);
  addStatusOption(addPaceOptions(addSelectorOptions(addChangeOptions(addPlaceOptions(command))))).action(
    (ids: string[], options: Options) => executions(session, ids, options),
  );
}

async function executions(session: Session, ids: readonly string[], options: Options): Promise<void> {
  const toward = machineOf(options);
  const clients = clientsFor(options);
  const place = await placeOf(clients, options, session.io.env, await readRules(options.rules));
  const kind = { command: 'executions', toward } as const;
  if (options.kept === true) return moveKept(session, clients, place, options, ids, undefined, kind);
  if (ids.length > 0) throw new UsageError('letters in a DLQ are chosen by conditions; ids are for --kept');
  await moveFromDlq(session, clients, place, options, undefined, kind);
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: names have letters, digits, - and _ */
function machineOf({ stateMachine: arn, prefix }: Options): Target {
  if (!/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^\s]+$/.test(arn))
    throw new UsageError(`--state-machine must be the ARN of a state machine; got ${arn}`);
  if (!/^[\w-]{1,30}$/.test(prefix))
    throw new UsageError(`--prefix must be 1–30 letters, digits, - and _; got ${prefix}`);
  return { kind: 'state-machine', arn, prefix };
}
