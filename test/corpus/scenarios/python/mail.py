"""smtplib against a stub that speaks SMTP, and paramiko against one that speaks (or does not speak) SSH."""
import os
import smtplib
import socket
import threading

import paramiko

from kit import TMP, case, fixture
from servers import black_hole, free_port, saying

A, V, T, L, D, C = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'CODE_BUG')
HELLO = ('220 mx.internal ESMTP', '250-mx.internal\r\n250-SIZE 10240000\r\n250 AUTH PLAIN')


def mail(name, cls, cause, replies, wraps, login=False, **marks):
    @case(name, cls, cause, wraps, **marks)
    def send_invoice():
        port = saying(*replies)
        with smtplib.SMTP('127.0.0.1', port, timeout=0.7) as smtp:
            if login:
                smtp.login('orders', 'secret')
            smtp.sendmail('shop@example.com', ['anna@example.com'], 'Subject: order 503\r\n\r\nx')


OK = '250 2.0.0 Ok'
mail('smtp-login', A, 'the log-in is refused', [*HELLO, '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6'], 'typed bare', login=True)
mail('smtp-login-needed', A, 'the server wants a log-in first', [*HELLO, '530 5.7.0 Authentication required', OK], 'typed job')
mail('smtp-login-later', L, 'too many log-ins', [*HELLO, '454 4.7.0 Too many login attempts, please try again later.'], 'bare', login=True, accept=A, misleading=True)
mail('smtp-login-down', D, 'the password backend of the server is down', [*HELLO, '454 4.7.0 Temporary authentication failure: Connection lost to authentication server'], 'bare typed', login=True, accept=A, misleading=True)
mail('smtp-rate', L, 'mails are sent too fast', [*HELLO, OK, OK, '454 Throttling failure: Maximum sending rate exceeded.'], 'typed bare', misleading=True)
mail('smtp-slow-down', L, 'the server asks to slow down', [*HELLO, '421 4.7.0 Try again later, too many messages from this sender', '221 Bye'], 'bare', misleading=True)
mail('smtp-quota', L, 'the daily quota of mails is used up', [*HELLO, '550 5.4.5 Daily user sending quota exceeded.', OK], 'one lambda', misleading=True)
mail('smtp-user', V, 'the recipient of the payload does not exist', [*HELLO, OK, '550 5.1.1 <anna@example.com>: Recipient address rejected: User unknown', OK], 'typed bare', misleading=True)
mail('smtp-size', V, 'the mail is too large', [*HELLO, '552 5.3.4 Message size exceeds fixed limit', OK], 'bare', misleading=True)
mail('smtp-relay', A, 'the server does not relay for us', [*HELLO, OK, '554 5.7.1 <anna@example.com>: Relay access denied', OK], 'bare', accept=V)
mail('smtp-421', D, 'the server shuts down', ['421 4.3.2 System not accepting network messages'], 'typed bare')
mail('smtp-disk', D, 'the disk of the server is full', [*HELLO, '452 4.3.1 Insufficient system storage', OK], 'bare', accept='RESOURCE_EXHAUSTED', misleading=True)
mail('smtp-closed', D, 'the server closes the connection', [*HELLO, OK, False], 'one bare')
mail('smtp-timeout', T, 'the server does not answer', [None], 'bare typed')
mail('smtp-starttls', A, 'the server wants TLS first', [*HELLO, '530 5.7.0 Must issue a STARTTLS command first', OK], 'one', accept=C)


@case('smtp-no-auth', C, 'a log-in is tried that the server does not offer', 'one typed', accept=A, misleading=True)
def log_in():
    port = saying('220 mx.internal', '250 mx.internal')
    with smtplib.SMTP('127.0.0.1', port, timeout=2) as smtp:
        smtp.login('orders', 'secret')


@case('smtp-refused', D, 'the server is stopped', 'bare cause')
def send_mail():
    port = free_port()
    return smtplib.SMTP('127.0.0.1', port, timeout=2)


# --- SSH ------------------------------------------------------------------------------------------------------------------------------

@fixture
def ssh_server():
    """An SSH server that refuses every log-in."""
    listener = socket.create_server(('127.0.0.1', 0))
    key = paramiko.ECDSAKey.generate()

    def serve():
        while True:
            conn, _ = listener.accept()
            transport = paramiko.Transport(conn)
            transport.add_server_key(key)
            transport.start_server(server=paramiko.ServerInterface())
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


def ssh(port, policy=paramiko.WarningPolicy, **options):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(policy)
    client.connect('127.0.0.1', port, 'orders', look_for_keys=False, allow_agent=False, **options)
    return client


@case('sftp-login', A, 'the password is refused', 'typed bare')
def open_sftp():
    port = ssh_server()
    return ssh(port, password='wrong')


@case('sftp-no-method', A, 'no way to log in is left', 'one')
def open_partner():
    port = ssh_server()
    return ssh(port)


@case('sftp-refused', D, 'the server is stopped', 'typed bare')
def open_archive():
    port = free_port()
    return ssh(port, password='x')


@case('sftp-banner', D, 'the server accepts the connection and says nothing', 'one bare', accept=T)
def open_feed():
    port = saying(None)
    return ssh(port, password='x', banner_timeout=0.6)


@case('sftp-timeout', T, 'the server does not accept the connection in time', 'one')
def open_export():
    port = black_hole()
    return ssh(port, password='x', timeout=0.5)


@case('sftp-host-key', D, 'the host key of the server is not known', 'bare job', accept=A + ' ' + C, misleading=True)
def open_import():
    port = ssh_server()
    return ssh(port, paramiko.RejectPolicy, password='x')


@case('sftp-key', C, 'the private key of our configuration is not a key', 'typed', accept=A, misleading=True)
def read_key():
    with open(os.path.join(TMP, 'id_orders'), 'w', encoding='utf-8') as f:
        f.write('-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n')
    return paramiko.RSAKey.from_private_key_file(f.name)
