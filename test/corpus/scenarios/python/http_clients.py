"""HTTP clients whose connection fails, hangs or is cut: requests, urllib3, httpx, aiohttp, urllib, http.client."""
import asyncio
import http.client
import socket
import threading
import urllib.request

import aiohttp
import httpx
import requests
import urllib3

from kit import case
from servers import answering, black_hole, free_port, raw

HTML = '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n'
session = requests.Session()
session.trust_env = False


def hanging():
    port = raw(b'', 'hang')
    return port


def get(port, path='/v1/orders/503', **kwargs):
    return session.get(f'http://billing.internal:{port}{path}', **{'timeout': 5, **kwargs})


async def aget(port, **kwargs):
    async with aiohttp.ClientSession(**kwargs) as client:
        async with client.get(f'http://stock.internal:{port}/v1/stock/429') as response:
            return await response.json()


# --- nobody there, or cut off: DEPENDENCY_FAILURE -----------------------------------------------------------------------------

@case('requests-refused', 'DEPENDENCY_FAILURE', 'the upstream is stopped', 'typed bare job', misleading=True)
def fetch_order():
    port = free_port()
    return get(port, '/v1/auth/token')


@case('requests-dns', 'DEPENDENCY_FAILURE', 'the name of the upstream does not resolve', 'typed bare')
def fetch_customer():
    return session.get('http://customers.invalid/v1/customers/401', timeout=5)


@case('requests-closed', 'DEPENDENCY_FAILURE', 'the upstream closes the connection without an answer', 'log bare')
def create_invoice():
    port = raw(b"")
    return get(port, '/v1/invoices/504')


@case('requests-reset', 'DEPENDENCY_FAILURE', 'the upstream resets the connection', 'bare cause')
def create_refund():
    port = raw(b"", "reset")
    return session.post(f'http://billing.internal:{port}/v1/refunds', data=b'x' * 500, timeout=5)


@case('requests-incomplete', 'DEPENDENCY_FAILURE', 'the answer ends before its announced length', 'typed one', accept='BAD_PAYLOAD', misleading=True)
def download_export():
    port = raw(b'HTTP/1.1 200 OK\r\nContent-Length: 4290\r\n\r\n{"orders": [')
    return urllib.request.urlopen(f'http://billing.internal:{port}/export', timeout=5).read()


@case('requests-chunk', 'DEPENDENCY_FAILURE', 'the chunked answer is cut off', 'bare')
def stream_export():
    port = raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n')
    return get(port)


@case('requests-html-200', 'DEPENDENCY_FAILURE', 'the upstream answers a web page with status 200 and its answer is parsed as JSON', 'typed log', misleading=True)
def rates():
    port = answering(200, HTML, 'text/html')
    return get(port, '/v1/rates').json()


@case('requests-empty-200', 'DEPENDENCY_FAILURE', 'the upstream answers nothing with status 200 and its answer is parsed as JSON', 'log typed', misleading=True)
def stock():
    port = answering(200, '')
    return get(port, '/v1/stock').json()


@case('requests-half-json', 'DEPENDENCY_FAILURE', 'the upstream answers half a document', 'log', accept='BAD_PAYLOAD', misleading=True)
def prices():
    port = answering(200, '{"prices": [12.5, ')
    return get(port, '/v1/prices').json()


@case('requests-not-gzip', 'DEPENDENCY_FAILURE', 'the upstream announces gzip and answers plain text', 'typed bare', misleading=True)
def catalogue():
    port = answering(200, 'upstream overloaded', 'text/plain', Content_Encoding='gzip')
    return get(port)


@case('requests-redirects', 'DEPENDENCY_FAILURE', 'the upstream redirects to itself for ever', 'bare', accept='CODE_BUG UNKNOWN', misleading=True)
def login_page():
    port = answering(302, '', Location='/v1/orders/503')
    return get(port)


@case('requests-proxy', 'DEPENDENCY_FAILURE', 'the proxy is stopped', 'typed')
def via_proxy():
    port = free_port()
    return requests.get('http://partner.invalid/v1/rates', proxies={'http': f'http://127.0.0.1:{port}'}, timeout=5)


