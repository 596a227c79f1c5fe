// Errors that tell nothing, and some that tell it badly.
import util from 'node:util';
import { node, web } from './kit.mjs';

class PartnerError extends Error {
  name = 'PartnerError';
}
const own = (name, text) => Object.assign(new Error(text), { name });

export default [
  {
    name: 'error-bare',
    is: 'UNKNOWN',
    cause: 'The consumer threw an error without a message.',
    wrap: 'line typed',
    run: () => {
      throw new Error();
    },
  },
  {
    name: 'error-word',
    is: 'UNKNOWN',
    cause: 'The consumer threw an error that only says Error.',
    wrap: 'message',
    run: () => {
      throw new Error('Error');
    },
  },
  {
    name: 'object-thrown',
    is: 'UNKNOWN',
    cause: 'The consumer threw an object and wrote it as text.',
    wrap: 'message object',
    run: () => {
      throw { reason: 'x' };
    },
  },
  {
    name: 'null-thrown',
    is: 'UNKNOWN',
    cause: 'The consumer threw null.',
    wrap: 'message',
    nothing: true,
    run: () => {
      throw null;
    },
  },
  {
    name: 'apology',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'A partner answered with an apology only.',
    wrap: 'message typed',
    run: async () => {
      const r = await fetch(
        await web({
          type: 'text/plain',
          body: 'Sorry, something went wrong. Please try again later or contact support (ref 503-401-429).',
        }),
      );
      throw new PartnerError(await r.text());
    },
  },
  {
    name: 'generic-failed',
    is: 'UNKNOWN',
    cause: 'The consumer told only that it failed.',
    wrap: 'message order',
    run: () => {
      throw new Error('Processing failed');
    },
  },
  {
    name: 'unexpected-error',
    is: 'UNKNOWN',
    cause: 'The consumer hid the cause behind a general text.',
    wrap: 'typed',
    run: () => {
      try {
        JSON.parse('x');
      } catch {
        throw new Error('An unexpected error occurred');
      }
    },
  },
  {
    name: 'number-only',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'The consumer told only a number of its own.',
    wrap: 'message',
    run: () => {
      throw new Error('E-40129');
    },
  },
  {
    name: 'worker-says-error',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'The consumer told only the kind of an internal step.',
    wrap: 'message',
    run: () => {
      throw own('StepError', 'step 504 of workflow 401 ended with state ERROR');
    },
  },
  {
    name: 'dead-letter-count',
    is: 'UNKNOWN',
    cause: 'The text tells only that the message was received too often.',
    wrap: 'message',
    run: () => {
      throw new Error('message 0b8a4010 was received 5 times and not deleted');
    },
  },
  {
    name: 'nested-empty',
    is: 'UNKNOWN',
    cause: 'An error was written as JSON, which keeps nothing of it.',
    wrap: 'message',
    run: () => {
      throw new Error(`handler failed: ${JSON.stringify({ error: new TypeError('x') })}`);
    },
  },
  {
    name: 'inspect-hidden',
    is: 'UNKNOWN',
    cause: 'An error was logged too shallow to show its cause.',
    wrap: 'message',
    run: () => {
      throw new Error(util.inspect({ result: { error: { cause: { code: 1 } } } }, { depth: 0 }));
    },
  },
  {
    name: 'own-401-order',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'The number of an order looks like a status and no cause is told.',
    wrap: 'message',
    run: () => {
      throw new Error('could not finish order 401');
    },
  },
  {
    name: 'undefined-thrown',
    is: 'UNKNOWN',
    cause: 'The consumer threw a text made of undefined.',
    wrap: 'message line',
    run: () => {
      throw new Error(String(undefined));
    },
  },
  {
    name: 'job-failed',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'The consumer told only that a job of a number failed.',
    wrap: 'message cause',
    run: () => {
      throw own('JobError', 'job 429 failed');
    },
  },
  {
    name: 'see-logs',
    is: 'UNKNOWN',
    cause: 'The consumer pointed to its logs.',
    wrap: 'message typed',
    run: () => {
      throw own('PipelineError', 'stage enrich failed, see logs for details');
    },
  },
  {
    name: 'exit-3',
    is: 'UNKNOWN',
    cause: 'A worker ended with a code of its own and told nothing.',
    wrap: 'exit worker',
    run: () => node('three.cjs', 'process.exit(3);\n'),
  },
  {
    name: 'object-rejected',
    is: 'UNKNOWN',
    cause: 'A promise was rejected with an object that tells nothing.',
    wrap: 'lambda pino',
    run: () =>
      Promise.reject(Object.create(null, { status: { value: 1 } })).catch((e) => {
        throw new Error(String(Object.prototype.toString.call(e)));
      }),
  },
  {
    name: 'false-result',
    is: 'UNKNOWN',
    misleading: true,
    cause: 'The consumer told only a result of false.',
    wrap: 'message nested',
    run: () => {
      throw new Error('sync of warehouse 503 returned false');
    },
  },
];
