"""LDAP: a real slapd, by ldap3 and the ldap tools."""
import os
import subprocess

import ldap3

from kit import TMP, case, fixture
from servers import black_hole, free_port, raw, start

A, V, T, L, D, R, C, U = ('AUTH_FAILURE', 'VALIDATION_ERROR', 'TIMEOUT', 'THROTTLED', 'DEPENDENCY_FAILURE', 'RESOURCE_EXHAUSTED', 'CODE_BUG', 'UNKNOWN')
ROOT = 'dc=example,dc=com'
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
moduleload back_mdb
modulepath /usr/lib/ldap
database mdb
suffix "{root}"
rootdn "cn=admin,{root}"
rootpw admin
directory {folder}
access to attrs=userPassword by anonymous auth by * none
access to * by users read
"""
ENTRIES = """
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: Example
dc: example

""" + ''.join(f"""
dn: cn=worker{n},dc=example,dc=com
objectClass: inetOrgPerson
cn: worker{n}
sn: {n}
userPassword: worker{n}

""" for n in range(5))


@fixture
def slapd():
    folder, port = os.path.join(TMP, 'slapd'), free_port()
    os.makedirs(folder)
    with open(folder + '/slapd.conf', 'w', encoding='utf-8') as f:
        f.write(CONFIG.format(root=ROOT, folder=folder))
    subprocess.run(['slapadd', '-f', folder + '/slapd.conf'], input=ENTRIES.encode(), check=True, capture_output=True)
    start(['slapd', '-d', '0', '-f', folder + '/slapd.conf', '-h', f'ldap://127.0.0.1:{port}/'], port)
    return port


def bound(user='worker1', password=None, port=None, **options):
    server = ldap3.Server('127.0.0.1', port or slapd(), connect_timeout=options.pop('connect_timeout', 3), get_info=ldap3.NONE)
    return ldap3.Connection(server, f'cn={user},{ROOT}', password or user, auto_bind=True, raise_exceptions=True, **options)


@case('ldap-login', A, 'the password is wrong', 'typed bare job')
def log_in():
    return bound(password='x')


@case('ldap-user', A, 'the user does not exist', 'one')
def log_in_unknown():
    return bound('orders-503')


@case('ldap-bind-result', A, 'the password is wrong and no details are raised', 'bare typed')
def log_in_plainly():
    return ldap3.Connection(ldap3.Server('127.0.0.1', slapd()), f'cn=worker1,{ROOT}', 'x', auto_bind=True)


@case('ldap-rights', A, 'the user may not write', 'typed bare')
def change():
    bound().modify(f'cn=worker2,{ROOT}', {'sn': [(ldap3.MODIFY_REPLACE, ['x'])]})


@case('ldap-exists', V, 'the entry exists', 'bare typed')
def add():
    bound('admin').add(f'cn=worker2,{ROOT}', 'inetOrgPerson', {'sn': 'x', 'cn': 'worker2'})


@case('ldap-missing', V, 'the payload names an entry that does not exist', 'one')
def remove():
    bound('admin').delete(f'cn=worker404,{ROOT}')


@case('ldap-schema', V, 'an entry lacks an attribute', 'bare lambda')
def add_incomplete():
    bound('admin').add(f'cn=worker9,{ROOT}', 'inetOrgPerson', {'cn': 'worker9'})


@case('ldap-syntax', V, 'a name from the payload is no distinguished name', 'bare', accept=C)
def add_wrong():
    bound('admin').add('token 503', 'inetOrgPerson', {'cn': 'x', 'sn': 'x'})


@case('ldap-attribute', V, 'an attribute from the payload does not exist', 'typed', accept=C)
def add_attribute():
    bound('admin').modify(f'cn=worker2,{ROOT}', {'timeoutPolicy': [(ldap3.MODIFY_ADD, ['x'])]})


@case('ldap-filter', C, 'a filter of ours is broken', 'one bare')
def find():
    bound().search(ROOT, '(&(cn=worker1)(sn=1)')


@case('ldap-refused', D, 'the server is stopped', 'typed bare')
def connect():
    port = free_port()
    return bound(port=port)


@case('ldap-timeout', T, 'the server does not accept the connection in time', 'bare one', misleading=True)
def connect_far():
    port = black_hole()
    return bound(port=port, connect_timeout=0.5)


@case('ldap-read-timeout', T, 'the server does not answer in time', 'bare')
def log_in_late():
    port = raw(b'', 'hang')
    return bound(port=port, receive_timeout=1)


@case('ldap-closed', D, 'the server closes the connection', 'one')
def log_in_closed():
    port = raw(b'')
    return bound(port=port)


@case('ldap-starttls', C, 'TLS is wanted of a server that has none', 'bare', accept=D)
def secure():
    connection = bound()
    return connection.start_tls()


@case('ldap-tool-login', A, 'the password is wrong', 'bare')
def by_tool():
    done = subprocess.run(['ldapsearch', '-x', '-H', f'ldap://127.0.0.1:{slapd()}', '-D', f'cn=worker1,{ROOT}', '-w', 'x', '-b', ROOT], capture_output=True, text=True)
    raise RuntimeError(f'ldapsearch exited with {done.returncode}: {done.stderr.strip()}')


@case('ldap-tool-refused', D, 'the server is stopped', 'bare')
def by_tool_offline():
    done = subprocess.run(['ldapsearch', '-x', '-H', f'ldap://127.0.0.1:{free_port()}', '-b', ROOT], capture_output=True, text=True)
    raise RuntimeError(f'ldapsearch exited with {done.returncode}: {done.stderr.strip()}')


