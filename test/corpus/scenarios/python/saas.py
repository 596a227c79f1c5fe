"""Clients of services (payments, telephony, Google, Vault, OAuth, Elasticsearch) against a stub, and JSON Web Tokens."""
import datetime
import json
import os

import authlib.jose
import elasticsearch
import google.auth.transport.requests
import google.oauth2.credentials
import googleapiclient.http
import httplib2
import hvac
import jwt
import oauthlib.oauth2
import requests_oauthlib
import stripe
import twilio.http.http_client
import twilio.rest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from kit import case
from servers import answering, black_hole, free_port

A, V, B, T, L, D, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'BAD_PAYLOAD', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'CODE_BUG', 'UNKNOWN')


# --- Stripe -----------------------------------------------------------------------------------------------------------------------

def pay(name, cls, cause, status, error, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def charge():
        stripe.api_base = f'http://127.0.0.1:{answering(status, {"error": error} if isinstance(error, dict) else error, Request_Id="req_503")}'
        return stripe.Charge.create(api_key='sk_test_429', amount=4010, currency='eur', source='tok_x')


pay('stripe-key', A, 'the API key is refused', 401, {'type': 'invalid_request_error', 'message': 'Invalid API Key provided: sk_test_*429'}, 'typed bare')
pay('stripe-permission', A, 'the key may not do this', 403, {'type': 'invalid_request_error', 'message': 'The provided key does not have the required permissions for this endpoint on account acct_401.'}, 'one')
pay('stripe-rate', L, 'too many calls', 429, {'code': 'rate_limit', 'message': 'Request rate limit exceeded.'}, 'typed one')
pay('stripe-card', V, 'the card is declined', 402, {'type': 'card_error', 'code': 'card_declined', 'decline_code': 'insufficient_funds', 'message': 'Your card has insufficient funds.'}, 'typed job')
pay('stripe-token', V, 'the card token of the payload does not exist', 400, {'type': 'invalid_request_error', 'code': 'resource_missing', 'param': 'source', 'message': "No such token: 'tok_503'"}, 'bare typed', misleading=True)
pay('stripe-html', D, 'a web page is answered', 200, '<html>maintenance</html>', 'bare log', misleading=True)
pay('stripe-500', D, 'the API answers 500', 500, {'type': 'api_error', 'message': 'An unknown error occurred'}, 'one', accept='UNKNOWN')


@case('stripe-refused', D, 'the API cannot be reached', 'bare')
def refund():
    stripe.api_base = f'http://127.0.0.1:{free_port()}'
    return stripe.Refund.create(api_key='sk_test_429', charge='ch_401')


@case('stripe-signature', A, 'a webhook is signed with another secret', 'typed bare', accept=V)
def webhook():
    return stripe.Webhook.construct_event('{"id": "evt_503"}', 't=1762119429,v1=5257a869', 'whsec_x')


@case('stripe-no-key', A, 'no API key is configured', 'bare', accept=C)
def charge_without_key():
    stripe.api_key = None
    return stripe.Charge.create(amount=401)


# --- Twilio ------------------------------------------------------------------------------------------------------------------------

def sms(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def notify():
        port = answering(status, body)

        class ToStub(twilio.http.http_client.TwilioHttpClient):
            def request(self, method, url, **kwargs):
                return super().request(method, url.replace('https://api.twilio.com', f'http://127.0.0.1:{port}'), **kwargs)
        client = twilio.rest.Client('AC503', 'x', http_client=ToStub())
        return client.messages.create(to='+49401', from_='+49429', body='x')


sms('twilio-auth', A, 'the credentials are refused', 401, {'code': 20003, 'message': 'Authenticate', 'status': 401}, 'bare')
sms('twilio-rate', L, 'too many messages', 429, {'code': 20429, 'message': 'Too Many Requests', 'status': 429}, 'one bare')
sms('twilio-number', V, 'the number of the payload is no number', 400, {'code': 21211, 'message': "The 'To' number +49401 is not a valid phone number.", 'status': 400}, 'typed bare')


# --- Google ------------------------------------------------------------------------------------------------------------------------

def google_call(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def append_row():
        port = answering(status, body)
        return googleapiclient.http.HttpRequest(httplib2.Http(timeout=5), lambda response, content: json.loads(content),
                                                f'http://127.0.0.1:{port}/v4/spreadsheets/503/values', method='GET').execute()


def reason(code, why, message):
    return {'error': {'code': code, 'message': message, 'errors': [{'domain': 'usageLimits', 'reason': why, 'message': message}]}}


google_call('google-rate', L, 'Google answers 403 for a rate limit', 403, reason(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded'), 'bare lambda', misleading=True)
google_call('google-quota', L, 'Google answers 429 for a quota', 429, reason(429, 'rateLimitExceeded', "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'"), 'typed')
google_call('google-forbidden', A, 'Google refuses the caller', 403, reason(403, 'forbidden', 'The caller does not have permission'), 'bare')
google_call('google-token', A, 'the token is invalid', 401, reason(401, 'authError', 'Invalid Credentials'), 'one')
google_call('google-range', V, 'a range of the payload cannot be parsed', 400, reason(400, 'badRequest', 'Unable to parse range: Orders!A503:Z'), 'bare', misleading=True)
google_call('google-backend', D, 'Google answers 503', 503, reason(503, 'backendError', 'The service is currently unavailable.'), 'job')


def refresh(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def refresh_credentials():
        port = answering(status, body)
        credentials = google.oauth2.credentials.Credentials(None, 'refresh', token_uri=f'http://127.0.0.1:{port}/token', client_id='c', client_secret='s')
        return credentials.refresh(google.auth.transport.requests.Request())


refresh('google-refresh', A, 'the refresh token was revoked', 400, {'error': 'invalid_grant', 'error_description': 'Token has been expired or revoked.'}, 'typed bare', misleading=True)
refresh('google-client', A, 'the client is not known', 401, {'error': 'invalid_client', 'error_description': 'The OAuth client was not found.'}, 'one')
refresh('google-refresh-503', D, 'the token endpoint is not available', 503, '<html>503 Service Unavailable</html>', 'typed bare', accept=A, misleading=True)


@case('google-transport', D, 'the token endpoint cannot be reached', 'one', misleading=True)
def renew_credentials():
    uri = f'http://127.0.0.1:{free_port()}/token'
    credentials = google.oauth2.credentials.Credentials(None, 'refresh', token_uri=uri, client_id='c', client_secret='s')
    return credentials.refresh(google.auth.transport.requests.Request())


# --- OAuth and JSON Web Tokens --------------------------------------------------------------------------------------------------------

def oauth(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def fetch_token():
        os.environ['OAUTHLIB_INSECURE_TRANSPORT'] = '1'
        url = f'http://127.0.0.1:{answering(status, body)}/oauth/token'
        return requests_oauthlib.OAuth2Session(client=oauthlib.oauth2.BackendApplicationClient('orders')).fetch_token(url, client_secret='x')


oauth('oauth-client', A, 'the client secret is wrong', 401, {'error': 'invalid_client'}, 'typed bare')
oauth('oauth-grant', A, 'the grant is not valid', 400, {'error': 'invalid_grant', 'error_description': 'Account is disabled'}, 'one bare', misleading=True)
oauth('oauth-unavailable', D, 'the authorization server is overloaded', 503, {'error': 'temporarily_unavailable', 'error_description': 'The authorization server is currently unable to handle the request'}, 'bare typed', accept=A, misleading=True)


@case('oauth-expired', A, 'a token is used after its end', 'bare')
def call_with_token():
    return requests_oauthlib.OAuth2Session('orders', token={'access_token': 'x', 'expires_at': 1}).get('https://billing.internal/')


def token(**claims):
    return jwt.encode({'sub': '503', **claims}, 'secret', 'HS256')


def verify(name, cause, make, wraps, cls=A, key='secret', **marks):
    options = marks.pop('options', {})

    @case(name, cls, cause, wraps, **marks)
    def authenticate():
        bearer = make()
        return jwt.decode(bearer, key, algorithms=['HS256'], **options)


verify('jwt-expired', 'the token has expired', lambda: token(exp=1), 'typed bare')
verify('jwt-signature', 'the token was signed with another key', token, 'one', key='other')
verify('jwt-audience', 'the token is for somebody else', lambda: token(aud='billing'), 'bare lambda', options={'audience': 'orders'})
verify('jwt-segments', 'the token is not a JWT', lambda: 'abc', 'typed job', accept=B, misleading=True)
verify('jwt-padding', 'the token is damaged', lambda: token()[:-1] + '!', 'bare', accept=B, misleading=True)
verify('jwt-header', 'the header of the token is not JSON', lambda: 'e30x.e30.x', 'bare', accept=B, misleading=True)
verify('jwt-not-yet', 'the token is not valid yet', lambda: token(nbf=datetime.datetime(2090, 5, 3)), 'one')
verify('jwt-claim', 'the token lacks a claim', token, 'typed', options={'options': {'require': ['tenant']}}, accept=V, misleading=True)


@case('jose-signature', A, 'the token was signed with another key', 'bare')
def verify_event():
    return authlib.jose.jwt.decode(authlib.jose.jwt.encode({'alg': 'HS256'}, {'sub': '1'}, 'a'), 'b')


@case('private-key', C, 'the private key of our configuration cannot be read', 'typed', accept=A, misleading=True)
def load_signing_key():
    pem = b'-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'
    return serialization.load_pem_private_key(pem, None)


@case('private-key-password', C, 'the private key of our configuration wants a password', 'bare', accept=A, misleading=True)
def load_key():
    pem = rsa.generate_private_key(65537, 2048).private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b'x'))
    return serialization.load_pem_private_key(pem, None)


# --- Vault and Elasticsearch -----------------------------------------------------------------------------------------------------------

def vault(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def read_secret():
        port = answering(status, body)
        return hvac.Client(f'http://vault.internal:{port}', token='x').secrets.kv.v2.read_secret_version('orders/db')


vault('vault-forbidden', A, 'the token may not read the secret', 403, {'errors': ['permission denied']}, 'typed bare')
vault('vault-sealed', D, 'the vault is sealed', 503, {'errors': ['Vault is sealed']}, 'bare typed', misleading=True)
vault('vault-path', C, 'the secret of our configuration does not exist', 404, {'errors': []}, 'one', accept=V)
vault('vault-quota', L, 'too many calls of the vault', 429, {'errors': ['request path "kv/data/orders": rate limit quota exceeded']}, 'typed job')


def elastic(kind, why, **more):
    return {'error': {'root_cause': [{'type': kind, 'reason': why}], 'type': kind, 'reason': why, **more}}


def index(port, **options):
    client = elasticsearch.Elasticsearch(f'http://127.0.0.1:{port}', max_retries=0, meta_header=False, **options)
    client.transport._verified_elasticsearch = True
    return client.index(index='orders', id=503, body={'total': 'x'})


def searched(name, cls, cause, status, body, wraps, **marks):
    @case(name, cls, cause, wraps, **marks)
    def index_order():
        port = answering(status, body, X_Elastic_Product='Elasticsearch')
        return index(port)


searched('es-rejected', L, 'the write queue of the cluster is full', 429, elastic('es_rejected_execution_exception', 'rejected execution of coordinating operation [coordinating_and_primary_bytes=0, max_coordinating_and_primary_bytes=42908221]'), 'typed bare')
searched('es-mapping', V, 'a field of the document is of the wrong type', 400, elastic('mapper_parsing_exception', "failed to parse field [total] of type [long] in document with id '503'"), 'typed bare', misleading=True)
searched('es-conflict', V, 'the document was changed meanwhile', 409, elastic('version_conflict_engine_exception', '[503]: version conflict, document already exists (current version [1])'), 'bare lambda')
searched('es-security', A, 'the user may not write', 403, elastic('security_exception', 'action [indices:data/write/index] is unauthorized for user [orders]'), 'bare')
searched('es-login', A, 'the log-in is refused', 401, elastic('security_exception', 'unable to authenticate user [orders] for REST request [/orders/_doc/503]'), 'one')
searched('es-index', C, 'the index of our configuration does not exist', 404, elastic('index_not_found_exception', 'no such index [orders]'), 'bare', accept=V)
searched('es-flood', D, 'the disk of the cluster is full, so the index is read-only', 429, elastic('cluster_block_exception', 'index [orders] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];'), 'typed bare', accept='RESOURCE_EXHAUSTED THROTTLED', misleading=True)
searched('es-breaker', D, 'the memory of the cluster runs out', 429, elastic('circuit_breaking_exception', '[parent] Data too large, data for [<http_request>] would be [4290772992/3.9gb], which is larger than the limit of [4080218931/3.7gb]'), 'bare', accept='RESOURCE_EXHAUSTED THROTTLED', misleading=True)
searched('es-master', D, 'the cluster has no master', 503, elastic('master_not_discovered_exception', None), 'bare job')


@case('es-refused', D, 'the cluster is stopped', 'typed bare')
def index_offline():
    port = free_port()
    return index(port)


@case('es-timeout', T, 'the cluster does not accept the connection in time', 'bare one', misleading=True)
def index_late():
    port = black_hole()
    return index(port, timeout=0.4)
