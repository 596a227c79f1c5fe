// Least privilege, both ways: every call that a function really made is allowed by the policies that Terraform rendered
// for its role, and every action that they grant was called.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { CallRecord } from '../local-aws/gateway/calls.ts';

export type Policy = { Statement: Statement[] };
type Statement = { Effect: string; Action: string | string[]; Resource: string | string[] };

export type Permissions = {
  /** `<role>: <action> on <resource>`: calls that AWS would have refused. */
  refused: string[];
  /** `<role>: <action>`: granted, and not called in this run. */
  unused: string[];
};

type Module = {
  resources?: { type: string; values: { role?: string; policy?: string } }[];
  child_modules?: Module[];
};

/** As much of `terraform show -json` as is used here. */
export type State = {
  values?: { root_module?: Module; outputs?: { operator_policies?: { value: { read: string; operate: string } } } };
};

/** The inline policies of each role. */
export function policiesOf(state: State): Map<string, Policy[]> {
  const policies = new Map<string, Policy[]>();
  const visit = (module: Module): void => {
    for (const { type, values } of module.resources ?? []) {
      if (type !== 'aws_iam_role_policy' || !values.role || !values.policy) continue;
      policies.set(values.role, [...(policies.get(values.role) ?? []), JSON.parse(values.policy) as Policy]);
    }
    for (const child of module.child_modules ?? []) visit(child);
  };
  visit(state.values?.root_module ?? {});
  return policies;
}

/** The policies of people who run `dlq`, of a stack that passes the module's output on; both are attached to who operates. */
export function operatorPoliciesOf(state: State): { read: Policy; operate: Policy } {
  const policies = state.values?.outputs?.operator_policies?.value;
  if (policies === undefined) throw new Error('the stack has no output operator_policies');
  return { read: JSON.parse(policies.read) as Policy, operate: JSON.parse(policies.operate) as Policy };
}

/** A batch of calls is granted by the action of the single one. */
const GRANTED_BY: Record<string, string> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
};

const actionOf = ({ service, action }: CallRecord): string =>
  GRANTED_BY[`${service}:${action}`] ?? `${service}:${action}`;

/** Each function's role has the function's name, and the gateway knows a function by its name. */
export async function checkPermissions(
  policies: ReadonlyMap<string, readonly Policy[]>,
  records: readonly CallRecord[],
): Promise<Permissions> {
  const refused: string[] = [];
  const unused: string[] = [];
  for (const [role, granted] of policies) {
    const own = records.filter(({ caller }) => caller === role);
    for (const record of own) if (!(await isAllowedTo(role, granted, record))) refused.push(describeCall(role, record));
    const called = new Set(own.map((record) => actionOf(record)));
    const actions = granted.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    unused.push(...actions.filter((action) => !called.has(action)).map((action) => `${role}: ${action}`));
  }
  return { refused, unused };
}

const describeCall = (role: string, record: CallRecord): string => {
  const keys = record.leadingKeys === undefined ? '' : ` (${record.leadingKeys.join(', ')})`;
  return `${role}: ${actionOf(record)} on ${record.resource}${keys}`;
};

/** Whether these policies let this caller make this call. `context`: what else of the call its conditions ask for. */
export async function isAllowedTo(
  role: string,
  granted: readonly Policy[],
  record: CallRecord,
  context: Record<string, string> = {},
): Promise<boolean> {
  const accountId = '000000000000';
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/${role}`,
        action: actionOf(record),
        resource: { resource: record.resource, accountId },
        contextVariables: {
          ...context,
          ...(record.leadingKeys === undefined ? {} : { 'dynamodb:LeadingKeys': [...record.leadingKeys] }),
        },
      },
      identityPolicies: granted.map((policy, index) => ({ name: String(index), policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error')
    throw new Error(`cannot simulate ${role}: ${actionOf(record)}: ${JSON.stringify(answer)}`);
  return answer.overallResult === 'Allowed';
}
