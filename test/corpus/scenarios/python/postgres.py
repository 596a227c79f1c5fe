"""PostgreSQL in every state, by psycopg2, psycopg 3, asyncpg, SQLAlchemy and psql."""
import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time

import asyncpg
import psycopg
import psycopg2
import psycopg2.pool
import psycopg_pool
import sqlalchemy
import sqlalchemy.exc
import sqlalchemy.orm

from kit import TMP, case, fixture
from servers import black_hole, free_port, raw, reset, small_disk, start, stop, tcp

BIN = '/usr/lib/postgresql/15/bin/'
A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')
TABLES = """
    create table customers (id int primary key);
    create table orders (id int primary key, customer int references customers, state varchar(8) not null, total numeric(6,2) check (total >= 0), token text, ref uuid, at timestamptz, doc jsonb);
    create table audit (id int);
    create role reader login password 'reader';
    create role busy login password 'busy' connection limit 0;
    create role old login password 'old' valid until '2020-01-01';
    grant select on orders to reader;
    insert into customers values (1); insert into orders values (1, 1, 'open', 1), (2, 1, 'open', 1);
"""


class Cluster:
    """A PostgreSQL server of its own."""
    def __init__(self, name, folder=None, **settings):
        self.folder = os.path.join(folder or TMP, name)
        os.makedirs(self.folder, mode=0o700)
        subprocess.run(['chown', 'postgres', self.folder], check=True)
        with open(TMP + '/pg-password', 'w', encoding='utf-8') as f:
            f.write('admin')
        self.run('initdb', '-A', 'scram-sha-256', '-U', 'admin', f'--pwfile={TMP}/pg-password', '-D', self.folder, '--no-sync')
        with open(self.folder + '/pg_hba.conf', 'w', encoding='utf-8') as f:
            f.write('host closed all 0.0.0.0/0 reject\nhost replication all 0.0.0.0/0 reject\nhost all all 127.0.0.1/32 scram-sha-256\n')
        self.settings, self.port = {'fsync': 'off', 'shared_buffers': '16MB', 'unix_socket_directories': '', **settings}, free_port()
        self.start()
        with contextlib.closing(self.connect()) as db:
            db.cursor().execute(TABLES)

    @staticmethod
    def run(tool, *args):
        subprocess.run([BIN + tool, *args], check=True, capture_output=True, user='postgres', group='postgres', extra_groups=(), cwd='/')

    def start(self, **settings):
        options = [f'-c{key}={value}' for key, value in {**self.settings, **settings}.items()]
        self.process = start([BIN + 'postgres', '-D', self.folder, '-p', str(self.port), '-h', '127.0.0.1', *options], self.port, user='postgres', group='postgres', cwd='/')
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg2.OperationalError):
                return self.connect().close()
            time.sleep(0.2)

    def connect(self, user='admin', password=None, db='postgres', **options):
        connection = psycopg2.connect(host='127.0.0.1', port=self.port, user=user, password=password or user, dbname=db, connect_timeout=5, **options)
        connection.autocommit = True
        return connection


@fixture
def cluster():
    return Cluster('pg', max_connections=12, superuser_reserved_connections=2, max_prepared_transactions=0, deadlock_timeout='200ms', max_locks_per_transaction=10)


def execute(sql, *parameters, before=(), **options):
    """Runs a statement on a connection of its own, after others on the same connection."""
    with contextlib.closing(cluster().connect(**options)) as db:
        cursor = db.cursor()
        for statement in before:
            cursor.execute(statement)
        cursor.execute(sql, parameters or None)


def statement(name, cls, cause, sql, wraps, parameters=(), before=(), accept='', misleading=False, **options):
    @case('pg-' + name, cls, cause, wraps, accept, misleading)
    def store_order():
        execute(sql, *parameters, before=before, **options)


