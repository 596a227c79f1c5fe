import type { Command } from 'commander';
import { clientsFor } from '../aws/clients.ts';
import { readRules } from '../input/rules-file.ts';
import { moveFromDlq } from '../move/from-dlq.ts';
import { type NativeOptions, native } from '../move/native.ts';
import { addPaceOptions, addSelectorOptions, type MoveOptions, targetTo } from '../move/options.ts';
import { readPlan } from '../move/plan-file.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addPlaceOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

const AFTER_HELP = `
Every letter is sent, the answer is looked at, the send is written down, and only then is it deleted. A canary goes first
and is watched; the rest follows at a rate that rises. The command stops itself when letters die again. Ctrl-C ends it
after what was begun; the same command goes on where it ended. Letters that come after it began stay.

Examples:
  dlq redrive --dlq https://sqs.eu-central-1.amazonaws.com/123456789012/orders-dlq --all
  dlq redrive --stack shop-prod --queue orders --class DEPENDENCY_FAILURE --rate 50 --canary 10
  dlq redrive --dlq orders-dlq --where "body.total > \`100\`" --to orders-repair --yes --json
  dlq redrive --plan plan.jsonl
  dlq redrive --dlq orders-dlq --native`;

export function addRedrive(program: Command, session: Session): void {
  const command = program
    .command('redrive')
    .description('Sends letters that lie in a DLQ back to the queues that they died in. Kept letters: dlq replay.')
    .addHelpText('after', AFTER_HELP);
  addPaceOptions(addSelectorOptions(addChangeOptions(addPlaceOptions(command))))
    .option('--to <queue>', 'another queue for all of them: its URL, ARN or name')
    .option('--plan <file>', 'the letters that dlq plan wrote down, and no others')
    .option('--rules <file>', 'rules of your own for --class and --group, for a DLQ without a stack')
    .option('--native', 'have SQS itself move all letters (its message move task)')
    .option('--follow', 'with --native: follow the task that runs')
    .option('--cancel', 'with --native: cancel the task that runs')
    .action((options: MoveOptions & NativeOptions) => redrive(session, options));
}

async function redrive(session: Session, given: MoveOptions & NativeOptions): Promise<void> {
  const clients = clientsFor(given);
  const plan = given.plan === undefined ? undefined : await readPlan(given.plan, 'redrive');
  const options = plan === undefined ? given : { ...given, ...plan.place };
  const place = await placeOf(clients, options, session.io.env, await readRules(options.rules));
  if (options.native === true) return native(session, clients, place, options);
  await moveFromDlq(session, clients, place, options, plan?.ids, {
    command: 'redrive',
    toward: await targetTo(clients, options.to, place.queue.fifo),
  });
}
