// The demo's course: deploy, send, wait, plan again, reconcile.
import { join } from 'node:path';
import { makeOrders } from '../../examples/complete/producer/orders.ts';
import type { Host } from '../local-aws/host.ts';
import type { LocalAws } from '../local-aws/local-aws.ts';
import type { Terraform } from '../local-aws/terraform.ts';
import { deploy, type Outputs, secondPlan, showState } from './deploy.ts';
import { createMetricSums } from './metrics.ts';
import type { DemoOptions } from './options.ts';
import { checkPermissions, policiesOf } from './permissions.ts';
import type { DemoReport } from './print.ts';
import type { Progress } from './progress.ts';
import { reconcile } from './reconcile.ts';
import { sendOrders } from './send.ts';
import { settle } from './settle.ts';
import { queuedBodies, readTruth, type Truth } from './truth.ts';

export const EXAMPLE = 'examples/complete';
// Longer than the DLQ hides a letter that two runs met over (a twin, whose first run was at it): six minutes.
const SETTLE_SECONDS = 480;
// Longer than a poll, so that a message between two queues is not overlooked.
const QUIET_SECONDS = 4;

export type Course = { options: DemoOptions; aws: LocalAws; terraform: Terraform; progress: Progress };

export async function runDemo({ options, aws, terraform, progress }: Course): Promise<DemoReport> {
  const begin = Date.now();
  progress.step(`terraform apply of ${EXAMPLE}`);
  const deployment = await deploy(terraform, aws, EXAMPLE, progress.update);
  const out = namesIn(deployment.outputs);

  const host = await aws.startHost({ zipDirectory: join(terraform.tree, 'dist') });
  const metrics = createMetricSums('DlqHealer');
  const problems = new Set<string>();
  host.events.on('line', metrics.add);
  host.events.on('problem', (error) => problems.add(error.message));
  const truth = readTruth(aws);
  try {
    progress.step(`sending ${options.messages} orders`);
    const sendingSince = Date.now();
    const orders = makeOrders({ seed: options.seed, count: options.messages, now: sendingSince });
    const target = {
      gatewayUrl: aws.gateway.url,
      apiUrl: out.api_url,
      queueUrl: out.orders_queue_url,
      region: aws.region,
    };
    const sent = await sendOrders(orders, target, (count) => progress.update(`${count} of ${orders.length}`));
    const sentSeconds = (Date.now() - sendingSince) / 1000;
    const refused = sent.filter((one) => one.refused !== undefined);
    for (const { order, refused: why } of refused.slice(0, 5)) progress.note(`  ${order.orderId} was refused: ${why}`);

    progress.step('letting it run until it settles');
    const settled = await settle({
      look: () => look(aws, host, truth, out),
      onLook: progress.update,
      timeoutSeconds: SETTLE_SECONDS,
      quietSeconds: QUIET_SECONDS,
    });

    progress.step('second terraform plan');
    const plan = await secondPlan(terraform, aws, EXAMPLE);

    progress.step('checking every call against the policies');
    const state = await showState(terraform, aws, EXAMPLE);
    const permissions = await checkPermissions(policiesOf(state), aws.gateway.calls.records());

    progress.step('reconciling');
    const rows = await truth.letters(out.ledger_table);
    const kept = rows.filter(({ archive, status }) => archive !== undefined || RESTING.has(status));
    const { letters, unreadable } = await truth.archived(out.archive_bucket, kept);
    const account = reconcile({
      orders,
      refused: refused.map(({ order }) => order),
      processed: await truth.processed(out.orders_table),
      rows,
      archived: letters,
      queued: await queuedBodies(aws, [inboxOf(out)]),
    });
    const alerts = {
      sent: (await truth.alerts(out.alert_inbox_url)).length,
      suppressed: metrics.sum('AlertsSuppressed'),
    };
    return {
      ...account,
      refused: refused.length,
      settled: settled.settled,
      unreadable,
      alerts,
      secondPlanChanges: plan.changes,
      secondPlan: plan.what,
      problems: [...problems],
      permissions,
      calls: aws.gateway.calls.counts(),
      seconds: {
        apply: deployment.seconds,
        send: sentSeconds,
        settle: settled.seconds,
        total: (Date.now() - begin) / 1000,
      },
      resources: deployment.resources,
    };
  } finally {
    truth.close();
  }
}

const RESTING = new Set(['parked', 'waiting', 'archived', 'quarantined']);

async function look(aws: LocalAws, host: Host, truth: Truth, out: Names) {
  const queues = (await aws.depths()).filter(({ name }) => name !== inboxOf(out));
  const moving = queues.some(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
  // A scan of the ledger is dear for the emulator; as long as messages move the answer is known.
  const due = moving
    ? 0
    : (await truth.letters(out.ledger_table)).filter((row) => row.status === 'parked' && row.dueAt !== undefined)
        .length;
  return { queues, busy: host.busy(), due };
}

const inboxOf = (out: Names): string => out.alert_inbox_url.slice(out.alert_inbox_url.lastIndexOf('/') + 1);

const NAMES = [
  'api_url',
  'orders_queue_url',
  'ledger_table',
  'archive_bucket',
  'orders_table',
  'alert_inbox_url',
] as const;
type Names = Record<(typeof NAMES)[number], string>;

function namesIn(outputs: Outputs): Names {
  const missing = NAMES.filter((name) => typeof outputs[name] !== 'string' || outputs[name] === '');
  if (missing.length > 0) throw new Error(`${EXAMPLE} has no output ${missing.join(', ')}`);
  return Object.fromEntries(NAMES.map((name) => [name, String(outputs[name])])) as Names;
}
