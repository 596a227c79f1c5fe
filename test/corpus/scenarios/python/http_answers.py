"""Upstreams that answer with an error: what the clients make of status and body."""
import asyncio

import aiohttp
import httpx
import requests
import urllib.request
import urllib3
from requests.adapters import HTTPAdapter

from kit import case
from servers import answering

session = requests.Session()
session.trust_env = False


def by_requests(url):
    response = session.get(url, timeout=5)
    response.raise_for_status()


def by_text(url):
    response = session.post(url, json={}, timeout=5)
    if not response.ok:
        raise RuntimeError(f'POST {url.split("/", 3)[3]} failed: {response.status_code} {response.text}')


def by_body(url):
    response = session.post(url, json={}, timeout=5)
    raise RuntimeError(response.text)


def by_httpx(url):
    httpx.get(url, trust_env=False).raise_for_status()


def by_aiohttp(url):
    async def call():
        async with aiohttp.ClientSession(raise_for_status=True) as client:
            await client.get(url)
    asyncio.run(call())


def by_urllib(url):
    urllib.request.urlopen(url, timeout=5)


def by_urllib3(url):
    retries = urllib3.Retry(2, status_forcelist=[429, 500, 503], backoff_factor=0.01, respect_retry_after_header=False)
    urllib3.PoolManager(retries=retries).request('GET', url)


def by_retrying_session(url):
    retrying = requests.Session()
    retrying.mount('http://', HTTPAdapter(max_retries=urllib3.Retry(2, status_forcelist=[429, 500, 503], backoff_factor=0.01)))
    retrying.get(url, timeout=5)


def page(title, text=''):
    return f'<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n<body><h1>{title}</h1>\n<p>{text}</p>\n</body></html>\n'


def answer(name, cls, cause, client, status, body='', wraps='typed', accept='', misleading=False, path='/v1/orders/8812', content_type=None, **headers):
    content_type = content_type or ('text/html' if str(body).startswith('<') else 'application/json')

    @case(name, cls, cause, wraps, accept, misleading)
    def call_upstream():
        port = answering(status, body, content_type, **headers)
        return client(f'http://billing.internal:{port}{path}')


A, V, B, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')

answer('h-401', A, 'the API answers 401', by_requests, 401, {'error': 'unauthorized'}, 'typed bare http')
answer('h-401-expired', A, 'the API answers that the token has expired', by_text, 401, {'code': 'token_expired', 'message': 'The access token expired at 2026-05-04T05:03:00Z'}, 'bare job')
answer('h-400-token', A, 'the API answers 400 for an expired token', by_text, 400, {'error': 'invalid_grant', 'error_description': 'Refresh token expired'}, 'bare lambda', misleading=True, path='/oauth/token')
answer('h-403', A, 'the API answers 403', by_httpx, 403, {'detail': 'You do not have permission to perform this action.'}, 'typed')
answer('h-500-login', A, 'the API answers 500 around a log-in that was refused', by_text, 500, {'error': 'Internal Server Error', 'cause': 'Login failed for user \'svc_orders\': password expired'}, 'bare body', misleading=True)
answer('h-200-login', A, 'the API answers 200 with a body that refuses the key', by_body, 200, {'success': False, 'errors': [{'code': 1001, 'message': 'Invalid API key or API key does not have access to account 503'}]}, 'bare')
answer('h-502-login', A, 'a gateway answers 502 around an authorizer that refused', by_text, 502, {'message': 'upstream responded 401: invalid signature for key id 429'}, 'job', misleading=True)
answer('h-407', A, 'the proxy wants credentials', by_requests, 407, page('Proxy Authentication Required'), 'bare')
answer('h-aio-401', A, 'the API answers 401', by_aiohttp, 401, {'error': 'x'}, 'bare lambda')
answer('h-403-ip', A, 'the API refuses the address of the caller', by_text, 403, {'error': 'ip_not_allowed', 'message': 'Requests from 10.4.29.3 are not on the allow list'}, 'bare')
answer('h-401-csrf', A, 'the API misses a CSRF token', by_text, 403, page('403 Forbidden', 'CSRF verification failed. Request aborted.'), 'bare', accept=C, misleading=True)