NEW = 'insert into orders (id, customer, state, total) values (%s, %s, %s, %s)'
statement('unique', V, 'the order exists', NEW, 'typed bare context', (1, 1, 'open', 1))
statement('foreign', V, 'the payload names a customer that does not exist', NEW, 'typed bare', (503, 401, 'open', 1))
statement('null', V, 'a field of the payload is null', NEW, 'bare job', (503, 1, None, 1))
statement('check', V, 'a total of the payload is negative', NEW, 'log bare', (429, 1, 'open', -1))
statement('long', V, 'a state of the payload is too long', NEW, 'typed one', (504, 1, 'timeout-503', 1))
statement('range', V, 'a total of the payload is too large', NEW, 'bare', (504, 1, 'open', 4290000))
statement('uuid', V, 'a reference of the payload is no UUID', 'update orders set ref = %s where id = 1', 'typed bare', ('token-401',), accept=B, misleading=True)
statement('date', V, 'a date of the payload is impossible', 'update orders set at = %s where id = 1', 'bare', ('2026-02-31 05:03',))
statement('json', V, 'a document of the payload is not JSON', 'update orders set doc = %s where id = 1', 'typed', ('{token: 503}',), accept=B, misleading=True)
statement('nul', V, 'a text of the payload holds an escaped NUL', "update orders set doc = %s where id = 1", 'bare', ('{"a": "\\u0000"}',), accept=B)
statement('table', C, 'a table of ours does not exist', 'select * from order_limits', 'typed bare', misleading=True)
statement('column', C, 'a column of ours does not exist', 'select timeout from orders', 'bare job', misleading=True)
statement('syntax', C, 'our SQL has a syntax error', "select token frm orders where id = 1", 'typed bare', misleading=True)
statement('function', C, 'a function of ours does not exist', "select rate_limit(1)", 'one', misleading=True)
statement('parameters', C, 'a statement of ours has too few parameters', 'select * from orders where id = %s and state = %s', 'typed', (1,))
statement('type', C, 'our SQL compares a text with a number', 'select * from orders where state = 503', 'bare', accept=V)
statement('prepared', C, 'prepared transactions are used and not enabled', "prepare transaction 'order-503'", 'one', before=['begin'], accept=D)
statement('permission', A, 'the user may not write the table', NEW, 'typed bare', (503, 1, 'open', 1), user='reader')
statement('owner', A, 'the user does not own the table', 'truncate audit', 'job', user='reader')
statement('statement-timeout', T, 'a statement took too long', 'select pg_sleep(5)', 'typed bare lambda', before=['set statement_timeout = 150'])
statement('read-only', D, 'the connection leads to a server that became read-only', NEW, 'typed bare', (503, 1, 'open', 1), before=['set default_transaction_read_only = on'], accept=C, misleading=True)
statement('temp-limit', R, 'a sort needs more temporary files than allowed', 'select * from generate_series(1, 900000) a order by a desc', 'typed bare', before=["set temp_file_limit = '1MB'", "set work_mem = '64kB'"], misleading=True)
statement('locks', R, 'more locks are needed than the server has room for', '''do $$ begin for i in 1..20000 loop execute format('create table t%s ()', i); end loop; end $$''', 'typed bare')
statement('memory', R, 'one value would take more than a gigabyte', "select repeat('x', 900000000) || repeat('y', 900000000)", 'bare', accept=V)


def login(name, cls, cause, wraps, accept='', misleading=False, **options):
    @case('pg-' + name, cls, cause, wraps, accept, misleading)
    def connect_database():
        return cluster().connect(**options)


login('password', A, 'the password is wrong', 'vague bare log', password='x', misleading=True)
login('role', A, 'the user does not exist', 'bare job', user='orders_429', misleading=True)
login('hba', A, 'the server refuses the address and the database', 'bare lambda', db='closed', misleading=True)
login('password-old', A, 'the password has expired', 'bare', user='old', misleading=True)
login('database', C, 'the database of our configuration does not exist', 'typed bare', db='orders_503', accept=V, misleading=True)
login('role-limit', R, 'the user has as many connections as allowed', 'bare', user='busy', misleading=True)


@case('pg-too-many', R, 'all connections of the server are in use', 'typed bare job', misleading=True)
def open_session():
    server, held = cluster(), []
    try:
        while True:
            held.append(server.connect(user='reader'))
    finally:
        for db in held:
            db.close()


@case('pg-too-many-admin', R, 'all connections of the server are in use', 'one bare', misleading=True)
def open_admin():
    server, held = cluster(), []
    try:
        while True:
            held.append(server.connect())
    finally:
        for db in held:
            db.close()


