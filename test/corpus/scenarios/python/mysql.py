"""MariaDB in every state, by PyMySQL, SQLAlchemy and the mysql command."""
import contextlib
import os
import subprocess
import threading
import time

import pymysql
import sqlalchemy

from kit import TMP, case, fixture
from servers import black_hole, free_port, saying, start

A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')
TABLES = """
    create database orders; use orders;
    create table customers (id int primary key);
    create table orders (id int primary key, customer int, state varchar(8) not null, total decimal(6,2) check (total >= 0), kind enum('web','shop'), at datetime, doc json, foreign key (customer) references customers (id));
    create table cache (id int, body varchar(8000)) engine = memory;
    insert into customers values (1); insert into orders (id, customer, state) values (1, 1, 'open'), (2, 1, 'open');
    create user admin@'%' identified by 'admin'; grant all on *.* to admin@'%' with grant option;
    create user reader@'%' identified by 'reader'; grant select (id) on orders.orders to reader@'%'; grant select on orders.customers to reader@'%';
    create user slow@'%' identified by 'slow' with max_queries_per_hour 3; grant all on orders.* to slow@'%';
    create user single@'%' identified by 'single' with max_user_connections 1; grant all on orders.* to single@'%';
    create user locked@'%' identified by 'locked' account lock;
"""


@fixture
def server():
    folder = os.path.join(TMP, 'mariadb')
    subprocess.run(['mariadb-install-db', '--no-defaults', '--user=root', f'--datadir={folder}', '--auth-root-authentication-method=normal', '--skip-test-db'], check=True, capture_output=True)
    port = free_port()
    process = start(['mariadbd', '--no-defaults', '--user=root', f'--datadir={folder}', f'--port={port}', '--bind-address=127.0.0.1', f'--socket={folder}/s.sock', '--skip-name-resolve',
                     '--innodb-buffer-pool-size=32M', '--innodb-flush-method=fsync', '--max-connections=8', '--max-allowed-packet=1M', '--max-heap-table-size=64K', '--innodb-lock-wait-timeout=1',
                     '--max-connect-errors=4'], port, wait=60)
    with contextlib.closing(pymysql.connect(unix_socket=folder + '/s.sock', user='root', client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS)) as db:
        cursor = db.cursor()
        cursor.execute(TABLES)
        while cursor.nextset():
            pass
    return process, port


def connect(user='admin', password=None, database='orders', **options):
    return pymysql.connect(**{'host': '127.0.0.1', 'port': server()[1], 'user': user, 'password': password or user, 'database': database, 'autocommit': True, 'connect_timeout': 5, **options})


def execute(sql, *parameters, before=(), **options):
    with contextlib.closing(connect(**options)) as db:
        for statement in before:
            db.cursor().execute(statement)
        return db.cursor().execute(sql, parameters or None)


def statement(name, cls, cause, sql, wraps, parameters=(), before=(), accept='', misleading=False, **options):
    @case('my-' + name, cls, cause, wraps, accept, misleading)
    def store_order():
        execute(sql, *parameters, before=before, **options)


