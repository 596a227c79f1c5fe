import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import axios from 'axios';
import got from 'got';
import { GraphQLClient } from 'graphql-request';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import { Agent, request, fetch as undiciFetch } from 'undici';
import WebSocket from 'ws';
import { closeLater, full, hangingUp, html, refused, resetting, silent, tcp, web } from './kit.mjs';

const gotOnce = got.extend({ retry: { limit: 0 } });
const order = { orderId: 'A-1029', quantity: 3 };

export default [
  {
    name: 'axios-401',
    is: 'AUTH_FAILURE',
    cause: 'The API was called with a token that had been revoked.',
    wrap: 'status body',
    run: async () =>
      axios.post(
        await web({ status: 401, body: { error: 'token_revoked', message: 'The access token was revoked' } }),
        order,
      ),
  },
  {
    name: 'axios-403-scope',
    is: 'AUTH_FAILURE',
    cause: 'The API refused the caller for a missing scope.',
    wrap: 'body order',
    run: async () => {
      const at = await web({
        status: 403,
        body: { title: 'Forbidden', detail: 'caller lacks scope orders:write', limit: 'none' },
      });
      await axios.put(`${at}/orders/429`, order).catch((e) => {
        throw Object.assign(
          new Error(`PUT /orders/429 answered ${e.response.status} ${JSON.stringify(e.response.data)}`),
          { response: e.response },
        );
      });
    },
  },
  {
    name: 'axios-403-rate-limit',
    is: 'THROTTLED',
    misleading: true,
    cause: 'The API refused a request over its rate limit with status 403.',
    wrap: 'body inspect',
    run: async () => {
      const at = await web({
        status: 403,
        body: { message: 'API rate limit exceeded for installation ID 4010.' },
        headers: { 'x-ratelimit-remaining': '0' },
      });
      await axios.get(at).catch((e) => {
        throw Object.assign(new Error(`${e.message}: ${e.response.data.message}`), {
          status: 403,
          data: e.response.data,
        });
      });
    },
  },
  {
    name: 'axios-429',
    is: 'THROTTLED',
    cause: 'The API refused a request over its rate limit.',
    wrap: 'status message nested',
    run: async () =>
      axios.get(await web({ status: 429, headers: { 'retry-after': '30' }, body: { error: 'slow_down' } })),
  },
  {
    name: 'axios-422',
    is: 'VALIDATION_ERROR',
    cause: 'The API refused a field of the order.',
    wrap: 'body',
    run: async () =>
      axios.post(
        await web({ status: 422, body: { errors: [{ field: 'postcode', message: 'is not a postcode of DE' }] } }),
        order,
      ),
  },
  {
    name: 'axios-400-timeout-parameter',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The API refused the field timeout as out of its range.',
    wrap: 'body',
    run: async () =>
      axios.post(
        await web({ status: 400, body: { code: 'invalid_parameter', message: 'timeout must be at most 504' } }),
        { timeout: 90000 },
      ),
  },
  {
    name: 'axios-400-token-parameter',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The API refused the page token that the message carried: it was not one it knows.',
    wrap: 'body',
    accept: ['AUTH_FAILURE'],
    run: async () =>
      axios.get(
        await web({
          status: 400,
          body: {
            error: {
              code: 'INVALID_ARGUMENT',
              message: "field 'pageToken': not a page token of this list",
              field: 'pageToken',
            },
          },
        }),
      ),
  },
  {
    name: 'axios-409',
    is: 'VALIDATION_ERROR',
    cause: 'The API had an order of this number already.',
    wrap: 'body',
    run: async () => {
      const at = await web({ status: 409, body: { message: 'order 50412 exists already' } });
      await axios.post(at, order).catch((e) => {
        throw Object.assign(new Error(`${e.message}: ${e.response.data.message}`), { response: e.response });
      });
    },
  },
  {
    name: 'axios-404-customer',
    is: 'VALIDATION_ERROR',
    cause: 'The customer that the message names does not exist.',
    wrap: 'body',
    run: async () =>
      axios.get(`${await web({ status: 404, body: { message: 'customer 50311 not found' } })}/customers/50311`),
  },
  {
    name: 'axios-500',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The API answered status 500.',
    wrap: 'status message pino',
    run: async () => axios.post(await web({ status: 500, body: { message: 'internal error' } }), order),
  },
  {
    name: 'axios-500-out-of-memory-upstream',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API ran out of its own memory and answered status 500.',
    wrap: 'body',
    accept: ['RESOURCE_EXHAUSTED'],
    run: async () =>
      axios.post(
        await web({ status: 500, type: 'text/plain', body: 'java.lang.OutOfMemoryError: Java heap space' }),
        order,
      ),
  },
  {
    name: 'axios-500-around-401',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'A gateway wrapped the refused log-in of the service behind it in a status 500.',
    wrap: 'body',
    run: async () =>
      axios.post(
        await web({
          status: 500,
          body: { error: 'upstream error', upstream: { status: 401, message: 'API key expired' } },
        }),
        order,
      ),
  },
  {
    name: 'axios-500-around-validation',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A gateway wrapped a refused field in a status 500.',
    wrap: 'body outer500',
    run: async () =>
      axios
        .post(
          await web({
            status: 500,
            body: { error: 'ValidationError', message: '"currency" must be one of [EUR, USD]' },
          }),
          order,
        )
        .catch((e) => {
          throw Object.assign(new Error(`${e.message}: ${JSON.stringify(e.response.data)}`), { response: e.response });
        }),
  },
  {
    name: 'axios-502-html',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The proxy before the API answered its 502 page.',
    wrap: 'body',
    run: async () => axios.get(await web({ status: 502, ...html('502 Bad Gateway', 'nginx/1.22.1') })),
  },
  {
    name: 'axios-504',
    is: 'TIMEOUT',
    cause: 'The proxy gave up waiting for the API.',
    wrap: 'status body',
    run: async () => axios.get(await web({ status: 504, ...html('504 Gateway Time-out') })),
  },
  {
    name: 'axios-timeout',
    is: 'TIMEOUT',
    cause: 'The API took the request and never answered.',
    wrap: 'typed order code',
    run: async () => axios.post(`http://127.0.0.1:${await silent()}/orders/500`, order, { timeout: 429 }),
  },
  {
    name: 'axios-abort-signal-timeout',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'AbortSignal.timeout ended the request after 300 ms.',
    wrap: { cause: {}, message: { is: 'UNKNOWN', accept: ['TIMEOUT'], misleading: false } },
    run: async () => {
      const signal = AbortSignal.timeout(300);
      await axios.get(`http://127.0.0.1:${await silent()}`, { signal }).catch((e) => {
        throw new Error(e.message, { cause: signal.reason });
      });
    },
  },
  {
    name: 'axios-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed order invoke',
    run: async () => axios.get(`http://127.0.0.1:${await refused()}/invoices/422`),
  },
  {
    name: 'axios-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection without an answer.',
    wrap: 'typed',
    run: async () => axios.post(`http://127.0.0.1:${await hangingUp()}`, order),
  },
  {
    name: 'axios-truncated-body',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API closed the connection in the middle of its answer.',
    wrap: 'typed',
    run: async () =>
      axios.get(
        await web((q, b, res) => {
          res.writeHead(200, { 'content-length': 400 });
          res.write('{"items":[');
          setTimeout(() => res.destroy(), 50);
        }),
      ),
  },
  {
    name: 'axios-html-as-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered 200 with its maintenance page.',
    wrap: { typed: {}, order: { accept: ['BAD_PAYLOAD'] } },
    run: async () =>
      axios.get(await web(html('We will be back soon')), {
        responseType: 'json',
        transitional: { silentJSONParsing: false },
      }),
  },
  {
    name: 'axios-max-content',
    is: 'VALIDATION_ERROR',
    accept: ['RESOURCE_EXHAUSTED', 'CODE_BUG', 'DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The document that the message points to is larger than the limit of the client.',
    wrap: 'message',
    run: async () =>
      axios.get(await web({ body: JSON.stringify({ blob: 'x'.repeat(5000) }) }), { maxContentLength: 4290 }),
  },
  {
    name: 'axios-405',
    is: 'CODE_BUG',
    cause: 'The consumer called an operation with the wrong method.',
    wrap: 'status',
    run: async () =>
      axios.patch(
        await web({ status: 405, headers: { allow: 'GET, POST' }, body: { message: 'Method PATCH is not supported' } }),
        order,
      ),
  },
  {
    name: 'axios-invalid-url',
    is: 'CODE_BUG',
    cause: 'The consumer built the address from an environment variable that was not set.',
    wrap: 'typed inspect',
    accept: ['VALIDATION_ERROR'],
    run: async () => axios.get(`${process.env.INVENTORY_URL}/stock/429`, { adapter: 'fetch' }),
  },
  {
    name: 'fetch-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: { inspect: {}, cause: {}, message: { is: 'UNKNOWN', accept: ['DEPENDENCY_FAILURE'] } },
    run: async () => fetch(`http://127.0.0.1:${await refused()}`),
  },
  {
    name: 'fetch-reset',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server reset the connection.',
    wrap: 'inspect',
    run: async () => {
      const at = `http://127.0.0.1:${await resetting()}/token`;
      await fetch(at, { method: 'POST', body: '{}' }).catch((e) => {
        throw e.cause;
      });
    },
  },
  {
    name: 'fetch-dns',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The name of the host could not be resolved.',
    wrap: 'inspect',
    run: async () => fetch('https://auth-token.internal.invalid/oauth2/token'),
  },
  {
    name: 'fetch-parse-url',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer called fetch with a relative address.',
    wrap: 'inspect',
    run: async () => fetch('/payments/timeout'),
  },
  {
    name: 'fetch-html-as-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered its log-in page instead of JSON.',
    wrap: { typed: {}, order: { accept: ['BAD_PAYLOAD'] } },
    run: async () => {
      const response = await fetch(await web(html('Sign in', 'Your session has expired')));
      await response.json().catch((e) => {
        throw Object.assign(e, { message: `GET https://api.partner.example/v2/stock: ${e.message}` });
      });
    },
  },
  {
    name: 'fetch-text-as-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered plain text where JSON was expected.',
    wrap: { cause: { accept: ['BAD_PAYLOAD'] }, invoke: { accept: ['BAD_PAYLOAD'] } },
    run: async () =>
      (
        await fetch(
          await web({
            type: 'text/plain',
            body: 'upstream connect error or disconnect/reset before headers. reset reason: overflow',
          }),
        )
      ).json(),
  },
  {
    name: 'fetch-empty-as-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered 200 with nothing.',
    wrap: { stack: { accept: ['BAD_PAYLOAD'] } },
    run: async () => (await fetch(await web({ status: 200, body: '' }))).json(),
  },
  {
    name: 'fetch-timeout-signal',
    is: 'TIMEOUT',
    cause: 'AbortSignal.timeout ended the request.',
    wrap: 'typed nested',
    run: async () => fetch(`http://127.0.0.1:${await silent()}`, { signal: AbortSignal.timeout(401) }),
  },
  {
    name: 'fetch-aborted',
    is: 'UNKNOWN',
    accept: ['TIMEOUT'],
    cause: 'A controller aborted the request without a reason.',
    wrap: 'message line',
    run: async () => {
      const c = new AbortController();
      setTimeout(() => c.abort(), 100);
      await fetch(`http://127.0.0.1:${await silent()}`, { signal: c.signal });
    },
  },
  {
    name: 'fetch-not-ok-text',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The API answered status 503 and the consumer threw its own error.',
    wrap: 'typed pino',
    run: async () => {
      const r = await fetch(await web({ status: 503, type: 'text/plain', body: 'no healthy upstream' }));
      throw new Error(`inventory answered ${r.status}: ${await r.text()}`);
    },
  },
  {
    name: 'fetch-dependent-401-html',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The API refused the key and answered an HTML page about it.',
    wrap: 'typed',
    run: async () => {
      const r = await fetch(await web({ status: 401, ...html('401 Authorization Required') }));
      throw new Error(`could not parse answer of catalog service (${r.status}): ${await r.text()}`);
    },
  },
  {
    name: 'undici-headers-timeout',
    is: 'TIMEOUT',
    cause: 'The server took the request and sent no headers in time.',
    wrap: 'typed code cause',
    run: async () =>
      request(`http://127.0.0.1:${await silent()}`, {
        headersTimeout: 500,
        dispatcher: new Agent({ headersTimeout: 500 }),
      }),
  },
  {
    name: 'undici-body-timeout',
    is: 'TIMEOUT',
    cause: 'The server stopped in the middle of its answer.',
    wrap: 'typed',
    run: async () => {
      const at = await web((q, b, res) => {
        res.writeHead(200, { 'content-length': 100 });
        res.write('{"items');
      });
      const r = await request(at, { dispatcher: new Agent({ bodyTimeout: 500 }) });
      await r.body.json();
    },
  },
  {
    name: 'undici-connect-timeout',
    is: 'TIMEOUT',
    cause: 'The connection was not made in time.',
    wrap: 'inspect order',
    run: async () =>
      undiciFetch(`http://127.0.0.1:${await full()}/`, { dispatcher: new Agent({ connect: { timeout: 1000 } }) }).catch(
        (e) => {
          throw e.cause ?? e;
        },
      ),
  },
  {
    name: 'undici-other-side-closed',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection without an answer.',
    wrap: 'typed',
    run: async () => request(`http://127.0.0.1:${await hangingUp()}/limits`),
  },
  {
    name: 'undici-content-length',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The consumer set a content-length that its body does not have.',
    wrap: 'typed',
    misleading: true,
    run: async () =>
      request(await web({}), {
        method: 'POST',
        body: 'token',
        headers: { 'content-length': '429' },
        dispatcher: new Agent(),
      }),
  },
  {
    name: 'got-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered.',
    wrap: 'typed code',
    run: async () => gotOnce.get(`http://127.0.0.1:${await silent()}/v1/quota`, { timeout: { request: 503 } }),
  },
  {
    name: 'got-html-as-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API answered HTML where JSON was expected.',
    wrap: 'typed',
    run: async () => gotOnce.get(`${await web(html('Scheduled maintenance'))}/v1/prices`).json(),
  },
  {
    name: 'got-503',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The API answered status 503.',
    wrap: 'message',
    run: async () => gotOnce.get(await web({ status: 503, body: 'Service Unavailable', type: 'text/plain' })),
  },
  {
    name: 'got-429-quota',
    is: 'THROTTLED',
    cause: 'The daily quota of the API was used up.',
    wrap: 'body code',
    run: async () =>
      gotOnce.get(await web({ status: 429, body: { message: 'Daily quota of 5000 calls used up' } })).catch((e) => {
        throw Object.assign(e, { message: `${e.message} ${e.response.body}` });
      }),
  },
  {
    name: 'superagent-401',
    is: 'AUTH_FAILURE',
    cause: 'The API refused the key.',
    wrap: 'body status',
    run: async () => superagent.get(await web({ status: 401, body: { reason: 'unknown api key' } })),
  },
  {
    name: 'superagent-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered.',
    wrap: 'typed code',
    run: async () => superagent.get(`http://127.0.0.1:${await silent()}/`).timeout({ response: 500 }),
  },
  {
    name: 'superagent-bad-json',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API sent HTML with the content type of JSON.',
    wrap: { body: {}, stack: { accept: ['BAD_PAYLOAD'] } },
    run: async () => superagent.get(await web({ ...html('Error'), type: 'application/json' })),
  },
  {
    name: 'node-fetch-truncated',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The API sent half a document.',
    wrap: { typed: {}, message: { accept: ['BAD_PAYLOAD'] } },
    run: async () => (await nodeFetch(`${await web({ body: '{"status":200,"items":[{"sku":' })}/v3/items`)).json(),
  },
  {
    name: 'node-fetch-premature-close',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed a chunked answer in its middle.',
    wrap: 'typed',
    run: async () =>
      (
        await nodeFetch(
          await web((q, b, res) => {
            res.write('{"a":');
            setTimeout(() => res.destroy(), 50);
          }),
        )
      ).json(),
  },
  {
    name: 'ky-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered.',
    wrap: 'message typed',
    run: async () => ky.get(`http://127.0.0.1:${await silent()}/429`, { timeout: 400, retry: 0 }),
  },
  {
    name: 'ky-413',
    is: 'VALIDATION_ERROR',
    cause: 'The API refused the document as too large.',
    wrap: 'typed',
    run: async () =>
      ky.post(await web({ status: 413, body: 'Payload Too Large', type: 'text/plain' }), { json: order, retry: 0 }),
  },
  {
    name: 'http-parse-error',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The server answered something that is not HTTP.',
    wrap: 'typed',
    run: async () =>
      axios.get(`http://127.0.0.1:${await tcp((s) => s.once('data', () => s.end('SSH-2.0-OpenSSH_9.2\r\n')))}`),
  },
  {
    name: 'http-header-invalid',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR', 'AUTH_FAILURE'],
    misleading: true,
    cause: 'The consumer put a token with a newline into a header.',
    wrap: 'typed',
    run: async () => request(await web({}), { headers: { 'x-auth-token': 'abc\n' } }),
  },
  {
    name: 'graphql-bad-input',
    is: 'VALIDATION_ERROR',
    cause: 'The GraphQL API refused a variable.',
    wrap: 'message typed',
    run: async () =>
      new GraphQLClient(
        await web({
          body: {
            errors: [
              {
                message: 'Variable "$limit" got invalid value "many"; Int cannot represent non-integer value: "many"',
                extensions: { code: 'BAD_USER_INPUT' },
              },
            ],
          },
        }),
      ).request('query($limit:Int){items(limit:$limit){id}}', { limit: 'many' }),
  },
  {
    name: 'graphql-unauthenticated',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The GraphQL API refused the caller in an answer of status 200.',
    wrap: 'message',
    run: async () =>
      new GraphQLClient(
        await web({
          body: {
            errors: [{ message: 'Context creation failed: jwt expired', extensions: { code: 'UNAUTHENTICATED' } }],
          },
        }),
      ).request('{me{id}}'),
  },
  {
    name: 'graphql-unknown-field',
    is: 'CODE_BUG',
    cause: 'The query of the consumer asks for a field that the schema does not have.',
    wrap: 'message',
    misleading: true,
    accept: ['VALIDATION_ERROR'],
    run: async () =>
      new GraphQLClient(
        await web({
          status: 400,
          body: {
            errors: [
              {
                message: 'Cannot query field "totl" on type "Order". Did you mean "total"?',
                locations: [{ line: 1, column: 10 }],
                extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
              },
            ],
          },
        }),
      ).request('{order{totl}}'),
  },
  {
    name: 'ws-401',
    is: 'AUTH_FAILURE',
    cause: 'The server refused the upgrade of a web socket for a bad ticket.',
    wrap: 'typed',
    run: async () => {
      const at = await web({ status: 401 });
      await new Promise((ok, no) => new WebSocket(at.replace('http', 'ws')).on('open', ok).on('error', no));
    },
  },
  {
    name: 'dns-timeout',
    is: 'TIMEOUT',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The name server never answered.',
    wrap: 'typed line',
    run: async () => {
      const s = dgram.createSocket('udp4');
      await new Promise((ok) => s.bind(0, '127.0.0.1', ok));
      closeLater(() => s.close());
      const r = new dns.Resolver({ timeout: 300, tries: 1 });
      r.setServers([`127.0.0.1:${s.address().port}`]);
      await r.resolve4('ledger.internal.example');
    },
  },
];