@contextlib.contextmanager
def locked(sql='update orders set total = 2 where id = 1'):
    with contextlib.closing(cluster().connect()) as db:
        db.autocommit = False
        db.cursor().execute(sql)
        yield db


@case('pg-lock-timeout', T, 'a lock was not granted in time', 'context bare job')
def update_order():
    with locked():
        execute('update orders set total = 3 where id = 1', before=['set lock_timeout = 150'])


@case('pg-nowait', T, 'a lock is held by somebody else and is not waited for', 'bare', accept=D + ' ' + R)
def reserve_order():
    with locked():
        execute('select * from orders where id = 1 for update nowait')


@case('pg-deadlock', D, 'two transactions wait for each other', 'typed bare')
def swap_orders():
    with locked("set deadlock_timeout = '9s'; update orders set total = 2 where id = 1") as first, locked('update orders set total = 2 where id = 2') as second:
        waiting = threading.Thread(target=quietly, args=(first, 'update orders set total = 3 where id = 2'))
        waiting.start()
        time.sleep(0.05)
        try:
            second.cursor().execute('update orders set total = 3 where id = 1')
        finally:
            second.rollback()
            waiting.join()


def quietly(db, sql):
    with contextlib.suppress(psycopg2.Error):
        db.cursor().execute(sql)


@case('pg-serialization', D, 'two transactions changed the same row', 'typed one', misleading=True)
def change_order():
    with locked('set transaction isolation level serializable; select total from orders where id = 1') as db:
        execute('update orders set total = total + 1 where id = 1')
        db.cursor().execute('update orders set total = 9 where id = 1')


@case('pg-killed-session', D, 'an administrator ended the session', 'typed bare')
def read_orders():
    with contextlib.closing(cluster().connect()) as db:
        execute(f'select pg_terminate_backend({db.get_backend_pid()})')
        time.sleep(0.2)
        db.cursor().execute('select * from orders')


@case('pg3-idle-timeout', T, 'the session was idle in a transaction for too long', 'typed bare', accept=D, misleading=True)
def finish_order():
    with psycopg.connect(dsn()) as db:
        db.execute('set idle_in_transaction_session_timeout = 100')
        time.sleep(0.4)
        db.execute('select 1')


@case('pg3-killed', D, 'an administrator ended the session while a statement ran', 'typed bare')
def total_orders():
    with psycopg.connect(dsn()) as db:
        threading.Timer(0.3, execute, [f'select pg_terminate_backend({db.info.backend_pid})']).start()
        db.execute('select pg_sleep(5)')


@case('asyncpg-killed', D, 'an administrator ended the session while a statement ran', 'one bare')
def count_orders():
    threading.Timer(0.6, execute, ["select pg_terminate_backend(pid) from pg_stat_activity where query like '%sleep(6)%' and pid <> pg_backend_pid()"]).start()
    asyncio.run(with_asyncpg('select pg_sleep(6)'))


@case('pg-cancelled', U, 'somebody cancelled the statement', 'one', accept=D + ' ' + T, misleading=True)
def long_report():
    with contextlib.closing(cluster().connect()) as db:
        threading.Timer(0.3, db.cancel).start()
        db.cursor().execute('select pg_sleep(5)')


@case('pg-aborted-transaction', U, 'a statement follows another that failed in the same transaction', 'bare typed', accept=C + ' ' + D)
def second_statement():
    with locked() as db:
        quietly(db, 'select 1/0')
        db.cursor().execute('select 1')


@case('pg-closed-connection', C, 'a connection is used after we closed it', 'one', accept=D, misleading=True)
def read_again():
    db = cluster().connect()
    db.close()
    return db.cursor()


@case('pg-division', C, 'our SQL divides by zero', 'bare', accept=V)
def average():
    execute('select total / (id - id) from orders')


@case('pg-pool', R, 'all connections of our own pool are in use', 'typed bare', misleading=True)
def take_connection():
    pool = psycopg2.pool.ThreadedConnectionPool(1, 1, host='127.0.0.1', port=cluster().port, user='admin', password='admin', dbname='postgres')
    try:
        return [pool.getconn() for _ in range(2)] and None
    finally:
        pool.closeall()


