#!/bin/sh
# Records the texts of Node and its libraries again: on Debian 12 as root, with Node 20 or newer.
set -eu
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=900 update -q
apt-get -o DPkg::Lock::Timeout=900 install -y -q --no-install-recommends \
  openssl redis-server postgresql-15 mariadb-server
npm install --ignore-scripts --no-audit --no-fund
exec node record.mjs "$@"