@case('requests-not-http', 'DEPENDENCY_FAILURE', 'something that does not speak HTTP answers on the port', 'bare job', misleading=True)
def ping_partner():
    port = raw(b'220 mx.partner.internal ESMTP Postfix\r\n')
    return get(port)


@case('httpx-refused', 'DEPENDENCY_FAILURE', 'the upstream is stopped', 'typed bare')
def httpx_order():
    port = free_port()
    return httpx.get(f'http://127.0.0.1:{port}/orders/503', trust_env=False)


@case('httpx-closed', 'DEPENDENCY_FAILURE', 'the upstream closes the connection without an answer', 'one lambda')
def httpx_invoice():
    port = raw(b"")
    return httpx.get(f'http://billing.internal:{port}/invoices/429', trust_env=False)


@case('httpx-incomplete', 'DEPENDENCY_FAILURE', 'the answer ends before its announced length', 'bare')
def httpx_export():
    port = raw(b"HTTP/1.1 200 OK" + bytes([13, 10]) + b"Content-Length: 503" + bytes([13, 10] * 2) + b"{")
    return httpx.get(f'http://billing.internal:{port}/export', trust_env=False)


@case('httpx-dns', 'DEPENDENCY_FAILURE', 'the name of the upstream does not resolve', 'typed job')
def httpx_lookup():
    return httpx.get('http://tokens.invalid/oauth/token', trust_env=False)


@case('aiohttp-refused', 'DEPENDENCY_FAILURE', 'the upstream is stopped', 'typed bare')
def aio_stock():
    port = free_port()
    return asyncio.run(aget(port))


@case('aiohttp-closed', 'DEPENDENCY_FAILURE', 'the upstream closes the connection without an answer', 'one bare')
def aio_prices():
    port = raw(b'')
    return asyncio.run(aget(port))


@case('aiohttp-html', 'DEPENDENCY_FAILURE', 'the upstream answers a web page where JSON was expected', 'bare typed', misleading=True)
def aio_rates():
    port = answering(200, HTML, 'text/html')
    return asyncio.run(aget(port))