@case('pg-pool-wait', R, 'no connection of our own pool became free in time', 'typed bare', misleading=True)
def wait_for_connection():
    dsn = f'host=127.0.0.1 port={cluster().port} user=admin password=admin dbname=postgres'
    with psycopg_pool.ConnectionPool(dsn, min_size=1, max_size=1, timeout=0.5) as pool:
        with pool.connection(), pool.connection():
            pass




@case('pg-pool-queue', R, 'already enough callers wait for a connection of our own pool', 'typed bare', accept=L, misleading=True)
def join_queue():
    text = f'host=127.0.0.1 port={cluster().port} user=admin password=admin dbname=postgres'
    with psycopg_pool.ConnectionPool(text, min_size=1, max_size=1, max_waiting=1, timeout=1) as pool:
        with pool.connection():
            threading.Thread(target=wait_quietly, args=(pool,), daemon=True).start()
            time.sleep(0.2)
            with pool.connection():
                pass


def wait_quietly(pool):
    with contextlib.suppress(psycopg_pool.PoolTimeout), pool.connection():
        pass


@case('pg-out-of-memory', R, 'the memory of our own database is used up', 'typed bare', accept=D)
def aggregate():
    with contextlib.closing(cluster().connect()) as db:
        subprocess.run(['prlimit', f'--pid={db.get_backend_pid()}', '--as=300000000'], check=True, user='postgres', group='postgres', extra_groups=())
        db.cursor().execute("select array_agg(repeat(i::text, 50)) from generate_series(1, 4000000) i")


# --- SQLAlchemy -----------------------------------------------------------------------------------------------------------------------

def engine(**options):
    return sqlalchemy.create_engine(f'postgresql+psycopg2://admin:admin@127.0.0.1:{cluster().port}/postgres', **options)


@case('sqla-pool', R, 'no connection of our own pool became free in time', 'typed bare job', misleading=True)
def queue_pool():
    orders = engine(pool_size=1, max_overflow=0, pool_timeout=0.4)
    with orders.connect(), orders.connect():
        pass


@case('sqla-unique', V, 'the order exists', 'typed bare')
def add_order():
    with engine().begin() as db:
        db.execute(sqlalchemy.text("insert into orders (id, state) values (:id, 'open')"), {'id': 1})


@case('sqla-data', V, 'an id of the payload is out of range', 'bare one', misleading=True)
def find_order():
    with engine().begin() as db:
        db.execute(sqlalchemy.text('update orders set customer = :c'), {'c': 1 << 40})


@case('sqla-statement', C, 'a parameter of our statement is missing', 'typed bare', accept=V, misleading=True)
def find_by_token():
    with engine().begin() as db:
        db.execute(sqlalchemy.text('select * from orders where token = :token'), {})


@case('sqla-no-result', V, 'the payload names an order that does not exist', 'one')
def load_order():
    with engine().begin() as db:
        db.execute(sqlalchemy.text('select * from orders where id = 404')).one()


@case('sqla-login', A, 'the password is wrong', 'bare log', misleading=True)
def connect_engine():
    return sqlalchemy.create_engine(f'postgresql+psycopg2://reader:x@127.0.0.1:{cluster().port}/postgres').connect()


@case('sqla-refused', D, 'the server is stopped', 'typed bare')
def connect_orders():
    return sqlalchemy.create_engine(f'postgresql+psycopg2://u:p@127.0.0.1:{free_port()}/orders').connect()


@case('sqla-driver', C, 'the driver of our configuration is not installed', 'bare')
def make_engine():
    return sqlalchemy.create_engine('oracle+cx_oracle://orders@db.internal/orders')


@case('sqla-url', C, 'the address of our configuration is empty', 'typed', accept=V)
def make_orders_engine():
    return sqlalchemy.create_engine('')


@case('sqla-timeout', T, 'a statement took too long', 'bare cause', misleading=True)
def report():
    with engine(connect_args={'options': '-c statement_timeout=150'}).begin() as db:
        db.execute(sqlalchemy.text('select pg_sleep(4)'))


