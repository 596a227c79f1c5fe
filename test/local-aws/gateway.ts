// One HTTP port in front of the emulators. Terraform, the SDKs and the functions talk to it as they would to AWS.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fauxqs } from './fauxqs.ts';
import { createBucketPolicies } from './gateway/bucket-policies.ts';
import { type Call, errorReply, type Fault, type FaultHook, jsonReply, type Reply } from './gateway/call.ts';
import { type CallLog, createCallLog } from './gateway/calls.ts';
import { createCompositeAlarms } from './gateway/composite-alarms.ts';
import { createDeliveries, type Deliveries } from './gateway/deliveries.ts';
import { createDynamo } from './gateway/dynamo.ts';
import { createElastiCache } from './gateway/elasticache.ts';
import type { EventSourceMapping } from './gateway/event-source-mappings.ts';
import { createEvents, type Events } from './gateway/events.ts';
import { forwardTo } from './gateway/forward.ts';
import { HTTP_API_PREFIX, serveHttpApi } from './gateway/http-api.ts';
import { identify, type RawRequest } from './gateway/identify.ts';
import { createLambda, type Invoke } from './gateway/lambda.ts';
import { createQueryDefinitions } from './gateway/query-definitions.ts';
import { createSns } from './gateway/sns.ts';
import { createSqs } from './gateway/sqs.ts';
import { createStates, type RunExecution } from './gateway/states.ts';

export type Gateway = {
  url: string;
  calls: CallLog;
  /** Serves one call without a connection; faults and counts apply. */
  handle(request: RawRequest): Promise<Reply>;
  queueUrl(name: string): string;
  mappings(): EventSourceMapping[];
  setInvoke(invoke: Invoke): void;
  /** How schedules reach their targets, and rules theirs. */
  deliveries: Deliveries;
  toTargets: Events['toTargets'];
  /** Who runs executions of state machines; without him they stay as they began. */
  setRunner(run: RunExecution): void;
  /** What happens to calls from now on; undefined ends it. */
  setFaults(hook: FaultHook | undefined): void;
  /** Where the primary node of a replication group is, which need not be there yet. */
  placeCache(replicationGroupId: string, address: string): void;
  /** Called after functions, mappings or rules may have changed. */
  onChange(listener: () => void): void;
  stop(): Promise<void>;
};

export type GatewayOptions = {
  fauxqs: Fauxqs;
  motoPort: number;
  /** Of a dynalite that serves DynamoDB instead of moto. */
  dynalitePort?: number;
  region: string;
  port?: number;
};

/** Whoever asks for this path gets the calls that were served, as JSON: a demo that is kept up can be asked by others. */
const CALLS = '/local-aws/calls';