NEW = 'insert into orders (id, customer, state, total) values (%s, %s, %s, %s)'
statement('unique', V, 'the order exists', NEW, 'typed bare', (1, 1, 'open', 1))
statement('foreign', V, 'the payload names a customer that does not exist', NEW, 'bare job', (503, 401, 'open', 1))
statement('null', V, 'a field of the payload is null', NEW, 'bare lambda', (503, 1, None, 1))
statement('check', V, 'a total of the payload is negative', NEW, 'one', (429, 1, 'open', -1))
statement('long', V, 'a state of the payload is too long', NEW, 'typed', (504, 1, 'token expired', 1))
statement('range', V, 'a total of the payload is too large', NEW, 'bare', (504, 1, 'open', 4290000))
statement('enum', V, 'a kind of the payload is unknown', "update orders set kind = %s", 'bare', ('timeout',))
statement('date', V, 'a date of the payload is impossible', 'update orders set at = %s', 'bare', ('2026-02-31 05:03:00',))
statement('json', V, 'a document of the payload is not JSON', 'update orders set doc = %s where id = 1', 'one', ('{token: 503}',), accept=B)
statement('packet', V, 'the payload is larger than the server takes', 'update orders set doc = %s', 'typed bare', ('"' + 'x' * 1_100_000 + '"',), misleading=True)
statement('table', C, 'a table of ours does not exist', 'select * from order_limits', 'bare typed', misleading=True)
statement('column', C, 'a column of ours does not exist', 'select timeout from orders', 'one', misleading=True)
statement('syntax', C, 'our SQL has a syntax error', 'select token frm orders', 'bare', misleading=True)
statement('parameters', C, 'a statement of ours has too many parameters', 'select * from orders where id = 1', 'typed bare', (1,))
statement('column-count', C, 'a statement of ours has too few values', 'insert into customers values (1, 2)', 'bare', accept=V)
statement('denied', A, 'the user may not write the table', NEW, 'typed bare', (503, 1, 'open', 1), user='reader')
statement('column-denied', A, 'the user may not read the column', 'select total from orders', 'bare', user='reader')
statement('statement-timeout', T, 'a statement took too long', 'select sleep(5) from orders', 'typed bare', before=['set max_statement_time = 0.2'])
statement('table-full', R, 'a table in memory is full', f"insert into cache select seq, '{'x' * 4000}' from seq_1_to_500", 'typed bare', accept=D)
statement('quota', L, 'the user made more queries in the hour than allowed', 'select 1', 'typed bare', before=['select 2', 'select 3', 'select 4'], user='slow', accept=R, misleading=True)


def login(name, cls, cause, wraps, accept='', misleading=False, **options):
    @case('my-' + name, cls, cause, wraps, accept, misleading)
    def connect_database():
        return connect(**options)


login('password', A, 'the password is wrong', 'typed bare log', password='x')
login('user', A, 'the user does not exist', 'job', user='orders_503')
login('locked', A, 'the account is locked', 'bare', user='locked')
login('database-denied', A, 'the user may not use the database', 'bare', user='reader', database='mysql')
login('database', C, 'the database of our configuration does not exist', 'bare one', database='orders_429', accept=V)


def elsewhere(name, cls, cause, wraps, port, host='127.0.0.1', misleading=False):
    @case('my-' + name, cls, cause, wraps, misleading=misleading)
    def connect_server():
        number = port()
        return pymysql.connect(host=host, port=number, user='u', password='p', connect_timeout=0.6)


elsewhere('refused', D, 'the server is stopped', 'typed bare', free_port)
elsewhere('dns', D, 'the name of the server does not resolve', 'bare', free_port, host='orders-db.invalid')
elsewhere('timeout', T, 'the server does not accept the connection in time', 'typed bare', black_hole, misleading=True)
elsewhere('not-mysql', D, 'something that does not speak the protocol answers', 'one', lambda: saying('220 mx.internal ESMTP'))


@case('my-single', R, 'the user has as many connections as allowed', 'bare job', misleading=True)
def connect_twice():
    with contextlib.closing(connect('single')), contextlib.closing(connect('single')):
        pass


@case('my-too-many', R, 'all connections of the server are in use', 'typed bare job', misleading=True)
def connect_all():
    held = []
    try:
        while True:
            held.append(connect('reader'))
    finally:
        for db in held:
            db.close()
        time.sleep(0.3)


@contextlib.contextmanager
def locked(sql='update orders set total = 2 where id = 1'):
    with contextlib.closing(connect(autocommit=False)) as db:
        db.cursor().execute(sql)
        yield db


@case('my-lock-wait', T, 'a lock was not granted in time', 'typed bare job')
def update_order():
    with locked():
        execute('update orders set total = 3 where id = 1')


