// API Gateway's HTTP APIs: moto keeps APIs, routes and integrations; requests to them are answered here, by the function
// that the matching route integrates, with an event of payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../moto.ts';
import type { Call, Reply } from './call.ts';
import type { Forward } from './forward.ts';
import type { Invoke } from './lambda.ts';

/** Paths of the gateway under which a deployed API answers: `/_http-api/<api id>/<path>`. */
export const HTTP_API_PREFIX = '/_http-api/';

type Route = { RouteKey?: string; routeKey?: string; Target?: string; target?: string };
type Integration = { integrationUri?: string };
type Answer = {
  statusCode?: number;
  headers?: Record<string, string | number | boolean>;
  body?: string;
  isBase64Encoded?: boolean;
  cookies?: string[];
};

const notFound = (): Reply => json(404, { message: 'Not Found' });
// What API Gateway says when the integration fails.
const failed = (): Reply => json(500, { message: 'Internal Server Error' });

export async function serveHttpApi(call: Call, moto: Forward, invoke: Invoke | undefined): Promise<Reply> {
  const { apiId, path, query } = split(call.url);
  const routes = await items<Route>(moto, call, `/v2/apis/${apiId}/routes`);
  const routeKey = [`${call.method} ${path}`, `ANY ${path}`, '$default'].find((key) =>
    routes.some((route) => keyOf(route) === key),
  );
  const route = routes.find((candidate) => keyOf(candidate) === routeKey);
  const target = (route?.Target ?? route?.target ?? '').replace(/^integrations\//, '');
  if (routeKey === undefined || target === '') return notFound();
  const integration = await get<Integration>(moto, call, `/v2/apis/${apiId}/integrations/${target}`);
  const functionName = /:function:([\w-]+)/.exec(integration?.integrationUri ?? '')?.[1];
  if (functionName === undefined || invoke === undefined) return failed();
  const payload = Buffer.from(JSON.stringify(eventOf(call, { apiId, path, query, routeKey })));
  const result = await invoke({ functionName, payload, type: 'RequestResponse' });
  return result.functionError === undefined ? answerOf(result.payload) : failed();
}

function split(url: string) {
  const { pathname, search } = new URL(url, 'http://local');
  const [apiId = '', ...rest] = pathname.slice(HTTP_API_PREFIX.length).split('/');
  return { apiId, path: `/${rest.join('/')}`, query: search.slice(1) };
}

const keyOf = (route: Route): string => route.RouteKey ?? route.routeKey ?? '';

async function get<T>(moto: Forward, call: Call, url: string): Promise<T | undefined> {
  const authorization = `AWS4-HMAC-SHA256 Credential=http-api/20200101/${call.region}/apigateway/aws4_request`;
  const host = `apigateway.${call.region}.amazonaws.com`;
  const reply = await moto({ ...call, method: 'GET', url, headers: { authorization, host }, body: Buffer.alloc(0) });
  return reply.status === 200 ? (JSON.parse(reply.body.toString()) as T) : undefined;
}

const items = async <T>(moto: Forward, call: Call, url: string): Promise<T[]> =>
  (await get<{ items?: T[] }>(moto, call, url))?.items ?? [];

function eventOf(call: Call, at: { apiId: string; path: string; query: string; routeKey: string }) {
  const now = new Date();
  const domainName = `${at.apiId}.execute-api.${call.region}.amazonaws.com`;
  const text = call.body.toString('utf8');
  const isBase64Encoded = Buffer.compare(Buffer.from(text), call.body) !== 0;
  const parameters = Object.fromEntries(new URLSearchParams(at.query));
  return {
    version: '2.0',
    routeKey: at.routeKey,
    rawPath: at.path,
    rawQueryString: at.query,
    headers: { ...call.headers, host: domainName },
    ...(at.query === '' ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: at.apiId,
      domainName,
      domainPrefix: at.apiId,
      http: {
        method: call.method,
        path: at.path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: call.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: at.routeKey,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(call.body.length === 0 ? {} : { body: isBase64Encoded ? call.body.toString('base64') : text }),
    isBase64Encoded,
  };
}

/** A function may answer with the whole response, or with anything else, which is then the body of a 200. */
function answerOf(payload: Buffer): Reply {
  const answer = JSON.parse(payload.toString() || 'null') as Answer | null;
  if (answer === null || typeof answer !== 'object' || answer.statusCode === undefined) return json(200, answer);
  const headers = Object.fromEntries(
    Object.entries(answer.headers ?? {}).map(([key, value]) => [key.toLowerCase(), String(value)]),
  );
  if (answer.cookies !== undefined) headers['set-cookie'] = answer.cookies.join(', ');
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  return { status: answer.statusCode, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});