answer('h-429', L, 'the API answers 429', by_requests, 429, {'error': 'rate_limited'}, 'typed bare', Retry_After='30')
answer('h-429-html', L, 'the API answers 429 with a web page', by_text, 429, page('Too Many Requests', 'Please slow down.'), 'bare http', misleading=True)
answer('h-403-rate', L, 'the API answers 403 for a rate limit', by_text, 403, {'message': 'API rate limit exceeded for user ID 401.', 'documentation_url': 'https://docs.example/rate-limiting'}, 'bare context lambda', misleading=True)
answer('h-400-quota', L, 'the API answers 400 for a quota', by_text, 400, {'error': {'code': 'quota_exceeded', 'message': 'Daily quota of 10000 calls exceeded, resets at 00:00 UTC'}}, 'bare cause', misleading=True)
answer('h-503-slow', L, 'the API answers 503 because of too many calls', by_text, 503, {'code': 'SlowDown', 'message': 'Please reduce your request rate.'}, 'bare json', misleading=True)
answer('h-500-throttle', L, 'the API answers 500 around a throttle', by_text, 500, {'error': 'Failed to store order', 'inner': 'ThrottlingException: Rate exceeded'}, 'bare body', misleading=True)
answer('h-200-quota', L, 'the API answers 200 with a body that speaks of a quota', by_body, 200, {'status': 'OVER_QUERY_LIMIT', 'error_message': 'You have exceeded your rate-limit for this API.', 'results': []}, 'bare')
answer('h-429-urllib3', L, 'three attempts are answered 429', by_urllib3, 429, '', 'bare typed', misleading=True)
answer('h-429-retry', L, 'three attempts are answered 429', by_retrying_session, 429, '', 'typed cause', misleading=True)
answer('h-aio-429', L, 'the API answers 429', by_aiohttp, 429, '', 'bare job')
answer('h-httpx-429', L, 'the API answers 429', by_httpx, 429, '', 'one lambdajson')
answer('h-urllib-429', L, 'the API answers 429', by_urllib, 429, '', 'one bare')
answer('h-401-concurrent', L, 'the API answers 401 because of too many sessions in a minute', by_text, 401, {'code': 'too_many_attempts', 'message': 'Too many token requests. Try again in 60 seconds.'}, 'bare', accept=A, misleading=True, path='/oauth/token')
answer('h-queue-full', L, 'the upstream rejects work because its queue is full', by_text, 503, {'error': 'java.util.concurrent.RejectedExecutionException: Task rejected from ThreadPoolExecutor[Running, pool size = 8, active threads = 8, queued tasks = 401]'}, 'bare lambda', accept=D + ' ' + R, misleading=True)
answer('h-402-plan', L, 'the API answers that the plan\'s monthly calls are used up', by_text, 402, {'error': 'usage_limit_reached', 'message': 'You have used all 50000 API calls of your plan this month'}, 'bare', accept=A)
answer('h-ai-quota', L, 'the quota of a model is used up', by_text, 429, {'error': {'message': 'You exceeded your current quota, please check your plan and billing details.', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}, 'bare typed', path='/v1/chat/completions')
answer('h-ai-tokens', L, 'too many tokens of a model in a minute', by_text, 429, {'error': {'message': 'Rate limit reached for tokens per min. Limit: 40000 / min. Please try again in 401ms.', 'type': 'tokens'}}, 'bare job', misleading=True)
answer('h-shop-calls', L, 'more calls than allowed in a second', by_text, 429, {'errors': 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.'}, 'bare json')
answer('h-chat-limited', L, 'a chat API answers 200 and refuses the pace', by_body, 200, {'ok': False, 'error': 'ratelimited'}, 'bare lambda')
answer('h-crm-limit', L, 'the API answers 403 because the calls of the day are used up', by_text, 403, [{'message': 'TotalRequests Limit exceeded.', 'errorCode': 'REQUEST_LIMIT_EXCEEDED'}], 'bare typed', misleading=True)
answer('h-cdn-limited', L, 'a CDN answers 403 for the pace of the calls', by_text, 403, page('Error 1015', 'You are being rate limited. The owner of this website has banned you temporarily.'), 'bare job', misleading=True)
answer('h-storage-busy', L, 'a storage service answers 503 for the pace of the calls', by_text, 503, '<?xml version="1.0"?><Error><Code>ServerBusy</Code><Message>Operations per second is over the account limit.</Message></Error>', 'bare typed', misleading=True)
answer('h-social-limit', L, 'a social network answers 400 for the pace of the calls', by_text, 400, {'error': {'message': '(#4) Application request limit reached', 'type': 'OAuthException', 'code': 4}}, 'bare lambda', misleading=True)
answer('h-graphql-limit', L, 'a GraphQL API answers 200 with a throttle', by_body, 200, {'errors': [{'message': 'Throttled', 'extensions': {'code': 'THROTTLED', 'cost': 503, 'currentlyAvailable': 401}}]}, 'bare job')
answer('h-gateway-plan', L, 'a gateway answers that the plan is used up', by_text, 429, {'message': 'Limit Exceeded'}, 'bare http')
answer('h-500-429', L, 'our own gateway answers 500 around a 429', by_text, 500, {'error': 'Request failed with status code 429', 'service': 'tokens'}, 'bare typed', misleading=True)

answer('h-422', V, 'the API refuses the data', by_text, 422, {'detail': [{'loc': ['body', 'quantity'], 'msg': 'value is not a valid integer', 'type': 'type_error.integer'}]}, 'bare http')
answer('h-400-timeout', V, 'the API refuses a parameter named timeout', by_text, 400, {'error': 'invalid_parameter', 'message': 'timeout must be between 1 and 900 seconds'}, 'bare job', misleading=True)
answer('h-400-throughput', V, 'the API refuses a parameter about throughput', by_text, 400, {'message': 'maxThroughput: 429 is greater than the maximum of 400'}, 'bare', misleading=True)
answer('h-404', V, 'the API does not know the order', by_requests, 404, {'message': 'order 8812 not found'}, 'http typed')
answer('h-409', V, 'the API knows the order already', by_text, 409, {'error': 'conflict', 'message': 'Order 503 already exists'}, 'bare lambda')
answer('h-413', V, 'the order is too large for the API', by_requests, 413, page('413 Request Entity Too Large', 'nginx/1.22.1'), 'bare typed')
answer('h-500-validation', V, 'the API answers 500 around a refused field', by_text, 500, {'message': 'Unhandled exception', 'detail': 'ValidationError: Path `email` is required.'}, 'context body', misleading=True)
answer('h-404-customer', V, 'the payload names a customer that does not exist', by_text, 404, {'code': 'not_found', 'message': 'No such customer: cus_401'}, 'job')
answer('h-token-field', V, 'the API refuses a field named card_token', by_text, 400, {'errors': {'card_token': ['This field may not be blank.']}}, 'bare', misleading=True)

answer('h-500', D, 'the API answers 500', by_requests, 500, {'error': 'internal'}, 'typed bare')
answer('h-503-html', D, 'the API answers 503 with a web page', by_text, 503, page('503 Service Temporarily Unavailable'), 'bare job')
answer('h-502', D, 'the gateway answers 502', by_httpx, 502, page('502 Bad Gateway'), 'one lambda')
answer('h-500-oom', D, 'the upstream ran out of memory', by_text, 500, {'timestamp': 1762119429, 'status': 500, 'error': 'Internal Server Error', 'message': 'Java heap space', 'exception': 'java.lang.OutOfMemoryError'}, 'bare cause', accept=R, misleading=True)
answer('h-503-token', D, 'the token service is down', by_text, 503, {'error': 'temporarily_unavailable', 'error_description': 'The token service is under maintenance'}, 'bare lambda', misleading=True, path='/oauth/token')
answer('h-500-disk', D, 'the disk of the upstream is full', by_text, 500, {'error': 'ENOSPC: no space left on device, write'}, 'job', accept=R, misleading=True)
answer('h-500-null', D, 'the upstream has a bug', by_text, 500, {'error': "TypeError: Cannot read properties of undefined (reading 'sku')"}, 'bare http', accept=C, misleading=True)
answer('h-503-retry', D, 'three attempts are answered 503', by_retrying_session, 503, '', 'bare typed')
answer('h-aio-503', D, 'the API answers 503', by_aiohttp, 503, '', 'bare')
answer('h-500-urllib', D, 'the API answers 500', by_urllib, 500, '', 'one')
answer('h-503-pool', D, 'the database of the upstream has no connection left', by_text, 503, {'error': 'Timed out fetching a new connection from the connection pool (upstream: orders-db)'}, 'bare', accept=R + ' ' + T, misleading=True)

answer('h-504', T, 'the gateway waited too long', by_requests, 504, page('504 Gateway Time-out'), 'typed bare')
answer('h-504-aws', T, 'the gateway waited too long', by_text, 504, {'message': 'Endpoint request timed out'}, 'bare job')
answer('h-408', T, 'the server waited too long for the request', by_httpx, 408, '', 'one')
answer('h-500-deadline', T, 'the API answers 500 around a deadline', by_text, 500, {'error': 'rpc error: code = DeadlineExceeded desc = context deadline exceeded'}, 'bare body', misleading=True)
answer('h-502-timeout', T, 'a gateway answers 502 around a time-out', by_text, 502, {'message': 'error reading upstream: i/o timeout'}, 'bare', accept=D, misleading=True)
answer('h-524', T, 'the CDN waited too long for the origin', by_text, 524, page('billing.internal | 524: A timeout occurred'), 'bare')

answer('h-405', C, 'the wrong method is used', by_requests, 405, {'message': 'Method Not Allowed'}, 'bare http')
answer('h-404-route', C, 'a path is called that the API does not have', by_text, 404, {'message': 'Cannot POST /v1/ordrs', 'error': 'Not Found', 'statusCode': 404}, 'bare', accept=V, path='/v1/ordrs', misleading=True)
answer('h-415', C, 'the body is sent with a content type that the API does not take', by_text, 415, {'message': 'Content type \'text/plain\' not supported'}, 'bare', accept=V)
answer('h-501', C, 'the API does not have the method', by_text, 501, {'error': 'Not Implemented'}, 'bare', accept=D, misleading=True)

answer('h-500-empty', D, 'the API answers 500 and nothing else', by_text, 500, '', 'bare')
answer('h-apology', U, 'the API answers 200 with an apology', by_body, 200, {'message': 'Something went wrong. Please contact support with reference 503-429-401.'}, 'bare job', misleading=True)
answer('h-blank', U, 'the API answers 200 with an error that names nothing', by_body, 200, {'success': False, 'error': None}, 'bare')
answer('h-code', U, 'the API answers 200 with a code of its own', by_body, 200, {'result': 'E-4290', 'ref': 401}, 'bare job', misleading=True)

answer('h-bad-json-400', B, 'our message body was handed on and cannot be parsed', by_text, 400, {'error': 'Malformed JSON in request body: Unexpected end of JSON input at position 429'}, 'bare', accept=V, misleading=True)
