import fs from 'node:fs';
import path from 'node:path';
import mysql from 'mysql2/promise';
import {
  closeLater,
  daemon,
  hangingUp,
  refused,
  resetting,
  run,
  SetupError,
  shared,
  silent,
  sleep,
  tcp,
  temp,
} from './kit.mjs';

const data = path.join(temp, 'mysql');
let server;
const start = shared(async () => {
  const made = await run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--user=root',
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  if (made.code) throw new SetupError(made.all);
  const port = await refused();
  server = await daemon(
    'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--user=root',
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${path.join(temp, 'my.sock')}`,
      '--max-connections=10',
      '--innodb-lock-wait-timeout=1',
      '--innodb-deadlock-detect=on',
      '--max-allowed-packet=1048576',
      '--skip-name-resolve',
    ],
    port,
  );
  const c = await client(port, { database: undefined, multipleStatements: true });
  await c.query(
    "create database shop; use shop; create table customers(id int primary key); create table orders(id int primary key, number varchar(10) unique, customer int, total decimal(6,2) not null check (total > 0), foreign key (customer) references customers(id)); insert into orders values (1,'503',null,1),(2,'504',null,1); create user reader@'%' identified by 'reader'; create user few@'%' identified by 'few' with max_user_connections 1; grant select on shop.customers to few@'%'; create user hourly@'%' identified by 'h' with max_queries_per_hour 3; grant select on shop.customers to hourly@'%'; set global sql_mode='STRICT_ALL_TABLES'",
  );
  await c.end();
  return port;
});
export const after = () => server?.stop('SIGKILL');

async function client(port, more) {
  const c = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root', database: 'shop', ...more });
  c.on('error', () => {});
  closeLater(() => c.end());
  return c;
}
const query = async (text, values, more) => (await client(await start(), more)).query(text, values);
const insert = (...values) => query('insert into orders values (?,?,?,?)', values);
const pool = async (more) => {
  const p = mysql.createPool({
    host: '127.0.0.1',
    port: await start(),
    user: 'root',
    database: 'shop',
    connectionLimit: 1,
    ...more,
  });
  closeLater(() => p.end());
  return p;
};
// a server that greets with an error packet
const greeting = (code, state, text) =>
  tcp((s) => {
    const body = Buffer.concat([
      Buffer.from([0xff, code & 255, code >> 8]),
      Buffer.from(state ? `#${state}${text}` : text),
    ]);
    s.end(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
  });

