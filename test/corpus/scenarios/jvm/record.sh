#!/bin/bash
# Records ../../texts/jvm.jsonl: installs Java, its libraries and four servers from Debian, and runs the scenarios against them.
# Run as root on Debian 12. Everything it writes is in a scratch directory that goes away at the end.  ./record.sh [scenario…] prints to stdout.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 TZ=UTC
libraries=(jackson2-core jackson2-databind jackson2-dataformat-xml google-gson json-simple yaml-snake dom4j postgresql-jdbc mariadb hikaricp commons-dbcp2
  commons-pool2 httpclient commons-httpclient okhttp netty grpc protobuf avro kryo commons-compress commons-codec commons-csv hibernate-validator rabbitmq-client zookeeper perfmark
  spring-jdbc spring-web spring-context bcprov mongodb xerial-sqlite-jdbc msgpack mail jets3t slf4j tomcat9)
if [ -z "${INSTALLED:-}" ]; then  # INSTALLED=1 leaves that out
  apt-get update -qq
  RUNLEVEL=1 apt-get install -qq -y --no-install-recommends openjdk-17-jdk-headless groovy nodejs postgresql mariadb-server slapd ldap-utils redis-server openssl \
    $(printf 'lib%s-java ' "${libraries[@]}")  # with RUNLEVEL=1 no server is started
fi

