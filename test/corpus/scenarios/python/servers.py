"""Servers that the scenarios break: real ones from Debian, and stubs that answer as told. All on loopback, all stopped at the end."""
import contextlib
import functools
import http.server
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from kit import AT_END, TMP

PROCESSES = []


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


# Names under .internal lead to this machine, as with an entry in /etc/hosts.
_resolve = socket.getaddrinfo


def _getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    return _resolve('127.0.0.1' if name and str(name).endswith('.internal') else host, *args, **kwargs)


socket.getaddrinfo = _getaddrinfo


# --- stubs -------------------------------------------------------------------------------------------------------------------

def tcp(talk, tls=None):
    """A TCP server that hands each connection to talk(connection); returns its port."""
    listener = socket.create_server(('127.0.0.1', 0), backlog=16)

    def serve():
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=one, args=(conn,), daemon=True).start()

    def one(conn):
        with contextlib.suppress(OSError):
            if tls:
                conn = tls.wrap_socket(conn, server_side=True)
            talk(conn)
            conn.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def saying(*replies):
    """Sends the first reply at once and one more for every line received (SMTP and the like); None hangs, False resets."""
    def talk(conn):
        for i, reply in enumerate(replies):
            if i:
                conn.recv(65536)
            if reply is None:
                time.sleep(60)
            elif reply is False:
                reset(conn)
            else:
                conn.sendall(reply if isinstance(reply, bytes) else (reply + '\r\n').encode())
    return tcp(talk)


def reset(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    conn.close()


@functools.cache
def black_hole():
    """A port whose queue of connections is full: further connects get no answer."""
    listener = socket.create_server(('127.0.0.1', 0), backlog=0)
    port, full = listener.getsockname()[1], [listener]
    for _ in range(4):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(('127.0.0.1', port))
        full.append(s)
    time.sleep(0.2)
    PROCESSES.append(full)
    return port


def raw(data, then='close'):
    """Answers any HTTP request with these bytes; then closes, resets or hangs."""
    def talk(conn):
        conn.recv(65536)
        conn.sendall(data)
        if then == 'hang':
            time.sleep(60)
        if then == 'reset':
            time.sleep(0.2)
            reset(conn)
    return tcp(talk)


def answering(status, body='', content_type='application/json', tls=None, **headers):
    """A web server that always answers this; returns its port."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def answer(self):
            if self.headers.get('Transfer-Encoding') == 'chunked':
                while int(self.rfile.readline().strip() or b'0', 16):
                    self.rfile.readline()
            self.rfile.read(int(self.headers.get('Content-Length') or 0))
            self.send_response(status)
            self.send_header('Content-Type', content_type)
            self.send_header('Content-Length', str(len(data)))
            for key, value in headers.items():
                self.send_header(key.replace('_', '-'), value)
            self.end_headers()
            self.wfile.write(b'' if self.command == 'HEAD' else data)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = answer
        log_message = lambda *_: None  # noqa: E731

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.handle_error = lambda *_: None
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


# --- real servers ------------------------------------------------------------------------------------------------------------

def start(cmd, port=None, log=None, wait=30, **kwargs):
    """Starts a server and waits until its port accepts connections."""
    with open(log or os.devnull, 'wb') as sink:
        process = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True, **kwargs)
    PROCESSES.append(process)
    deadline = time.monotonic() + wait
    while port and time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f'{cmd[0]} ended with {process.returncode}')
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
            break
        time.sleep(0.1)
    return process


def stop(process, how=signal.SIGTERM):
    process.send_signal(how)
    process.wait(30)


def stop_all():
    """Ends every server that was started, with its children: each leads a process group of its own."""
    for process in PROCESSES:
        if isinstance(process, subprocess.Popen):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGTERM)
    for process in PROCESSES:
        if isinstance(process, subprocess.Popen):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def small_disk(name, size='1m', **owner):
    """A folder on a file system of its own that is soon full."""
    folder = os.path.join(TMP, name)
    os.makedirs(folder)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size}', 'tmpfs', folder], check=True)
    AT_END.append(lambda: subprocess.run(['umount', '-l', folder], check=False))
    if owner:
        shutil.chown(folder, **owner)
    return folder
