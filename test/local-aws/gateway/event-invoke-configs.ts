// How Lambda treats a function's asynchronous invocations. moto keeps it and cannot always show it again.
import { ACCOUNT_ID } from '../moto.ts';
import { type Call, errorReply, jsonReply, parseJson, type Reply } from './call.ts';

const PATH = /^\/2019-09-25\/functions\/([^/?]+)\/event-invoke-config\/?(?:\?|$)/;

/** @returns the reply, or undefined when the call is about something else */
export function createEventInvokeConfigs(): (call: Call) => Reply | undefined {
  const configs = new Map<string, Record<string, unknown>>();
  return (call) => {
    const name =
      decodeURIComponent(PATH.exec(call.url)?.[1] ?? '')
        .split(':function:')
        .at(-1) ?? '';
    if (name === '') return undefined;
    const known = configs.get(name);
    if (call.method === 'PUT' || call.method === 'POST') {
      const FunctionArn = `arn:aws:lambda:${call.region}:${ACCOUNT_ID}:function:${name}:$LATEST`;
      // PUT replaces what was there, POST changes it.
      const before = call.method === 'PUT' ? {} : known;
      configs.set(name, { ...before, ...parseJson(call.body), FunctionArn, LastModified: Date.now() / 1000 });
    } else if (known === undefined) {
      const message = `The function ${name} doesn't have an EventInvokeConfig`;
      return errorReply(call, 404, 'ResourceNotFoundException', message);
    }
    if (call.method !== 'DELETE') return jsonReply(configs.get(name), 200, 'application/json');
    configs.delete(name);
    return { status: 204, headers: {}, body: Buffer.alloc(0) };
  };
}
