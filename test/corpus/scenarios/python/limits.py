"""Memory, files, threads and disks that run out. Each runs in a child process, whose limits end with it."""
import asyncio
import concurrent.futures
import ctypes
import fcntl
import gzip
import io
import json
import mmap
import multiprocessing
import os
import resource
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time

import billiard.pool
import httpx
import pika
import PIL.Image
import playhouse.pool
import psycopg2
import pymysql
import redis
import requests

from kit import TMP, SetupFailed, case
from servers import answering, small_disk

OPEN = []


def no_more(what, amount):
    resource.setrlimit(what, (amount, resource.getrlimit(what)[1]))


def use_all_files():
    no_more(resource.RLIMIT_NOFILE, 40)
    while True:
        try:
            OPEN.append(os.open('/dev/null', os.O_RDONLY))
        except OSError:
            return


@case('memory-error', 'RESOURCE_EXHAUSTED', 'an allocation goes over the limit of memory', 'typed one lambda', isolated=True)
def load_export():
    no_more(resource.RLIMIT_AS, 700 << 20)
    return [bytearray(64 << 20) for _ in range(40)]


@case('memory-error-json', 'RESOURCE_EXHAUSTED', 'memory runs out while a body is parsed', 'cause log', misleading=True, isolated=True)
def parse_export():
    body = '[' + '[],' * 8_000_000 + '[]]'
    no_more(resource.RLIMIT_AS, 600 << 20)
    return json.loads(body)


@case('open-files', 'RESOURCE_EXHAUSTED', 'all file descriptors are in use', 'context job', isolated=True)
def read_template():
    use_all_files()
    return open('/etc/hostname', encoding='utf-8')


@case('open-files-requests', 'RESOURCE_EXHAUSTED', 'all file descriptors are in use when a connection is opened', 'bare log', misleading=True, isolated=True)
def fetch_stock():
    port = answering(200, '{}')
    session = requests.Session()
    session.trust_env = False
    use_all_files()
    return session.get(f'http://127.0.0.1:{port}/stock/503', timeout=5)


@case('open-files-child', 'RESOURCE_EXHAUSTED', 'no file descriptor is left for the pipes of a child process', 'one typed', isolated=True)
def convert():
    use_all_files()
    return subprocess.run(['true'], capture_output=True, check=True)


@case('no-thread', 'RESOURCE_EXHAUSTED', 'no memory is left for the stack of one more thread', 'typed bare', isolated=True)
def start_workers():
    threading.stack_size(256 << 20)
    no_more(resource.RLIMIT_AS, 1500 << 20)
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        return list(pool.map(time.sleep, [0.2] * 64))


@case('fork-denied', 'RESOURCE_EXHAUSTED', 'the user has as many processes as allowed', 'bare json', accept='UNKNOWN DEPENDENCY_FAILURE', misleading=True, isolated=True)
def spawn():
    code = ("import os,resource; resource.setrlimit(resource.RLIMIT_NPROC,(0,0)); os.setgid(65534); os.setuid(65534)\n"
            "try:\n    os.fork()\nexcept OSError as e:\n    print(e.errno)")
    number = int(subprocess.run(['/usr/bin/python3', '-c', code], capture_output=True, text=True, check=True).stdout)
    raise OSError(number, os.strerror(number))


@case('disk-full', 'RESOURCE_EXHAUSTED', 'the disk has no room left for a file', 'typed lambda', isolated=True)
def save_invoice():
    path = shutil.copy('/bin/ls', small_disk('invoices', '64k') + '/invoice-503.pdf')
    return path


@case('disk-full-flush', 'RESOURCE_EXHAUSTED', 'the device is full when the data is flushed', 'bare job', isolated=True)
def append_log():
    with open('/dev/full', 'w', encoding='utf-8') as f:
        f.write('order 401\n')
    return f


@case('disk-full-sqlite', 'RESOURCE_EXHAUSTED', 'the disk under an SQLite file is full', 'typed one', misleading=True, isolated=True)
def remember():
    db = sqlite3.connect(small_disk('seen', '128k') + '/seen.db')
    db.execute('create table seen (id text, body blob)')
    for n in range(100):
        db.execute('insert into seen values (?, zeroblob(8000))', (n,))
        db.commit()


@case('disk-full-gzip', 'RESOURCE_EXHAUSTED', 'gzip cannot write its output', 'bare typed', isolated=True)
def pack():
    with open('/dev/full', 'wb') as out:
        done = subprocess.run(['gzip', '-c', '/bin/ls'], stdout=out, stderr=subprocess.PIPE, text=True)
    raise RuntimeError(f'gzip exited with {done.returncode}: {done.stderr.strip()}')


@case('file-size-limit', 'RESOURCE_EXHAUSTED', 'a file of ours grows over the limit of the process', 'typed bare', accept='VALIDATION_ERROR', misleading=True, isolated=True)
def write_archive():
    no_more(resource.RLIMIT_FSIZE, 4096)
    with open(TMP + '/archive.bin', 'wb', buffering=0) as f:
        while True:
            f.write(b'x' * 2048)


@case('tempfile-none', 'RESOURCE_EXHAUSTED', 'no folder for temporary files has room', 'typed one', accept='CODE_BUG', misleading=True, isolated=True)
def spool():
    folder = small_disk('spool', '4k')
    with open(folder + '/x', 'wb', buffering=0) as f:
        f.write(b'x' * 4096)
    tempfile.tempdir = None
    tempfile._candidate_tempdir_list = lambda: [folder]
    return tempfile.mkstemp()


