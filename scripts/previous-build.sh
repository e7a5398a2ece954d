#!/usr/bin/env bash
# Builds the programs of another commit into .build/previous/programs, for the self-test's fleet of two builds (T18).
#
#   scripts/previous-build.sh [commit]
set -euo pipefail
cd "$(dirname "$0")/.."

commit=$(git rev-parse --verify --quiet "${1:-HEAD~1}^{commit}") || {
    echo "previous-build: there is no commit ${1:-HEAD~1}; T18 will be skipped" >&2
    exit 0
}
target=$PWD/.build/previous
if [ "$(cat "$target/commit" 2> /dev/null || true)" = "$commit" ]; then exit 0; fi

# The worktree stays: the next previous commit is built on what is there.
if [ -e "$target/tree/.git" ]; then
    git -C "$target/tree" checkout --quiet --detach "$commit"
else
    mkdir -p "$target"
    git worktree prune
    git worktree add --quiet --force --detach "$target/tree" "$commit"
fi
for product in flotilla retry-scheduler fleet-worker; do
    (cd "$target/tree" && swift build -c release --static-swift-stdlib --product "$product")
done
mkdir -p "$target/programs"
for product in flotilla retry-scheduler fleet-worker; do
    install "$target/tree/.build/release/$product" "$target/programs/$product"
done
echo "$commit" > "$target/commit"
