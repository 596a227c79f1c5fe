import fs from 'node:fs';
import path from 'node:path';
import knex from 'knex';
import pg from 'pg';
import { DataTypes, Sequelize } from 'sequelize';
import {
  closeLater,
  daemon,
  file,
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

const quiet = { warn() {}, error() {}, debug() {}, deprecate() {} };

// one server of its own for the whole suite
const bin = '/usr/lib/postgresql/15/bin';
const data = path.join(temp, 'pg');
let server;
const start = shared(async () => {
  const ids = (await run('id', ['postgres'])).out.match(/uid=(\d+).*?gid=(\d+)/);
  const as = { uid: +ids[1], gid: +ids[2], env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  fs.mkdirSync(data);
  fs.chownSync(data, as.uid, as.gid);
  const made = await run(
    `${bin}/initdb`,
    [
      '-D',
      data,
      '-A',
      'scram-sha-256',
      '-U',
      'postgres',
      `--pwfile=${file('pg-password', 'master\n')}`,
      '-N',
      '-E',
      'UTF8',
    ],
    as,
  );
  if (made.code) throw new SetupError(made.err);
  const port = await refused();
  server = await daemon(
    `${bin}/postgres`,
    [
      '-D',
      data,
      '-p',
      port,
      '-h',
      '127.0.0.1',
      '-k',
      '',
      '-c',
      'max_connections=12',
      '-c',
      'fsync=off',
      '-c',
      'deadlock_timeout=200ms',
      '-c',
      'temp_file_limit=100kB',
    ],
    port,
    as,
  );
  for (let i = 0; i < 50; i++) {
    try {
      await ask(port, 'select 1');
      break;
    } catch {
      await sleep(200);
    }
  }
  await ask(
    port,
    `create table customers(id int primary key); create table orders(id int primary key, number text unique, customer int references customers(id), total numeric(6,2) not null check (total > 0), state varchar(10));
    insert into orders values (1,'503',null,1,'NEW'),(2,'504',null,1,'NEW'); create role reader login password 'reader'; create role limited login password 'limited' connection limit 0; create role old login password 'old' valid until '2020-01-01';
    create function cancel(int) returns void language plpgsql as $$ begin raise exception 'order % is shipped and cannot be cancelled', $1 using errcode = 'P0001'; end $$`,
  );
  return port;
});
export const after = () => server?.stop('SIGQUIT');

async function client(port, more) {
  const c = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'master',
    database: 'postgres',
    ...more,
  });
  c.on('error', () => {});
  closeLater(() => c.end());
  await c.connect();
  return c;
}
async function ask(port, text, values, more) {
  const c = await client(port, more);
  try {
    return await c.query(text, values);
  } finally {
    c.end().catch(() => {});
  }
}
const query = async (text, values, more) => ask(await start(), text, values, more);
const insert = (values) =>
  query('insert into orders(id, number, customer, total, state) values ($1,$2,$3,$4,$5)', values);

