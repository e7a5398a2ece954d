#!/bin/bash
# Latencies of the cache's shared tier over a unix socket and over TCP on the loopback interface, against a Redis server of its own.
# Needs swift and redis-server. usage: run.sh [hits|facade]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
swift build -c release --package-path "$here"
program=$(swift build -c release --package-path "$here" --show-bin-path)/cache-benchmark
data=$(mktemp -d /tmp/cache-benchmark.XXXXXX)
port=$((20000 + RANDOM % 20000))
redis-server --port "$port" --bind 127.0.0.1 --unixsocket "$data/redis.sock" --dir "$data" --save "" --appendonly no >"$data/log" &
server=$!
trap 'kill "$server"; rm -rf "$data"' EXIT
until redis-cli -s "$data/redis.sock" ping >/dev/null 2>&1; do kill -0 "$server"; done
"$program" "unix://$data/redis.sock" "$@"
"$program" "redis://127.0.0.1:$port/0" "$@"
