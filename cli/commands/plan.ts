import type { Command } from 'commander';
import { clientsFor } from '../aws/clients.ts';
import { UsageError } from '../exit.ts';
import { readRules } from '../input/rules-file.ts';
import { acceptLook } from '../letters/look.ts';
import { count } from '../move/mover.ts';
import { addSelectorOptions, type SelectorOptions, selectionText, selectorOf } from '../move/options.ts';
import { type PlanHead, type PlanLine, writePlan } from '../move/plan-file.ts';
import { planDlq, planKept } from '../move/plan-letters.ts';
import { addStatusOption, statusesOf } from '../move/statuses.ts';
import { table } from '../output/table.ts';
import { counted, printable } from '../output/text.ts';
import type { Session } from '../session.ts';
import { addPlaceOptions, type PlaceOptions } from '../stack/options.ts';
import { placeOf } from '../stack/queues.ts';

interface Options extends PlaceOptions, SelectorOptions {
  readonly out?: string;
  readonly kept?: boolean;
  readonly status?: string;
  readonly rules?: string;
  readonly yes?: boolean;
}

const AFTER_HELP = `
The plan is frozen: dlq redrive --plan takes the letters that it names and no others, whatever has come since.

Examples:
  dlq plan --dlq orders-dlq --class TIMEOUT --out plan.jsonl && dlq redrive --plan plan.jsonl
  dlq plan --stack shop-prod --queue orders --kept --group f56c32c4e8d8 --out plan.jsonl && dlq replay --plan plan.jsonl
  dlq plan --dlq orders-dlq --all`;

export function addPlan(program: Command, session: Session): void {
  const command = program
    .command('plan')
    .description('Looks at every letter and says which would go, where to, which would stay, and why. Changes nothing.')
    .option('--out <file>', 'write the plan into a new file, for dlq redrive --plan or dlq replay --plan')
    .option('--kept', 'letters that the stack keeps (for dlq replay), not those in the DLQ')
    .option('--rules <file>', 'rules of your own for --class and --group, for a DLQ without a stack')
    .option('--yes', 'look although the DLQ has a redrive policy of its own');
  addStatusOption(addSelectorOptions(addPlaceOptions(command)))
    .addHelpText('after', AFTER_HELP)
    .action((options: Options) => plan(session, options));
}

/** What `--json` prints; names and meanings are a promise (docs/cli/move.md). */
interface PlanDocument {
  readonly version: 1;
  readonly kind: PlanHead['kind'];
  readonly queue: string;
  readonly take: number;
  readonly leave: number;
  readonly inFlight: number;
  readonly groups: readonly GroupRow[];
  readonly file: string | null;
}

interface GroupRow {
  readonly take: boolean;
  readonly class: string;
  readonly group: string;
  readonly why: string;
  readonly letters: number;
}

async function plan(session: Session, options: Options): Promise<void> {
  const clients = clientsFor(options);
  const place = await placeOf(clients, options, session.io.env, await readRules(options.rules));
  if (options.kept === true && place.stack === undefined)
    throw new UsageError('--kept is for letters that a stack keeps: pass --stack');
  const kind = options.kept === true ? 'replay' : 'redrive';
  const head: PlanHead = {
    version: 1,
    kind,
    createdAt: new Date(clients.now()).toISOString(),
    stack: place.stack?.name ?? null,
    queue: place.stack === undefined ? null : place.name,
    dlq: place.stack === undefined ? place.queue.dlqUrl : null,
    region: await clients.region(),
    letters: selectionText(options),
  };
  const { selector, count: most } = selectorOf(options, clients.now());
  if (kind === 'redrive') await acceptLook(session, clients, place, options);
  const file = options.out === undefined ? undefined : await writePlan(options.out, head);
  const groups = new Map<string, number>();
  let take = 0;
  let leave = 0;
  const add = async (line: PlanLine) => {
    const one = line.take && take >= most ? { ...line, take: false, why: `--count is ${most}` } : line;
    if (one.take) take += 1;
    else leave += 1;
    const { take: taken, class: failureClass, group, why } = one;
    count(groups, JSON.stringify([taken, failureClass, group, why]));
    await file?.add(one);
  };
  const inFlight =
    kind === 'replay'
      ? await planKept(clients, place, selector, statusesOf(options), add)
      : await planDlq(session, clients, place, selector, add);
  await file?.end();
  const rows = [...groups]
    .map(([key, letters]): GroupRow => {
      const [taken, failureClass, group, why] = JSON.parse(key) as [boolean, string, string, string];
      return { take: taken, class: failureClass, group, why, letters };
    })
    .sort((a, b) => Number(b.take) - Number(a.take) || b.letters - a.letters);
  const document: PlanDocument = {
    ...{ version: 1, kind, queue: place.name, take, leave, inFlight, groups: rows },
    file: options.out ?? null,
  };
  await session.answer(options, document, textOf(document, session.width));
}

function textOf({ take, leave, groups, kind, file }: PlanDocument, width: number): string {
  const head = `${counted(take, 'letter')} would go, ${counted(leave, 'letter')} would stay.\n`;
  if (groups.length === 0) return head;
  const rows = groups.map((row) => [
    row.take ? 'go' : 'stay',
    `${row.class}\n${row.group}`,
    String(row.letters),
    printable(row.why),
  ]);
  const columns = [
    { head: '' },
    { head: 'group' },
    { head: 'letters', align: 'right' as const },
    { head: 'where, or why not' },
  ];
  const next = file === null ? '' : `The plan is in ${file}: dlq ${kind} --plan ${file}\n`;
  return `${head}${table(columns, rows, width)}\n${next}`;
}
