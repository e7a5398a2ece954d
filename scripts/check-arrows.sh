#!/usr/bin/env bash
# Proves the direction of the package's arrows from the imports themselves (the compiler's own check,
# --explicit-target-dependency-import-check, only compares them with Package.swift).
#
#   1. each C library is imported by exactly one Swift module, OpenSSL by two: TLS in one, hashes and ciphers in the other; CSystem (libc
#      beyond what Glibc shows) is open to the ones listed
#   2. the runtime and what it stands on import no C library, no driver, no document code and no Foundation
#   3. drivers and clients know no jobs: none imports Flotilla
#   4. no runtime module imports Foundation, in any form
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
fail() { printf 'arrows: %s\n' "$*"; failed=1; }

# Modules, one a line, under Sources that import $1. Executables count by their folder's name.
importers() {
    grep -rlE "^[[:space:]]*((public|internal|package|private|fileprivate|@preconcurrency|@testable|@_[A-Za-z]+(\([^)]*\))?)[[:space:]]+)*import[[:space:]]+((struct|class|enum|func|protocol|typealias|var|let)[[:space:]]+)?$1([.[:space:];]|$)" \
        --include='*.swift' Sources 2> /dev/null | sed -E 's#^Sources/(Executables/)?([^/]+)/.*#\2#' | sort -u || true
}

declare -A owner=(
    [CHiredis]=RedisClient [COpenSSL]="RedisClient Cryptography" [CLibpq]=PostgresClient [CZlib]=Compression
    [CExpat]=XMLText [CMicrohttpd]=HTTPServer [CCurl]=HTTPClient
)
system_importers="Reactor RedisClient FaultProxy HTTPServer Subprocess FlotillaDaemon ObjectStorage DocumentFormats document-extractor ServerHarness Threading"

for directory in Sources/System/*/; do
    library=$(basename "$directory")
    mapfile -t users < <(importers "$library")
    if [ "$library" = CSystem ]; then
        for user in "${users[@]}"; do
            [[ " $system_importers " == *" $user "* ]] || fail "$user imports CSystem and is not in the list of $0"
        done
    elif [ -z "${owner[$library]:-}" ]; then
        fail "$library has no owner in $0"
    else
        for user in "${users[@]}"; do
            [[ " ${owner[$library]} " == *" $user "* ]] || fail "$user imports $library, which belongs to ${owner[$library]}"
        done
    fi
done

# $1 must import none of the rest.
forbid() {
    local module=$1 other
    shift
    for other in "$@"; do
        if importers "$other" | grep -qx "$module"; then fail "$module imports $other"; fi
    done
}

c_libraries="CHiredis COpenSSL CLibpq CZlib CExpat CMicrohttpd CCurl"
drivers="RedisClient PostgresClient HTTPServer HTTPClient Compression Cryptography XMLText Subprocess"
caches="FlotillaCacheRedis FlotillaCachePostgres StageCaching"
adapters="FlotillaRedis FlotillaPostgres FlotillaDaemon"
documents="Corpus CorpusPostgres CorpusTesting TextAnalysis EntityAnalysis RemoteModels StageTools TextStages AudioStages VideoStages GraphStages ObjectStorage DocumentFormats DocumentStages OperatorCommands"
# shellcheck disable=SC2086  # lists of words
{
    for module in Flotilla Threading JSONText FlotillaTesting; do
        forbid "$module" $c_libraries CSystem $drivers $adapters $documents FlotillaCache $caches Reactor
    done
    # The cache is a library of its own: no jobs, no server.
    for module in FlotillaCache CacheTesting; do
        forbid "$module" $c_libraries CSystem RedisClient PostgresClient HTTPServer HTTPClient Subprocess Reactor Flotilla $adapters \
            $caches $documents
    done
    for module in $caches; do forbid "$module" $documents; done
    forbid FlotillaCacheRedis Flotilla $adapters
    for module in $drivers Reactor FaultProxy; do forbid "$module" Flotilla $adapters $documents; done
    for module in $adapters; do forbid "$module" $documents; done
    for module in Flotilla Threading JSONText Reactor RedisClient PostgresClient HTTPServer Subprocess FlotillaRedis \
        FlotillaPostgres FlotillaDaemon FlotillaTesting FlotillaCache $caches CacheTesting Cryptography; do
        forbid "$module" Foundation FoundationEssentials FoundationNetworking Dispatch
    done
}

if [ "$failed" = 0 ]; then echo "arrows: every import points the right way"; fi
exit "$failed"
