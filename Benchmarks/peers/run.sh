#!/usr/bin/env bash
# Flotilla beside other job engines, in turn on the same private Redis and PostgreSQL. Installs what it needs into a folder of its own,
# prints tables, and writes them with their data to Benchmarks/peers/results and Benchmarks/RESULTS.md.
#
#   Benchmarks/peers/run.sh                      everything, about three quarters of an hour; after `make release`
#   Benchmarks/peers/run.sh drain latency        these sections; each takes a quarter of an hour at most
#   Benchmarks/peers/run.sh --only rq,celery     these peers
#   Benchmarks/peers/run.sh --scale 0.1          a tenth of the jobs, while working on it
#   Benchmarks/peers/run.sh --large              also a million delayed retries and a queue of ten millions
#
# PEERS_SCRATCH is where the Python environment stays between runs (default .flotilla/peers). Sidekiq comes from Debian's package
# `ruby-sidekiq` when we are root; without it, it is left out and the tables say so. BENCH_BIN is where the programs are.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=${PEERS_SCRATCH:-.flotilla/peers}
mkdir -p "$scratch"
scratch=$(cd "$scratch" && pwd)
say() { printf 'bench-peers: %s\n' "$*" >&2; }

install_python() {
    local wanted
    wanted=$(cat Benchmarks/peers/requirements*.txt)
    if [ "$wanted" = "$(cat "$scratch/installed.txt" 2> /dev/null)" ]; then return; fi
    say "installing the Python peers into $scratch/venv"
    python3 -m venv "$scratch/venv"
    timeout 600 "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --requirement Benchmarks/peers/requirements.txt
    timeout 300 "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement Benchmarks/peers/requirements-arq.txt
    printf '%s\n' "$wanted" > "$scratch/installed.txt"
}

install_sidekiq() {
    if command -v sidekiq > /dev/null; then return; fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
        say "Sidekiq is left out: apt-get install ruby-sidekiq as root adds it"
        return
    fi
    say "installing ruby-sidekiq"
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install --yes --quiet --no-install-recommends ruby-sidekiq ruby-redis > /dev/null ||
        say "ruby-sidekiq could not be installed: Sidekiq is left out"
}

install_python
install_sidekiq

directory=$(mktemp -d "${TMPDIR:-/tmp}/flotilla-peers.XXXXXX")
chmod 755 "$directory"
harness=

# shellcheck disable=SC2317  # called by the trap
# Workers that outlived the harness, whichever way it ended: those whose reports go into our folder.
kill_workers() {
    local environment pid
    for environment in /proc/[0-9]*/environ; do
        if grep --quiet --text --fixed-strings "PEERS_REPORT=$directory" "$environment" 2> /dev/null; then
            pid=${environment#/proc/}
            kill -9 "${pid%/environ}" 2> /dev/null || true
        fi
    done
}

# shellcheck disable=SC2317  # called by the trap
stop() {
    if [ -n "$harness" ]; then kill "$harness" 2> /dev/null || true; wait "$harness" 2> /dev/null || true; fi
    kill_workers
    scripts/services.sh stop "$directory/services"
    rm -rf "$directory"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
environment=$(scripts/services.sh start "$directory/services")
eval "$environment"
export CACHE_ENABLED=false PYTHONDONTWRITEBYTECODE=1

PYTHONPATH=Benchmarks/peers "$scratch/venv/bin/python" Benchmarks/peers/bench.py "$directory" "$@" &
harness=$!
status=0
wait "$harness" || status=$?
harness=
if [ "$status" -ne 0 ]; then
    cp "$directory"/*.log "$scratch" 2> /dev/null || true
    say "failed; the workers' logs are in $scratch"
fi
"$scratch/venv/bin/python" Benchmarks/peers/results.py
exit "$status"
