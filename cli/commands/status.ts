import type { Command } from 'commander';
import { metricDataFrom } from '../../handlers/aws/metric-data.ts';
import { clientsFor } from '../aws/clients.ts';
import { complainOf } from '../look/gather.ts';
import { readStack, readUnmanaged, type StackState } from '../look/status.ts';
import { statusDocument, statusText } from '../look/status-report.ts';
import type { Session } from '../session.ts';
import { addPlaceOptions, type PlaceOptions } from '../stack/options.ts';
import { placeOf, queuesOf, stackOf } from '../stack/queues.ts';

const AFTER_HELP = `
The first lines say what is wrong, each with the command to run next. What may not be read is named, the rest is shown,
and the exit code is 1.

Examples:
  dlq status --stack shop-prod
  dlq status --stack shop-prod --queue orders --json | jq '.queues[] | {queue, verdict}'
  dlq status --dlq legacy-orders-dlq`;

export function addStatus(program: Command, session: Session): void {
  addPlaceOptions(
    program
      .command('status')
      .description(
        'Shows depths, arrivals and heals of the last hour, letters that wait, held groups and the level of every queue.',
      )
      .addHelpText('after', AFTER_HELP),
  ).action((options: PlaceOptions) => status(session, options));
}

async function status(session: Session, options: PlaceOptions): Promise<void> {
  const state = await read(session, options);
  await session.answer(options, statusDocument(state), statusText(state, session));
  await complainOf(session, state.unread);
}

async function read(session: Session, options: PlaceOptions): Promise<StackState> {
  const clients = clientsFor(options);
  const { env } = session.io;
  if (options.dlq !== undefined) return readUnmanaged(clients, await placeOf(clients, options, env));
  const stack = await stackOf(clients, options, env);
  const reader = { sqs: clients.sqs, now: clients.now, getMetricData: metricDataFrom(clients.cloudWatch) };
  return readStack(reader, stack, queuesOf(stack, options), {
    statuses: ['waiting', 'parked', 'archived', 'quarantined'],
    ages: true,
  });
}
