// Another team's DLQs: observed while its bad day lasts, healed when it is over.
import { setTimeout as sleep } from 'node:timers/promises';
import { readTruth } from '../../demo/truth.ts';
import type { LogLine } from '../../local-aws/host/logs.ts';
import type { LocalAws } from '../../local-aws/local-aws.ts';
import { untilQuiet } from '../quiet.ts';
import type { Applied, System } from '../system.ts';
import { type Death, type Deed, type FoundLetter, judge, type KeptLetter, outOfOrder } from './account.ts';
import { clientsOf } from './clients.ts';
import { die, type Theirs } from './deaths.ts';
import { arrivedIn, dlq, nativeFaults, saidIn, wouldOf } from './observed.ts';
import { type Said, toldFaults } from './told.ts';

interface Report {
  readonly deaths: readonly Death[];
  readonly said: readonly Said[];
  /** By queue, what `dlq analyze` says would become of its letters. */
  readonly analyzed: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly faults: readonly string[];
  readonly seconds: Readonly<Record<string, number>>;
}

interface Outputs {
  readonly ledger_table: string;
  readonly archive_bucket: string;
  readonly function_names: Readonly<Record<string, string>>;
  readonly theirs: Theirs;
}

const STACK = 'attached';
const PREFIX = 'theirs';
const nameIn = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);

async function lettersIn(aws: LocalAws, { dlq_arns }: Theirs): Promise<FoundLetter[]> {
  const found = await Promise.all(
    Object.entries(dlq_arns).map(async ([queue, arn]) =>
      (await aws.bodies(nameIn(arn))).map(({ messageId, body, messageAttributes = {}, messageGroupId }) => ({
        ...{ queue, messageId, body },
        attributes: JSON.stringify([messageGroupId, messageAttributes]),
      })),
    ),
  );
  return found.flat().sort((one, other) => one.messageId.localeCompare(other.messageId));
}

/** What lies in the queues of the other team, by name. */
const depthsOf = async (aws: LocalAws) =>
  Object.fromEntries(
    (await aws.depths())
      .filter(({ name }) => name.startsWith(`${PREFIX}-`))
      .map(({ name, visible, inFlight, delayed }) => [name, visible + inFlight + delayed]),
  );

async function within(seconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500)) if (await holds()) return true;
  return false;
}

async function run(applied: Applied): Promise<Report> {
  const { aws, host, progress, reapply } = applied;
  const { theirs, ...own } = applied.outputs as unknown as Outputs;
  const clients = clientsOf(aws);
  const truth = readTruth(aws);
  const deeds: Deed[] = [];
  const said: Said[] = [];
  const arrived = new Map<string, number>();
  const onLine = (line: LogLine) => {
    if (line.functionName === own.function_names.heal) {
      said.push(...saidIn(line));
      for (const [queue, letters] of arrivedIn(line)) arrived.set(queue, (arrived.get(queue) ?? 0) + letters);
    }
    if (!line.functionName.startsWith(`${PREFIX}-`) || !line.text.includes('{"did":')) return;
    deeds.push({
      by: line.functionName.slice(PREFIX.length + 1),
      ...JSON.parse(line.text.slice(line.text.indexOf('{'))),
    });
  };
  host.events.on('line', onLine);
  const govern = own.function_names.govern ?? '';
  const seconds: Record<string, number> = {};
  let since = Date.now();
  const lap = (name: string) => {
    seconds[name] = Math.round((Date.now() - since) / 1000);
    since = Date.now();
  };
  try {
    progress.step('their bad day');
    const deaths = await die({ aws, host, clients, theirs, prefix: PREFIX });
    await within(150, async () => (await lettersIn(aws, theirs)).length >= deaths.length);
    lap('to die');
    const letters = await lettersIn(aws, theirs);

    progress.step('observing');
    const standard = letters.filter(({ queue }) => queue !== 'ledger').length;
    const observing = within(120, async () => {
      await host.fire(govern);
      await sleep(2_000);
      return said.filter(({ queue }) => queue !== 'ledger').length >= standard;
    });
    const wasObserved = await observing;
    const told = { said: [...said], arrived: new Map(arrived) };
    const analyzed: Record<string, Record<string, number>> = {};
    for (const queue of Object.keys(theirs.dlq_arns)) {
      const answer = await dlq(aws, ['analyze', '--stack', STACK, '--queue', queue]);
      analyzed[queue] = wouldOf(answer);
    }
    const status = await dlq(aws, ['status', '--stack', STACK]);
    const native = await nativeFaults(aws, STACK);
    const afterObserving = await lettersIn(aws, theirs);
    lap('to observe');

    progress.step('their bad day is over');
    await reapply(['-var', 'their_outage=false']);
    lap('to end the outage');
    const afterOutage = await lettersIn(aws, theirs);
    const early = deeds.map(({ by, did }) => `${by} did ${did} before anybody healed`);

    progress.step('healing');
    await reapply(['-var', 'their_outage=false', '-var', 'mode=heal']);
    lap('to heal: apply');
    const due = async () => {
      await host.fire(govern);
      const rows = await truth.letters(own.ledger_table);
      return rows.filter((row) => row.status === 'parked').length;
    };
    const settled = await untilQuiet(applied, { prefix: `${PREFIX}-`, due, timeoutSeconds: 300 });
    lap('to heal');

    const rows = await truth.letters(own.ledger_table);
    const kept = rows.filter(({ status: is }) => is === 'archived' || is === 'waiting');
    const { letters: archived, unreadable } = await truth.archived(own.archive_bucket, kept);
    const bodyOf = new Map(archived.map(({ row, body }) => [row, body]));
    const facts = {
      ...{ deaths, letters, observed: afterOutage, deeds, left: await depthsOf(aws) },
      rows: rows.map((row): KeptLetter => {
        const { messageId, reason } = row as typeof row & { messageId: string; reason: string };
        const body = bodyOf.get(row);
        return {
          messageId,
          queue: row.queue,
          status: row.status,
          reason,
          ...(body === undefined ? {} : { archived: body }),
        };
      }),
    };
    return {
      ...{ deaths, analyzed, seconds, said: told.said },
      faults: [
        ...(settled ? [] : ['it did not come to rest within five minutes']),
        ...(wasObserved ? [] : [`of ${standard} letters in standard DLQs the healer told of ${said.length} only`]),
        ...(status.mode === 'observe' ? [] : [`dlq status calls the mode ${String(status.mode)}`]),
        ...(JSON.stringify(afterObserving) === JSON.stringify(letters) ? [] : ['observing changed letters']),
        ...native,
        ...toldFaults({ deaths, letters, ...told, analyzed }),
        ...unreadable,
        ...early,
        ...judge(facts),
        ...outOfOrder(deeds, 'ledger'),
      ],
    };
  } finally {
    host.events.off('line', onLine);
    truth.close();
    clients.close();
  }
}

const lines = ({ deaths, said, analyzed, seconds }: Report): string[] => {
  const rows = [...Map.groupBy(deaths, ({ queue }) => queue)].map(([queue, own]) => {
    const count = (fate: Death['fate']) => own.filter((one) => one.fate === fate).length;
    const told = said.filter((one) => one.queue === queue).length;
    return `${queue.padEnd(9)} ${own.length} died, ${told} observed, analysed as ${JSON.stringify(analyzed[queue])}; ${count('given back')} given back, ${count('archived')} archived, ${count('waiting')} wait`;
  });
  return [
    ...rows,
    Object.entries(seconds)
      .map(([name, value]) => `${name} ${value} s`)
      .join(', '),
  ];
};

const system: System<Report> = { run, faults: ({ faults }) => faults, lines };
export default system;