@case('sqla-pending-rollback', V, 'a session goes on after an order was refused', 'bare', accept=C + ' ' + U, misleading=True)
def save_all():
    with sqlalchemy.orm.Session(engine()) as session:
        base = sqlalchemy.orm.declarative_base()

        class Order(base):
            __tablename__ = 'orders'
            id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
            state = sqlalchemy.Column(sqlalchemy.String)
        session.add(Order(id=2, state='open'))
        with contextlib.suppress(sqlalchemy.exc.IntegrityError):
            session.flush()
        session.query(Order).all()


# --- psycopg 3, asyncpg, psql ---------------------------------------------------------------------------------------------------------------

def dsn(**options):
    return psycopg.conninfo.make_conninfo(host='127.0.0.1', port=cluster().port, user='admin', password='admin', dbname='postgres', **options)


@case('pg3-unique', V, 'the order exists', 'bare lambdajson')
def insert_order():
    with psycopg.connect(dsn()) as db:
        db.execute("insert into orders (id, state) values (1, 'open')")


@case('pg3-connect-timeout', T, 'the server does not accept the connection in time', 'bare one')
def connect_late():
    return psycopg.connect(f'host=127.0.0.1 port={black_hole()} user=u dbname=orders connect_timeout=2')


@case('pg3-refused', D, 'the server is stopped', 'bare job')
def connect_now():
    return psycopg.connect(f'host=127.0.0.1 port={free_port()} user=u dbname=orders connect_timeout=2')


@case('pg-connect-timeout', T, 'the server does not accept the connection in time', 'typed bare')
def connect_then():
    port = black_hole()
    return psycopg2.connect(host='127.0.0.1', port=port, user='u', dbname='orders', connect_timeout=2)


@case('pg-reset', D, 'a proxy in front of the server resets the connection', 'bare')
def connect_by_proxy():
    port = tcp(lambda conn: conn.recv(8) and reset(conn))
    return psycopg2.connect(host='127.0.0.1', port=port, user='u', dbname='orders', connect_timeout=2)


@case('pg-not-postgres', D, 'something that does not speak the protocol answers', 'bare', accept=C, misleading=True)
def connect_port():
    port = raw(b'HTTP/1.1 400 Bad Request\r\n\r\n')
    return psycopg2.connect(host='127.0.0.1', port=port, user='u', dbname='orders', sslmode='disable', connect_timeout=2)


@case('pg-dns', D, 'the name of the server does not resolve', 'bare one')
def connect_by_name():
    return psycopg2.connect(host='orders-db.invalid', user='u', dbname='orders', connect_timeout=2)


@case('pg-ssl', C, 'our configuration wants TLS and the server has none', 'bare', accept=D, misleading=True)
def connect_secure():
    return cluster().connect(sslmode='require')


async def with_asyncpg(sql, *args, **options):
    db = await asyncpg.connect(**{'host': '127.0.0.1', 'port': cluster().port, 'user': 'admin', 'password': 'admin', 'database': 'postgres', **options})
    try:
        return await db.execute(sql, *args)
    finally:
        db.terminate()


@case('asyncpg-login', A, 'the password is wrong', 'typed bare')
def aio_connect():
    asyncio.run(with_asyncpg('select 1', user='reader', password='x'))


@case('asyncpg-unique', V, 'the order exists', 'one')
def aio_insert():
    asyncio.run(with_asyncpg("insert into orders (id, state) values (1, 'open')"))


@case('asyncpg-type', V, 'an id of the payload is a word', 'typed bare', misleading=True)
def aio_find():
    asyncio.run(with_asyncpg('update orders set total = 1 where id = $1', 'ORD-503'))


@case('asyncpg-timeout', T, 'a statement took too long', 'one')
def aio_report():
    async def run():
        await asyncio.wait_for(with_asyncpg('select pg_sleep(3)'), 0.5)
    asyncio.run(run())


@case('asyncpg-table', C, 'a table of ours does not exist', 'bare')
def aio_tokens():
    asyncio.run(with_asyncpg('select * from tokens'))


@case('asyncpg-refused', D, 'the server is stopped', 'typed one')
def aio_stopped():
    asyncio.run(with_asyncpg('select 1', port=free_port()))


@case('asyncpg-busy', C, 'one connection is used by two tasks at once', 'bare', accept=R, misleading=True)
def aio_parallel():
    async def run():
        db = await asyncpg.connect(host='127.0.0.1', port=cluster().port, user='admin', password='admin', database='postgres')
        try:
            await asyncio.gather(db.execute('select pg_sleep(0.1)'), db.execute('select 1'))
        finally:
            db.terminate()
    asyncio.run(run())


