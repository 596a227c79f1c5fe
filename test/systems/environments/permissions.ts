// The pipeline's roles, held against the calls that Terraform really made with them; and one environment's against
// another's calls.
import { showState } from '../../demo/deploy.ts';
import { isAllowedTo, type Policy, policiesOf } from '../../demo/permissions.ts';
import type { CallRecord } from '../../local-aws/gateway/calls.ts';
import type { Applied } from '../system.ts';
import { iamRecord, needsPermission } from './terraform-calls.ts';

const ROLE = /^checkout-pipeline-(\w+)-(plan|apply)$/;
const LOOKS = /^(Get|List|Describe|Head)/;

export interface PermissionFaults {
  readonly checked: number;
  readonly writes: number;
  /** Calls of the pipeline that its role's policies do not allow. */
  readonly refused: readonly string[];
  /** Calls that changed dev, and that prod's role would be allowed. */
  readonly tooMuch: readonly string[];
}

export async function permissionFaults({ aws, terraform }: Applied, bootstrap: string): Promise<PermissionFaults> {
  const policies = policiesOf(await showState(terraform, aws, bootstrap));
  const records = aws.gateway.calls
    .records()
    .filter((record) => ROLE.test(record.caller) && needsPermission(record))
    .map(iamRecord);
  const refused: string[] = [];
  for (const record of records) {
    const granted = policies.get(record.caller);
    if (granted === undefined) refused.push(`${record.caller}: it has no policies`);
    else if (!(await allowed(record, granted))) refused.push(describe(record));
  }
  const prod = policies.get('checkout-pipeline-prod-apply') ?? [];
  const ofDev = records.filter(({ caller }) => caller === 'checkout-pipeline-dev-apply');
  const writes = ofDev.filter(({ action }) => !LOOKS.test(action));
  const tooMuch: string[] = [];
  for (const record of writes) if (await allowed(record, prod)) tooMuch.push(describe(record));
  return { checked: records.length, writes: writes.length, refused, tooMuch };
}

const describe = ({ caller, service, action, resource }: CallRecord): string =>
  `${service}:${action} on ${resource} as ${caller}`;

/** A mapping is made of a function, which is the condition's and not the resource. */
async function allowed(record: CallRecord, granted: readonly Policy[]): Promise<boolean> {
  if (record.action !== 'CreateEventSourceMapping') return isAllowedTo(record.caller, granted, record);
  const context = { 'lambda:FunctionArn': record.resource };
  return isAllowedTo(record.caller, granted, { ...record, resource: '*' }, context);
}
