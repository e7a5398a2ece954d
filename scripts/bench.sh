#!/usr/bin/env bash
# The drain of no-op jobs through the real broker, without and with durable PostgreSQL state, on private servers.
# Arguments go to `flotilla bench`.
set -euo pipefail
cd "$(dirname "$0")/.."

directory=$(mktemp -d "${TMPDIR:-/tmp}/flotilla-bench.XXXXXX")
trap 'scripts/services.sh stop "$directory"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
environment=$(scripts/services.sh start "$directory")
eval "$environment"
export SWIFT_BACKTRACE=enable=no
flotilla=.build/release/flotilla
"$flotilla" migrate > /dev/null
"$flotilla" bench "$@"