export default [
  {
    name: 'mysql-duplicate',
    is: 'VALIDATION_ERROR',
    cause: 'An order of the number is in the table already.',
    wrap: 'typed code order',
    run: () => insert(3, '503', null, 1),
  },
  {
    name: 'mysql-foreign-key',
    is: 'VALIDATION_ERROR',
    cause: 'The customer that the message names does not exist.',
    wrap: 'message',
    run: () => insert(3, '505', 401, 1),
  },
  {
    name: 'mysql-too-long',
    is: 'VALIDATION_ERROR',
    cause: 'A text of the message is longer than its column.',
    wrap: 'typed',
    run: () => insert(3, 'timeout-4290', null, 1),
    misleading: true,
  },
  {
    name: 'mysql-null',
    is: 'VALIDATION_ERROR',
    cause: 'The message had no total.',
    wrap: 'code',
    run: () => insert(3, '505', null, null),
  },
  {
    name: 'mysql-check',
    is: 'VALIDATION_ERROR',
    cause: 'The total in the message was negative.',
    wrap: 'message',
    run: () => insert(3, '505', null, -1),
  },
  {
    name: 'mysql-syntax',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The statement of the consumer has a syntax error.',
    wrap: 'typed',
    run: () => query('selct 1 from token'),
  },
  {
    name: 'mysql-column',
    is: 'CODE_BUG',
    cause: 'The statement of the consumer names a column that does not exist.',
    wrap: 'code',
    run: () => query('select expires from orders'),
  },
  {
    name: 'mysql-table',
    is: 'CODE_BUG',
    cause: 'The table of the consumer does not exist.',
    wrap: 'message',
    run: () => query('select * from refunds'),
  },
  {
    name: 'mysql-undefined-parameter',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The consumer gave a prepared statement a value that it never set.',
    wrap: 'typed',
    run: async () => (await client(await start())).execute('select * from orders where id = ?', [undefined]),
  },
  {
    name: 'mysql-access-denied',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed code',
    run: () => query('select 1', [], { user: 'reader', password: 'x' }),
  },
  {
    name: 'mysql-grant',
    is: 'AUTH_FAILURE',
    cause: 'The user may not read the table.',
    wrap: 'message',
    run: () => query('select * from orders', [], { user: 'few', password: 'few' }),
  },
  {
    name: 'mysql-grant-database',
    is: 'AUTH_FAILURE',
    cause: 'The user may not use the database.',
    wrap: 'order',
    run: () => query('select 1', [], { user: 'reader', password: 'reader' }),
  },
  {
    name: 'mysql-too-many',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The consumer had taken all the connections of the server.',
    wrap: 'typed code',
    run: async () => {
      const port = await start();
      for (let i = 0; i < 20; i++) await client(port);
    },
  },
  {
    name: 'mysql-user-connections',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The user had no connection left.',
    wrap: 'message code',
    run: async () => {
      const port = await start();
      for (let i = 0; i < 3; i++) await client(port, { user: 'few', password: 'few' });
    },
  },
  {
    name: 'mysql-queries-per-hour',
    is: 'THROTTLED',
    misleading: true,
    accept: ['RESOURCE_EXHAUSTED'],
    cause: 'The user had used up its queries of the hour.',
    wrap: 'typed message',
    run: async () => {
      const c = await client(await start(), { user: 'hourly', password: 'h' });
      for (let i = 0; i < 6; i++) await c.query('select 1');
    },
  },
  {
    name: 'mysql-lock-wait',
    is: 'TIMEOUT',
    cause: 'A row was locked for longer than the consumer waits.',
    wrap: 'typed message code',
    run: async () => {
      const a = await client(await start());
      await a.query('begin');
      await a.query('update orders set total = 2 where id = 1');
      return query('update orders set total = 3 where id = 1');
    },
  },
  {
    name: 'mysql-deadlock',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    cause: 'Two transactions waited for each other.',
    wrap: 'typed',
    run: async () => {
      const [a, b] = [await client(await start()), await client(await start())];
      for (const [c, id] of [
        [a, 1],
        [b, 2],
      ]) {
        await c.query('begin');
        await c.query('update orders set total = 2 where id = ?', [id]);
      }
      const one = a.query('update orders set total = 3 where id = 2');
      await sleep(100);
      return Promise.all([one, b.query('update orders set total = 3 where id = 1')]);
    },
  },
  {
    name: 'mysql-statement-time',
    is: 'TIMEOUT',
    misleading: true,
    cause: 'A statement ran longer than it may.',
    wrap: 'message code',
    run: async () => {
      const c = await client(await start());
      await c.query('set max_statement_time = 0.3');
      return c.query(
        'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
      );
    },
  },
  {
    name: 'mysql-query-timeout',
    is: 'TIMEOUT',
    cause: 'The consumer waited no longer for the answer.',
    wrap: 'code typed',
    run: async () => (await client(await start())).query({ sql: 'select sleep(1)', timeout: 429 }),
  },
  {
    name: 'mysql-killed',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The session of the consumer was killed.',
    wrap: 'message',
    run: async () => {
      const c = await client(await start());
      const q = c.query('select sleep(5)');
      await sleep(200);
      await query(`kill ${c.threadId}`);
      return q;
    },
  },
  {
    name: 'mysql-closed',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The consumer used a connection after its end.',
    wrap: 'message',
    run: async () => {
      const c = await client(await start());
      await c.end();
      return c.query('select 1');
    },
  },
  {
    name: 'mysql-packet',
    is: 'VALIDATION_ERROR',
    accept: ['RESOURCE_EXHAUSTED', 'DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'The statement was larger than the server takes.',
    wrap: 'message',
    run: () => query(`select length('${'x'.repeat(1100000)}')`),
  },
  {
    name: 'mysql-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => client(await refused()),
  },
  {
    name: 'mysql-silent',
    is: 'TIMEOUT',
    cause: 'The server took the connection and never answered.',
    wrap: 'typed message',
    run: async () => client(await silent(), { connectTimeout: 500 }),
  },
  {
    name: 'mysql-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection in the log-in.',
    wrap: 'typed',
    run: async () => client(await tcp((s) => s.end())),
  },
  {
    name: 'mysql-reset',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server reset the connection.',
    wrap: 'code',
    run: async () => client(await tcp((s) => s.resetAndDestroy())),
  },
  {
    name: 'mysql-host-blocked',
    is: 'DEPENDENCY_FAILURE',
    misleading: true,
    accept: ['AUTH_FAILURE'],
    cause: 'The server had blocked the host of the consumer.',
    wrap: 'message',
    run: async () =>
      client(
        await greeting(
          1129,
          '',
          "Host '10.0.4.29' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'",
        ),
      ),
  },
  {
    name: 'mysql-shutdown',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server was shutting down.',
    wrap: 'message',
    run: async () => client(await greeting(1053, '08S01', 'Server shutdown in progress')),
  },
  {
    name: 'mysql-not-mysql',
    is: 'DEPENDENCY_FAILURE',
    accept: ['CODE_BUG'],
    cause: 'A server of another protocol listened on the port.',
    wrap: 'message',
    run: async () => client(await tcp((s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  },
  {
    name: 'mysql-pool-no-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'All connections of the pool were in use, and the consumer does not wait.',
    wrap: 'typed message',
    run: async () => {
      const p = await pool({ waitForConnections: false });
      await p.getConnection();
      return p.getConnection();
    },
  },
  {
    name: 'mysql-pool-queue',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['THROTTLED'],
    misleading: true,
    cause: 'All connections of the pool were in use and its queue was full.',
    wrap: 'message order',
    run: async () => {
      const p = await pool({ queueLimit: 1 });
      await p.getConnection();
      p.getConnection().catch(() => {});
      return p.getConnection();
    },
  },
  {
    name: 'mysql-pool-closed',
    is: 'CODE_BUG',
    cause: 'The consumer used the pool after its end.',
    wrap: 'message',
    run: async () => {
      const p = await pool();
      await p.end();
      return p.query('select 1');
    },
  },
];
