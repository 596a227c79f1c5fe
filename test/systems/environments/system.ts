// Environments: dev is made by the pipeline's role; then a change goes through the pipeline as its workflow has it: plans of
// all environments on the pull request, the comment, the apply of that very plan, and the look for drift. Meanwhile dev
// works on orders, some of which fail.
import { deploy } from '../../demo/deploy.ts';
import type { Applied, System } from '../system.ts';
import { type Books, ordersOf, readBooks, sendOrders } from './orders.ts';
import { type PermissionFaults, permissionFaults } from './permissions.ts';
import { type PipelineReport, runPipeline } from './pipeline.ts';

const DIRECTORY = 'examples/environments';
const BOOTSTRAP = `${DIRECTORY}/bootstrap`;

interface Report {
  readonly orders: Books;
  readonly pipeline: PipelineReport;
  readonly permissions: PermissionFaults;
}

const system: System<Report> = {
  async prepare({ aws, terraform }) {
    await deploy(terraform, aws, BOOTSTRAP, () => undefined);
    return {
      init: ['-backend-config=backend/dev.s3.tfbackend'],
      apply: ['-var-file=dev.tfvars'],
      caller: 'checkout-pipeline-dev-apply',
    };
  },

  async run(applied: Applied) {
    applied.progress.step('sending orders to dev');
    const orders = ordersOf(Date.now());
    await sendOrders(orders, applied);
    applied.progress.step('a change goes through the pipeline');
    const pipeline = await runPipeline(applied);
    applied.progress.step('what became of the orders');
    return {
      orders: await readBooks(orders, applied),
      pipeline,
      permissions: await permissionFaults(applied, BOOTSTRAP),
    };
  },

  faults: ({ orders, pipeline, permissions }) => [
    ...orders.faults,
    ...pipeline.faults,
    ...permissions.refused.map((call) => `the pipeline may not ${call}`),
    ...permissions.tooMuch.map((call) => `the pipeline of prod may ${call}, which is dev's`),
  ],

  lines: ({ orders, pipeline, permissions }) => [
    `orders    ${orders.sent} sent, ${orders.booked} booked once, ${orders.archived} archived, ${orders.lost} lost`,
    ...pipeline.lines,
    `roles     ${permissions.checked} kinds of calls that Terraform made, all allowed; of ${permissions.writes} that change dev prod's role may make none`,
  ],
};

export default system;
