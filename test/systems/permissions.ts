// Every call against the policies of its time: a stack that is applied again may take back what it granted.
import { setTimeout as sleep } from 'node:timers/promises';
import { checkPermissions, type Policy, policiesOf } from '../demo/permissions.ts';
import type { CallRecord } from '../local-aws/gateway/calls.ts';
import type { LocalAws } from '../local-aws/local-aws.ts';

export interface Permissions {
  /** Call it before a stack is applied again. */
  before(): Promise<void>;
  /** Call it after that. What was called until now may have been granted by either. */
  after(): Promise<void>;
  /** Calls that AWS would have refused, those before as well. */
  refused(): Promise<string[]>;
}

// What ran with the old settings when the stack was applied has ended by then.
const LINGER_MS = 3_000;

/** @param show the state, as `terraform show -json` prints it */
export function permissionsOver(aws: LocalAws, show: () => Promise<Parameters<typeof policiesOf>[0]>): Permissions {
  const refused: string[] = [];
  let old = new Map<string, readonly Policy[]>();
  let counted = new Map<string, number>();
  const sinceThen = () =>
    aws.gateway.calls.records().filter((record) => record.count > (counted.get(nameOf(record)) ?? 0));
  const policies = async () => policiesOf(await show());
  return {
    async before() {
      old = await policies();
    },
    async after() {
      await sleep(LINGER_MS);
      const now = await policies();
      const roles = new Set([...old.keys(), ...now.keys()]);
      const either = new Map([...roles].map((role) => [role, [...(old.get(role) ?? []), ...(now.get(role) ?? [])]]));
      refused.push(...(await checkPermissions(either, sinceThen())).refused);
      counted = new Map(aws.gateway.calls.records().map((record) => [nameOf(record), record.count]));
    },
    async refused() {
      const last = await checkPermissions(await policies(), sinceThen());
      return [...refused, ...last.refused];
    },
  };
}

const nameOf = ({ caller, service, action, resource, leadingKeys = [] }: CallRecord) =>
  [caller, service, action, resource, ...leadingKeys].join(' ');
