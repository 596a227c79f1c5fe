# ruff: noqa: F821
"""Bugs and accidents that Python itself reports."""
import asyncio
import concurrent.futures
import configparser
import contextlib
import csv
import ctypes
import datetime
import decimal
import importlib
import json
import multiprocessing
import os
import queue
import re
import subprocess
import sys
import threading
import time

from kit import TMP, case

ORDER = {'id': 503, 'lines': [], 'note': None}


def own_module(name, source):
    """A module of the consumer's own, imported."""
    folder = os.path.join(TMP, 'app')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + '.py'), 'w', encoding='utf-8') as f:
        f.write(source)
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


# --- CODE_BUG ----------------------------------------------------------------------------------------------------------------

@case('env-missing', 'CODE_BUG', 'an environment variable of the function is not set', 'typed one lambda', misleading=True)
def handler():
    return int(os.environ['UPSTREAM_TIMEOUT_SECONDS'])


@case('env-token-missing', 'CODE_BUG', 'the variable that holds the API token is not set', 'log lambda', misleading=True)
def client_settings():
    return {'Authorization': 'Bearer ' + os.environ['BILLING_API_TOKEN']}


@case('none-attribute', 'CODE_BUG', 'a regular expression of ours found nothing and the result is used', 'typed bare')
def order_number():
    return re.match(r'ORD-(\d+)', 'order 503').group(1)


@case('none-subscript', 'CODE_BUG', 'a function of ours returns None and is indexed', 'lambdalog job')
def first_line():
    return (lambda order: None)(ORDER)['sku']


@case('name-timeout', 'CODE_BUG', 'a name is used that was never defined', 'typed job', misleading=True)
def fetch_with_limit():
    return {'url': '/orders', 'wait': timeout}


@case('unbound-token', 'CODE_BUG', 'a local variable is set on one branch only', 'lambda one', misleading=True)
def sign():
    if ORDER['note']:
        token = ORDER['note']
    return token


@case('argument-missing', 'CODE_BUG', 'a function of ours is called without an argument', 'bare lambdajson', misleading=True)
def connect_all():
    def open_session(host, credentials):
        return host, credentials
    return open_session('billing.internal')


@case('argument-unknown', 'CODE_BUG', 'a keyword that the function does not know', 'typed json', misleading=True)
def publish():
    def send(body, retries=3):
        return body, retries
    return send(ORDER, timeout=30)


@case('index-error', 'CODE_BUG', 'a list of ours is empty and its first element is taken', 'log short')
def pick_warehouse():
    warehouses = [w for w in ('FRA', 'AMS') if w == 'LHR']
    return warehouses[0]


@case('endless-recursion', 'CODE_BUG', 'two functions of ours call each other for ever', 'typed bare', misleading=True)
def total_of():
    def gross(n):
        return net(n)

    def net(n):
        return gross(n)
    return gross(1)


@case('not-serializable', 'CODE_BUG', 'an own result with a Decimal is given to json.dumps', 'typed job', accept='VALIDATION_ERROR')
def reply():
    return json.dumps({'order': 429, 'total': decimal.Decimal('12.50')})


@case('own-syntax', 'CODE_BUG', 'a module of ours has a syntax error', 'typed one')
def load_rules():
    return own_module('pricing_rules', 'RULES = [1, 2\n\ndef price(order):\n    return order\n')


@case('own-indentation', 'CODE_BUG', 'a module of ours is indented wrongly', 'bare')
def load_mapping():
    return own_module('mapping', 'def sku(order):\nreturn order["sku"]\n')


@case('import-missing', 'CODE_BUG', 'a package was not deployed', 'typed job', misleading=True)
def start():
    return own_module('app_start', 'from ratelimit import limits\n')


@case('import-name', 'CODE_BUG', 'a name was imported that the module does not have', 'one')
def start_worker():
    return own_module('app_worker', 'from collections import Mapping\n')


@case('circular-import', 'CODE_BUG', 'two modules of ours import each other', 'lambda')
def start_app():
    own_module('orders_b', 'x = 1\n')
    del sys.modules['orders_b']
    with open(os.path.join(TMP, 'app', 'orders_b.py'), 'w', encoding='utf-8') as f:
        f.write('from orders_a import Order\n')
    importlib.invalidate_caches()
    return own_module('orders_a', 'import orders_b\nclass Order: pass\n')


@case('own-file-missing', 'CODE_BUG', 'a template that should be deployed is not there', 'typed job')
def render():
    return open('templates/invoice_429.html', encoding='utf-8').read()


@case('own-section-missing', 'CODE_BUG', 'our configuration file lacks a section', 'bare typed', misleading=True)
def limits_of():
    config = configparser.ConfigParser()
    config.read_string('[database]\nhost = db.internal\n')
    return config.get('throttling', 'max_rate')


@case('file-permission', 'CODE_BUG', 'the process may not write a local file', 'typed bare', accept='AUTH_FAILURE', misleading=True)
def write_report():
    os.makedirs(TMP + '/reports', mode=0o755, exist_ok=True)
    os.seteuid(65534)
    try:
        return open(TMP + '/reports/503.csv', 'w', encoding='utf-8')
    finally:
        os.seteuid(0)


@case('event-loop-running', 'CODE_BUG', 'asyncio.run is called within a running loop', 'typed')
def consume():
    async def outer():
        coroutine = asyncio.sleep(0)
        try:
            asyncio.run(coroutine)
        finally:
            coroutine.close()
    return asyncio.run(outer())


