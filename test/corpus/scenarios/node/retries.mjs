import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import asyncRetry from 'async-retry';
import axios from 'axios';
import pRetry, { AbortError } from 'p-retry';
import pTimeout from 'p-timeout';
import { serializeError } from 'serialize-error';
import VError from 'verror';
import { html, refused, resetting, silent, web } from './kit.mjs';

const quick = { retries: 1, minTimeout: 10, maxTimeout: 20 };
const limited = async () => axios.get(await web({ status: 429, body: { message: 'Too Many Requests' } }));
class RetriesExhaustedError extends Error {
  name = 'RetriesExhaustedError';
}
async function giveUp(act, tries = 3) {
  let last;
  for (let i = 0; i < tries; i++) {
    try {
      return await act();
    } catch (e) {
      last = e;
    }
  }
  throw new RetriesExhaustedError(`gave up after ${tries} attempts: ${last.message}`, { cause: last });
}
const batch = async (handler, records = 2) => {
  const processor = new BatchProcessor(EventType.SQS);
  const event = {
    Records: Array.from({ length: records }, (_, i) => ({
      messageId: `0b8a4010-503f-4290-a401-00000000000${i}`,
      body: `{"orderId":${500 + i}}`,
      eventSource: 'aws:sqs',
    })),
  };
  return processPartialResponse(event, handler, processor, { context: {} });
};

