import { setTimeout as wait } from 'node:timers/promises';
import Bottleneck from 'bottleneck';
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  wrap as policies,
  retry,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import genericPool from 'generic-pool';
import CircuitBreaker from 'opossum';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible';
import { Pool as Tarn } from 'tarn';
import { closeLater, refused, silent, web } from './kit.mjs';

const forever = () => new Promise(() => {});
const generic = (options, create = async () => ({})) => {
  const p = genericPool.createPool(
    { create, destroy: async () => {} },
    { max: 1, acquireTimeoutMillis: 300, ...options },
  );
  p.on('factoryCreateError', () => {});
  closeLater(() => p.clear());
  return p;
};
const tarn = (options) =>
  new Tarn({ create: async () => ({}), destroy: () => {}, min: 0, max: 1, acquireTimeoutMillis: 300, ...options });
async function opened(make) {
  const b = new CircuitBreaker(make, {
    timeout: 200,
    errorThresholdPercentage: 1,
    resetTimeout: 60000,
    volumeThreshold: 1,
  });
  b.on('error', () => {});
  closeLater(() => b.shutdown());
  await b.fire().catch(() => {});
  return b;
}

export default [
  {
    name: 'generic-pool-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The pool had nothing free for longer than the consumer waits.',
    wrap: 'typed message order',
    run: async () => {
      const p = generic();
      await p.acquire();
      return p.acquire();
    },
  },
  {
    name: 'generic-pool-waiting',
    is: 'RESOURCE_EXHAUSTED',
    cause: 'Too many already waited for the pool.',
    wrap: 'typed message',
    run: async () => {
      const p = generic({ maxWaitingClients: 1 });
      await p.acquire();
      p.acquire().catch(() => {});
      return p.acquire();
    },
  },
  {
    name: 'generic-pool-drained',
    is: 'CODE_BUG',
    cause: 'The consumer used the pool after its end.',
    wrap: 'message',
    run: async () => {
      const p = generic();
      await p.drain();
      return p.acquire();
    },
  },
  {
    name: 'tarn-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    accept: ['TIMEOUT'],
    cause: 'The pool had nothing free for longer than the consumer waits.',
    wrap: { typed: {}, message: { is: 'TIMEOUT', accept: ['RESOURCE_EXHAUSTED', 'UNKNOWN'], misleading: false } },
    run: async () => {
      const p = tarn();
      await p.acquire().promise;
      return p.acquire().promise;
    },
  },
  {
    name: 'tarn-create-timeout',
    is: 'TIMEOUT',
    misleading: true,
    accept: ['RESOURCE_EXHAUSTED', 'UNKNOWN'],
    cause: 'The pool could not make a connection in time.',
    wrap: 'typed',
    run: async () =>
      tarn({
        create: forever,
        createTimeoutMillis: 200,
        acquireTimeoutMillis: 2000,
        propagateCreateError: true,
      }).acquire().promise,
  },
  {
    name: 'tarn-create-refused',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'The pool found no server on its port.',
    wrap: 'typed message',
    run: async () => {
      const port = await refused();
      return tarn({
        create: async () => {
          const { default: net } = await import('node:net');
          return new Promise((ok, no) =>
            net
              .connect(port, '127.0.0.1')
              .on('error', (e) =>
                no(new Error(`pool "orders" (0/10 in use) could not create a resource: ${e.message}`, { cause: e })),
              ),
          );
        },
        propagateCreateError: true,
      }).acquire().promise;
    },
  },
  {
    name: 'bottleneck-dropped',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['THROTTLED'],
    misleading: true,
    cause: 'The own queue of jobs was full.',
    wrap: 'typed message',
    run: async () => {
      const b = new Bottleneck({ maxConcurrent: 1, highWater: 1, strategy: Bottleneck.strategy.OVERFLOW });
      b.schedule(() => wait(400));
      b.schedule(() => wait(10)).catch(() => {});
      return b.schedule(() => wait(10));
    },
  },
  {
    name: 'bottleneck-expired',
    is: 'TIMEOUT',
    cause: 'A job ran longer than it may.',
    wrap: 'typed',
    run: async () => new Bottleneck().schedule({ expiration: 429, id: 'charge-8812' }, () => wait(1500)),
  },
  {
    name: 'rate-limiter-refused',
    is: 'THROTTLED',
    cause: 'The own limit of calls was reached.',
    wrap: 'message typed',
    run: async () => {
      const r = new RateLimiterMemory({ points: 1, duration: 60 });
      await r.consume('partner');
      await r.consume('partner').catch((x) => {
        throw Object.assign(
          new Error(`rate limiter: partner api has ${x.remainingPoints} points left, next in ${x.msBeforeNext} ms`),
          { name: 'RateLimiterRes' },
        );
      });
    },
  },
  {
    name: 'rate-limiter-queue',
    is: 'THROTTLED',
    accept: ['RESOURCE_EXHAUSTED'],
    cause: 'The queue before the limit of calls was full.',
    wrap: 'message typed',
    run: async () => {
      const q = new RateLimiterQueue(new RateLimiterMemory({ points: 1, duration: 60 }), { maxQueueSize: 1 });
      await q.removeTokens(1);
      q.removeTokens(1).catch(() => {});
      return q.removeTokens(1);
    },
    misleading: true,
  },
  {
    name: 'opossum-open',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The breaker was open after a failure of the service.',
    wrap: 'typed code order',
    run: async () =>
      (
        await opened(async () => {
          throw new Error('x');
        })
      ).fire(),
  },
  {
    name: 'opossum-timeout',
    is: 'TIMEOUT',
    cause: 'The service did not answer before the breaker gave up.',
    wrap: 'typed code',
    run: async () => new CircuitBreaker(forever, { timeout: 503 }).fire(),
  },
  {
    name: 'opossum-semaphore',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['THROTTLED'],
    misleading: true,
    cause: 'Too many calls were under way on our side.',
    wrap: 'typed message',
    run: async () => {
      const b = new CircuitBreaker(() => wait(500), { capacity: 1 });
      b.fire();
      return b.fire();
    },
  },
  {
    name: 'opossum-shutdown',
    is: 'CODE_BUG',
    accept: ['UNKNOWN', 'DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The consumer used a breaker that it had shut down.',
    wrap: 'message',
    run: async () => {
      const b = new CircuitBreaker(forever);
      b.shutdown();
      return b.fire();
    },
  },
  {
    name: 'cockatiel-open',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The breaker was open after failures of the service.',
    wrap: 'typed message cause',
    run: async () => {
      const p = circuitBreaker(handleAll, { halfOpenAfter: 60000, breaker: new ConsecutiveBreaker(1) });
      await p
        .execute(() => {
          throw new Error('x');
        })
        .catch(() => {});
      return p.execute(forever);
    },
  },
  {
    name: 'cockatiel-timeout',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'The service did not answer in time.',
    wrap: 'typed message',
    run: async () => timeout(401, TimeoutStrategy.Aggressive).execute(forever),
  },
  {
    name: 'cockatiel-bulkhead',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['THROTTLED'],
    misleading: true,
    cause: 'All places for calls and the queue on our side were taken.',
    wrap: 'typed message',
    run: async () => {
      const p = bulkhead(1, 0);
      p.execute(() => wait(300));
      return p.execute(forever);
    },
  },
  {
    name: 'semaphore-own',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'All workers of the own pool were busy for longer than the consumer waits.',
    wrap: 'message',
    run: async () => {
      throw new Error('worker pool exhausted: 12 of 12 workers busy, waited 50400 ms for a free one');
    },
  },
];