/** The caller of what AWS does inside itself: nobody's calls, so they are neither counted nor made to fail. */
export const AWS_ITSELF = 'aws-itself';

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const moto = forwardTo(options.motoPort);
  const dynalite = options.dynalitePort === undefined ? undefined : forwardTo(options.dynalitePort);
  const dynamo = dynalite === undefined ? moto : createDynamo(dynalite);
  const calls = createCallLog();
  const listeners: (() => void)[] = [];
  const changed = () => {
    for (const listener of listeners) listener();
  };
  let url = '';
  let invoke: Invoke | undefined;
  let faults: FaultHook | undefined;
  const sqs = createSqs(options.fauxqs, () => url);
  const deliveries = createDeliveries({ handle, invoke: () => invoke, region: options.region });
  const sns = createSns(options.fauxqs, deliveries);
  const events = createEvents(moto, deliveries);
  const lambda = createLambda(moto, changed);
  const bucketPolicies = createBucketPolicies();
  const queryDefinitions = createQueryDefinitions();
  const compositeAlarms = createCompositeAlarms(moto);
  const elastiCache = createElastiCache(moto);
  const states = createStates(moto, askItself, async ({ source, detailType, resources, detail }) => {
    const entry = { Source: source, DetailType: detailType, Resources: resources, Detail: JSON.stringify(detail) };
    await askItself('events', 'AWSEvents.PutEvents', { Entries: [entry] });
  });

  async function askItself<T>(service: string, target: string, body: object): Promise<T> {
    const scope = `${AWS_ITSELF}/20200101/${options.region}/${service}/aws4_request`;
    const reply = await handle({
      method: 'POST',
      url: '/',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
        'content-type': `application/x-amz-json-${service === 'events' ? '1.1' : '1.0'}`,
        host: `${service}.${options.region}.amazonaws.com`,
        'x-amz-target': target,
      },
      body: Buffer.from(JSON.stringify(body)),
    });
    if (reply.status >= 400) throw new Error(`${target}: ${reply.body}`);
    return (reply.body.length === 0 ? {} : JSON.parse(reply.body.toString())) as T;
  }

  async function serve(call: Call): Promise<Reply> {
    if (call.service === 'http-api') return serveHttpApi(call, moto, invoke);
    if (call.service === 'sqs') return sqs.serve(call);
    if (call.service === 'sns') return sns(call);
    if (call.service === 'dynamodb') return dynamo(call);
    if (call.service === 'lambda') return lambda.serve(call);
    if (call.service === 'cloudwatch') return compositeAlarms(call);
    if (call.service === 'elasticache') return elastiCache.serve(call);
    if (call.service === 'states') return states.serve(call);
    const own =
      call.service === 'logs' ? queryDefinitions(call) : call.service === 's3' ? bucketPolicies(call) : undefined;
    const reply = own ?? (await (call.service === 'events' ? events.serve(call) : moto(call)));
    if (call.service === 'events' && /^(PutR|PutT|Delete|Remove|Enable|Disable)/.test(call.action)) changed();
    if (call.service === 'scheduler' && call.method !== 'GET') changed();
    return reply;
  }

  async function handle(request: RawRequest): Promise<Reply> {
    if (request.url === CALLS) return jsonReply(calls.records());
    const isApi = request.url.startsWith(HTTP_API_PREFIX);
    const call = identify(request, options.region);
    if (isApi) Object.assign(call, { service: 'http-api', action: `${call.method} request`, caller: 'internet' });
    if (call.caller === AWS_ITSELF) return serve(call);
    calls.add(call);
    const fault: Fault = (await faults?.(call)) ?? { kind: 'pass' };
    if (fault.kind === 'fail') return errorReply(call, fault.status, fault.code, fault.message ?? fault.code);
    if (fault.kind === 'reply') return fault.reply;
    if (fault.kind === 'delay') await sleep(fault.milliseconds);
    if (fault.kind === 'change') {
      const changed = await serve(fault.call?.(call) ?? call);
      return fault.reply?.(changed) ?? changed;
    }
    const reply = await serve(call);
    if (fault.kind === 'drop-after-forward')
      throw new DroppedAnswer(`${call.service}:${call.action} was served; its answer is dropped`);
    return reply;
  }

  const server = createServer((request, response) => {
    answer(request, response, handle).catch((error: unknown) => {
      if (!(error instanceof DroppedAnswer)) console.error('gateway:', error);
      response.destroy();
    });
  });
  // The SDKs keep connections for longer than Node's default of five seconds.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    calls,
    handle,
    queueUrl: sqs.queueUrl,
    mappings: lambda.mappings.list,
    deliveries,
    toTargets: events.toTargets,
    setInvoke(given) {
      invoke = given;
      lambda.setInvoke(given);
    },
    setRunner: states.setRunner,
    setFaults(hook) {
      faults = hook;
    },
    placeCache: elastiCache.place,
    onChange: (listener) => listeners.push(listener),
    async stop() {
      await sqs.stop();
      moto.close();
      dynalite?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The caller's connection breaks although the call was served. */
export class DroppedAnswer extends Error {
  override readonly name = 'DroppedAnswer';
}

async function answer(request: IncomingMessage, response: ServerResponse, handle: Gateway['handle']): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const reply = await handle({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  });
  const isHead = request.method === 'HEAD';
  const length = isHead ? (reply.headers['content-length'] ?? '0') : String(reply.body.length);
  response.writeHead(reply.status, { ...reply.headers, ...(reply.status === 204 ? {} : { 'content-length': length }) });
  response.end(isHead ? undefined : reply.body);
}
