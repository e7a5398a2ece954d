#!/usr/bin/env bash
# Syntax of the Lua that runs inside Redis (Lua 5.1), and its two habits: a header that names KEYS, ARGV and what is returned, and
# no `redis.call` on a key that is neither a KEYS entry nor made from one.
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=$(command -v luac5.1 || command -v luac || true)
failed=0
count=0
for script in Sources/FlotillaRedis/Scripts/*.lua Sources/FlotillaCacheRedis/CacheScripts/*.lua; do
    count=$((count + 1))
    if [ -n "$compiler" ] && ! "$compiler" -p "$script"; then failed=1; fi
    if ! head -1 "$script" | grep -q '^--'; then
        echo "lua: $script does not begin with a comment that says what it does"
        failed=1
    fi
    if grep -nE "redis\.p?call\( *['\"][A-Za-z]+['\"] *, *['\"]" "$script" |
        grep -vE "redis\.p?call\( *['\"](INFO|TIME|COMMAND|CONFIG|PUBLISH)" > /dev/null; then
        echo "lua: $script names a key in a literal; keys come from KEYS"
        failed=1
    fi
done
if [ -z "$compiler" ]; then echo "lua: luac5.1 is not installed, syntax not checked"; fi
if [ "$failed" = 0 ]; then echo "lua: $count scripts are well formed"; fi
exit "$failed"
