"""Redis and memcached in every state."""
import contextlib
import os
import subprocess
import threading
import time

import pylibmc
import pymemcache
import redis
import redis.exceptions

from kit import TMP, case, fixture
from servers import black_hole, free_port, raw, saying, small_disk, start, stop

A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')


@fixture
def server(*options):
    """A Redis server with these options; returns its port and its process."""
    port, folder = free_port(), os.path.join(TMP, f'redis-{len(os.listdir(TMP))}-{free_port()}')
    os.makedirs(folder)
    return port, start(['redis-server', '--port', str(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, *options], port)


def client(*options, **settings):
    return redis.Redis('127.0.0.1', server(*options)[0], **settings)


def plain():
    db = client()
    db.flushall()
    db.rpush('queue:503', 'x')
    db.set('order:429', 'open')
    return db


@case('redis-refused', D, 'the server is stopped', 'typed bare')
def get_session():
    port = free_port()
    return redis.Redis('127.0.0.1', port).get('token:503')


@case('redis-dns', D, 'the name of the server does not resolve', 'bare job')
def get_cart():
    return redis.Redis('cache.invalid').get('cart')


@case('redis-timeout', T, 'the server does not answer in time', 'context bare')
def blocked_pop():
    port = saying(None)
    return redis.Redis('127.0.0.1', port, socket_timeout=0.4).get('order:503')


@case('redis-connect-timeout', T, 'the server does not accept the connection in time', 'one bare')
def get_price():
    port = black_hole()
    return redis.Redis('127.0.0.1', port, socket_connect_timeout=0.4).get('price')


@case('redis-closed', D, 'the server closes the connection', 'bare one')
def get_stock():
    port = raw(b'')
    return redis.Redis('127.0.0.1', port).get('stock')


@case('redis-not-redis', D, 'something that does not speak the protocol answers', 'bare', accept=C + ' ' + B, misleading=True)
def get_rate():
    port = raw(b'HTTP/1.1 400 Bad Request\r\n\r\n')
    return redis.Redis('127.0.0.1', port).get('rate')


@case('redis-password', A, 'the password is wrong', 'typed bare')
def login():
    db = client('--requirepass', 'secret', password='x')
    return db.get('x')


@case('redis-no-auth', A, 'no password is sent', 'bare lambda')
def get_anonymous():
    db = client('--requirepass', 'secret')
    return db.get('x')


@case('redis-acl', A, 'the user may not run the command', 'one bare')
def flush():
    plain().acl_setuser('reader', enabled=True, nopass=True, keys=['public:*'], commands=['+get', '+hello'])
    db = client(username='reader', password='x')
    return db.set('order:503', '1')


@case('redis-acl-key', A, 'the user may not use the key', 'bare')
def read_private():
    db = client(username='reader', password='x')
    return db.get('private:503')


@case('redis-wrong-type', C, 'a command of ours is for another type of key', 'typed bare', accept=V, misleading=True)
def increment():
    db = plain()
    return db.incr('queue:503')


@case('redis-not-integer', V, 'a value of the payload that was stored is not a number', 'bare', accept=C)
def add():
    db = plain()
    return db.incr('order:429')


@case('redis-unknown-command', C, 'a command of ours does not exist', 'one bare')
def expire_all():
    db = plain()
    return db.execute_command('EXPIREALL', '503')


@case('redis-arguments', C, 'a command of ours lacks an argument', 'bare')
def set_timeout():
    db = plain()
    return db.execute_command('EXPIRE', 'timeout')


@case('redis-syntax', C, 'an option of ours does not exist', 'bare')
def put():
    db = plain()
    return db.execute_command('SET', 'a', 'b', 'TIMEOUT', '503')


@case('redis-script', C, 'our Lua script has a bug', 'typed')
def run_script():
    db = plain()
    return db.eval('return token.limit + 1', 0)


@case('redis-data-type', C, 'a value of ours is of a type that cannot be stored', 'bare lambdajson', accept=V)
def store():
    db = plain()
    return db.set('order', {'id': 503})


@case('redis-no-script', C, 'a script is called that was not loaded', 'bare', accept=D)
def call_script():
    db = plain()
    return db.evalsha('0' * 40, 0)


@case('redis-oom', R, 'the memory of the cache is used up', 'vague bare job', accept=D, misleading=True)
def cache_all():
    db = client('--maxmemory', '1500000', '--maxmemory-policy', 'noeviction')
    for n in range(3000):
        db.set(f'order:{n}', 'x' * 4000)


@case('redis-max-clients', R, 'the server has as many clients as allowed', 'typed bare', accept=D, misleading=True)
def connect_all():
    held = []
    while len(held) < 9:
        held.append(redis.Redis('127.0.0.1', server('--maxclients', '3')[0]))
        held[-1].ping()


@case('redis-pool', R, 'all connections of our own pool are in use', 'typed bare', misleading=True)
def take_connections():
    pool = redis.ConnectionPool(host='127.0.0.1', port=server()[0], max_connections=1)
    return [pool.get_connection('GET') for _ in range(2)] and None


@case('redis-pool-wait', R, 'no connection of our own pool became free in time', 'typed bare', misleading=True)
def wait_for_connection():
    pool = redis.BlockingConnectionPool(host='127.0.0.1', port=server()[0], max_connections=1, timeout=0.3)
    return [pool.get_connection('GET') for _ in range(2)] and None


@case('redis-readonly', D, 'the connection leads to a replica after a failover', 'typed bare', accept=C + ' ' + A, misleading=True)
def write_replica():
    db = client('--replicaof', '127.0.0.1', str(free_port()))
    return db.set('order:503', 'x')


@case('redis-master-down', D, 'the replica lost its master', 'bare')
def read_replica():
    db = client('--replicaof', '127.0.0.1', str(free_port()), '--replica-serve-stale-data', 'no')
    return db.get('order:503')


@case('redis-no-replicas', D, 'fewer replicas than wanted are there', 'bare one')
def write_safely():
    db = client('--min-replicas-to-write', '1')
    return db.set('order:503', 'x')


@case('redis-cluster-down', D, 'the cluster has no node for the key', 'bare')
def write_cluster():
    db = client('--cluster-enabled', 'yes', '--cluster-port', str(free_port()))
    return db.set('order:503', 'x')


@case('redis-moved', C, 'a client for one server is used with a cluster', 'bare', accept=D, misleading=True)
def write_moved():
    db = client('--cluster-enabled', 'yes', '--cluster-port', str(free_port()))
    db.execute_command('CLUSTER', 'ADDSLOTSRANGE', 0, 16000)
    return db.mset({'a:503': 1, 'b:401': 2})


@case('redis-misconf', D, 'the server cannot write its snapshots', 'typed bare', accept=R, misleading=True)
def write_unsaved():
    folder = small_disk('redis-full', '4k')
    db = client('--dir', folder)
    with open(folder + '/full', 'wb', buffering=0) as f:
        f.write(b'x' * 4096)
    for n in range(50):
        db.set(f'k{n}', os.urandom(1000))
    with contextlib.suppress(redis.exceptions.ResponseError):
        db.bgsave()
    time.sleep(0.8)
    db.config_set('save', '3600 1')
    return db.set('order:503', 'x')


@case('redis-busy', D, 'a script occupies the server', 'bare job', accept=T + ' ' + R, misleading=True)
def read_busy():
    db = client('--lua-time-limit', '50')
    threading.Thread(target=quietly, args=(client('--lua-time-limit', '50'),), daemon=True).start()
    time.sleep(0.4)
    try:
        return db.get('order:503')
    finally:
        db.script_kill()


def quietly(db):
    with contextlib.suppress(redis.exceptions.RedisError):
        db.eval('while true do end', 0)


@case('redis-loading', D, 'the server still loads its data', 'typed bare')
def read_loading():
    options = ('--loading-process-events-interval-bytes', '1024', '--key-load-delay', '5000', '--rdbcompression', 'no', '--enable-debug-command', 'yes')
    db = client(*options)
    db.execute_command('DEBUG', 'POPULATE', 3000)
    db.config_set('save', '3600 1')
    with contextlib.suppress(redis.exceptions.ConnectionError):
        db.shutdown(save=True)
    port, process = server(*options)
    process.wait(10)
    folder = process.args[process.args.index('--dir') + 1]
    again = start(['redis-server', '--port', str(port), '--bind', '127.0.0.1', '--dir', folder, *options], port)
    try:
        return redis.Redis('127.0.0.1', port).get('key:401')
    finally:
        again.kill()


@case('redis-killed', D, 'an administrator ended the connection', 'bare one')
def blocked_read():
    db = redis.Redis('127.0.0.1', server()[0], client_name='worker')
    db.ping()
    threading.Timer(0.3, lambda: client().client_kill_filter(_type='normal', skipme=True)).start()
    return db.blpop('nothing', 5) or 'x'


@case('redis-lock', T, 'a lock of ours in the cache was not granted in time', 'one bare', accept=R + ' ' + D)
def reserve():
    db = plain()
    db.lock('order:503', timeout=30).acquire()
    with db.lock('order:503', timeout=30, blocking_timeout=0.3):
        pass


@case('redis-watch', D, 'a watched key was changed by another worker', 'typed', accept=V)
def transfer():
    db = plain()
    pipe = db.pipeline()
    pipe.watch('order:429')
    client().set('order:429', 'paid')
    pipe.multi()
    pipe.set('order:429', 'x')
    pipe.execute()


@case('redis-exec-abort', C, 'a command within a transaction of ours is wrong', 'bare')
def execute_all():
    db = plain()
    pipe = db.pipeline()
    pipe.execute_command('SETT', 'a', 'b')
    pipe.execute()


@case('redis-cli-login', A, 'the password is wrong', 'bare')
def by_tool():
    done = subprocess.run(['redis-cli', '-e', '-p', str(server('--requirepass', 'secret')[0]), '-a', 'x', 'get', 'order'], capture_output=True, text=True)
    raise RuntimeError(f'redis-cli exited with {done.returncode}: {(done.stderr + done.stdout).strip()}')


@case('redis-cli-refused', D, 'the server is stopped', 'bare')
def by_tool_offline():
    done = subprocess.run(['redis-cli', '-e', '-p', str(free_port()), 'get', 'order'], capture_output=True, text=True)
    raise RuntimeError(f'redis-cli exited with {done.returncode}: {(done.stderr + done.stdout).strip()}')


@case('redis-shutdown', D, 'the server is shut down while a command waits', 'typed bare')
def wait_for_order():
    options = ('--databases', '4')
    db = client(*options, retry_on_error=[])
    db.ping()
    threading.Timer(0.4, stop, [server(*options)[1]]).start()
    return db.blpop('orders', 8) or 'x'


# --- memcached ----------------------------------------------------------------------------------------------------------------------------

@fixture
def memcached(*options):
    port = free_port()
    start(['memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', str(port), *options], port)
    return port


@case('memcached-refused', D, 'the server is stopped', 'one bare')
def cache_get():
    port = free_port()
    return pymemcache.Client(('127.0.0.1', port), connect_timeout=1).get('order')


@case('memcached-timeout', T, 'the server does not answer in time', 'typed')
def cache_fetch():
    port = saying(None)
    return pymemcache.Client(('127.0.0.1', port), timeout=0.4).get('order')


@case('memcached-large', V, 'a value of the payload is larger than the server takes', 'typed bare', misleading=True)
def cache_set():
    port = memcached()
    return pymemcache.Client(('127.0.0.1', port)).set('order-503', b'x' * 1_500_000, noreply=False)


@case('memcached-full', R, 'the memory of the cache is used up', 'typed bare', accept=D, misleading=True)
def cache_all_orders():
    cache = pymemcache.Client(('127.0.0.1', memcached('-M', '-m', '8', '-I', '512k')))
    for n in range(4000):
        cache.set(f'order-{n}', b'x' * 10_000, noreply=False)


@case('memcached-key', V, 'a key from the payload is too long', 'one bare', accept=C)
def cache_key():
    return pymemcache.Client(('127.0.0.1', memcached())).get('order-' * 60)


@case('memcached-key-space', V, 'a key from the payload holds a space', 'bare', accept=C, misleading=True)
def cache_name():
    return pymemcache.Client(('127.0.0.1', memcached())).get('token of order 503')


@case('pylibmc-dead', D, 'the server is stopped', 'typed')
def lib_get():
    port = free_port()
    return pylibmc.Client([f'127.0.0.1:{port}'], behaviors={'connect_timeout': 200}).get('order')


@case('pylibmc-large', V, 'a value of the payload is larger than the server takes', 'one', misleading=True)
def lib_set():
    return pylibmc.Client([f'127.0.0.1:{memcached()}']).set('order', 'x' * 3_000_000) and None
