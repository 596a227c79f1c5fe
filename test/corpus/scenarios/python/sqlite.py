"""SQLite within the process."""
import concurrent.futures
import contextlib
import os
import sqlite3

from kit import TMP, case

V, B, T, D, R, C = ('VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG')


def opened(name=':memory:', **options):
    db = sqlite3.connect(name if name.startswith((':', 'file:')) else os.path.join(TMP, name), isolation_level=None, **options)
    with contextlib.suppress(sqlite3.OperationalError):
        db.execute('create table orders (id integer primary key, state text not null, total real check (total >= 0), customer references orders (id))')
        db.execute("insert into orders values (1, 'open', 1, null)")
    return db


def statement(name, cls, cause, sql, wraps, *parameters, accept='', misleading=False):
    @case('sqlite-' + name, cls, cause, wraps, accept, misleading)
    def remember():
        db = opened()
        db.execute(sql, parameters)


statement('unique', V, 'the order exists', "insert into orders (id, state) values (1, 'open')", 'bare one')
statement('null', V, 'a field of the payload is null', 'insert into orders (id, state) values (503, ?)', 'typed', None)
statement('table', C, 'a table of ours does not exist', 'select * from throttles', 'bare typed', misleading=True)
statement('column', C, 'a column of ours does not exist', 'select token from orders', 'bare', misleading=True)
statement('syntax', C, 'our SQL has a syntax error', 'selct * from orders', 'one')
statement('bindings', C, 'a statement of ours has too few parameters', 'select * from orders where id = ? and state = ?', 'bare', 1)
statement('type', V, 'a value of the payload is a list', 'update orders set state = ?', 'bare typed', [1], accept=C)
statement('int', V, 'a number of the payload is too large', 'update orders set id = ?', 'one', 1 << 70, misleading=True)


@case('sqlite-locked', T, 'another process holds the lock for longer than we wait', 'typed bare', accept=D, misleading=True)
def update_seen():
    other = opened('locked.db')
    other.execute('begin exclusive')
    opened('locked.db', timeout=0.2).execute('update orders set total = 2')


@case('sqlite-read-only', C, 'the file is opened for reading only', 'bare', accept=D + ' AUTH_FAILURE')
def update_cache():
    opened('ro.db').close()
    sqlite3.connect(f'file:{TMP}/ro.db?mode=ro', uri=True).execute('update orders set total = 2')


@case('sqlite-open', C, 'the folder of the file does not exist', 'one')
def open_cache():
    return sqlite3.connect(TMP + '/missing/cache.db')


@case('sqlite-not', B, 'the file of the payload is not a database', 'bare typed', accept=C)
def read_attachment():
    with open(TMP + '/attachment.db', 'w', encoding='utf-8') as f:
        f.write('order 503;' * 200)
    sqlite3.connect(f.name).execute('select * from orders')


@case('sqlite-thread', C, 'a connection is used in another thread', 'bare')
def share():
    db = opened()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(db.execute, 'select 1').result()
