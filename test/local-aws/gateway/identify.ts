// Which service, operation, caller and resource a request is about.
import type { Call } from './call.ts';
import { resourcesOf } from './resources.ts';
import { restAction } from './rest-actions.ts';

const SCOPE = /Credential=([^,\s]+?)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

// Credential scopes that differ from the names IAM uses for the same service.
const IAM_PREFIX: Record<string, string> = { monitoring: 'cloudwatch', apigatewayv2: 'apigateway' };

export type RawRequest = Pick<Call, 'method' | 'url' | 'headers' | 'body'>;

export function identify(request: RawRequest, defaultRegion: string): Call {
  const signed = SCOPE.exec(request.headers.authorization ?? '') ?? presigned(request.url);
  const target = request.headers['x-amz-target'];
  const scope = signed?.[3] ?? (target?.startsWith('AmazonSQS.') ? 'sqs' : 'unknown');
  const service = IAM_PREFIX[scope] ?? scope;
  const region = signed?.[2] ?? defaultRegion;
  const action = actionOf(service, request);
  const call: Call = { ...request, service, action, region, caller: signed?.[1] ?? 'unsigned', resources: [] };
  call.resources = resourcesOf(call);
  return call;
}

function presigned(url: string): RegExpExecArray | null {
  if (!url.includes('X-Amz-Credential=')) return null;
  const credential = new URL(url, 'http://local').searchParams.get('X-Amz-Credential') ?? '';
  return SCOPE.exec(`Credential=${credential}`);
}

function actionOf(service: string, request: RawRequest): string {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return target.slice(target.lastIndexOf('.') + 1);
  if ((request.headers['content-type'] ?? '').includes('x-www-form-urlencoded')) {
    const action = new URLSearchParams(request.body.toString()).get('Action');
    if (action !== null) return action;
  }
  // Smithy RPC v2: /service/<name>/operation/<name>
  const rpc = /^\/service\/[^/]+\/operation\/(\w+)/.exec(request.url);
  if (rpc?.[1] !== undefined) return rpc[1];
  return restAction(service, request.method, request.url);
}
