"""Declares scenarios, runs them and writes their texts.

A scenario is a function that fails (or returns the text that somebody would report):

    @case('pg-wrong-password', 'AUTH_FAILURE', 'logged in with a wrong password', 'typed log', misleading=True)
    def load_order():
        psycopg2.connect(dsn)

Tracebacks quote the function's name and its failing line, so these must not give the label away.
"""
import functools
import json
import logging
import os
import re
import resource
import signal
import socket
import sys
import tempfile
import traceback
import zlib

import consumer

CLASSES = ('AUTH_FAILURE VALIDATION_ERROR BAD_PAYLOAD TIMEOUT THROTTLED DEPENDENCY_FAILURE RESOURCE_EXHAUSTED CODE_BUG UNKNOWN').split()
HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp(prefix='corpus-python-')
os.chmod(TMP, 0o755)
CASES = []
AT_END = []  # what an isolated scenario or the whole run has to undo
logging.disable(logging.CRITICAL)


def case(name, cls, cause, wraps='typed', accept='', misleading=False, isolated=False):
    """Registers a scenario; `isolated` runs it in a child process (for limits, killed processes, broken state)."""
    assert cls in CLASSES and all(a in CLASSES for a in accept.split()), name
    assert name not in (c['name'] for c in CASES), name

    def register(fn):
        CASES.append({'name': name, 'class': cls, 'cause': cause, 'wraps': wraps.split(), 'accept': accept.split(),
                      'misleading': misleading, 'isolated': isolated, 'fn': fn})
        return fn
    return register


# --- what a consumer reports -------------------------------------------------------------------------------------------------

def trace(err, size):
    """The traceback; with fewer frames where it would not fit, as loggers with a limit print it, and at last its end."""
    for limit in (None, -8, -4, -2, -1):
        text = ''.join(traceback.format_exception(err, limit=limit)).rstrip()
        if len(text) <= size:
            return text
    return text[-size:]


def frames(err):
    """The lines of Lambda's stackTrace."""
    return [f'  File "{f.filename}", line {f.lineno}, in {f.name}\n    {f.line}\n' for f in traceback.extract_tb(err.__traceback__, limit=-6)]


def status_of(err):
    response = getattr(err, 'response', None)
    if isinstance(response, dict):
        return response.get('ResponseMetadata', {}).get('HTTPStatusCode')
    for holder, key in ((response, 'status_code'), (err, 'http_status'), (err, 'status_code'), (err, 'status'), (getattr(err, 'resp', None), 'status')):
        value = getattr(holder, key, None)
        if isinstance(value, int) and value >= 400:
            return int(value)
    return None


def wrapped(kind, err, pick):
    """One way of reporting `err`; `pick` gives an order number, a port-like or status-like number of this text."""
    name, text = type(err).__name__, str(err)
    n = pick(8812, 503, 4290, 40312, 5004, 404117, 429, 401, 10500, 2408, 504, 413)
    if kind == 'typed':  # type, message and stack apart
        out = {'errorType': name, 'errorMessage': text, 'stack': trace(err, 3000)}
        if isinstance(getattr(err, 'response', None), dict):
            out |= {'httpStatus': status_of(err), 'awsErrorCode': err.response['Error']['Code']}
        return out
    if kind == 'short':  # type and message
        return {'errorType': name, 'errorMessage': text}
    if kind == 'bare':
        return {'errorMessage': text}
    if kind == 'one':
        return {'errorMessage': traceback.format_exception_only(err)[-1].strip() if len(text) < 200 else f'{name}: {text}'}
    if kind == 'repr':
        return {'errorMessage': pick('%r', 'order %d: %%r' % n, 'gave up on message %d after 401 ms: %%r' % n, 'handler raised %r') % err}
    if kind == 'job':
        return {'errorMessage': pick(f'failed to process order {n}: {text}', f'Order {n} could not be processed ({text})',
                                     f'job {n} failed after 503 ms: {text}', f'[{n}] retry 3/3: {name}: {text}')}
    if kind == 'log':
        head = pick(f'2026-03-11 04:29:05,503 ERROR [worker-4] orders.consumer: could not process message {n}',
                    f'ERROR:orders.consumer:giving up on order {n} (attempt 3, 4010 ms)', f'[2026-05-04 08:00:{n % 60:02},429: ERROR/MainProcess] message {n} failed')
        return {'errorMessage': head + '\n' + trace(err, 1990 - len(head))}
    if kind == 'lambda':  # the answer of a function on Lambda's Python runtime
        return {'errorType': name, 'errorMessage': text, 'stack': ''.join(frames(err))}
    if kind == 'lambdalog':
        return {'errorMessage': f'[ERROR] {name}: {text}\nTraceback (most recent call last):\n' + '\n'.join(frames(err)).rstrip()}
    if kind == 'lambdajson':
        return {'errorMessage': json.dumps({'errorMessage': text, 'errorType': name, 'requestId': '1f4290c5-0503-5429-8401-b5040e4d0413', 'stackTrace': frames(err)[-2:]})}
    if kind == 'json':  # a structured log line within a string
        return {'errorMessage': json.dumps({'level': 'error', 'logger': 'orders', 'order_id': n, 'elapsed_ms': pick(401, 503, 429, 5040), 'exception': f'{name}: {text}'})}
    if kind == 'body':  # an answer's body as a string within an error body
        return {'errorMessage': json.dumps({'statusCode': 500, 'body': json.dumps({'message': 'Internal server error', 'detail': text})}), 'httpStatus': 500}
    if kind == 'http':
        response = getattr(err, 'response', None)
        body = response.text if response is not None and hasattr(response, 'text') else ''
        return {'errorType': name, 'errorMessage': f'{text} - {body}' if body else text, 'httpStatus': status_of(err)}
    if kind in ('cause', 'context', 'causelog', 'vague'):
        try:
            getattr(consumer, {'context': 'dead_letter', 'vague': 'guard'}.get(kind, 'process'))(err, n)
        except Exception as outer:  # noqa: BLE001
            return wrapped({'causelog': 'log'}.get(kind, 'typed'), without_kit(outer), pick)
    raise ValueError(kind)


