// The other side of the scenarios of go, ruby, php, rust and others: real servers of Debian (PostgreSQL, MariaDB, Redis, slapd,
// RabbitMQ), TLS servers with bad certificates, ports that refuse, reset, stay silent or never accept, and an HTTP server whose
// every path fails in its own way. All on loopback and random ports, in one temporary directory, ended with the command.
//
//   node targets.mjs pg,mysql,redis,ldap,amqp -- program arguments…
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { json, routes } from './routes.mjs';

const [wanted = '', , ...command] = process.argv.slice(2);
const needs = new Set(wanted.split(','));
const base = mkdtempSync(join(tmpdir(), 'targets-'));
chmodSync(base, 0o755);
const env = { TARGETS: base };
const children = [];
symlinkSync('/dev/full', join(base, 'export.csv')); // the full disk
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const start = (program, args, options = {}) => {
  const child = spawn(program, args, { stdio: 'ignore', ...options });
  children.push(child);
  return child;
};
const run = (program, args, options = {}) =>
  execFileSync(program, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
async function open(port, seconds = 90) {
  for (let i = 0; i < seconds * 5; i++) {
    const ok = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (ok) return;
    await sleep(200);
  }
  throw new Error(`nothing listens on ${port}`);
}

// --- raw ports ---------------------------------------------------------------------------------------------------------------
const quiet = (socket) => socket.on('error', () => {});
env.CLOSED_PORT = await freePort();
env.SILENT_PORT = await listening(createServer((socket) => quiet(socket)));
env.RESET_PORT = await listening(createServer((socket) => quiet(socket).once('data', () => socket.resetAndDestroy())));
env.HANGUP_PORT = await listening(createServer((socket) => quiet(socket).once('data', () => socket.destroy())));
env.GARBAGE_PORT = await listening(
  createServer((socket) => quiet(socket).end('220 maintenance in progress, come back later\r\n')),
);
// A full backlog: the kernel drops every further SYN, so that connecting runs into its deadline.
const perl = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 1) or die;
my @c = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0], Blocking => 0) } 1..12; sleep 3600;`;
env.FULL_PORT = await freePort();
start('perl', ['-e', perl, env.FULL_PORT]);

// --- certificates --------------------------------------------------------------------------------------------------------------
const tls = join(base, 'tls');
mkdirSync(tls);
const openssl = (...args) => run('openssl', args, { cwd: tls });
openssl(
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-keyout',
  'ca.key',
  '-out',
  'ca.pem',
  '-days',
  '30',
  '-subj',
  '/CN=Shop Internal CA',
);
const certificate = (name, cn, ...dates) => {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${cn}`,
  );
  writeFileSync(
    join(tls, `${name}.cnf`),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=${name}.db\nserial=${name}.srl\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=${name === 'wronghost' ? 'DNS:other.example' : 'DNS:localhost,IP:127.0.0.1'}\n`,
  );
  writeFileSync(join(tls, `${name}.db`), '');
  writeFileSync(join(tls, `${name}.srl`), '01\n');
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-config',
    `${name}.cnf`,
    '-cert',
    'ca.pem',
    '-keyfile',
    'ca.key',
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.pem`,
    ...dates,
  );
};
certificate('good', 'localhost', '-days', '30');
certificate('expired', 'localhost', '-startdate', '20200101000000Z', '-enddate', '20210101000000Z');
certificate('wronghost', 'other.example', '-days', '30');
certificate('client', 'shop-consumer', '-days', '30');
openssl(
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-keyout',
  'selfsigned.key',
  '-out',
  'selfsigned.pem',
  '-days',
  '30',
  '-subj',
  '/CN=localhost',
  '-addext',
  'subjectAltName=DNS:localhost,IP:127.0.0.1',
);
for (const file of ['ca.pem', 'client.pem', 'client.key', 'selfsigned.pem']) chmodSync(join(tls, file), 0o644);
env.CA = join(tls, 'ca.pem');
env.TLS_DIR = tls;
const secure = (name, options = {}) => {
  const server = createTlsServer(
    { key: readFileSync(join(tls, `${name}.key`)), cert: readFileSync(join(tls, `${name}.pem`)), ...options },
    (socket) => {
      quiet(socket).once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'),
      );
    },
  );
  server.on('tlsClientError', () => {});
  return listening(server);
};
env.TLS_GOOD_PORT = await secure('good');
env.TLS_EXPIRED_PORT = await secure('expired');
env.TLS_WRONGHOST_PORT = await secure('wronghost');
env.TLS_SELFSIGNED_PORT = await secure('selfsigned');
env.TLS_MUTUAL_PORT = await secure('good', {
  requestCert: true,
  rejectUnauthorized: true,
  ca: readFileSync(env.CA),
  maxVersion: 'TLSv1.2',
});
env.TLS_MUTUAL13_PORT = await secure('good', {
  requestCert: true,
  rejectUnauthorized: true,
  ca: readFileSync(env.CA),
  minVersion: 'TLSv1.3',
});

