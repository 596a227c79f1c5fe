#!/bin/sh
# Records ../../texts/rust.jsonl. As root, on Debian 12: the crates are Debian's own, nothing comes from crates.io.
set -eu
cd "$(dirname "$0")"
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=1200 install -y -qq --no-install-recommends nodejs postgresql openssl \
  cargo rustc librust-anyhow-dev librust-base64-dev librust-chrono-dev librust-csv-dev librust-flate2-dev librust-jsonwebtoken-dev \
  librust-prost-dev librust-quick-xml-dev librust-reqwest-dev librust-rmp-serde-dev librust-serde-dev librust-serde+serde-derive-dev \
  librust-serde-json-dev librust-tokio-dev librust-tokio-postgres-dev librust-toml-dev librust-ureq-dev librust-uuid-dev >/dev/null
BUILD=$(mktemp -d /tmp/build-XXXXXX)
export BUILD CARGO_HOME="$BUILD/home"
trap 'rm -rf "$BUILD"' EXIT
mkdir -p "$BUILD/home" "$BUILD/src"
cp Cargo.toml "$BUILD/" && cp src/main.rs "$BUILD/src/"
printf '[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "/usr/share/cargo/registry"\n' >"$BUILD/home/config.toml"
(cd "$BUILD" && PATH=/usr/bin:/bin cargo build --offline --quiet)
node ../others/targets.mjs pg -- "$BUILD/target/debug/consumer" >"$BUILD/raw.jsonl"
node ../others/finish.mjs rust <"$BUILD/raw.jsonl"
