"""gRPC: a server within this process that answers with a chosen status, and channels to nowhere."""
import concurrent.futures
import time

import grpc

from kit import case, fixture
from servers import black_hole, free_port, raw

ANSWERS = {}


@fixture
def server():
    """Answers each method of /orders.Orders with the status registered for it."""
    class Orders(grpc.GenericRpcHandler):
        def service(self, details):
            if details.method not in ANSWERS:
                return None

            def handle(request, context):
                answer = ANSWERS[details.method]
                if callable(answer):
                    return answer()
                context.abort(*answer)
            return grpc.unary_unary_rpc_method_handler(handle)
    running = grpc.server(concurrent.futures.ThreadPoolExecutor(4), handlers=[Orders()], options=[('grpc.max_receive_message_length', 4096)])
    port = running.add_insecure_port('127.0.0.1:0')
    running.start()
    return running, port


def invoke(method, request=b'503', timeout=5, port=None, **options):
    address = f'127.0.0.1:{port or server()[1]}'
    with grpc.insecure_channel(address, options=list(options.items())) as channel:
        return channel.unary_unary(f'/orders.Orders/{method}')(request, timeout=timeout)


def status(name, cls, cause, code, details, wraps, **marks):
    method = ''.join(part.title() for part in name.split('-')[1:])
    ANSWERS[f'/orders.Orders/{method}'] = (getattr(grpc.StatusCode, code), details)

    @case(name, cls, cause, wraps, **marks)
    def place_order():
        try:
            return invoke(method)
        except grpc.RpcError as err:
            if 'details' in wraps:
                raise RuntimeError(f'{err.code().name}: {err.details()}') from None
            raise


A, V, B, T, L, D, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'CODE_BUG', 'UNKNOWN')

status('grpc-unauthenticated', A, 'the server refuses the token', 'UNAUTHENTICATED', 'token is expired', 'typed bare')
status('grpc-denied', A, 'the caller may not do this', 'PERMISSION_DENIED', 'service account orders@x lacks orders.place', 'bare job')
status('grpc-internal-auth', A, 'an inner log-in fails behind status INTERNAL', 'INTERNAL', 'store: FATAL: password authentication failed for user "orders"', 'bare', misleading=True)
status('grpc-quota', L, 'a quota is used up', 'RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Place requests' and limit 'Place requests per minute'", 'typed bare', misleading=True)
status('grpc-rate', L, 'calls come too fast', 'UNAVAILABLE', 'rate limited: retry after 401 ms', 'bare', misleading=True)
status('grpc-argument', V, 'a field is refused', 'INVALID_ARGUMENT', 'deadline must be in the future', 'typed bare', misleading=True)
status('grpc-not-found', V, 'the payload names an order that does not exist', 'NOT_FOUND', 'order 503 not found', 'bare')
status('grpc-exists', V, 'the order exists', 'ALREADY_EXISTS', 'order 429 already exists', 'job')
status('grpc-range', V, 'a number of the payload is out of range', 'OUT_OF_RANGE', 'quantity 4290 exceeds limit 1000', 'one', misleading=True)
status('grpc-failed', V, 'the state of the order does not allow it', 'FAILED_PRECONDITION', 'order 401 is already shipped', 'bare')
status('grpc-aborted', D, 'two transactions met', 'ABORTED', 'transaction was aborted due to a concurrent modification', 'typed')
status('grpc-unavailable', D, 'the upstream is overloaded', 'UNAVAILABLE', 'upstream connect error or disconnect/reset before headers. reset reason: overflow', 'bare', accept=L)
status('grpc-internal', D, 'the upstream has an internal error', 'INTERNAL', 'unexpected nil pointer in pricing', 'bare', accept=C, misleading=True)
status('grpc-data-loss', D, 'the upstream lost data', 'DATA_LOSS', 'checksum mismatch in segment 503', 'one', accept=B)
status('grpc-unknown', U, 'the upstream names no cause', 'UNKNOWN', '', 'typed bare')
status('grpc-exhausted', L, 'the upstream has no slot left', 'RESOURCE_EXHAUSTED', 'too many concurrent requests for tenant 401', 'one', accept='RESOURCE_EXHAUSTED ' + D, misleading=True)


@case('grpc-refused', D, 'the server is stopped', 'typed bare')
def place():
    port = free_port()
    return invoke('Place', port=port)


@case('grpc-not-grpc', D, 'something that does not speak gRPC answers', 'bare', accept=C)
def place_late():
    port = raw(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    return invoke('Place', port=port)


@case('grpc-deadline', T, 'the server does not answer before the deadline', 'typed bare job')
def price():
    ANSWERS['/orders.Orders/Price'] = lambda: time.sleep(2) or b''
    return invoke('Price', timeout=0.3)


@case('grpc-deadline-connect', T, 'the connection is not made before the deadline', 'bare')
def price_all():
    port = black_hole()
    return invoke('Price', timeout=0.5, port=port)


@case('grpc-unimplemented', C, 'a method is called that the server does not have', 'typed bare')
def cancel():
    return invoke('Cancell')


@case('grpc-too-large', V, 'the message is larger than the server takes', 'typed bare', misleading=True)
def import_orders():
    ANSWERS['/orders.Orders/Import'] = lambda: b''
    return invoke('Import', b'x' * 50_000)


@case('grpc-answer-large', V, 'the answer is larger than we take', 'bare', accept=C + ' RESOURCE_EXHAUSTED', misleading=True)
def export_orders():
    ANSWERS['/orders.Orders/Export'] = lambda: b'x' * 50_000
    return invoke('Export', **{'grpc.max_receive_message_length': 4096})


@case('grpc-handler-bug', D, 'the handler of the upstream raises', 'typed', accept=C + ' ' + U, misleading=True)
def refund():
    ANSWERS['/orders.Orders/Refund'] = lambda: {}['currency']
    return invoke('Refund')


@case('grpc-closed-channel', C, 'a channel is used after it was closed', 'bare one', misleading=True)
def ship():
    channel = grpc.insecure_channel('127.0.0.1:9')
    channel.close()
    return channel.unary_unary('/orders.Orders/Ship')(b'', timeout=1)


@case('grpc-serializer', C, 'a wrong type is given to the serializer of a call', 'bare', accept=V)
def track():
    return invoke('Track', request={'order': 503})
