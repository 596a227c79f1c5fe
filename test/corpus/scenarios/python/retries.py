"""Retries, circuit breakers and task queues around other failures."""
import socket
import time

import backoff
import celery.exceptions
import requests
import tenacity

from kit import case
from servers import answering, free_port, raw

D, T, L, A, V, U = 'DEPENDENCY_FAILURE', 'TIMEOUT', 'THROTTLED', 'AUTH_FAILURE', 'VALIDATION_ERROR', 'UNKNOWN'
three = tenacity.retry(stop=tenacity.stop_after_attempt(3))


@case('tenacity-refused', D, 'three attempts found a stopped upstream', 'bare typed', misleading=True)
def fetch_rates():
    port = free_port()
    return three(lambda: socket.create_connection(('127.0.0.1', port)))()


@case('tenacity-timeout', T, 'three attempts were too slow', 'bare one', misleading=True)
def fetch_prices():
    port = raw(b'', 'hang')
    return three(lambda: requests.get(f'http://127.0.0.1:{port}/', timeout=0.2))()


@case('tenacity-validation', V, 'three attempts were refused for their data', 'log', misleading=True)
def store():
    def insert():
        raise ValueError('order 503: quantity must be positive')
    return three(insert)()


@case('tenacity-result', U, 'three attempts gave nothing', 'bare repr')
def poll():
    return tenacity.retry(stop=tenacity.stop_after_attempt(3), retry=tenacity.retry_if_result(lambda result: result is None))(lambda: None)()


@case('tenacity-http', U, 'three attempts were answered with an HTTP error that the text does not show', 'bare', accept=L + ' ' + D)
def publish():
    port = answering(429)
    return three(lambda: requests.get(f'http://127.0.0.1:{port}/', timeout=2).raise_for_status())()


@case('backoff-429', L, 'attempts over a second were answered 429', 'cause job', misleading=True)
def send_event():
    port = answering(429, 'slow down', 'text/plain')

    @backoff.on_exception(backoff.constant, requests.HTTPError, max_tries=3, interval=0.05)
    def post():
        requests.post(f'http://billing.internal:{port}/v1/token/503', timeout=2).raise_for_status()
    post()


@case('celery-retries', U, 'a task gave up after its retries and names no cause', 'bare one', misleading=True)
def charge():
    raise celery.exceptions.MaxRetriesExceededError("Can't retry orders.tasks.authorize[503-429-401] args:(503,) kwargs:{}")


@case('celery-retry-cause', D, 'a task is retried because of a reset connection', 'bare repr', misleading=True)
def ship():
    try:
        raise ConnectionResetError(104, 'Connection reset by peer')
    except ConnectionResetError as err:
        raise celery.exceptions.Retry('', err, 503)


@case('celery-not-registered', 'CODE_BUG', 'a task is called that no worker knows', 'typed one')
def route():
    app = celery.Celery('orders')
    return app.tasks['orders.tasks.shipp']


@case('kombu-operational', D, 'the broker of the task queue is stopped', 'bare typed')
def enqueue():
    app = celery.Celery('orders', broker=f'amqp://guest@127.0.0.1:{free_port()}//')
    app.conf.update(broker_connection_retry=False, broker_transport_options={'max_retries': 1, 'interval_start': 0})
    return app.send_task('orders.tasks.ship', retry=False)


class CircuitBreakerError(Exception):
    pass


class Breaker:
    """A circuit breaker as small as it gets."""
    def __init__(self, name, failures):
        self.name, self.failures, self.open_until = name, failures, 0

    def call(self, fn):
        if time.monotonic() < self.open_until:
            raise CircuitBreakerError(f"Timeout not elapsed yet, circuit breaker '{self.name}' still open")
        try:
            return fn()
        except Exception:
            self.failures -= 1
            if self.failures <= 0:
                self.open_until = time.monotonic() + 30
            raise


@case('breaker-open', D, 'a circuit breaker is open after refused connections', 'typed bare', misleading=True)
def authorize():
    breaker, port = Breaker('payments-token', 2), free_port()
    for _ in range(2):
        try:
            breaker.call(lambda: socket.create_connection(('127.0.0.1', port)))
        except OSError:
            pass
    return breaker.call(lambda: socket.create_connection(('127.0.0.1', port)))


@case('two-upstreams', A, 'of two upstreams one is stopped and one refuses the key', 'bare typed', accept=D, misleading=True)
def enrich():
    failed, refused, unauthorized = [], free_port(), answering(401, '{"error": "invalid api key"}')
    for name, port in (('stock', refused), ('billing', unauthorized)):
        try:
            requests.get(f'http://{name}.internal:{port}/', timeout=2).raise_for_status()
        except requests.RequestException as err:
            failed.append(err)
    raise ExceptionGroup('2 of 2 upstreams failed: ' + '; '.join(str(e)[:160] for e in failed), failed)


@case('suppressed-cause', U, 'the cause is suppressed on the way', 'log typed', misleading=True)
def settle():
    try:
        raise TimeoutError('401 ms')
    except TimeoutError:
        raise RuntimeError('settlement 503 failed') from None


@case('during-handling', V, 'while a refused order is reported, the reporting itself fails', 'log', accept=D, misleading=True)
def report():
    try:
        raise ValueError("order 503: currency 'EURO' is not one of EUR, USD, GBP")
    except ValueError:
        port = free_port()
        socket.create_connection(('127.0.0.1', port))