@case('coroutine-not-awaited', 'CODE_BUG', 'the result of a coroutine is used without await', 'bare lambdalog')
def load_customer():
    async def fetch():
        return {'name': 'x'}
    coroutine = fetch()
    try:
        return coroutine['name']
    finally:
        coroutine.close()


@case('dict-changed', 'CODE_BUG', 'a dictionary is changed while it is walked', 'one')
def drop_old():
    seen = {503: 1, 429: 2}
    for key in seen:
        seen[key + 1] = 0


@case('naive-aware', 'CODE_BUG', 'a naive and an aware time of ours are compared', 'job typed', misleading=True)
def token_expired():
    expires_at = datetime.datetime(2026, 5, 4, tzinfo=datetime.timezone.utc)
    return expires_at < datetime.datetime.now()


@case('segfault', 'CODE_BUG', 'native code reads address 0 and the process dies', 'typed bare')
def resize():
    subprocess.run([sys.executable, '-c', 'import ctypes; ctypes.string_at(0)'], check=True, capture_output=True)


@case('native-symbol', 'CODE_BUG', 'a function is called that the native library does not have', 'one')
def native():
    return ctypes.CDLL(None).order_checksum


@case('group-of-two', 'CODE_BUG', 'one task of a group hits a bug, the other a refused connection', 'typed', accept='DEPENDENCY_FAILURE', misleading=True)
def enrich():
    async def stock():
        await asyncio.open_connection('127.0.0.1', 9)

    async def price():
        await asyncio.sleep(0.05)
        return ORDER['prices']

    async def both():
        results = await asyncio.gather(stock(), price(), return_exceptions=True)
        raise ExceptionGroup('order could not be enriched', [r for r in results if isinstance(r, Exception)])
    asyncio.run(both())


# --- RESOURCE_EXHAUSTED, TIMEOUT, UNKNOWN ---------------------------------------------------------------------------------------

@case('killed-child', 'RESOURCE_EXHAUSTED', 'the kernel killed the child process for its memory (SIGKILL)', 'bare job', misleading=True)
def convert():
    subprocess.run([sys.executable, '-c', 'import os; os.kill(os.getpid(), 9)', '--timeout', '401'], check=True)


@case('exit-137', 'RESOURCE_EXHAUSTED', 'a container was killed for its memory: 128 + 9', 'typed bare')
def run_container():
    subprocess.run('sh -c "kill -9 \\$\\$"; exit $?', shell=True, check=True, capture_output=True)


@case('child-timeout', 'TIMEOUT', 'a child process ran longer than allowed', 'typed job')
def render_pdf():
    subprocess.run(['sleep', '4290'], timeout=0.4, check=True)


@case('child-exit-1', 'UNKNOWN', 'a child process failed and said nothing', 'bare job', misleading=True)
def import_prices():
    subprocess.run(['sh', '-c', 'exit 1', 'check-token', '--timeout=503'], check=True)


@case('future-timeout', 'TIMEOUT', 'a future was not done in time', 'one lambda')
def quote():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        future = pool.submit(time.sleep, 0.5)
        return future.result(timeout=0.05)


@case('wait-for', 'TIMEOUT', 'asyncio.wait_for cancelled a call that was too slow', 'typed')
def price_of():
    async def slow():
        await asyncio.sleep(30)
    return asyncio.run(asyncio.wait_for(slow(), 0.05))


@case('alarm', 'TIMEOUT', 'our own watchdog interrupted the work', 'bare cause')
def settle():
    deadline = time.monotonic() + 0.01
    while True:
        if time.monotonic() > deadline:
            raise TimeoutError('order 503 not settled within 20 s, giving up')


@case('pool-broken', 'UNKNOWN', 'a process of the pool was killed', 'bare', accept='RESOURCE_EXHAUSTED DEPENDENCY_FAILURE')
def spread():
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context('fork')) as pool:
        return pool.submit(os.abort).result()


@case('empty-exception', 'UNKNOWN', 'an exception without a text', 'short repr')
def handle():
    raise Exception()


@case('apology', 'UNKNOWN', 'an outer layer hides the cause', 'bare job')
def handle_order():
    raise RuntimeError('Internal error')


@case('group-message', 'UNKNOWN', 'only the message of an exception group is reported', 'bare job')
def fan_out():
    raise ExceptionGroup('unhandled errors in a TaskGroup', [KeyError('sku'), TimeoutError('401')])


@case('queue-empty', 'UNKNOWN', 'an empty queue is reported by its type only', 'short', accept='TIMEOUT')
def next_job():
    queue.Queue().get(timeout=0.01)


@case('assertion', 'UNKNOWN', 'an assertion without a text fails', 'short lambdajson', accept='CODE_BUG VALIDATION_ERROR')
def check_order():
    assert len(ORDER['lines'])


@case('object-repr', 'UNKNOWN', 'an object without a text is reported', 'bare', misleading=True)
def forward():
    class TimeoutPolicy:
        __module__ = 'orders.policies'
    raise RuntimeError(object.__repr__(TimeoutPolicy()))


@case('thread-died', 'UNKNOWN', 'a worker thread ended and left no cause', 'bare')
def wait_for_worker():
    def work():
        with contextlib.suppress(SystemExit):
            raise SystemExit(1)
    thread = threading.Thread(target=work, name='worker-429')
    thread.start()
    thread.join()
    if not thread.is_alive():
        raise RuntimeError(f'{thread.name} exited unexpectedly (code 1)')


@case('csv-module', 'CODE_BUG', 'csv.writer is given a number instead of a row', 'typed')
def export():
    csv.writer(sys.stderr).writerow(ORDER['id'])
