// CloudWatch Logs: the saved queries that moto does not keep.
import { randomUUID } from 'node:crypto';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';

type Definition = Record<string, unknown> & { queryDefinitionId: string };

/** Answers the calls about query definitions; undefined for every other call of the service. */
export function createQueryDefinitions(): (call: Call) => Reply | undefined {
  const definitions = new Map<string, Definition>();
  return (call) => {
    const input = call.action.includes('QueryDefinition') ? parseJson(call.body) : {};
    if (call.action === 'PutQueryDefinition') {
      const id = String(input.queryDefinitionId ?? randomUUID());
      const { name, queryString, logGroupNames } = input;
      definitions.set(id, { name, queryString, logGroupNames, queryDefinitionId: id, lastModified: Date.now() });
      return jsonReply({ queryDefinitionId: id });
    }
    if (call.action === 'DescribeQueryDefinitions') {
      const prefix = String(input.queryDefinitionNamePrefix ?? '');
      const found = [...definitions.values()].filter((one) => String(one.name).startsWith(prefix));
      return jsonReply({ queryDefinitions: found });
    }
    if (call.action === 'DeleteQueryDefinition') {
      if (definitions.delete(String(input.queryDefinitionId))) return jsonReply({ success: true });
      return errorReply(call, 400, 'ResourceNotFoundException', 'The query definition does not exist.');
    }
    return undefined;
  };
}
