#!/bin/bash
# Measures what the cache costs inside a process: hit ratios, reads under the lock, statistics, entries. Needs swiftc and the headers of
# zlib and OpenSSL. usage: run.sh [hit-ratio] [latency] [statistics] [entries]   (all of them without a name)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d /tmp/cache-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
swift=(swiftc -O -wmo -swift-version 6 -package-name flotilla -enable-upcoming-feature NonisolatedNonsendingByDefault
    -enable-upcoming-feature InternalImportsByDefault -I "$work" -L "$work"
    -I "$root/Sources/System/CZlib" -I "$root/Sources/System/COpenSSL")
for module in Threading JSONText Compression Cryptography; do
    "${swift[@]}" -parse-as-library -emit-library -static -emit-module -emit-module-path "$work/$module.swiftmodule" -module-name "$module" \
        "$root"/Sources/$module/*.swift -o "$work/lib$module.a"
done
# The cache and the benchmark are one module, so that generic code is compiled for its types as it is in a daemon.
mapfile -t sources < <(find "$root/Sources/FlotillaCache" -name '*.swift')
"${swift[@]}" -module-name CacheBenchmark "${sources[@]}" "$root"/Tests/FlotillaCacheTests/Support/{SeededGenerator,ZipfTrace,PlainLRU}.swift \
    "$here"/*.swift -lThreading -lJSONText -lCompression -lCryptography -lz -lcrypto -o "$work/cache-benchmark"
"$work/cache-benchmark" "$@"