export default [
  {
    name: 'p-retry-429',
    is: 'THROTTLED',
    cause: 'Each try was refused as too many.',
    wrap: 'typed message',
    run: () => pRetry(limited, quick),
  },
  {
    name: 'p-retry-abort-auth',
    is: 'AUTH_FAILURE',
    cause: 'The first try was refused for its key, and no further one was made.',
    wrap: 'typed line',
    run: () =>
      pRetry(() => {
        throw new AbortError('401 Unauthorized: key rotated');
      }, quick),
  },
  {
    name: 'async-retry-timeout',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'No try was answered in time.',
    wrap: 'cause verror',
    run: async () => {
      const at = `http://127.0.0.1:${await silent()}`;
      return giveUp(() => asyncRetry(() => axios.get(at, { timeout: 200 }), { ...quick }));
    },
  },
  {
    name: 'give-up-around-429',
    is: 'THROTTLED',
    misleading: true,
    cause: 'Each try was refused as too many.',
    wrap: 'typed cause outer500',
    run: () => giveUp(limited),
  },
  {
    name: 'give-up-around-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port at any try.',
    wrap: 'message cause',
    run: async () => {
      const port = await refused();
      return giveUp(() => axios.get(`http://127.0.0.1:${port}/429`), 5);
    },
  },
  {
    name: 'give-up-around-validation',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A refused field was tried again and again.',
    wrap: 'message cause',
    run: async () => {
      const at = await web({ status: 400, body: { message: 'weight must be positive' } });
      return giveUp(
        () =>
          axios.post(at, {}).catch((e) => {
            throw new Error(`shipping API: ${e.response.data.message}`, { cause: e });
          }),
        5,
      );
    },
  },
  {
    name: 'give-up-around-expired',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'Each try was refused for an expired token.',
    wrap: 'message cause',
    run: async () => {
      const at = await web({
        status: 400,
        body: { error: 'invalid_token', error_description: 'token expired at 2026-03-31T05:03:00Z' },
      });
      return giveUp(() =>
        axios.get(at).catch((e) => {
          throw new Error(
            `timeout guard: attempt failed with ${e.response.data.error}: ${e.response.data.error_description}`,
          );
        }),
      );
    },
  },
  {
    name: 'give-up-bare',
    is: 'UNKNOWN',
    cause: 'All tries failed and the consumer told no cause.',
    wrap: 'typed message',
    run: async () => {
      throw new RetriesExhaustedError('Retries exhausted after 5 attempts');
    },
  },
  {
    name: 'p-timeout',
    is: 'TIMEOUT',
    cause: 'The work took longer than it may.',
    wrap: 'typed message',
    run: () => pTimeout(new Promise(() => {}), { milliseconds: 500 }),
  },
  {
    name: 'p-timeout-message',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The access token was not got in time.',
    wrap: 'message',
    run: () =>
      pTimeout(new Promise(() => {}), {
        milliseconds: 400,
        message: 'could not get access token for partner 401 within 400 ms',
      }),
  },
  {
    name: 'aggregate-any',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'Both addresses of the service refused the connection.',
    wrap: { inspect: {}, cause: {}, message: { is: 'UNKNOWN', misleading: false } },
    run: async () => {
      const [a, b] = [await refused(), await refused()];
      return Promise.any(
        [a, b].map((p) =>
          axios.get(`http://127.0.0.1:${p}`).catch((e) => {
            throw new Error(e.message);
          }),
        ),
      );
    },
  },
  {
    name: 'aggregate-auth-and-timeout',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'One call was refused for its token and another was not answered.',
    wrap: 'inspect',
    run: async () => {
      const at = [await web({ status: 401, body: {} }), `http://127.0.0.1:${await silent()}`];
      const all = await Promise.allSettled(at.map((u) => axios.get(u, { timeout: 300 })));
      throw new AggregateError(
        all.map((r) => Object.assign(new Error(r.reason.message), { stack: r.reason.stack.split('\n')[0] })),
        '2 of 2 partner calls failed',
      );
    },
  },
  {
    name: 'aggregate-validation-and-503',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'One record broke a rule and another met a service that was down.',
    wrap: 'message inspect',
    run: async () => {
      const errors = [
        new Error('record 503: field sku is required'),
        new Error('record 504: Request failed with status code 503'),
      ];
      throw new AggregateError(errors, errors.map((e) => e.message).join('; '));
    },
  },
  {
    name: 'net-happy-eyeballs',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'No server listened on any address of localhost.',
    wrap: { inspect: {}, stack: { misleading: false }, code: { misleading: false } },
    run: async () => {
      const net = await import('node:net');
      const port = await refused();
      return new Promise((ok, no) =>
        net
          .connect({
            host: 'localhost',
            port,
            autoSelectFamily: true,
            lookup: (h, o, cb) =>
              cb(null, [
                { address: '::1', family: 6 },
                { address: '127.0.0.1', family: 4 },
              ]),
          })
          .on('error', no),
      );
    },
  },
  {
    name: 'verror-chain',
    is: 'THROTTLED',
    misleading: true,
    cause: 'A service refused too many requests, and each layer said its own.',
    wrap: 'typed verror',
    run: () =>
      limited().catch((e) => {
        throw new VError(new VError(e, 'price lookup for sku A-%d', 401), 'order validation aborted');
      }),
  },
  {
    name: 'verror-info',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The connection was reset, and each layer said its own.',
    wrap: 'message',
    run: async () => {
      const port = await resetting();
      return axios.get(`http://127.0.0.1:${port}`).catch((e) => {
        throw new VError(new VError(e, 'token cache refresh'), 'authentication middleware');
      });
    },
  },
  {
    name: 'powertools-all-failed',
    is: 'UNKNOWN',
    cause: 'Each record of the batch failed; the message tells no cause.',
    wrap: { message: {}, stack: {} },
    run: () =>
      batch(async () => {
        throw new Error('x');
      }),
  },
  {
    name: 'powertools-around-throttle',
    is: 'THROTTLED',
    misleading: true,
    cause: 'Each record of the batch was refused as too many.',
    wrap: 'inspect',
    run: () =>
      batch(async () => {
        throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      }).catch((e) => {
        throw Object.assign(e, { recordErrors: e.recordErrors?.map((x) => `${x.name}: ${x.message}`) });
      }),
  },
  {
    name: 'serialized-cause',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'A refused key, wrapped twice, was written as JSON.',
    wrap: 'message',
    run: async () => {
      const e = new Error('failed to enrich order 504', {
        cause: new Error('geocoder unavailable', { cause: new Error('403 Forbidden: API key disabled') }),
      });
      const s = serializeError(e);
      for (let o = s; o; o = o.cause) o.stack = String(o.stack).split('\n')[0];
      throw new Error(JSON.stringify(s));
    },
  },
  {
    name: 'fatal-html-in-error',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'A proxy answered its error page, which was put into the error.',
    wrap: 'message',
    run: async () =>
      giveUp(async () => {
        const r = await fetch(await web({ status: 502, ...html('Bad gateway', 'token=4290 limit=503') }));
        throw new Error(await r.text());
      }),
  },
  {
    name: 'outer-around-duplicate',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A service wrapped its duplicate key in a status 500.',
    wrap: 'body',
    run: async () =>
      axios.post(
        await web({
          status: 500,
          body: {
            message:
              'could not execute statement; nested exception is ConstraintViolationException: duplicate key value violates unique constraint "uk_order_503"',
          },
        }),
        {},
      ),
  },
  {
    name: 'outer-around-deadline',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'A service wrapped the ended deadline of the one behind it in a status 500.',
    wrap: 'body',
    run: async () =>
      axios.post(
        await web({
          status: 500,
          body: { message: 'rpc error: code = DeadlineExceeded desc = context deadline exceeded' },
        }),
        {},
      ),
  },
  {
    name: 'outer-around-throttle',
    is: 'THROTTLED',
    misleading: true,
    cause: 'A service wrapped the refusal of the one behind it in a status 502.',
    wrap: 'body',
    run: async () =>
      axios.post(await web({ status: 502, body: { message: 'upstream: ThrottlingException: Rate exceeded' } }), {}),
  },
];
