// What was called: a count per operation (what AWS would bill) and each distinct action with its resource and caller
// (what policies must grant).
import type { Call } from './call.ts';
import { leadingKeys } from './leading-keys.ts';

export type CallRecord = {
  service: string;
  action: string;
  resource: string;
  caller: string;
  count: number;
  /** Kinds of ledger keys that the call names, where it names any. */
  leadingKeys?: readonly string[];
};

export type CallLog = {
  add(call: Call): void;
  /** `service:action` → number of calls. */
  counts(): Record<string, number>;
  records(): CallRecord[];
  clear(): void;
};

export function createCallLog(): CallLog {
  const records = new Map<string, CallRecord>();
  const counts = new Map<string, number>();
  return {
    add(call) {
      const operation = `${call.service}:${call.action}`;
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      const keys = leadingKeys(call);
      for (const resource of call.resources.length === 0 ? ['*'] : call.resources) {
        const key = [call.caller, operation, withoutObjectKey(call, resource), ...keys].join('|');
        const known = records.get(key);
        if (known !== undefined) known.count++;
        else records.set(key, recordOf(call, withoutObjectKey(call, resource), keys));
      }
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
    records: () => [...records.values()],
    clear() {
      records.clear();
      counts.clear();
    },
  };
}

const recordOf = (call: Call, resource: string, keys: readonly string[]): CallRecord => ({
  service: call.service,
  action: call.action,
  resource,
  caller: call.caller,
  count: 1,
  ...(keys.length === 0 ? {} : { leadingKeys: keys }),
});

/** Every archived letter has a key of its own; policies speak of their prefix, and the record must stay small. */
function withoutObjectKey(call: Call, resource: string): string {
  const [bucket, prefix] = call.service === 's3' ? resource.split('/') : [];
  return bucket !== undefined && prefix === 'letters' ? `${bucket}/${prefix}/…` : resource;
}
