"""Command line tools that a consumer calls: what they print on their way out."""
import gzip
import lzma
import os
import subprocess

from kit import TMP, case
from servers import answering, black_hole, free_port, raw

A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')


def run(*command, data=None, env=None):
    """Runs a command; what it says on standard error becomes our message."""
    done = subprocess.run([str(part) for part in command], input=data, capture_output=True, env={**os.environ, **(env or {})}, cwd=TMP)
    if done.returncode:
        said = done.stderr.decode(errors='replace').strip()
        raise RuntimeError(f'{command[0]} exited with {done.returncode}: {said}' if said else f'{command[0]} exited with {done.returncode}')


def tool(name, cls, cause, command, wraps='bare', data=None, **marks):
    @case(name, cls, cause, wraps, **marks)
    def call_tool():
        run(*(command() if callable(command) else command), data=data)


def curl(port, *options, path='/v1/orders/503'):
    return ['curl', '-sS', *options, f'http://127.0.0.1:{port}{path}']


tool('curl-refused', D, 'the upstream is stopped', lambda: curl(free_port()), 'bare typed')
tool('curl-dns', D, 'the name does not resolve', ['curl', '-sS', 'http://tokens.invalid/'], misleading=True)
tool('curl-timeout', T, 'the upstream does not answer in time', lambda: curl(raw(b'', 'hang'), '-m', '1'), 'bare job')
tool('curl-connect-timeout', T, 'the upstream does not accept the connection in time', lambda: curl(black_hole(), '--connect-timeout', '1'))
tool('curl-401', A, 'the upstream answers 401', lambda: curl(answering(401), '-f'))
tool('curl-429', L, 'the upstream answers 429', lambda: curl(answering(429), '-f'), 'bare typed')
tool('curl-503', D, 'the upstream answers 503', lambda: curl(answering(503), '-f'), 'job')
tool('curl-422', V, 'the upstream answers 422', lambda: curl(answering(422), '-f'))
tool('curl-empty', D, 'the upstream closes the connection', lambda: curl(raw(b'')), 'typed')
tool('curl-partial', D, 'the answer ends before its announced length', lambda: curl(raw(b'HTTP/1.1 200 OK\r\nContent-Length: 4290\r\n\r\nx')), misleading=True)
tool('curl-option', C, 'an option is called that curl does not have', ['curl', '--time-out', '30', 'http://127.0.0.1:9/'], misleading=True)
tool('curl-url', C, 'the address of our configuration is broken', ['curl', '-sS', 'http://billing.internal:port/'], 'one', accept=V)
tool('curl-write', U, 'the disk is full, which curl does not say', lambda: curl(answering(200, 'x' * 5000), '-o', '/dev/full'), 'bare one', accept=R + ' ' + C, misleading=True)
tool('tar-not', B, 'the attachment is not an archive', ['tar', 'xf', '-'], 'bare typed', data=b'order 503')
tool('tar-gzip', B, 'the attachment is not compressed', ['tar', 'xzf', '-'], data=b'{"order": 503}')
tool('gzip-format', B, 'the body is not compressed', ['gzip', '-dc'], data=b'{"order": 503}')
tool('gzip-eof', B, 'the compressed body is cut off', ['gzip', '-dc'], data=gzip.compress(os.urandom(300))[:120])
tool('base64-tool', B, 'the body is not base64', ['base64', '-d'], 'job', data=b'{"order": 503}')
tool('openssl-decrypt', B, 'the body was encrypted with another key', ['openssl', 'enc', '-d', '-aes-256-cbc', '-pbkdf2', '-k', 'x'], accept=A, data=b'Salted__' + bytes(40), misleading=True)
tool('openssl-key', C, 'the key file of our configuration does not exist', ['openssl', 'pkeyutl', '-sign', '-inkey', '/etc/orders/signing.key'], accept=A, misleading=True)
tool('iconv', B, 'the body is not UTF-8', ['iconv', '-f', 'utf-8', '-t', 'utf-16'], data='Größe'.encode('latin-1'))
tool('timeout-tool', T, 'a command was ended by timeout(1)', ['timeout', '0.3', 'sleep', '5'], accept=U, misleading=True)
tool('shell-killed', R, 'the command was killed by the kernel', ['sh', '-c', 'sh -c "kill -9 \\$\\$"; echo "Killed" >&2; exit 137'], 'bare job')
tool('shell-missing', C, 'a command is called that is not installed', ['sh', '-c', 'pdftotxt order-503.pdf'], 'bare job')
tool('shell-permission', C, 'a script of ours is not executable', ['sh', '-c', '/etc/passwd'], accept=A, misleading=True)
tool('shell-quiet', U, 'a command failed and said nothing', ['false'], 'bare job')
tool('sort-disk', R, 'the disk for temporary files is full', ['sh', '-c', 'seq 503 > /dev/full'], 'bare typed')
tool('cp-disk', R, 'the disk is full', ['sh', '-c', 'cat /bin/ls > /dev/full'], 'job')
tool('ulimit-files', R, 'no file descriptor is left', ['sh', '-c', 'ulimit -n 3; exec 5</etc/hostname'], misleading=True)
tool('ulimit-memory', R, 'the memory limit does not let the command start its work', ['sh', '-c', 'ulimit -v 60000; exec /usr/bin/python3 -c "x = bytearray(1 << 28)"'], 'bare json')
tool('xz-memory', R, 'a body needs more memory to unpack than allowed', ['xz', '-dc', '--memlimit-decompress=64KiB'], 'bare job', data=lzma.compress(os.urandom(500)), misleading=True)
tool('fork-tool', R, 'the user has as many processes as allowed', ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'bash', '-c', 'ulimit -u 0; ls | cat; exit 2'], 'bare typed')
tool('sort-tool', R, 'the disk is full', ['sh', '-c', 'seq 90000 | sort > /dev/full'], 'bare json')

tool('python-traceback', C, 'a script of ours fails', ['/usr/bin/python3', '-c', 'import os\nlimit = os.environ["RATE_LIMIT"]'], 'bare', misleading=True)
tool('json-tool', B, 'the body is not JSON', ['/usr/bin/python3', '-m', 'json.tool'], 'bare', data=b'{"order": 503,}')


@case('command-missing', C, 'a program is called that is not installed', 'typed one')
def to_text():
    return subprocess.run(['pdftotext-429', 'order.pdf'], check=True)


@case('command-permission', C, 'a program of ours is not executable', 'bare', accept=A, misleading=True)
def run_hook():
    return subprocess.run(['/etc/passwd'], check=True)