@case('aiohttp-payload', 'DEPENDENCY_FAILURE', 'the answer ends before its announced length', 'one', misleading=True)
def aio_payload():
    port = raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4290\r\n\r\n{"stock": ')
    return asyncio.run(aget(port))


@case('urllib-refused', 'DEPENDENCY_FAILURE', 'the upstream is stopped', 'bare lambdalog')
def open_url():
    port = free_port()
    return urllib.request.urlopen(f'http://127.0.0.1:{port}/health', timeout=5)


@case('http-client-status', 'DEPENDENCY_FAILURE', 'the upstream answers rubbish', 'typed')
def raw_request():
    connection = http.client.HTTPConnection('127.0.0.1', raw(b'\x15\x03\x03\x00\x02\x02\x16'), timeout=5)
    connection.request('GET', '/')
    return connection.getresponse()


@case('broken-pipe', 'DEPENDENCY_FAILURE', 'the other side closed while data was sent', 'bare one')
def push():
    left, right = socket.socketpair()
    right.close()
    left.sendall(b'order 503\n')


# --- too late: TIMEOUT ---------------------------------------------------------------------------------------------------------

@case('requests-read-timeout', 'TIMEOUT', 'the upstream does not answer in time', 'typed bare')
def order_state():
    port = hanging()
    return get(port, timeout=0.5)


@case('requests-connect-timeout', 'TIMEOUT', 'the upstream does not accept the connection in time', 'bare cause', misleading=True)
def order_history():
    port = black_hole()
    return get(port, timeout=0.5)


@case('httpx-read-timeout', 'TIMEOUT', 'the upstream does not answer in time', 'short log')
def httpx_state():
    port = hanging()
    return httpx.get(f'http://billing.internal:{port}/orders', timeout=0.5, trust_env=False)


@case('httpx-connect-timeout', 'TIMEOUT', 'the upstream does not accept the connection in time', 'one lambda')
def httpx_history():
    port = black_hole()
    return httpx.get(f'http://127.0.0.1:{port}/orders', timeout=0.5, trust_env=False)


@case('aiohttp-timeout', 'TIMEOUT', 'the upstream does not answer in time', 'lambda')
def aio_state():
    port = hanging()
    return asyncio.run(aget(port, timeout=aiohttp.ClientTimeout(total=0.5)))


@case('aiohttp-sock-read', 'TIMEOUT', 'no data comes on the connection in time', 'bare one')
def aio_events():
    port = hanging()
    return asyncio.run(aget(port, timeout=aiohttp.ClientTimeout(sock_read=0.5)))


@case('aiohttp-sock-connect', 'TIMEOUT', 'the upstream does not accept the connection in time', 'job')
def aio_history():
    port = black_hole()
    return asyncio.run(aget(port, timeout=aiohttp.ClientTimeout(sock_connect=0.5)))


@case('urllib-timeout', 'TIMEOUT', 'the upstream does not accept the connection in time', 'bare one')
def check_health():
    port = black_hole()
    return urllib.request.urlopen(f'http://127.0.0.1:{port}/health', timeout=0.5)


@case('urllib-read-timeout', 'TIMEOUT', 'the upstream does not answer in time', 'typed')
def check_ready():
    port = hanging()
    return urllib.request.urlopen(f'http://127.0.0.1:{port}/health', timeout=0.5)


@case('urllib3-retries-timeout', 'TIMEOUT', 'three attempts found a silent upstream', 'bare job', misleading=True)
def pool_request():
    port = hanging()
    return urllib3.PoolManager(retries=2).request('GET', f'http://billing.internal:{port}/v1/auth/token', timeout=0.3)


# --- no connection of our own pool left: RESOURCE_EXHAUSTED ------------------------------------------------------------------------

@case('httpx-pool', 'RESOURCE_EXHAUSTED', 'all connections of our own pool are in use', 'typed one', misleading=True)
def httpx_orders():
    port = hanging()
    client = httpx.Client(limits=httpx.Limits(max_connections=1), timeout=httpx.Timeout(8, pool=0.3), trust_env=False)
    threading.Thread(target=lambda: occupy(client, port), daemon=True).start()
    socket.create_connection(('127.0.0.1', port)).close()
    return [client.get(f'http://billing.internal:{port}/orders/504') for _ in range(2)]


def occupy(client, port):
    try:
        client.get(f'http://127.0.0.1:{port}/orders/503')
    except httpx.HTTPError:
        pass


@case('urllib3-pool', 'RESOURCE_EXHAUSTED', 'all connections of our own pool are in use', 'bare typed', misleading=True)
def pooled_orders():
    pool = urllib3.HTTPConnectionPool('billing.internal', answering(200, 'x'), maxsize=1, block=True, timeout=5)
    first = pool.request('GET', '/', preload_content=False)
    return first, pool.urlopen('GET', '/orders', pool_timeout=0.3)


# --- our own mistakes: CODE_BUG ------------------------------------------------------------------------------------------------------

@case('requests-no-url', 'CODE_BUG', 'our configuration holds no address', 'typed bare', accept='VALIDATION_ERROR', misleading=True)
def from_settings():
    base = None
    return session.get(f'{base}/v1/orders/503', timeout=5)


@case('requests-ca-missing', 'CODE_BUG', 'the file of certificates that our configuration names does not exist', 'bare job', misleading=True)
def verified():
    return session.get('https://billing.internal:8443/', verify='/etc/ssl/private-ca.pem', timeout=5)


@case('httpx-scheme', 'CODE_BUG', 'our configuration holds an address without a scheme', 'one')
def partner_state():
    return httpx.get('billing.internal/v1', trust_env=False)


@case('requests-adapter', 'CODE_BUG', 'our configuration holds an address of an unknown kind', 'bare', misleading=True)
def partner_order():
    return session.get('htps://billing.internal/v1/orders/503', timeout=5)


@case('aiohttp-session-closed', 'CODE_BUG', 'a session is used after it was closed', 'one typed', misleading=True)
def stock_level():
    async def run():
        client = aiohttp.ClientSession()
        await client.close()
        return await client.get('http://stock.internal/')
    return asyncio.run(run())


@case('header-newline', 'CODE_BUG', 'the API token of our configuration ends in a line break', 'bare', accept='VALIDATION_ERROR AUTH_FAILURE', misleading=True)
def with_header():
    port = answering(200, '{}')
    return get(port, headers={'Authorization': 'Bearer 7f4d\n'})
