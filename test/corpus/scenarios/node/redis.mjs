import net from 'node:net';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { closeLater, daemon, full, refused, shared, silent, sleep, tcp, temp } from './kit.mjs';

let server;
const start = shared(async () => {
  const port = await refused();
  server = await daemon(
    'redis-server',
    [
      '--port',
      port,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      temp,
      '--maxclients',
      '8',
      '--enable-debug-command',
      'yes',
    ].map(String),
    port,
  );
  const r = io(port);
  await r.call('ACL', 'SETUSER', 'reader', 'on', '>reader', '~cart:*', '+@read');
  await r.set('text', 'x');
  r.disconnect();
  return port;
});
export const after = () => server?.stop('SIGKILL');

function io(port, more) {
  const r = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, ...more });
  r.on('error', () => {});
  closeLater(() => r.disconnect());
  return r;
}
const call = async (more, ...command) => io(await start(), more).call(...command);
async function node(port, more) {
  const c = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false, connectTimeout: 500 },
    ...more,
  });
  c.on('error', () => {});
  closeLater(() => c.destroy());
  await c.connect();
  return c;
}
// a server that answers everything with one line
const saying = (line) =>
  tcp((s) =>
    s.on('data', (d) => {
      for (const _ of String(d).match(/\*\d+\r\n/g) ?? [1]) s.write(`${line}\r\n`);
    }),
  );