@case('my-deadlock', D, 'two transactions wait for each other', 'typed bare')
def swap_orders():
    with locked() as first, locked('update orders set total = 2 where id = 2') as second:
        failures = []

        def cross(db, number):
            try:
                db.cursor().execute(f'update orders set total = 3 where id = {number}')
            except pymysql.MySQLError as err:
                failures.append(err)
        threads = [threading.Thread(target=cross, args=pair) for pair in ((first, 2), (second, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        raise failures[0]


@case('my-read-only', D, 'the server became read-only in a failover', 'typed bare', accept=A + ' ' + C, misleading=True)
def store_on_replica():
    execute('set global read_only = on')
    try:
        execute(NEW, 503, 1, 'open', 1, user='single')
    finally:
        execute('set global read_only = off')


@case('my-killed', D, 'an administrator ended the session while a statement ran', 'causelog bare')
def long_query():
    with contextlib.closing(connect()) as db:
        threading.Timer(0.3, execute, [f'kill {db.thread_id()}']).start()
        db.cursor().execute('select sleep(5)')


@case('my-gone', D, 'the server closed the idle session', 'bare one')
def query_later():
    with contextlib.closing(connect()) as db:
        db.cursor().execute('set wait_timeout = 1')
        time.sleep(1.6)
        db.cursor().execute('select 1')


@case('my-read-timeout', T, 'the answer to a statement did not come in time', 'typed bare', misleading=True)
def query_now():
    execute('select sleep(5)', read_timeout=1)


@case('my-query-killed', U, 'somebody cancelled the statement', 'bare', accept=D + ' ' + T)
def report():
    with contextlib.closing(connect()) as db:
        threading.Timer(0.3, execute, [f'kill query {db.thread_id()}']).start()
        db.cursor().execute('select sleep(5) from orders')


@case('my-closed', U, 'a connection is used after we closed it', 'short', accept=C + ' ' + D)
def query_again():
    db = connect()
    db.close()
    db.cursor().execute('select 1')


@case('my-blocked', D, 'the server greets with an error because of too many broken connections', 'bare', accept=A + ' ' + R, misleading=True)
def connect_blocked():
    message = b"Host '10.4.29.3' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'"
    port = saying(bytes([len(message) + 9, 0, 0, 0, 255]) + (1129).to_bytes(2, 'little') + b'#HY000' + message)
    return pymysql.connect(host='127.0.0.1', port=port, user='u', password='p')


@case('mysqla-unique', V, 'the order exists', 'bare lambdajson')
def add_order():
    engine = sqlalchemy.create_engine(f'mysql+pymysql://admin:admin@127.0.0.1:{server()[1]}/orders')
    with engine.begin() as db:
        db.execute(sqlalchemy.text("insert into orders (id, state) values (1, 'open')"))


@case('mysqla-lock-wait', T, 'a lock was not granted in time', 'one cause')
def change_order():
    engine = sqlalchemy.create_engine(f'mysql+pymysql://admin:admin@127.0.0.1:{server()[1]}/orders')
    with locked(), engine.begin() as db:
        db.execute(sqlalchemy.text('update orders set total = 3 where id = 1'))


def mysql(*args, user='admin'):
    done = subprocess.run(['mysql', '--no-defaults', '-h127.0.0.1', f'-P{server()[1]}', f'-u{user}', '-padmin', *args], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'mysql exited with {done.returncode}: {done.stderr.strip()}')


@case('mysql-tool-login', A, 'the password is wrong', 'bare')
def import_dump():
    mysql('-e', 'select 1', user='reader')


@case('mysql-tool-database', C, 'the database of our configuration does not exist', 'bare', accept=V)
def import_orders():
    mysql('orders_503', '-e', 'select 1')


@case('mysql-tool-duplicate', V, 'the import holds an order that exists', 'job')
def import_rows():
    mysql('orders', '-e', "insert into customers values (1)")


@case('my-shutdown', D, 'the server is shut down while a statement runs', 'typed bare')
def last_query():
    with contextlib.closing(connect()) as db:
        threading.Timer(0.4, server()[0].terminate).start()
        try:
            db.cursor().execute('select sleep(8)')
        finally:
            server()[0].wait(30)