SCRATCH=$(mktemp -d); export SCRATCH; MACHINE=$(hostname); export MACHINE
chmod 755 "$SCRATCH"
pids=()
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; sleep 1; for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done; rm -rf "$SCRATCH"; }
trap stop EXIT
port() { node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'; }
until_ready() { for _ in $(seq 60); do "$@" >/dev/null 2>&1 && return; sleep 0.5; done; echo "not ready: $*" >&2; exit 1; }

jars=(jackson-core jackson-annotations jackson-databind jackson-dataformat-xml stax2-api gson json-simple snakeyaml dom4j postgresql mariadb-java-client
  HikariCP slf4j-api slf4j-nop commons-dbcp2 commons-pool2 commons-logging httpclient httpcore commons-httpclient okhttp okio netty-buffer netty-codec netty-codec-http
  netty-codec-http2 netty-common netty-handler netty-resolver netty-transport netty-transport-native-unix-common perfmark-api grpc-api grpc-context grpc-core grpc-stub grpc-netty
  opencensus-api guava protobuf protobuf-util avro kryo objenesis minlog reflectasm asm commons-compress commons-codec commons-csv hibernate-validator
  geronimo-validation-1.1-spec classmate jboss-logging tomcat9-el-api tomcat9-jasper-el tomcat9-juli tomcat9-jasper javax.mail javax.activation amqp-client zookeeper
  zookeeper-jute spring3-core spring3-beans spring3-aop spring3-context spring3-expression spring3-jdbc spring3-transaction spring3-web bcprov mongo-java-driver bson
  sqlite-jdbc msgpack-core jets3t jackson-mapper-asl jackson-core-asl java-xmlbuilder metrics-core snappy-java groovy-all)
path=$SCRATCH/classes; for jar in "${jars[@]}"; do path+=:/usr/share/java/$jar.jar; done
javac -nowarn -proc:none -encoding UTF-8 -parameters -d "$SCRATCH/classes" -cp "$path" src/*.java 2>&1 | { grep -v '^Note:\|^warning:\|warnings\?$' || true; }

# PostgreSQL
export PG_PORT; PG_PORT=$(port)
pg=$SCRATCH/pg; bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
mkdir "$pg"; chown postgres "$pg"
as_postgres() { setpriv --reuid postgres --regid postgres --clear-groups env HOME="$pg" "$@"; }
echo secret > "$SCRATCH/password"
(cd "$pg" && as_postgres "$bin/initdb" -D "$pg/data" -U postgres --pwfile="$SCRATCH/password" --no-locale -E UTF8 >/dev/null 2>&1)
printf 'local all postgres trust\nhost all postgres,consumer,narrow 127.0.0.1/32 scram-sha-256\n' > "$pg/data/pg_hba.conf"
setpriv --reuid postgres --regid postgres --clear-groups "$bin/postgres" -D "$pg/data" -p "$PG_PORT" -h 127.0.0.1 -k "$pg" -c max_connections=14 -c fsync=off >"$SCRATCH/pg.log" 2>&1 & pids+=($!)
until_ready psql -h "$pg" -p "$PG_PORT" -U postgres -c 'SELECT 1'
psql -q -h "$pg" -p "$PG_PORT" -U postgres -c 'CREATE DATABASE orders'
psql -q -h "$pg" -p "$PG_PORT" -U postgres orders <<'SQL'
CREATE ROLE consumer LOGIN PASSWORD 'secret'; CREATE ROLE narrow LOGIN PASSWORD 'secret' CONNECTION LIMIT 2;
CREATE TABLE stock (id int PRIMARY KEY, n int CHECK (n >= 0), name varchar(20) NOT NULL); INSERT INTO stock VALUES (1, 5, 'a'), (2, 6, 'b');
CREATE TABLE lines (id int, stock int CONSTRAINT lines_stock_fkey REFERENCES stock); CREATE TABLE secrets (id int);
GRANT ALL ON stock, lines TO consumer;
SQL

# MariaDB
export MY_PORT; MY_PORT=$(port)
my=$SCRATCH/my; mkdir "$my"; chown mysql "$my"
mariadb-install-db --no-defaults --user=mysql --datadir="$my/data" --skip-test-db >/dev/null 2>&1
mariadbd --no-defaults --user=mysql --datadir="$my/data" --port="$MY_PORT" --bind-address=127.0.0.1 --socket="$my/s" --pid-file="$my/p" --max-connections=14 --max-allowed-packet=1M --skip-name-resolve >"$SCRATCH/my.log" 2>&1 & pids+=($!)
until_ready mariadb --no-defaults -S "$my/s" -e 'SELECT 1'
mariadb --no-defaults -S "$my/s" <<'SQL'
CREATE DATABASE orders; USE orders;
CREATE TABLE stock (id INT PRIMARY KEY, n INT, name VARCHAR(20)) ENGINE=InnoDB; INSERT INTO stock VALUES (1, 5, 'a'), (2, 6, 'b');
CREATE TABLE stamps (at DATETIME); CREATE TABLE docs (doc LONGBLOB);
CREATE USER consumer@'%' IDENTIFIED BY 'secret'; GRANT ALL ON orders.* TO consumer@'%';
CREATE USER narrow@'%' IDENTIFIED BY 'secret' WITH MAX_USER_CONNECTIONS 2; GRANT ALL ON orders.* TO narrow@'%';
CREATE USER hourly@'%' IDENTIFIED BY 'secret' WITH MAX_QUERIES_PER_HOUR 20; GRANT ALL ON orders.* TO hourly@'%';
CREATE USER expired@'%' IDENTIFIED BY 'secret' PASSWORD EXPIRE; GRANT ALL ON orders.* TO expired@'%';
SQL

# OpenLDAP
export LDAP_PORT; LDAP_PORT=$(port)
mkdir "$SCRATCH/ldap"
cat > "$SCRATCH/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
database mdb
suffix "dc=example,dc=com"
directory $SCRATCH/ldap
rootdn "cn=admin,dc=example,dc=com"
rootpw secret
access to attrs=userPassword by anonymous auth
access to * by users read
CONF
/usr/sbin/slapd -d 0 -f "$SCRATCH/slapd.conf" -h "ldap://127.0.0.1:$LDAP_PORT" >/dev/null 2>&1 & pids+=($!)
until_ready ldapsearch -x -H "ldap://127.0.0.1:$LDAP_PORT" -b '' -s base
ldapadd -x -H "ldap://127.0.0.1:$LDAP_PORT" -D cn=admin,dc=example,dc=com -w secret >/dev/null <<'LDIF'
dn: dc=example,dc=com
objectClass: organization
objectClass: dcObject
o: example
dc: example

dn: cn=reader,dc=example,dc=com
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: secret
LDIF

# Redis
export REDIS_PORT; REDIS_PORT=$(port)
redis-server --port "$REDIS_PORT" --bind 127.0.0.1 --requirepass secret --maxclients 20 --save '' --dir "$SCRATCH" >/dev/null 2>&1 & pids+=($!)
until_ready redis-cli -p "$REDIS_PORT" ping

# keys and certificates
key() { keytool -genkeypair -alias k -keyalg RSA -keysize 2048 -storetype PKCS12 -keystore "$SCRATCH/$1.p12" -storepass changeit "${@:2}" 2>/dev/null
  keytool -exportcert -alias k -keystore "$SCRATCH/$1.p12" -storepass changeit 2>/dev/null | keytool -importcert -noprompt -alias c -keystore "$SCRATCH/$1.p12" -storepass changeit 2>/dev/null; }
key server -dname CN=orders-api -ext san=ip:127.0.0.1 -validity 30
key elsewhere -dname CN=shop.example.com -ext san=dns:shop.example.com -validity 30
key other -dname CN=other-ca -ext bc=ca:true -validity 30
key expired -dname CN=orders-api -validity 30
keys() { keytool "$1" -storepass changeit -keystore "$SCRATCH/$2.p12" "${@:3}" 2>/dev/null; }
keys -exportcert other -alias k | keys -importcert expired -noprompt -alias ca
keys -certreq expired -alias k | keys -gencert other -alias k -ext san=ip:127.0.0.1 -validity 5 -startdate -90d | keys -importcert expired -noprompt -alias k

out=$SCRATCH/out.jsonl
java -XX:-UsePerfData -Djava.io.tmpdir="$SCRATCH" -cp "$path" com.example.orders.Recorder "$out" "$@"
if [ $# -gt 0 ]; then cat "$out"; else mkdir -p ../../texts; cp "$out" ../../texts/jvm.jsonl; wc -l ../../texts/jvm.jsonl; fi
