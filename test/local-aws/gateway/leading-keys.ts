// The partition keys that a call to the ledger names: what policies mean by `dynamodb:LeadingKeys`.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
import { type Call, parseJson } from './call.ts';

type Keyed = { pk?: { S?: string } };
type Request = { Key?: Keyed; Item?: Keyed };
type Batched = {
  PutRequest?: Request;
  DeleteRequest?: Request;
};

/**
 * Kinds of the keys, `letter#…`, each once; empty where the call names none by itself, as a query or another table's does.
 * What follows the kind is left out, for a record of each letter would be too many.
 */
export function leadingKeys(call: Call): string[] {
  if (call.service !== 'dynamodb') return [];
  const keys = requestsOf(call).flatMap(({ Key, Item }) => Key?.pk?.S ?? Item?.pk?.S ?? []);
  return [...new Set(keys.map((key) => key.replace(/#.*/s, '#…')))];
}

function requestsOf(call: Call): Request[] {
  try {
    const body = parseJson(call.body);
    const batches = Object.values((body.RequestItems ?? {}) as Record<string, Batched[] | { Keys?: Keyed[] }>);
    const batched = batches.flatMap((batch) =>
      Array.isArray(batch)
        ? batch.flatMap(({ PutRequest, DeleteRequest }) => PutRequest ?? DeleteRequest ?? [])
        : (batch.Keys ?? []).map((Key) => ({ Key })),
    );
    const transacted = ((body.TransactItems ?? []) as Record<string, Request>[]).flatMap((item) => Object.values(item));
    return [body as Request, ...batched, ...transacted];
  } catch {
    // A body that is not what the protocol asks for is the service's to refuse.
    return [];
  }
}
