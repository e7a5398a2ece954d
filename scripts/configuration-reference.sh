#!/usr/bin/env bash
# docs/configuration.md is written by the program from its own declarations.
#
#   scripts/configuration-reference.sh write     writes it anew
#   scripts/configuration-reference.sh check     fails when it differs from what the program says, or when deploy/env.example
#                                                misses a setting or names one that does not exist
set -euo pipefail
cd "$(dirname "$0")/.."

program=.build/debug/flotilla
[ -x "$program" ] || program=.build/release/flotilla
[ -x "$program" ] || { echo "configuration: build first: make build"; exit 1; }

reference=$(mktemp)
trap 'rm -f "$reference"' EXIT
# No server is asked and the environment plays no part.
env -i PATH="$PATH" "$program" config reference > "$reference"
[ -s "$reference" ] || { echo "configuration: flotilla config reference printed nothing"; exit 1; }

case "${1:-check}" in
write)
    cp "$reference" docs/configuration.md
    echo "configuration: wrote docs/configuration.md"
    ;;
check)
    if ! diff -u docs/configuration.md "$reference"; then
        echo "configuration: docs/configuration.md is out of date: make docs"
        exit 1
    fi
    # A setting is a name in capitals, alone in code marks, at the beginning of a table's row or of a heading.
    # shellcheck disable=SC2016  # the backquotes are Markdown
    declared=$(grep -oE '^(\| *|#+ *|- *)`[A-Z][A-Z0-9_]+`' docs/configuration.md | grep -oE '[A-Z][A-Z0-9_]+' | sort -u)
    named=$(grep -oE '^#?[A-Z][A-Z0-9_]+=' deploy/env.example | tr -d '#=' | sort -u)
    missing=$(comm -23 <(echo "$declared") <(echo "$named"))
    # PG* are libpq's own and OMP_THREAD_LIMIT is tesseract's.
    unknown=$(comm -13 <(echo "$declared") <(echo "$named") | grep -vE '^(PG[A-Z]+|OMP_THREAD_LIMIT|SWIFT_BACKTRACE)$' | sed -E '/_FILE$/d' || true)
    if [ -n "$missing" ]; then printf 'configuration: deploy/env.example misses: %s\n' "$(tr '\n' ' ' <<< "$missing")"; fi
    if [ -n "$unknown" ]; then printf 'configuration: deploy/env.example names what does not exist: %s\n' "$(tr '\n' ' ' <<< "$unknown")"; fi
    [ -z "$missing$unknown" ] || exit 1
    echo "configuration: the reference and deploy/env.example agree with the program"
    ;;
*) echo "usage: $0 write|check" >&2; exit 2 ;;
esac
