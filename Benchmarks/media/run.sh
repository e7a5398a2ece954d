#!/usr/bin/env bash
# What the fleet costs over the bare tools, whether its memory grows over many files, and how fast it is: on private servers, with the
# release build. Prints tables and writes them to .flotilla/bench-media.md.
#
#   Benchmarks/media/run.sh                          everything: an hour on two cores
#   Benchmarks/media/run.sh overhead --rounds 5      a recording and a video, bare tools and daemon side by side
#   Benchmarks/media/run.sh endurance --files 1000   memory and throughput over so many files of each kind
set -euo pipefail
cd "$(dirname "$0")/../.."

directory=$(mktemp -d "${TMPDIR:-/tmp}/flotilla-media.XXXXXX")
chmod 755 "$directory"
stop() {
    scripts/services.sh stop "$directory/services"
    rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
environment=$(scripts/services.sh start "$directory/services")
eval "$environment"
export SWIFT_BACKTRACE=enable=no
# The work is measured, and the same files come many times: nothing may remember it.
export CACHE_ENABLED=false
if [ $# -eq 0 ]; then
    python3 Benchmarks/media/overhead.py "$directory"
    python3 Benchmarks/media/endurance.py "$directory"
else
    measure=$1
    shift
    python3 "Benchmarks/media/$measure.py" "$directory" "$@"
fi