@case('child-lost', 'RESOURCE_EXHAUSTED', 'a Celery-style worker was killed with signal 9 for its memory', 'typed bare')
def crunch():
    pool = billiard.pool.Pool(1)
    try:
        return pool.apply_async(crash).get(20)
    finally:
        pool.terminate()


def crash():
    os.kill(os.getpid(), 9)


@case('soft-limit', 'TIMEOUT', 'a task ran over its soft time limit', 'typed one', isolated=True)
def charge():
    pool = billiard.pool.Pool(1, soft_timeout=1, timeout=30)
    try:
        return pool.apply_async(time.sleep, (20,)).get(15)
    finally:
        pool.terminate()


@case('pool-timeout', 'TIMEOUT', 'the result of a process pool did not come in time', 'short', isolated=True)
def collect():
    with multiprocessing.get_context('fork').Pool(1) as pool:
        return pool.apply_async(time.sleep, (20,)).get(0.2)


@case('shared-memory', 'RESOURCE_EXHAUSTED', 'memory cannot be mapped', 'bare typed', isolated=True)
def map_file():
    no_more(resource.RLIMIT_AS, 900 << 20)
    return mmap.mmap(-1, 4 << 30)


@case('gzip-bomb', 'RESOURCE_EXHAUSTED', 'a small compressed body grows over the limit of memory when unpacked', 'log short', accept='VALIDATION_ERROR BAD_PAYLOAD', misleading=True, isolated=True)
def unpack_body():
    body = gzip.compress(b'\0' * (600 << 20), 1)
    no_more(resource.RLIMIT_AS, 500 << 20)
    return gzip.decompress(io.BytesIO(body).read())


@case('socketpair', 'RESOURCE_EXHAUSTED', 'no file descriptor is left for an event loop', 'typed', isolated=True)
def new_loop():
    use_all_files()
    return asyncio.new_event_loop()


# --- no file descriptor, port or memory is left for a client: the client speaks of its connection -------------------------------------------

def out_of_files(name, cause, connect, wraps):
    @case('files-' + name, 'RESOURCE_EXHAUSTED', cause, wraps, misleading=True, isolated=True)
    def open_client():
        port = answering(200, '{}')
        connect(port, dry=True)
        use_all_files()
        return connect(port)


out_of_files('httpx', 'no file descriptor is left for a connection', lambda port, dry=False: CLIENT.get(f'http://127.0.0.1:{port}/tokens', headers={'Connection': 'close'}), 'one job')
out_of_files('psycopg2', 'no file descriptor is left for a connection to the database', lambda port, dry=False: dry or psycopg2.connect(host='127.0.0.1', port=port, user='u', dbname='orders'), 'typed bare')
out_of_files('pymysql', 'no file descriptor is left for a connection to the database', lambda port, dry=False: dry or pymysql.connect(host='127.0.0.1', port=port, user='u', password='p'), 'bare one')
out_of_files('redis', 'no file descriptor is left for a connection to the cache', lambda port, dry=False: dry or redis.Redis('127.0.0.1', port).get('token'), 'bare typed')
out_of_files('pika', 'no file descriptor is left for a connection to the broker', lambda port, dry=False: dry or pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', port)), 'one repr')
CLIENT = httpx.Client(trust_env=False)


@case('ports-used-up', 'RESOURCE_EXHAUSTED', 'all local ports for connections to the upstream are in use', 'bare typed', accept='DEPENDENCY_FAILURE', misleading=True, isolated=True)
def call_upstream():
    own_network()
    with open('/proc/sys/net/ipv4/ip_local_port_range', 'w', encoding='ascii') as f:
        f.write('50001 50002')
    listener = socket.create_server(('127.0.0.1', 4290), backlog=50)
    session = requests.Session()
    session.trust_env = False
    OPEN.extend(socket.create_connection(('127.0.0.1', 4290)) for _ in range(2))
    return session.get('http://127.0.0.1:4290/orders/503', timeout=3) and listener


def own_network():
    """A network of this process alone, with its loopback up."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        raise SetupFailed('no network of our own')
    with socket.socket() as s:
        fcntl.ioctl(s, 0x8914, struct.pack('16sH14x', b'lo', 0x1 | 0x40))


@case('image-memory', 'RESOURCE_EXHAUSTED', 'memory runs out while an image is scaled', 'typed log', isolated=True)
def scale():
    no_more(resource.RLIMIT_AS, 700 << 20)
    return PIL.Image.new('RGB', (20000, 20000)).resize((18000, 18000))


@case('string-memory', 'RESOURCE_EXHAUSTED', 'memory runs out while an export is built', 'cause lambda', isolated=True)
def build_export():
    no_more(resource.RLIMIT_AS, 600 << 20)
    return ','.join(str(n) * 5 for n in range(30_000_000))


@case('peewee-pool', 'RESOURCE_EXHAUSTED', 'no connection of our own pool became free in time', 'typed bare', misleading=True)
def checkout():
    pool = playhouse.pool.PooledSqliteDatabase(TMP + '/pool.db', max_connections=1, timeout=1)
    pool.connect()
    return concurrent.futures.ThreadPoolExecutor(1).submit(pool.connect).result()
