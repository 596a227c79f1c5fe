#!/bin/sh
# Records ../../texts/php.jsonl. As root, on Debian 12.
set -eu
cd "$(dirname "$0")"
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=1200 install -y -qq --no-install-recommends \
  nodejs postgresql mariadb-server redis-server slapd rabbitmq-server openssl \
  php-cli php-curl php-pgsql php-mysql php-redis php-xml php-mbstring php-amqp php-sqlite3 php-ldap php-soap php-intl php-bcmath php-msgpack \
  php-guzzlehttp-guzzle php-symfony-http-client php-symfony-validator php-symfony-serializer php-symfony-rate-limiter \
  php-symfony-options-resolver php-symfony-mailer php-async-aws-sqs php-monolog php-predis php-doctrine-dbal php-json-schema \
  php-webmozart-assert php-vlucas-phpdotenv php-amqplib php-google-protobuf >/dev/null
RAW=$(mktemp /tmp/raw-XXXXXX)
trap 'rm -f "$RAW"' EXIT
node ../others/targets.mjs pg,mysql,redis,ldap,amqp -- php -d error_reporting=22527 record.php >"$RAW"
node ../others/finish.mjs php <"$RAW"
