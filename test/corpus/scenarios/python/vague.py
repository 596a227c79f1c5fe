"""Failures whose texts name no cause: all UNKNOWN, whatever was done."""
import concurrent.futures
import multiprocessing
import os
import socket
import subprocess

import botocore.exceptions
import celery.exceptions
import requests

from aws import call
from kit import case
from servers import answering


def silent(name, cause, fail, wraps='bare', accept='', misleading=False):
    @case('vague-' + name, 'UNKNOWN', cause, wraps, accept, misleading)
    def handle():
        return fail()


def throw(err):
    raise err


def told(status, body, kind='text/plain'):
    """Raises the body of an upstream's answer as our error."""
    raise RuntimeError(requests.get(f'http://127.0.0.1:{answering(status, body, kind)}/orders/503', timeout=5).text)


silent('error', 'only the word error is passed on', lambda: throw(Exception('Error')), 'bare repr')
silent('failed', 'only the word failed is passed on', lambda: throw(RuntimeError('failed')), 'job lambda')
silent('none', 'a cause that is None is passed on', lambda: throw(RuntimeError(None)), 'bare job')
silent('number', 'a number is passed on', lambda: throw(Exception(503429)), 'bare repr', misleading=True)
silent('payload', 'the order is passed on instead of the cause', lambda: throw(Exception({'order': 503, 'token': 'tok_401', 'timeout': 30})), 'bare repr', misleading=True)
silent('oserror', 'an operating system error without a number', lambda: throw(OSError()), 'short repr', accept='DEPENDENCY_FAILURE')
silent('request', 'a request error without a text', lambda: throw(requests.RequestException()), 'repr', accept='DEPENDENCY_FAILURE')
silent('cancelled', 'a future was cancelled', lambda: cancelled(), 'short one', accept='TIMEOUT')
silent('stop', 'an iterator had no further element', lambda: next(iter(())), 'short', accept='CODE_BUG VALIDATION_ERROR')
silent('child', 'a process of ours ended with code 1', lambda: child(), 'bare job')
silent('exit-255', 'a command failed and said nothing', lambda: subprocess.run(['sh', '-c', 'exit 255'], check=True), 'bare typed')
silent('system', 'a command run by os.system failed', lambda: throw(RuntimeError(f'import script returned {os.system("exit 4")}')), 'bare')
silent('socket', 'a socket object is passed on', lambda: throw(Exception(repr(socket.socket()))), 'bare', misleading=True)
silent('response', 'a response object with status 200 is passed on', lambda: throw(RuntimeError(requests.get(f'http://127.0.0.1:{answering(200, "no")}/', timeout=5))), 'job bare')
silent('ignore', 'a task gave up without a cause', lambda: throw(celery.exceptions.Ignore()), 'repr short')
silent('oops', 'an upstream answers an apology', lambda: told(200, 'Oops! An error occurred. Our engineers have been notified (ref 503-429).'), 'bare json', misleading=True)
silent('null', 'an upstream answers null', lambda: told(200, 'null', 'application/json'), 'bare')
silent('status-failed', 'an upstream answers a state only', lambda: told(200, '{"status": "FAILED", "jobId": 4010503}', 'application/json'), 'bare job', misleading=True)
silent('unhandled', 'a function answers that it failed', lambda: told(200, '{"errorMessage": "Unhandled", "errorType": "Error"}', 'application/json'), 'bare')
silent('unspecified', 'an upstream answers an unspecified error', lambda: told(200, '{"code": -1, "message": "unspecified error", "timeout_ms": 5040}', 'application/json'), 'bare one', misleading=True)
silent('aws-unknown', 'AWS answers 400 with nothing', lambda: call('dynamodb', answering(400, '{}')), 'bare', accept='VALIDATION_ERROR')
silent('boto', "botocore's base error is raised", lambda: throw(botocore.exceptions.BotoCoreError()), 'bare one')


def cancelled():
    future = concurrent.futures.Future()
    future.cancel()
    return future.result()


def child():
    process = multiprocessing.get_context('fork').Process(target=os._exit, args=(1,), name='worker-503')
    process.start()
    process.join()
    raise RuntimeError(f'{process.name} ended with exit code {process.exitcode}')


@case('vague-process-exited', 'UNKNOWN', 'a function ended before its answer', 'text')
def invoke():
    return {'errorMessage': 'RequestId: 8f4290aa-0401-4503-9429-4d0429040100 Process exited before completing request'}
