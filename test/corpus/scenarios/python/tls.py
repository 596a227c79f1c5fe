"""TLS: certificates that are expired, self-signed, for another host or missing."""
import asyncio
import contextlib
import datetime
import ipaddress
import os
import socket
import ssl
import urllib.request

import aiohttp
import httpx
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kit import TMP, case, fixture
from servers import answering, raw, tcp

NOW = datetime.datetime.utcnow()


@fixture
def certificate(name, host='127.0.0.1', days=30, issuer=None, age=60):
    """Paths of a certificate and its key: signed by itself, or by the certificate of that name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    alternative = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    builder = (x509.CertificateBuilder().subject_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(NOW - datetime.timedelta(days=age)).not_valid_after(NOW + datetime.timedelta(days=days))
               .add_extension(x509.SubjectAlternativeName([alternative]), False).add_extension(x509.BasicConstraints(issuer is None, None), True))
    if issuer:
        with open(certificate(issuer)[0], 'rb') as f:
            ca = x509.load_pem_x509_certificate(f.read())
        with open(certificate(issuer)[1], 'rb') as f:
            ca_key = serialization.load_pem_private_key(f.read(), None)
        signed = builder.issuer_name(ca.subject).sign(ca_key, hashes.SHA256())
    else:
        signed = builder.issuer_name(subject).sign(key, hashes.SHA256())
    paths = [os.path.join(TMP, f'{name}.{kind}') for kind in ('crt', 'key')]
    with open(paths[0], 'wb') as f:
        f.write(signed.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], 'wb') as f:
        f.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return paths


def ca():
    return certificate('orders-ca')[0]


def context(name='server', client_ca=None, **options):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate(name, **options))
    if client_ca:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(client_ca)
    return tls


def serving(*args, **options):
    return answering(200, '{}', tls=context(*args, **options))


@case('tls-self-signed', 'DEPENDENCY_FAILURE', 'the certificate of the server is self-signed', 'typed bare', misleading=True)
def fetch_rates():
    port = serving('selfsigned')
    return requests.get(f'https://127.0.0.1:{port}/v1/rates', timeout=5)


@case('tls-expired', 'DEPENDENCY_FAILURE', 'the certificate of the server has expired', 'typed bare job', misleading=True)
def fetch_stock():
    port = serving('expired', days=-2, issuer='orders-ca')
    return requests.get(f'https://127.0.0.1:{port}/v1/stock', verify=ca(), timeout=5)


@case('tls-host', 'DEPENDENCY_FAILURE', 'the certificate of the server is for another host', 'one bare')
def fetch_prices():
    port = serving('other', host='shop.example', issuer='orders-ca')
    return urllib.request.urlopen(f'https://127.0.0.1:{port}/', timeout=5, context=ssl.create_default_context(cafile=ca()))


@case('tls-aiohttp', 'DEPENDENCY_FAILURE', 'the certificate of the server is self-signed', 'bare', misleading=True)
def fetch_customers():
    port = serving('selfsigned')

    async def run():
        async with aiohttp.ClientSession() as client:
            await client.get(f'https://127.0.0.1:{port}/')
    asyncio.run(run())


@case('tls-not-yet', 'DEPENDENCY_FAILURE', 'the certificate of the server is not valid yet', 'bare')
def fetch_orders():
    port = serving('notyet', age=-10, issuer='orders-ca')
    return httpx.get(f'https://127.0.0.1:{port}/', verify=ca(), trust_env=False)


@case('tls-plain', 'DEPENDENCY_FAILURE', 'the server speaks HTTP without TLS on that port', 'typed bare', accept='CODE_BUG', misleading=True)
def fetch_offers():
    port = raw(b'HTTP/1.1 400 Bad Request\r\n\r\n')
    return requests.get(f'https://127.0.0.1:{port}/', timeout=5)


@case('tls-old', 'DEPENDENCY_FAILURE', 'client and server have no TLS version in common', 'one job', accept='CODE_BUG AUTH_FAILURE')
def fetch_invoices():
    tls = context()
    tls.minimum_version = ssl.TLSVersion.TLSv1_3
    mine = ssl.create_default_context(cafile=ca())
    mine.maximum_version = ssl.TLSVersion.TLSv1_2
    return urllib.request.urlopen(f'https://127.0.0.1:{answering(200, "", tls=tls)}/', timeout=5, context=mine)


@case('tls-closed', 'DEPENDENCY_FAILURE', 'the connection is closed during the handshake', 'bare typed', misleading=True)
def fetch_token():
    port = tcp(lambda conn: conn.recv(4096))
    return requests.post(f'https://127.0.0.1:{port}/oauth/token', timeout=5)


@case('tls-client-missing', 'AUTH_FAILURE', 'the server wants a certificate of the client, which sends none', 'typed bare', accept='DEPENDENCY_FAILURE', misleading=True)
def call_partner():
    port = serving('partner', issuer='orders-ca', client_ca=ca())
    return requests.get(f'https://127.0.0.1:{port}/', verify=ca(), timeout=5)


@case('tls-client-unknown', 'DEPENDENCY_FAILURE', 'the server hangs up on a client certificate of an unknown authority and does not say why', 'bare one')
def call_bank():
    return handshake(certificate('stranger'), ca())


@case('tls-client-expired', 'AUTH_FAILURE', 'the certificate of the client has expired', 'bare job', accept='DEPENDENCY_FAILURE', misleading=True)
def call_registry():
    return handshake(certificate('oldclient', days=-2, issuer='orders-ca'), ca())


def handshake(client_pair, trusted):
    tls = context('partner', issuer='orders-ca', client_ca=trusted)

    def talk(conn):
        with contextlib.suppress(OSError):
            conn.recv(100)
    port = tcp(talk, tls)
    mine = ssl.create_default_context(cafile=trusted)
    mine.load_cert_chain(*client_pair)
    with mine.wrap_socket(socket.create_connection(('127.0.0.1', port), 5), server_hostname='127.0.0.1') as conn:
        conn.sendall(b'GET / HTTP/1.0\r\n\r\n')
        return conn.recv(10) and None


@case('tls-timeout', 'TIMEOUT', 'the handshake does not end in time', 'bare one')
def call_exchange():
    port = raw(b'', 'hang')
    return httpx.get(f'https://127.0.0.1:{port}/', timeout=0.5, trust_env=False)


@case('tls-key-file', 'CODE_BUG', 'the file of our client certificate does not exist', 'bare typed', accept='AUTH_FAILURE', misleading=True)
def call_tax_office():
    port = serving('server')
    return requests.get(f'https://127.0.0.1:{port}/', cert='/etc/orders/client.pem', timeout=5)


@case('tls-key-mismatch', 'CODE_BUG', 'key and certificate of our configuration do not belong together', 'one', accept='AUTH_FAILURE')
def load_identity():
    return ssl.create_default_context().load_cert_chain(certificate('stranger')[0], certificate('server')[1])
