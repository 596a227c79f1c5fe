// Lambda: moto keeps the functions; mappings, invocations and a few settings that moto forgets are served here.
import { randomUUID } from 'node:crypto';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';
import { createEventInvokeConfigs } from './event-invoke-configs.ts';
import { createEventSourceMappings, type EventSourceMappings } from './event-source-mappings.ts';
import type { Forward } from './forward.ts';

export type Invocation = {
  functionName: string;
  payload: Buffer;
  /** `Event` answers before the function has run. */
  type: 'RequestResponse' | 'Event';
  traceHeader?: string;
  /** What the caller was told, and the function's log and context name; one of the host's own where it is absent. */
  requestId?: string;
};
export type InvocationResult = { payload: Buffer; functionError?: 'Unhandled'; logTail?: string };
export type Invoke = (invocation: Invocation) => Promise<InvocationResult>;

export type Lambda = {
  serve(call: Call): Promise<Reply>;
  mappings: EventSourceMappings;
  setInvoke(invoke: Invoke): void;
};

// Settings that moto takes and answers without. A second plan must find them.
const FORGOTTEN = ['LoggingConfig', 'DeadLetterConfig', 'TracingConfig', 'EphemeralStorage'];

export function createLambda(moto: Forward, onChange: () => void): Lambda {
  const mappings = createEventSourceMappings(onChange);
  const eventInvokeConfigs = createEventInvokeConfigs();
  const settings = new Map<string, Record<string, unknown>>();
  let invoke: Invoke | undefined;

  async function serveInvocation(call: Call): Promise<Reply> {
    const functionName = functionOf(call);
    if (invoke === undefined) return errorReply(call, 503, 'ServiceException', 'No Lambda host runs functions here.');
    const type = call.headers['x-amz-invocation-type'] === 'Event' ? 'Event' : 'RequestResponse';
    const trace = call.headers['x-amzn-trace-id'];
    const known = await moto({
      ...call,
      method: 'GET',
      url: `/2015-03-31/functions/${functionName}`,
      body: Buffer.alloc(0),
    });
    if (known.status !== 200) return known;
    const requestId = randomUUID();
    const invocation: Invocation = {
      functionName,
      payload: call.body,
      type,
      requestId,
      ...(trace === undefined ? {} : { traceHeader: trace }),
    };
    if (type === 'Event') {
      invoke(invocation).catch(() => undefined); // the host has logged it
      return { status: 202, headers: { 'x-amzn-requestid': requestId }, body: Buffer.alloc(0) };
    }
    const result = await invoke(invocation).catch((error: Error) => error);
    // Nothing that a retry would mend: the host has no such code, or is stopping.
    if (result instanceof Error) return errorReply(call, 400, 'InvalidParameterValueException', result.message);
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': requestId,
    };
    if (result.functionError !== undefined) headers['x-amz-function-error'] = result.functionError;
    if (result.logTail !== undefined && call.headers['x-amz-log-type'] === 'Tail') {
      headers['x-amz-log-result'] = Buffer.from(result.logTail).toString('base64');
    }
    return { status: 200, headers, body: result.payload };
  }

  /** Adds what moto forgot, wherever the answer shows a function's configuration. */
  function mend(reply: Reply): Reply {
    if (reply.status >= 300 || reply.body.length === 0) return reply;
    const output = parseJson(reply.body);
    const listed = Array.isArray(output.Functions) ? (output.Functions as Record<string, unknown>[]) : [];
    for (const shown of [output, output.Configuration, ...listed]) {
      if (typeof shown !== 'object' || shown === null) continue;
      const configuration = shown as Record<string, unknown>;
      Object.assign(configuration, settings.get(String(configuration.FunctionName)));
    }
    const { 'content-length': _, ...headers } = reply.headers;
    return { ...jsonReply(output), status: reply.status, headers };
  }

  async function serve(call: Call): Promise<Reply> {
    const own = mappings.serve(call) ?? eventInvokeConfigs(call);
    if (own !== undefined) return own;
    if (call.action === 'InvokeFunction') return serveInvocation(call);
    const name = call.action === 'CreateFunction' ? String(parseJson(call.body).FunctionName) : functionOf(call);
    if (call.action === 'CreateFunction' || call.action === 'UpdateFunctionConfiguration') {
      const sent = Object.entries(parseJson(call.body)).filter(([key]) => FORGOTTEN.includes(key));
      settings.set(name, { ...settings.get(name), ...Object.fromEntries(sent) });
    }
    const reply = await moto(call);
    if (call.method !== 'GET') onChange();
    if (call.action === 'DeleteFunction') settings.delete(name);
    return mend(reply);
  }

  return {
    serve,
    mappings,
    setInvoke(given) {
      invoke = given;
    },
  };
}

function functionOf(call: Call): string {
  const given = decodeURIComponent(/\/functions\/([^/?]+)/.exec(call.url)?.[1] ?? '');
  return given.startsWith('arn:') ? (given.split(':')[6] ?? given) : (given.split(':')[0] ?? given);
}