def psql(*args, data='', **env):
    done = subprocess.run(['psql', '-X', '-h', '127.0.0.1', '-p', str(cluster().port), '-U', 'admin', '-d', 'postgres', *args],
                          input=data, capture_output=True, text=True, env={**os.environ, 'PGPASSWORD': 'admin', **env})
    if done.returncode:
        raise RuntimeError(f'psql exited with {done.returncode}: {done.stderr.strip()}')


@case('psql-password', A, 'the password is wrong', 'bare', misleading=True)
def import_csv():
    psql('-c', 'select 1', PGPASSWORD='x')


@case('psql-copy', V, 'a row of an import has a column too many', 'bare job', accept=B)
def copy_orders():
    psql('-c', r'\copy customers from pstdin csv', data='503,429\n')


@case('psql-copy-type', V, 'a row of an import has a word for a number', 'bare', accept=B, misleading=True)
def copy_customers():
    psql('-c', r'\copy customers from pstdin csv', data='timeout\n')


@case('psql-service', C, 'a file that the import should load does not exist', 'bare')
def load_file():
    psql('-f', '/etc/orders/import-503.sql')


# --- states that need a server of their own: these come last ----------------------------------------------------------------------------------

@case('pg-disk-full', R, 'the disk of our own database is full', 'typed bare', accept=D, misleading=True)
def fill():
    folder = small_disk('pgdata', '96m', user='postgres')
    full = fixture(Cluster)('full', folder, max_wal_size='32MB', min_wal_size='32MB')
    try:
        with contextlib.closing(full.connect()) as db:
            db.cursor().execute("set synchronous_commit = off; create unlogged table big as select repeat(md5(i::text), 30) x from generate_series(1, 200000) i")
    finally:
        stop(full.process, signal.SIGQUIT)


@fixture
def second():
    return Cluster('second')


@case('pg-shutdown', D, 'the server is shut down while a statement runs', 'typed bare lambda')
def long_query():
    server = second()
    with contextlib.closing(server.connect()) as db:
        threading.Timer(0.4, server.process.send_signal, [signal.SIGINT]).start()
        try:
            db.cursor().execute('select pg_sleep(8)')
        finally:
            server.process.wait(20)
            server.start()


@case('pg-crash', D, 'another session of the server crashed', 'typed bare')
def running_query():
    server = second()
    with contextlib.closing(server.connect()) as db, contextlib.closing(server.connect()) as other:
        threading.Timer(0.4, os.kill, [other.get_backend_pid(), signal.SIGSEGV]).start()
        try:
            db.cursor().execute('select pg_sleep(8)')
        finally:
            time.sleep(1)


@case('pg-recovery', D, 'the server starts again after a crash', 'bare job')
def reconnect():
    server = second()
    with contextlib.closing(server.connect()) as other:
        os.kill(other.get_backend_pid(), signal.SIGSEGV)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            server.connect().close()


@case('pg-shutting-down', D, 'the server shuts down and takes no connections', 'bare one')
def connect_again():
    server = second()
    time.sleep(1)
    with contextlib.closing(server.connect()) as db:
        db.cursor().execute('select 1')
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        try:
            return server.connect()
        finally:
            server.process.send_signal(signal.SIGINT)
            server.process.wait(20)


@case('pg-standby', D, 'the connection leads to a standby after a failover', 'typed bare', accept=C, misleading=True)
def store_on_standby():
    server = second()
    open(server.folder + '/standby.signal', 'w', encoding='utf-8').close()
    server.start(hot_standby='on')
    try:
        with contextlib.closing(server.connect()) as db:
            db.cursor().execute("insert into orders (id, state) values (503, 'open')")
    finally:
        stop(server.process, signal.SIGINT)


@case('pg-server-gone', D, 'the server was killed', 'bare typed')
def last_query():
    server = second()
    os.remove(server.folder + '/standby.signal')
    server.start()
    with contextlib.closing(server.connect()) as db:
        os.killpg(server.process.pid, signal.SIGKILL)
        time.sleep(0.3)
        db.cursor().execute('select 1')
