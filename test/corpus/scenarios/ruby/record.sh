#!/bin/sh
# Records ../../texts/ruby.jsonl. As root, on Debian 12.
set -eu
cd "$(dirname "$0")"
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=1200 install -y -qq --no-install-recommends \
  nodejs postgresql mariadb-server redis-server slapd rabbitmq-server openssl \
  ruby ruby-pg ruby-mysql2 ruby-redis ruby-faraday ruby-httparty ruby-rest-client ruby-json-schema ruby-dry-types ruby-activerecord \
  ruby-activemodel ruby-aws-sdk-s3 ruby-aws-sdk-core ruby-aws-sdk-kms ruby-jwt ruby-msgpack ruby-google-protobuf ruby-nokogiri ruby-bunny \
  ruby-net-ldap ruby-connection-pool ruby-sequel ruby-oauth2 ruby-excon ruby-http ruby-grpc ruby-oj ruby-typhoeus >/dev/null
RAW=$(mktemp /tmp/raw-XXXXXX)
trap 'rm -f "$RAW"' EXIT
node ../others/targets.mjs pg,mysql,redis,ldap,amqp -- ruby -W0 record.rb >"$RAW"
node ../others/finish.mjs ruby <"$RAW"
