#!/bin/bash
# Records ../../texts/dotnet.jsonl: installs Mono and its class libraries from Debian, compiles the scenarios and runs them.
# Run as root on Debian 12. Everything it writes is in a scratch directory that goes away at the end.  ./record.sh scenario… prints to stdout.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 TZ=UTC
if [ -z "${INSTALLED:-}" ]; then  # INSTALLED=1 leaves that out
  apt-get update -qq
  libraries=(net-http runtime-serialization data xml-linq web-extensions json componentmodel-dataannotations io-compression servicemodel)
  apt-get install -y -qq --no-install-recommends mono-mcs mono-runtime libnewtonsoft-json5.0-cil libmono-rabbitmq4.0-cil libmono-sqlite4.0-cil libmono-posix4.0-cil \
    libmono-microsoft-csharp4.0-cil libsqlite3-0 openssl $(printf 'libmono-system-%s4.0-cil ' "${libraries[@]}" | sed 's/servicemodel4.0-cil/servicemodel4.0a-cil/')
fi
SCRATCH=$(mktemp -d); export SCRATCH
trap 'rm -rf "$SCRATCH"' EXIT
export HOME=$SCRATCH
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=orders-api -addext subjectAltName=IP:127.0.0.1 -keyout "$SCRATCH/k.pem" -out "$SCRATCH/c.pem" 2>/dev/null
openssl pkcs12 -export -legacy -inkey "$SCRATCH/k.pem" -in "$SCRATCH/c.pem" -passout pass:changeit -out "$SCRATCH/server.pfx"
cp /usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll "$SCRATCH"
assemblies=(System.Core System.Net.Http System.Runtime.Serialization System.Data System.Xml System.Xml.Linq System.Web.Extensions System.ComponentModel.DataAnnotations
  System.IO.Compression System.Transactions Mono.Data.Sqlite RabbitMQ.Client)
mcs -nowarn:0168,0219,0162,0649,0618 -lib:"$SCRATCH" -r:Newtonsoft.Json "${assemblies[@]/#/-r:}" -out:"$SCRATCH/orders.exe" src/*.cs
out=$SCRATCH/out.jsonl
mono "$SCRATCH/orders.exe" "$out" "$@"
if [ $# -gt 0 ]; then cat "$out"; else mkdir -p ../../texts; cp "$out" ../../texts/dotnet.jsonl; wc -l ../../texts/dotnet.jsonl; fi
