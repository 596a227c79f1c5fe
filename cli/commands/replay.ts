import type { Command } from 'commander';
import { clientsFor } from '../aws/clients.ts';
import { type KeptOptions, moveKept } from '../move/from-kept.ts';
import { addPaceOptions, addSelectorOptions, targetTo } from '../move/options.ts';
import { readPlan } from '../move/plan-file.ts';
import { addStatusOption } from '../move/statuses.ts';
import type { Session } from '../session.ts';
import { addChangeOptions, addStackOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

const AFTER_HELP = `
The letters lie whole in the archive. Each is sent as it was, under a heal key of its own, and stays in the archive; a
letter that dies again is handled by the healer as one that was healed once more. Quarantined letters go only with
--status quarantined. ID is an origin id, as alerts and dlq show name it.

Examples:
  dlq replay --stack shop-prod --queue orders --group f56c32c4e8d8
  dlq replay --stack shop-prod --queue orders --class VALIDATION_ERROR --since 2h --where "body.currency == 'EUR'"
  dlq replay 7f9d2a10-0001-4000-8000-000000000001 --stack shop-prod
  dlq replay --plan plan.jsonl --yes`;

export function addReplay(program: Command, session: Session): void {
  const command = program
    .command('replay')
    .argument('[id...]', 'letters by their origin ids, instead of conditions')
    .description('Sends letters that a stack keeps in its archive back to where they died.')
    .addHelpText('after', AFTER_HELP);
  addStatusOption(addPaceOptions(addSelectorOptions(addChangeOptions(addStackOptions(command)))))
    .option('--to <queue>', 'another queue for all of them: its URL, ARN or name')
    .option('--plan <file>', 'the letters that dlq plan --kept wrote down, and no others')
    .action((ids: string[], options: KeptOptions) => replay(session, ids, options));
}

async function replay(session: Session, ids: readonly string[], given: KeptOptions): Promise<void> {
  const clients = clientsFor(given);
  const plan = given.plan === undefined ? undefined : await readPlan(given.plan, 'replay');
  const options = plan === undefined ? given : { ...given, ...plan.place };
  const place = await placeOf(clients, options, session.io.env);
  await moveKept(session, clients, place, options, ids, plan?.ids, {
    command: 'replay',
    toward: await targetTo(clients, options.to, place.queue.fifo),
  });
}
