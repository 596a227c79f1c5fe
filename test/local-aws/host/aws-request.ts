// Calls that Lambda itself makes, through the gateway so that they are counted and can fail as others do.
import type { Gateway } from '../gateway.ts';

export type AwsRequest = {
  service: string;
  /** X-Amz-Target, for the JSON protocols. */
  target?: string;
  method?: string;
  url?: string;
  body?: unknown;
  /** Whose permissions the call needs; Lambda polls queues and writes logs with the function's own role. */
  caller?: string;
  region: string;
};

export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${code}: ${message}`);
    this.status = status;
    this.code = code;
  }
}

export async function request<T>(gateway: Pick<Gateway, 'handle'>, call: AwsRequest): Promise<T> {
  const scope = `${call.caller ?? 'lambda-host'}/20200101/${call.region}/${call.service}/aws4_request`;
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}`,
    'content-type': call.service === 'sqs' ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
    host: `${call.service}.${call.region}.amazonaws.com`,
  };
  if (call.target !== undefined) headers['x-amz-target'] = call.target;
  const body = Buffer.from(call.body === undefined ? '' : JSON.stringify(call.body));
  const reply = await gateway.handle({ method: call.method ?? 'POST', url: call.url ?? '/', headers, body });
  const answer = (reply.body.length === 0 ? {} : JSON.parse(reply.body.toString())) as Record<string, unknown>;
  if (reply.status < 400) return answer as T;
  const code = String(answer.__type ?? answer.code ?? reply.status);
  throw new AwsError(
    reply.status,
    code.slice(code.lastIndexOf('#') + 1),
    String(answer.message ?? answer.Message ?? ''),
  );
}