// --- HTTP: /<name> fails in its own way ----------------------------------------------------------------------------------------
const http = createHttpServer((request, response) => {
  request.on('error', () => {});
  request.resume();
  const [name] = request.url.split('?')[0].split('/').filter(Boolean);
  (routes[name] ?? json(200, {}))(request, response);
});
http.on('clientError', (error, socket) => socket.destroy());
env.HTTP_PORT = await listening(http);
env.HTTP = `http://127.0.0.1:${env.HTTP_PORT}`;

// --- PostgreSQL ---------------------------------------------------------------------------------------------------------------
if (needs.has('pg')) {
  const bin = '/usr/lib/postgresql/15/bin';
  const as = (...args) => ['-u', 'postgres', '--', ...args];
  const dir = join(base, 'pg');
  mkdirSync(dir);
  run('chown', ['postgres', dir]);
  const data = join(dir, 'open');
  run('runuser', as(`${bin}/initdb`, '-D', data, '-A', 'trust', '--no-sync'), { cwd: dir });
  writeFileSync(
    join(data, 'pg_hba.conf'),
    `local all all trust\nhost all postgres 127.0.0.1/32 trust\nhostssl shop tlsonly 127.0.0.1/32 scram-sha-256\nhost shop shop,reader,single,temporary 127.0.0.1/32 scram-sha-256\n`,
  );
  for (const end of ['pem', 'key']) {
    cpSync(join(tls, `selfsigned.${end}`), join(data, `server.${end}`));
    run('chown', ['postgres', join(data, `server.${end}`)]);
    chmodSync(join(data, `server.${end}`), 0o600);
  }
  const closing = join(dir, 'closing');
  run('cp', ['-a', data, closing]);
  const postgres = async (directory, port) => {
    start(
      'runuser',
      as(
        `${bin}/postgres`,
        '-D',
        directory,
        '-p',
        String(port),
        '-k',
        directory,
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'max_connections=20',
        '-c',
        'fsync=off',
        '-c',
        'ssl=on',
        '-c',
        'ssl_cert_file=server.pem',
        '-c',
        'ssl_key_file=server.key',
        '-c',
        'deadlock_timeout=200ms',
      ),
      { cwd: dir },
    );
    await open(port);
    for (let i = 0; i < 50; i++) {
      try {
        run('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-c', 'select 1']);
        break;
      } catch {
        await sleep(200);
      }
    }
  };
  env.PG_PORT = await freePort();
  await postgres(data, env.PG_PORT);
  const psql = (database, sql) =>
    run(
      'psql',
      ['-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(env.PG_PORT), '-U', 'postgres', '-d', database],
      { input: sql },
    );
  psql(
    'postgres',
    `create role shop login password 'right'; create role reader login password 'right'; create role tlsonly login password 'right';
    create role single login password 'right' connection limit 1; create role temporary login password 'right' valid until '2020-01-01'; create database shop owner shop;`,
  );
  psql(
    'shop',
    `set role shop;
    create table customers (id int primary key, name text not null);
    create table orders (id int primary key, customer_id int references customers, amount numeric(8,2) constraint orders_amount_check check (amount > 0), email varchar(40) not null, reference text constraint orders_reference_key unique);
    create table coupons (token varchar(12) not null, timeout_seconds int constraint coupons_timeout_check check (timeout_seconds between 1 and 30));
    insert into customers values (1, 'Ada'), (2, 'Grace');
    insert into orders values (1, 1, 10, 'ada@example.com', 'R-401'), (2, 2, 20, 'grace@example.com', 'R-429');`,
  );
  env.PG_CLOSING_PORT = await freePort();
  await postgres(closing, env.PG_CLOSING_PORT);
  start('psql', [
    '-h',
    '127.0.0.1',
    '-p',
    String(env.PG_CLOSING_PORT),
    '-U',
    'postgres',
    '-c',
    'select pg_sleep(3000)',
  ]);
  await sleep(700);
  run('runuser', as(`${bin}/pg_ctl`, 'stop', '-D', closing, '-m', 'smart', '--no-wait'), { cwd: dir });
}

