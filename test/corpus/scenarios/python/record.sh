#!/bin/bash
# Installs what the Python scenarios need from Debian 12, provokes every failure and writes ../../texts/python.jsonl (about five minutes).
# Arguments: parts of scenario names; then only these run and their texts go to standard output.
set -euo pipefail
cd "$(dirname "$0")"

packages=(
  postgresql-15 mariadb-server redis-server slapd ldap-utils mosquitto memcached rabbitmq-server curl openssl xz-utils util-linux
  python3-{requests,httpx,aiohttp,urllib3,boto3,psycopg2,psycopg,psycopg-pool,asyncpg,pymysql,redis,pymongo,pika,sqlalchemy,peewee}
  python3-{pydantic,jsonschema,marshmallow,cerberus,voluptuous,djangorestframework,email-validator,xmlschema,dateutil,iso8601}
  python3-{jwt,cryptography,authlib,oauthlib,requests-oauthlib,google-auth,googleapi,stripe,twilio,hvac}
  python3-{grpcio,protobuf,msgpack,avro,cbor2,lxml,yaml,pil}
  python3-{ldap3,pymemcache,pylibmc,paramiko,stomp,paho-mqtt,kafka,kazoo,elasticsearch,celery,kombu,billiard,tenacity,backoff}
)
# The servers are started by the scenarios on ports of their own: Debian must not start its services.
missing=()
for package in "${packages[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if ((${#missing[@]})); then
  [ -e /usr/sbin/policy-rc.d ] || { printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
  apt-get -q -o DPkg::Lock::Timeout=900 update
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=900 install --no-install-recommends "${missing[@]}"
fi

PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore LC_ALL=C.UTF-8 /usr/bin/python3 record.py "$@"
