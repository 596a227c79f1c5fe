#!/bin/sh
# Records ../../texts/others.jsonl: Perl, Lua, Elixir, Erlang, shell tools and C. As root, on Debian 12.
set -eu
cd "$(dirname "$0")"
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=1200 install -y -qq --no-install-recommends \
  nodejs postgresql mariadb-server redis-server slapd openssl curl jq sqlite3 libxml2-utils ldap-utils redis-tools mariadb-client \
  postgresql-client gnupg openssh-client protobuf-compiler gcc libc6-dev \
  libwww-perl libdbi-perl libdbd-pg-perl libdbd-mysql-perl libjson-xs-perl libcpanel-json-xs-perl libxml-libxml-perl libredis-perl \
  libnet-ldap-perl libio-socket-ssl-perl liblwp-protocol-https-perl libmoose-perl libtype-tiny-perl libtry-tiny-perl libcrypt-jwt-perl \
  libdata-messagepack-perl libjson-validator-perl lua5.4 lua-socket lua-cjson lua-dkjson lua-redis \
  elixir erlang-base erlang-inets erlang-ssl erlang-eldap erlang-poolboy erlang-jiffy erlang-xmerl >/dev/null
BUILD=$(mktemp -d /tmp/build-XXXXXX)
export BUILD
chmod 755 "$BUILD"
trap 'rm -rf "$BUILD"' EXIT
node targets.mjs pg,mysql,redis,ldap -- node record.mjs >"$BUILD/raw.jsonl"
node finish.mjs others <"$BUILD/raw.jsonl"