// --- MariaDB ------------------------------------------------------------------------------------------------------------------
if (needs.has('mysql')) {
  const data = join(base, 'mysql');
  mkdirSync(data);
  run('chown', ['mysql', data]);
  run('mariadb-install-db', [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  env.MYSQL_PORT = await freePort();
  env.MYSQL_SOCKET = join(data, 's');
  start('mariadbd', [
    '--no-defaults',
    '--user=mysql',
    `--datadir=${data}`,
    `--port=${env.MYSQL_PORT}`,
    '--bind-address=127.0.0.1',
    `--socket=${env.MYSQL_SOCKET}`,
    '--max-connections=20',
    '--innodb-flush-log-at-trx-commit=0',
    '--skip-name-resolve',
    '--max-allowed-packet=1M',
    '--innodb-lock-wait-timeout=1',
    '--pid-file=pid',
  ]);
  await open(env.MYSQL_PORT);
  run('mariadb', ['--no-defaults', '-uroot', '-S', env.MYSQL_SOCKET], {
    input: `create database shop; create user shop@'%' identified by 'right'; create user reader@'%' identified by 'right';
    create user single@'%' identified by 'right' with max_user_connections 1; create user locked@'%' identified by 'right' account lock; create user hourly@'%' identified by 'right' with max_queries_per_hour 3; grant all on shop.* to shop@'%'; grant all on shop.* to single@'%'; grant all on shop.* to hourly@'%';
    create user frozen@'%' identified by 'right'; grant all on shop.* to frozen@'%'; grant connection admin on *.* to shop@'%'; use shop; grant select on shop.* to reader@'%';
    create table customers (id int primary key, name varchar(20) not null);
    create table orders (id int primary key, customer_id int, amount decimal(8,2), email varchar(40) not null, reference varchar(20), unique key orders_reference (reference), constraint orders_customer foreign key (customer_id) references customers (id), constraint amount_positive check (amount > 0));
    insert into customers values (1, 'Ada'), (2, 'Grace'); insert into orders values (1, 1, 10, 'ada@example.com', 'R-401'), (2, 2, 20, 'grace@example.com', 'R-429');`,
  });
}

// --- Redis: open and small, with a password, a read-only replica without a master, one with all places taken ------------------------
if (needs.has('redis')) {
  const redis = async (name, ...args) => {
    const port = await freePort();
    env[name] = port;
    start(
      'redis-server',
      [
        '--port',
        port,
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--dir',
        base,
        '--daemonize',
        'no',
        '--logfile',
        '/dev/null',
        ...args,
      ].map(String),
    );
    await open(port);
  };
  await redis('REDIS_PORT');
  await redis('REDIS_SMALL_PORT', '--maxmemory', '1kb', '--maxmemory-policy', 'noeviction');
  await redis('REDIS_AUTH_PORT', '--requirepass', 'right');
  await redis('REDIS_REPLICA_PORT', '--replicaof', '127.0.0.1', env.CLOSED_PORT);
  await redis('REDIS_FULL_PORT', '--maxclients', '1');
  await sleep(300);
  quiet(connect(env.REDIS_FULL_PORT, '127.0.0.1')).unref();
  await sleep(300);
}

// --- OpenLDAP -----------------------------------------------------------------------------------------------------------------
if (needs.has('ldap')) {
  const dir = join(base, 'ldap');
  mkdirSync(join(dir, 'db'), { recursive: true });
  env.LDAP_PORT = await freePort();
  writeFileSync(
    join(dir, 'slapd.conf'),
    `include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nsizelimit 2\ndatabase mdb\nmaxsize 1048576\nsuffix "dc=shop"\nrootdn "cn=admin,dc=shop"\nrootpw right\ndirectory ${dir}/db\naccess to * by users read by anonymous auth\n`,
  );
  const people = [1, 2, 3, 4]
    .map((i) => `dn: cn=user${i},dc=shop\nobjectClass: inetOrgPerson\ncn: user${i}\nsn: ${i}\nuserPassword: right\n`)
    .join('\n');
  run('slapadd', ['-f', join(dir, 'slapd.conf')], {
    input: `dn: dc=shop\nobjectClass: dcObject\nobjectClass: organization\ndc: shop\no: shop\n\n${people}`,
  });
  start('slapd', ['-d', '0', '-f', join(dir, 'slapd.conf'), '-h', `ldap://127.0.0.1:${env.LDAP_PORT}`]);
  await open(env.LDAP_PORT);
}

// --- RabbitMQ -----------------------------------------------------------------------------------------------------------------
let stopRabbit = () => () => {};
if (needs.has('amqp')) {
  const dir = join(base, 'amqp');
  mkdirSync(dir);
  run('chown', ['rabbitmq', dir]);
  env.AMQP_PORT = await freePort();
  writeFileSync(
    join(dir, 'conf.conf'),
    `listeners.tcp.default = 127.0.0.1:${env.AMQP_PORT}\nloopback_users = none\ndefault_user = shop\ndefault_pass = right\nlog.file.level = error\nmax_message_size = 1024\nqueue_master_locator = client-local\n`,
  );
  writeFileSync(join(dir, 'plugins'), '[].');
  const settings = {
    ...process.env,
    HOME: dir,
    RABBITMQ_NODENAME: `corpus${process.pid}@localhost`,
    RABBITMQ_CONFIG_FILE: join(dir, 'conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(dir, 'm'),
    RABBITMQ_LOG_BASE: join(dir, 'l'),
    RABBITMQ_DIST_PORT: String(await freePort()),
    ERL_EPMD_PORT: String(await freePort()),
    RABBITMQ_PID_FILE: join(dir, 'pid'),
  };
  const child = start(
    'runuser',
    ['-u', 'rabbitmq', '--preserve-environment', '--', '/usr/lib/rabbitmq/bin/rabbitmq-server'],
    { env: settings, cwd: dir },
  );
  stopRabbit = () => {
    try {
      process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')));
    } catch {}
    return () => {
      try {
        run('epmd', ['-kill'], { env: settings });
      } catch {}
    };
  };
  await Promise.race([
    open(env.AMQP_PORT, 120),
    new Promise((_, reject) => child.on('exit', () => reject(new Error('RabbitMQ ended')))),
  ]);
  await sleep(1500);
}

const [program, ...args] = command;
const texts = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...texts } });
const limit = setTimeout(() => child.kill('SIGKILL'), 15 * 60_000);
child.on('exit', async (code) => {
  clearTimeout(limit);
  const stopEpmd = stopRabbit();
  for (const one of children) one.kill(one.spawnfile === 'runuser' ? 'SIGTERM' : 'SIGKILL');
  await sleep(needs.has('pg') || needs.has('amqp') ? 4000 : 300);
  if (needs.has('pg'))
    for (const name of ['open', 'closing'])
      try {
        process.kill(Number(readFileSync(join(base, 'pg', name, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT');
      } catch {}
  stopEpmd();
  await sleep(500);
  rmSync(base, { recursive: true, force: true });
  process.exit(code ?? 1);
});
