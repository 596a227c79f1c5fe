import { type Command, Option } from 'commander';
import leven from 'leven';
import { FAILURE_CLASSES } from '../../handlers/core/classes.ts';
import type { Policy } from '../../handlers/core/policy.ts';
import { clientsFor } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { complainOf, gathering } from '../look/gather.ts';
import { byNeed, isCurrent, isInState, readGroups, STATES, type StateName } from '../look/groups.ts';
import { type GroupsDocument, groupsText } from '../look/groups-report.ts';
import { waitsByGroup } from '../look/ledger-counts.ts';
import type { Session } from '../session.ts';
import { addStackOptions, type PlaceOptions } from '../stack/options.ts';
import { queuesOf, stackOf } from '../stack/queues.ts';
import type { Stack } from '../stack/stack.ts';

interface Options extends PlaceOptions {
  readonly all?: boolean;
  readonly class?: string;
  readonly state?: StateName;
}

const AFTER_HELP = `
Letters of one queue that died of the same error are a group. Those of which most letters wait come first. Groups of which
nothing waits, that are not held and of which no letter died within 24 hours are left out without --all.

Examples:
  dlq groups --stack shop-prod
  dlq groups --stack shop-prod --queue orders --state held
  dlq groups --stack shop-prod --all --json | jq -r '.groups[] | [.group, .class, .now.waiting] | @tsv'`;

export function addGroups(program: Command, session: Session): void {
  addStackOptions(
    program
      .command('groups')
      .description(
        'Shows the groups of a stack’s letters: what they died of, how many wait, and how their breakers stand.',
      )
      .option('--all', 'also groups that nothing has happened to of late')
      .option('--class <class>', 'only groups of this failure class')
      .addOption(
        new Option('--state <state>', 'only groups with letters in, or a breaker in, this state').choices(STATES),
      )
      .addHelpText('after', AFTER_HELP),
  ).action((options: Options) => groups(session, options));
}

async function groups(session: Session, options: Options): Promise<void> {
  const clients = clientsFor(options);
  const stack = await stackOf(clients, options, session.io.env);
  const queues = queuesOf(stack, options).map(({ key }) => key);
  const { found, uncounted, unread } = await readAll(stack, queues);
  if (options.class !== undefined) checkClass(options.class, stack.healer.policy, found);
  const asked = found.filter(
    (group) =>
      (options.class === undefined || group.class === options.class) &&
      (options.state === undefined || isInState(group, options.state)),
  );
  const now = clients.now();
  const shown = options.all === true ? asked : asked.filter((group) => isCurrent(group, now));
  const document: GroupsDocument = {
    ...{ version: 1, stack: stack.name, queues, groups: byNeed(shown) },
    quiet: asked.length - shown.length,
    uncounted,
  };
  await session.answer(options, { ...document, unread }, groupsText(document, session));
  await complainOf(session, unread);
}

async function readAll({ healer }: Stack, queues: readonly string[]) {
  const { db, table } = healer;
  const { read, unread } = gathering();
  const each = await Promise.all(
    queues.map(async (queue) => {
      const kept = await read(queue, 'letters that wait', () => waitsByGroup(db, table, queue));
      const rows = await read(queue, 'groups', () => readGroups(healer, queue, kept?.waits ?? new Map()));
      return { queue, rows: rows ?? [], more: kept?.more === true };
    }),
  );
  return {
    found: each.flatMap(({ rows }) => rows),
    uncounted: each.filter(({ more }) => more).map(({ queue }) => queue),
    unread,
  };
}

/** A misspelt class would look like peace. */
function checkClass(asked: string, policy: Policy, found: readonly { readonly class: string }[]): void {
  const known = new Set<string>([
    ...FAILURE_CLASSES,
    ...policy.queues.flatMap(({ classes }) => Object.keys(classes)),
    ...policy.rules.map((rule) => rule.class),
    ...found.map((group) => group.class),
  ]);
  if (known.has(asked)) return;
  const names = [...known].sort((a, b) => leven(a, asked.toUpperCase()) - leven(b, asked.toUpperCase()));
  throw new UsageError(`--class must be a failure class of this stack: ${names.join(', ')}; got ${asked}`);
}