def without_kit(err):
    """Takes the frames of this recorder (not of the scenarios) out of the traceback and those of its causes."""
    seen = err
    for _ in range(12):
        kept = []
        tb = seen.__traceback__
        while tb:
            if os.path.basename(tb.tb_frame.f_code.co_filename) not in ('kit.py', 'servers.py'):
                kept.append(tb)
            tb = tb.tb_next
        for this, following in zip(kept, kept[1:] + [None]):
            this.tb_next = following
        seen.__traceback__ = kept[0] if kept else None
        seen = seen.__cause__ or seen.__context__
        if seen is None:
            break
    return err


def masked(value):
    """Replaces this machine's paths and name, nothing else."""
    if not isinstance(value, str):
        return value
    for path, name in ((HERE, '/var/task'), (TMP, '/mnt/data'), ('/usr/lib/python3/dist-packages', '/opt/python'), ('/root', '/home/app')):
        value = value.replace(path, name)
    value = re.sub(r'/tmp/', '/mnt/scratch/', value)
    return re.sub(rf'\b{re.escape(socket.gethostname())}\b', 'ip-10-4-29-3', value)


def texts_of(case_):
    """Runs a scenario and yields its texts."""
    try:
        result = case_['fn']()
    except Exception as err:  # noqa: BLE001
        result = err
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (resource.getrlimit(limit)[1],) * 2)
    if not isinstance(result, (Exception, str, dict)):
        raise RuntimeError('did not fail')
    for kind in case_['wraps'] if isinstance(result, Exception) else ['text']:
        name = case_['name']

        def pick(*options):
            return options[zlib.crc32(f'{name}#{kind}#{len(options)}'.encode()) % len(options)]
        if isinstance(result, Exception):
            evidence = wrapped(kind, without_kit(result), pick)
        else:
            evidence = result if isinstance(result, dict) else {'errorMessage': result}
        evidence = {k: masked(v) for k, v in evidence.items() if v is not None}
        for key, size in (('errorMessage', 2000), ('stack', 3000)):
            if key in evidence:
                evidence[key] = evidence[key][:size]
        yield {'id': f'python/{name}#{kind}', 'scenario': f'python/{name}', 'class': case_['class'], 'accept': case_['accept'],
               'misleading': case_['misleading'], 'cause': case_['cause'], 'evidence': evidence}


def undo():
    while AT_END:
        AT_END.pop()()


class Stuck(BaseException):
    """Neither this nor the next is ever recorded as a text."""


class SetupFailed(BaseException):
    pass


def fixture(fn):
    """Something that scenarios share, made once; its own failure is none of theirs."""
    @functools.cache
    def made(*args, **kwargs):
        try:
            return fn(*args, **kwargs)
        except Exception as err:  # noqa: BLE001
            raise SetupFailed(f'{fn.__name__}: {err!r} {getattr(err, "stderr", "")}') from err
    return made


def stuck(*_):
    raise Stuck('still running after 90 s')


def in_child(case_):
    """Runs an isolated scenario in a forked child that hands its texts back as JSON lines."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        AT_END.clear()
        signal.alarm(80)
        try:
            lines = [json.dumps(t) for t in texts_of(case_)]
        except BaseException as err:  # noqa: BLE001
            lines = [json.dumps({'failed': repr(err)})]
        undo()
        with os.fdopen(writer, 'w') as out:
            out.write('\n'.join(lines))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as source:
        lines = source.read()
    os.waitpid(pid, 0)
    texts = [json.loads(line) for line in lines.splitlines()]
    if not texts or 'failed' in texts[0]:
        raise RuntimeError(f'child: {texts}')
    return texts


def record(only, out):
    failed = []
    signal.signal(signal.SIGALRM, stuck)
    for case_ in CASES:
        if only and not any(part in case_['name'] for part in only):
            continue
        signal.alarm(90)
        try:
            for text in in_child(case_) if case_['isolated'] else list(texts_of(case_)):
                out.write(json.dumps(text, ensure_ascii=False) + '\n')
        except (Exception, Stuck, SetupFailed) as err:  # noqa: BLE001
            failed.append(case_['name'])
            print(f"! {case_['name']}: {err!r}", file=sys.stderr)
        signal.alarm(0)
        out.flush()
    print(f'{len(CASES)} scenarios, {len(failed)} not provoked: {failed}', file=sys.stderr)
    return not failed