export default [
  {
    name: 'ioredis-no-auth',
    is: 'AUTH_FAILURE',
    cause: 'The server wants a password and the consumer gave none.',
    wrap: 'typed message',
    run: async () => {
      const admin = io(await start());
      await admin.config('SET', 'requirepass', 'secret');
      try {
        return await io(await start()).get('cart:503');
      } finally {
        await admin.config('SET', 'requirepass', '');
      }
    },
  },
  {
    name: 'ioredis-wrong-pass',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed order',
    run: async () => {
      const r = io(await start(), { username: 'reader', password: 'x', lazyConnect: true });
      let e;
      r.on('error', (x) => {
        e = x;
      });
      await r.connect().catch(() => {});
      await r.get('cart:1').catch((x) => {
        e ??= x;
      });
      throw e;
    },
  },
  {
    name: 'ioredis-no-permission',
    is: 'AUTH_FAILURE',
    cause: 'The user may not write.',
    wrap: 'typed cause',
    run: () => call({ username: 'reader', password: 'reader' }, 'SET', 'cart:429', '1'),
  },
  {
    name: 'ioredis-no-key-permission',
    is: 'AUTH_FAILURE',
    cause: 'The user may not read the key.',
    wrap: 'message',
    run: () => call({ username: 'reader', password: 'reader' }, 'GET', 'order:429'),
  },
  {
    name: 'ioredis-wrong-type',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer took a text for a list.',
    wrap: 'typed',
    run: () => call({}, 'LPUSH', 'text', '1'),
  },
  {
    name: 'ioredis-unknown-command',
    is: 'CODE_BUG',
    cause: 'The consumer called a command that the server does not have.',
    wrap: 'message',
    run: () => call({}, 'JSON.GET', 'order:503'),
  },
  {
    name: 'ioredis-script',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The script of the consumer used a value that is nil.',
    wrap: 'typed',
    run: () => call({}, 'EVAL', 'local t = redis.call("GET", "none"); return t.timeout.x', '0'),
  },
  {
    name: 'ioredis-no-script',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The server did not know the script of the consumer.',
    wrap: 'message',
    run: () => call({}, 'EVALSHA', 'f'.repeat(40), '0'),
  },
  {
    name: 'ioredis-not-integer',
    is: 'VALIDATION_ERROR',
    cause: 'The quantity in the message was no number.',
    wrap: 'message',
    run: () => call({}, 'INCRBY', 'stock', 'three'),
  },
  {
    name: 'ioredis-oom',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'The memory of the server was used up.',
    wrap: 'typed message order',
    run: async () => {
      const r = io(await start());
      await r.config('SET', 'maxmemory', '1');
      try {
        return await r.set('cart:401', 'x'.repeat(100));
      } finally {
        await r.config('SET', 'maxmemory', '0');
      }
    },
  },
  {
    name: 'redis-max-clients',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The consumer had taken all the connections of the server.',
    wrap: 'typed message',
    run: async () => {
      const port = await start();
      await sleep(300);
      const held = [];
      for (let i = 0; i < 12; i++) held.push(net.connect(port, '127.0.0.1').on('error', () => {}));
      closeLater(() => held.forEach((s) => s.destroy()));
      await sleep(300);
      const c = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } });
      closeLater(() => c.destroy());
      c.on('error', () => {});
      await c.connect();
      return c.ping();
    },
  },
  {
    name: 'ioredis-read-only',
    is: 'DEPENDENCY_FAILURE',
    accept: ['CODE_BUG'],
    cause: 'The server had become a replica.',
    wrap: 'message',
    run: async () => {
      const r = io(await start());
      await r.config('SET', 'replica-read-only', 'yes');
      await r.call('REPLICAOF', '127.0.0.1', await refused());
      try {
        return await r.set('a', '1');
      } finally {
        await r.call('REPLICAOF', 'NO', 'ONE');
      }
    },
  },
  {
    name: 'ioredis-busy-script',
    is: 'DEPENDENCY_FAILURE',
    accept: ['TIMEOUT', 'THROTTLED'],
    cause: 'A script of another client kept the server busy.',
    wrap: 'message',
    run: async () => {
      const r = io(await start());
      await r.config('SET', 'busy-reply-threshold', '100');
      io(await start())
        .call('EVAL', 'local i = 0; while i < 4e8 do i = i + 1 end', '0')
        .catch(() => {});
      await sleep(600);
      try {
        return await r.get('a');
      } finally {
        await r.call('SCRIPT', 'KILL').catch(() => {});
      }
    },
  },
  {
    name: 'ioredis-loading',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server was loading its data.',
    wrap: 'message',
    run: async () =>
      io(await saying('-LOADING Redis is loading the dataset in memory'), { enableReadyCheck: false }).get('a'),
  },
  {
    name: 'ioredis-misconf',
    is: 'DEPENDENCY_FAILURE',
    accept: ['RESOURCE_EXHAUSTED'],
    misleading: true,
    cause: 'The server could not save its data and took no writes.',
    wrap: 'message',
    run: async () =>
      io(
        await saying(
          "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.",
        ),
        { enableReadyCheck: false },
      ).set('a', 1),
  },
  {
    name: 'ioredis-cluster-down',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The cluster of the server was down.',
    wrap: 'message',
    run: async () => io(await saying('-CLUSTERDOWN The cluster is down'), { enableReadyCheck: false }).get('a'),
  },
  {
    name: 'ioredis-max-retries',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port, and the client gave up.',
    wrap: { typed: {}, inspect: {}, message: { is: 'UNKNOWN', accept: ['DEPENDENCY_FAILURE'] } },
    run: async () => {
      const port = await refused();
      const r = io(port, { retryStrategy: () => 50, maxRetriesPerRequest: 2 });
      let last;
      r.on('error', (e) => {
        last = e;
      });
      await r.get('a').catch((e) => {
        e.cause = last;
        e.stack += `\nCaused by: ${last.stack}`;
        throw e;
      });
    },
  },
  {
    name: 'ioredis-closed',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection.',
    wrap: 'typed',
    run: async () => {
      const r = io(await tcp((s) => s.once('data', () => s.end())), { enableReadyCheck: false });
      return r.get('a');
    },
  },
  {
    name: 'ioredis-command-timeout',
    is: 'TIMEOUT',
    cause: 'The server never answered.',
    wrap: 'typed message',
    run: async () => io(await silent(), { commandTimeout: 429, enableReadyCheck: false }).get('a'),
  },
  {
    name: 'ioredis-connect-timeout',
    is: 'TIMEOUT',
    cause: 'The connection was not made in time.',
    wrap: 'typed code',
    run: async () => {
      const r = new Redis({
        host: '127.0.0.1',
        port: await full(),
        connectTimeout: 429,
        lazyConnect: true,
        retryStrategy: () => null,
      });
      closeLater(() => r.disconnect());
      const lost = new Promise((ok, no) => r.on('error', no));
      r.connect().catch(() => {});
      return lost;
    },
  },
  {
    name: 'ioredis-stream-writeable',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The connection was gone and the consumer does not queue commands.',
    wrap: 'message',
    run: async () => {
      const r = io(await refused(), { enableOfflineQueue: false });
      return r.get('a');
    },
  },
  {
    name: 'redis-wrong-pass',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed line',
    run: async () => node(await start(), { username: 'reader', password: 'x' }),
  },
  {
    name: 'redis-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => node(await refused()),
  },
  {
    name: 'redis-socket-closed',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection.',
    wrap: 'typed',
    run: async () => node(await tcp((s) => s.end())),
  },
  {
    name: 'redis-closed-client',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The consumer used a client that it never connected.',
    wrap: 'typed',
    run: async () => createClient().get('a'),
  },
  {
    name: 'redis-argument',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer gave the client a number in the place of text.',
    wrap: 'typed',
    run: async () => (await node(await start())).set('a', { token: 1 }),
  },
];
