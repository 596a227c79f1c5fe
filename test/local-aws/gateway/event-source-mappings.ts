// Event source mappings are kept here and never reach moto, which would start the functions itself, in Docker.
import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';

export type EventSourceMapping = {
  UUID: string;
  EventSourceMappingArn: string;
  EventSourceArn: string;
  FunctionArn: string;
  BatchSize: number;
  MaximumBatchingWindowInSeconds: number;
  FunctionResponseTypes: string[];
  ScalingConfig?: { MaximumConcurrency?: number };
  FilterCriteria?: unknown;
  State: 'Enabled' | 'Disabled';
  StateTransitionReason: string;
  LastModified: number;
  Tags?: Record<string, string>;
};

export type EventSourceMappings = {
  /** The reply, or undefined when the call is about something else. */
  serve(call: Call): Reply | undefined;
  list(): EventSourceMapping[];
};

const DEFAULT_BATCH_SIZE = 10;

export function createEventSourceMappings(onChange: () => void): EventSourceMappings {
  const mappings = new Map<string, EventSourceMapping>();

  function create(call: Call): Reply {
    const input = parseJson(call.body);
    const name = String(input.FunctionName ?? '');
    const EventSourceArn = String(input.EventSourceArn ?? '');
    const FunctionArn = name.startsWith('arn:') ? name : `arn:aws:lambda:${call.region}:${ACCOUNT_ID}:function:${name}`;
    const twin = [...mappings.values()].find(
      (one) => one.EventSourceArn === EventSourceArn && one.FunctionArn === FunctionArn,
    );
    if (twin !== undefined) {
      const message = `An event source mapping with SQS arn and function already exists: ${twin.UUID}`;
      return errorReply(call, 409, 'ResourceConflictException', message);
    }
    const UUID = randomUUID();
    const mapping: EventSourceMapping = {
      UUID,
      EventSourceMappingArn: `arn:aws:lambda:${call.region}:${ACCOUNT_ID}:event-source-mapping:${UUID}`,
      EventSourceArn,
      FunctionArn,
      BatchSize: DEFAULT_BATCH_SIZE,
      MaximumBatchingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      State: 'Enabled',
      StateTransitionReason: 'USER_INITIATED',
      LastModified: Date.now() / 1000,
    };
    change(mapping, input);
    if (typeof input.Tags === 'object') mapping.Tags = { ...(input.Tags as Record<string, string>) };
    mappings.set(UUID, mapping);
    onChange();
    return reply(mapping, 202, 'Creating');
  }

  function one(call: Call, mapping: EventSourceMapping): Reply {
    if (call.method === 'GET') return reply(mapping, 200);
    onChange();
    if (call.method === 'DELETE') {
      mappings.delete(mapping.UUID);
      return reply(mapping, 202, 'Deleting');
    }
    change(mapping, parseJson(call.body));
    return reply(mapping, 202, 'Updating');
  }

  function list(query: URLSearchParams): Reply {
    const [source, name] = [query.get('EventSourceArn'), query.get('FunctionName')];
    const found = [...mappings.values()].filter(
      (mapping) =>
        (source === null || mapping.EventSourceArn === source) &&
        (name === null || mapping.FunctionArn === name || mapping.FunctionArn.endsWith(`:${name}`)),
    );
    return jsonReply({ EventSourceMappings: found.map(withoutTags) }, 200, 'application/json');
  }

  function tags(call: Call, arn: string): Reply | undefined {
    const mapping = [...mappings.values()].find((candidate) => candidate.EventSourceMappingArn === arn);
    if (mapping === undefined) return undefined;
    if (call.method === 'GET') return jsonReply({ Tags: mapping.Tags ?? {} }, 200, 'application/json');
    if (call.method === 'POST')
      mapping.Tags = { ...mapping.Tags, ...(parseJson(call.body).Tags as Record<string, string>) };
    const removed = new URL(call.url, 'http://local').searchParams.getAll('tagKeys');
    for (const key of removed) delete mapping.Tags?.[key];
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  }

  return {
    list: () => [...mappings.values()],
    serve(call) {
      const { pathname, searchParams } = new URL(call.url, 'http://local');
      const tagged = /^\/2017-03-31\/tags\/(.+)$/.exec(pathname)?.[1];
      if (tagged !== undefined) return tags(call, decodeURIComponent(tagged));
      const path = /^\/2015-03-31\/event-source-mappings(?:\/([^/]*))?$/.exec(pathname);
      if (path === null) return undefined;
      if ((path[1] ?? '') === '') return call.method === 'POST' ? create(call) : list(searchParams);
      const mapping = mappings.get(path[1] ?? '');
      if (mapping !== undefined) return one(call, mapping);
      return errorReply(call, 404, 'ResourceNotFoundException', 'The resource you requested does not exist.');
    },
  };
}

const CHANGEABLE = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'ScalingConfig',
  'FilterCriteria',
] as const;

function change(mapping: EventSourceMapping, input: Record<string, unknown>): void {
  for (const key of CHANGEABLE) if (input[key] !== undefined) Object.assign(mapping, { [key]: input[key] });
  if (typeof input.Enabled === 'boolean') mapping.State = input.Enabled ? 'Enabled' : 'Disabled';
  mapping.LastModified = Date.now() / 1000;
}

const withoutTags = ({ Tags: _, ...mapping }: EventSourceMapping) => mapping;

const reply = (mapping: EventSourceMapping, status: number, State: string = mapping.State): Reply =>
  jsonReply({ ...withoutTags(mapping), State }, status, 'application/json');
