// How consumers of this ecosystem report an error: each wrapping makes evidence of a thrown value.

import { randomUUID } from 'node:crypto';
import util from 'node:util';
import pino from 'pino';
import VError from 'verror';

// Order numbers that look like statuses, so that numbers mislead.
const numbers = [
  8812, 503, 4290, 401, 50412, 429, 100403, 504, 7310, 422, 5000, 403, 137, 2024, 502, 40900, 400, 1205, 500, 60000,
];
let next = 0;
export const number = () => numbers[next++ % numbers.length];

const isError = (e) => e instanceof Error || Object.prototype.toString.call(e) === '[object Error]';
const name = (e) => (isError(e) ? (e.name !== 'Error' ? e.name : (e.constructor?.name ?? 'Error')) : typeof e);
const message = (e) => (isError(e) ? String(e.message) : String(e));
const stack = (e) => (isError(e) && typeof e.stack === 'string' ? e.stack : undefined);
const inspect = (e) => util.inspect(e, { depth: 3, breakLength: 100 });
const lambda = (e) => ({ errorType: name(e), errorMessage: message(e), trace: (stack(e) ?? '').split('\n') });
const status = (e) =>
  e?.$metadata?.httpStatusCode ??
  e?.response?.statusCode ??
  e?.response?.status ??
  e?.statusCode ??
  e?.status ??
  e?.meta?.statusCode ??
  (e?.code >= 400 && e?.code < 600 ? e.code : undefined);
const body = (e) => {
  const b = e?.response?.data ?? e?.response?.text ?? e?.response?.body ?? e?.body ?? e?.error ?? e?.data ?? '';
  return typeof b === 'string' ? b : JSON.stringify(b);
};

class OrderProcessingError extends Error {
  constructor(text, options) {
    super(text, options);
    this.name = 'OrderProcessingError';
  }
}
const rethrow = (e, n) => new OrderProcessingError(`order ${n} could not be handled`, { cause: e });

function pinoLine(e) {
  let line = '';
  pino(
    { base: { service: 'order-consumer' } },
    {
      write: (s) => {
        line = s;
      },
    },
  ).error({ err: e, orderId: number() }, 'message failed');
  return line.trim();
}

export const wraps = {
  // the parts apart, as a consumer that keeps the error object
  typed: (e) => ({ errorType: name(e), errorMessage: message(e), stack: stack(e) }),
  status: (e) => ({ errorType: name(e), errorMessage: message(e), stack: stack(e), httpStatus: status(e) }),
  aws: (e) => ({ errorType: name(e), errorMessage: message(e), httpStatus: status(e), awsErrorCode: e.Code ?? e.name }),
  message: (e) => ({ errorMessage: message(e) }),
  line: (e) => ({ errorMessage: String(e) }),
  code: (e) => ({ errorType: String(e.code ?? e.name), errorMessage: message(e) }),
  order: (e) => ({ errorMessage: `failed to process order ${number()}: ${message(e)}` }),
  body: (e) => ({ errorType: name(e), errorMessage: `${message(e)}; response: ${body(e)}`, httpStatus: status(e) }),
  inspect: (e) => ({ errorMessage: inspect(e) }),
  stack: (e) => ({ errorType: name(e), stack: stack(e) }),
  cause: (e) => {
    const o = rethrow(e, number());
    return { errorType: o.name, errorMessage: o.message, stack: inspect(o) };
  },
  verror: (e) => {
    const o = new VError(e, 'batch item %d', number());
    return { errorType: 'VError', errorMessage: o.message, stack: VError.fullStack(o) };
  },
  lambda: (e) => ({ errorMessage: JSON.stringify(lambda(e)) }),
  invoke: (e) => ({
    errorMessage: `${new Date().toISOString()}\t${randomUUID()}\tERROR\tInvoke Error \t${JSON.stringify({ ...lambda(e), trace: undefined, code: e?.code, stack: lambda(e).trace })}`,
  }),
  pino: (e) => ({ errorMessage: pinoLine(e) }),
  nested: (e) => ({
    errorMessage: JSON.stringify({
      record: number(),
      detail: JSON.stringify({ name: name(e), message: message(e), code: e?.code }),
    }),
  }),
  outer500: (e) => ({
    errorType: 'InternalServerError',
    errorMessage: `500 Internal Server Error: ${name(e)}: ${message(e)}`,
    httpStatus: 500,
  }),
  object: (e) => ({ errorMessage: `error while handling message: ${Object.assign({}, { e })}` }),
  // for scenarios that give text: the last lines of a process, as errorMessage or with a summary before it
  raw: (text) => ({ errorMessage: text }),
  worker: ({ code, signal, err }) => ({
    errorMessage: `worker ended with ${signal ? `signal ${signal}` : `exit code ${code}`}`,
    stack: err,
  }),
  stderr: ({ err }) => ({ errorMessage: err }),
  exit: ({ code, signal }) => ({
    errorMessage: signal ? `child process was killed by ${signal}` : `child process exited with code ${code}`,
  }),
  // for the emulation of Lambda: the error as the service hands it on, or the lines of its log
  fields: ({ fields }) => fields,
  log: ({ log }) => ({ errorMessage: log }),
  reported: ({ fields }) => ({
    errorMessage: JSON.stringify({
      errorType: fields.errorType,
      errorMessage: fields.errorMessage,
      trace: fields.stack?.split('\n'),
    }),
  }),
};