export default [
  {
    name: 'pg-unique',
    is: 'VALIDATION_ERROR',
    cause: 'An order of the number is in the table already.',
    wrap: 'typed order code',
    run: () => insert([3, '503', null, 1, 'NEW']),
  },
  {
    name: 'pg-not-null',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'The message had no total.',
    wrap: 'message inspect',
    run: () => insert([3, '505', null, null, 'NEW']),
  },
  {
    name: 'pg-foreign-key',
    is: 'VALIDATION_ERROR',
    cause: 'The customer that the message names does not exist.',
    wrap: 'typed',
    run: () => insert([3, '505', 429, 1, 'NEW']),
  },
  {
    name: 'pg-too-long',
    is: 'VALIDATION_ERROR',
    cause: 'A text of the message is longer than its column.',
    wrap: 'message',
    run: () => insert([3, '505', null, 1, 'x'.repeat(20)]),
  },
  {
    name: 'pg-overflow',
    is: 'VALIDATION_ERROR',
    cause: 'A number of the message is larger than its column.',
    wrap: 'order',
    run: () => insert([3, '505', null, 5030000, 'NEW']),
  },
  {
    name: 'pg-wrong-type',
    is: 'VALIDATION_ERROR',
    misleading: true,
    cause: 'A field of the message was text in the place of a number.',
    wrap: 'typed nested',
    run: () => insert(['timeout', '505', null, 1, 'NEW']),
  },
  {
    name: 'pg-raised',
    is: 'VALIDATION_ERROR',
    cause: 'A function of the database refused the order.',
    wrap: 'typed',
    run: () => query('select cancel(401)'),
  },
  {
    name: 'pg-syntax',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The statement of the consumer has a syntax error.',
    wrap: 'typed',
    run: () => query('select * form orders'),
  },
  {
    name: 'pg-column',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The statement of the consumer names a column that does not exist.',
    wrap: 'typed',
    run: () => query('select token from orders'),
  },
  {
    name: 'pg-table',
    is: 'CODE_BUG',
    cause: 'The table of the consumer does not exist.',
    wrap: 'message',
    run: () => query('select * from timeouts'),
  },
  {
    name: 'pg-parameters',
    is: 'CODE_BUG',
    cause: 'The consumer gave a statement too few values.',
    wrap: 'message',
    run: () => query('select $1::int, $2::int', [1]),
  },
  {
    name: 'pg-password',
    is: 'AUTH_FAILURE',
    cause: 'The password of the consumer was wrong.',
    wrap: 'typed message',
    run: () => query('select 1', [], { password: 'wrong' }),
  },
  {
    name: 'pg-expired-password',
    is: 'AUTH_FAILURE',
    cause: 'The password of the role had expired.',
    wrap: 'order',
    run: () => query('select 1', [], { user: 'old', password: 'old' }),
  },
  {
    name: 'pg-no-password',
    is: 'CODE_BUG',
    accept: ['AUTH_FAILURE'],
    misleading: true,
    cause: 'The consumer did not set its password.',
    wrap: 'typed',
    run: () => query('select 1', [], { password: undefined }),
  },
  {
    name: 'pg-permission',
    is: 'AUTH_FAILURE',
    cause: 'The role may not read the table.',
    wrap: 'typed message',
    run: () => query('select * from orders', [], { user: 'reader', password: 'reader' }),
  },
  {
    name: 'pg-no-database',
    is: 'CODE_BUG',
    accept: ['VALIDATION_ERROR'],
    cause: 'The database of the own configuration does not exist.',
    wrap: 'message',
    run: () => query('select 1', [], { database: 'orders_503' }),
  },
  {
    name: 'pg-role-limit',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The role had no connection left.',
    wrap: 'typed message',
    run: () => query('select 1', [], { user: 'limited', password: 'limited' }),
  },
  {
    name: 'pg-too-many-clients',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The consumer had taken all the connections of the server.',
    wrap: 'typed message invoke',
    run: async () => {
      const port = await start();
      for (let i = 0; i < 20; i++) await client(port);
    },
  },
  {
    name: 'pg-reserved-slots',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'The consumer had taken all the connections that are not reserved.',
    wrap: 'order code',
    run: async () => {
      const port = await start();
      for (let i = 0; i < 20; i++) await client(port, { user: 'reader', password: 'reader' });
    },
  },
  {
    name: 'pg-statement-timeout',
    is: 'TIMEOUT',
    cause: 'A statement ran longer than it may.',
    wrap: 'typed message',
    run: () => query('select pg_sleep(5)', [], { statement_timeout: 401 }),
  },
  {
    name: 'pg-query-timeout',
    is: 'TIMEOUT',
    cause: 'The consumer waited no longer for the answer.',
    wrap: 'typed',
    run: () => query('select pg_sleep(1)', [], { query_timeout: 300 }),
  },
  {
    name: 'pg-lock-timeout',
    is: 'TIMEOUT',
    cause: 'A row was locked for longer than the consumer waits.',
    wrap: 'message cause',
    run: async () => {
      const port = await start();
      const a = await client(port);
      await a.query('begin; update orders set total = 2 where id = 1');
      return ask(port, 'update orders set total = 3 where id = 1', [], { options: '-c lock_timeout=300' });
    },
  },
  {
    name: 'pg-lock-nowait',
    is: 'TIMEOUT',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'A row was locked and the consumer does not wait.',
    wrap: 'message',
    run: async () => {
      const port = await start();
      const a = await client(port);
      await a.query('begin; update orders set total = 2 where id = 1');
      return ask(port, 'select * from orders where id = 1 for update nowait');
    },
  },
  {
    name: 'pg-deadlock',
    is: 'DEPENDENCY_FAILURE',
    cause: 'Two transactions waited for each other.',
    wrap: 'typed',
    run: async () => {
      const port = await start();
      const [a, b] = [await client(port), await client(port)];
      await a.query('begin; update orders set total = 2 where id = 1');
      await b.query('begin; update orders set total = 2 where id = 2');
      await Promise.all([
        a.query('update orders set total = 3 where id = 2'),
        b.query('update orders set total = 3 where id = 1'),
      ]);
    },
  },
  {
    name: 'pg-serialization',
    is: 'DEPENDENCY_FAILURE',
    cause: 'Another transaction changed the row at the same time.',
    wrap: 'message code',
    run: async () => {
      const port = await start();
      const a = await client(port);
      await a.query('begin isolation level repeatable read; select * from orders');
      await ask(port, 'update orders set total = total + 1 where id = 1');
      return a.query('update orders set total = 9 where id = 1');
    },
  },
  {
    name: 'pg-idle-transaction',
    is: 'TIMEOUT',
    accept: ['DEPENDENCY_FAILURE'],
    cause: 'A transaction was idle for longer than it may.',
    wrap: 'message',
    run: async () => {
      const c = await client(await start(), { idle_in_transaction_session_timeout: 200 });
      const lost = new Promise((ok, no) => c.on('error', no));
      await c.query('begin');
      return lost;
    },
  },
  {
    name: 'pg-terminated',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The session of the consumer was killed.',
    wrap: 'typed',
    run: async () => {
      const port = await start();
      const c = await client(port);
      const {
        rows: [{ pid }],
      } = await c.query('select pg_backend_pid() as pid');
      const q = c.query('select pg_sleep(8)');
      await sleep(200);
      await ask(port, 'select pg_terminate_backend($1)', [pid]);
      return q;
    },
  },
  {
    name: 'pg-canceled',
    is: 'DEPENDENCY_FAILURE',
    accept: ['TIMEOUT', 'UNKNOWN'],
    cause: 'An operator cancelled the statement of the consumer.',
    wrap: 'message',
    run: async () => {
      const port = await start();
      const c = await client(port);
      const {
        rows: [{ pid }],
      } = await c.query('select pg_backend_pid() as pid');
      const q = c.query('select pg_sleep(8)');
      await sleep(200);
      await ask(port, 'select pg_cancel_backend($1)', [pid]);
      return q;
    },
  },
  {
    name: 'pg-temp-limit',
    is: 'RESOURCE_EXHAUSTED',
    accept: ['DEPENDENCY_FAILURE'],
    misleading: true,
    cause: 'A sort needed more temporary space than it may.',
    wrap: 'typed message',
    run: () => query('select * from generate_series(1, 200000) s order by -s'),
  },
  {
    name: 'pg-read-only',
    is: 'CODE_BUG',
    accept: ['DEPENDENCY_FAILURE', 'AUTH_FAILURE'],
    cause: 'The consumer wrote in a session that only reads.',
    wrap: 'message',
    run: () => query('update orders set total = 5', [], { options: '-c default_transaction_read_only=on' }),
  },
  {
    name: 'pg-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () => ask(await refused(), 'select 1'),
  },
  {
    name: 'pg-silent',
    is: 'TIMEOUT',
    cause: 'The server took the connection and never answered.',
    wrap: 'typed order',
    run: async () => ask(await silent(), 'select 1', [], { connectionTimeoutMillis: 500 }),
  },
  {
    name: 'pg-reset',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server reset the connection.',
    wrap: 'typed',
    run: async () => ask(await resetting(), 'select 1'),
  },
  {
    name: 'pg-hang-up',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server closed the connection in the log-in.',
    wrap: 'message',
    run: async () => ask(await hangingUp(), 'select 1'),
  },
  {
    name: 'pg-starting',
    is: 'DEPENDENCY_FAILURE',
    cause: 'The server was starting up.',
    wrap: 'message',
    run: async () =>
      ask(
        await tcp((s) =>
          s.once('data', () => {
            const fields = Buffer.from('SFATAL\0C57P03\0Mthe database system is starting up\0\0');
            const head = Buffer.alloc(5);
            head.write('E');
            head.writeInt32BE(fields.length + 4, 1);
            s.end(Buffer.concat([head, fields]));
          }),
        ),
        'select 1',
      ),
  },
  {
    name: 'pg-pool-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'All connections of the pool were in use for longer than the consumer waits.',
    wrap: { typed: { accept: ['TIMEOUT'] }, message: { accept: ['TIMEOUT'] } },
    run: async () => {
      const pool = new pg.Pool({
        host: '127.0.0.1',
        port: await start(),
        user: 'postgres',
        password: 'master',
        max: 1,
        connectionTimeoutMillis: 300,
      });
      const held = await pool.connect();
      closeLater(() => {
        held.release(true);
        return pool.end();
      });
      return pool.query('select 1');
    },
  },
  {
    name: 'pg-pool-ended',
    is: 'CODE_BUG',
    misleading: true,
    cause: 'The consumer used the pool after its end.',
    wrap: 'typed',
    run: async () => {
      const pool = new pg.Pool({ port: await start() });
      await pool.end();
      return pool.query('select 1');
    },
  },
  {
    name: 'knex-pool-wait',
    is: 'RESOURCE_EXHAUSTED',
    misleading: true,
    cause: 'All connections of the pool were in use for longer than the consumer waits.',
    wrap: 'typed message cause',
    run: async () => {
      const db = knex({
        log: quiet,
        client: 'pg',
        connection: { host: '127.0.0.1', port: await start(), user: 'postgres', password: 'master' },
        pool: { min: 0, max: 1 },
        acquireConnectionTimeout: 400,
      });
      closeLater(() => db.destroy());
      const held = await db.transaction();
      closeLater(() => held.rollback());
      return db.select(1);
    },
  },
  {
    name: 'knex-password',
    is: 'AUTH_FAILURE',
    misleading: true,
    cause: 'The password of the pool was wrong.',
    wrap: 'message',
    run: async () => {
      const db = knex({
        log: quiet,
        client: 'pg',
        connection: { host: '127.0.0.1', port: await start(), user: 'postgres', password: 'x' },
      });
      closeLater(() => db.destroy());
      return db.raw('select 1').catch((e) => {
        throw new Error(`connection pool could not be filled: ${e.message}`);
      });
    },
  },
  {
    name: 'knex-unique',
    is: 'VALIDATION_ERROR',
    cause: 'An order of the number is in the table already.',
    wrap: 'message',
    run: async () => {
      const db = knex({
        log: quiet,
        client: 'pg',
        connection: { host: '127.0.0.1', port: await start(), user: 'postgres', password: 'master' },
      });
      closeLater(() => db.destroy());
      return db('orders').insert({ id: 9, number: '503', total: 4.01 });
    },
  },
  ...[
    [
      'sequelize-unique',
      'VALIDATION_ERROR',
      'An order of the number is in the table already.',
      'typed message',
      {},
      (o) => o.create({ id: 8, number: '503', total: 1 }),
    ],
    [
      'sequelize-model',
      'VALIDATION_ERROR',
      'The total was negative.',
      'typed',
      {},
      (o) => o.create({ id: 8, number: '429', total: -4 }),
    ],
    [
      'sequelize-auth',
      'AUTH_FAILURE',
      'The password of the consumer was wrong.',
      'typed lambda',
      { password: 'x' },
      (o) => o.findAll(),
    ],
    [
      'sequelize-pool',
      'RESOURCE_EXHAUSTED',
      'All connections of the pool were in use for longer than the consumer waits.',
      'typed code',
      { pool: { max: 1, acquire: 500 } },
      async (o, s) => {
        const t = await s.transaction();
        closeLater(() => t.rollback());
        return o.findAll();
      },
    ],
  ].map(([name, is, cause, wrap, options, act]) => ({
    name,
    is,
    cause,
    wrap,
    misleading: name === 'sequelize-pool' || name === 'sequelize-auth',
    run: async () => {
      const s = new Sequelize('postgres', 'postgres', options.password ?? 'master', {
        host: '127.0.0.1',
        port: await start(),
        dialect: 'postgres',
        logging: false,
        ...options,
        password: undefined,
      });
      closeLater(() => s.close());
      const o = s.define(
        'order',
        {
          id: { type: DataTypes.INTEGER, primaryKey: true },
          number: DataTypes.TEXT,
          total: { type: DataTypes.DECIMAL, validate: { min: 0 } },
        },
        { tableName: 'orders', timestamps: false },
      );
      return act(o, s);
    },
  })),
  {
    name: 'sequelize-refused',
    is: 'DEPENDENCY_FAILURE',
    cause: 'No server listened on the port.',
    wrap: 'typed',
    run: async () =>
      new Sequelize({ host: '127.0.0.1', port: await refused(), dialect: 'postgres', logging: false }).authenticate(),
  },
];
