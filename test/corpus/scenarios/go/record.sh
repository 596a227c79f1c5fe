#!/bin/sh
# Records ../../texts/go.jsonl. As root, on Debian 12.
set -eu
cd "$(dirname "$0")"
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=1200 install -y -qq --no-install-recommends \
  nodejs postgresql mariadb-server redis-server slapd rabbitmq-server openssl \
  golang-go golang-github-lib-pq-dev golang-github-jackc-pgx-v4-dev golang-github-go-sql-driver-mysql-dev golang-github-gomodule-redigo-dev \
  golang-github-aws-aws-sdk-go-dev golang-google-grpc-dev golang-goprotobuf-dev golang-github-golang-jwt-jwt-dev golang-gopkg-yaml.v3-dev \
  golang-github-go-playground-validator-v10-dev golang-github-pkg-errors-dev golang-github-hashicorp-go-multierror-dev \
  golang-github-hashicorp-go-retryablehttp-dev golang-github-rabbitmq-amqp091-go-dev golang-github-shopify-sarama-dev \
  golang-github-nats-io-go-nats-dev golang-github-xeipuuv-gojsonschema-dev golang-github-vmihailenco-msgpack.v5-dev \
  golang-github-avast-retry-go-dev golang-github-go-ldap-ldap-dev golang-github-linkedin-goavro-dev \
  golang-github-kelseyhightower-envconfig-dev golang-golang-x-oauth2-dev golang-golang-x-time-dev >/dev/null
BUILD=$(mktemp -d /tmp/build-XXXXXX)
export BUILD GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE="${GOCACHE:-$BUILD/cache}"
trap 'rm -rf "$BUILD"' EXIT
chmod 755 "$BUILD"
/usr/bin/go build -trimpath -o "$BUILD/consumer" .
CGO_ENABLED=0 /usr/bin/go build -trimpath -o "$BUILD/asleep" ./asleep
node ../others/targets.mjs pg,mysql,redis,ldap,amqp -- "$BUILD/consumer" >"$BUILD/raw.jsonl"
node ../others/finish.mjs go <"$BUILD/raw.jsonl"
