#!/usr/bin/env bash
# Installs the Debian packages of scripts/packages.txt that are missing, and nothing else.
#
#   scripts/setup.sh                    every group
#   scripts/setup.sh runtime test       these groups
#
# Quick and silent when nothing is missing. Needs root, or sudo without a password prompt that nobody answers.
# The host keeps its habits: no service is started by the installation, none is enabled for the next boot, no PostgreSQL
# cluster is created, and a redis-server or postgresql that was there before is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

# The packages of the groups asked for, one a line.
wanted() {
    local groups=" $* "
    while read -r group package _; do
        case "$group" in '' | '#'*) continue ;; esac
        if [ "$groups" = "  " ] || [[ "$groups" == *" $group "* ]]; then echo "$package"; fi
    done < scripts/packages.txt
}

missing=()
while read -r package; do
    # One query a package would cost 10 ms each; a package that dpkg never heard of has no line at all.
    missing+=("$package")
done < <(
    wanted "$@" | sort -u > "${TMPDIR:-/tmp}/flotilla-wanted.$$"
    # shellcheck disable=SC2016  # dpkg-query expands these, not the shell
    dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' 2> /dev/null |
        awk '$1 == "installed" { print $2 }' | sort -u | comm -13 - "${TMPDIR:-/tmp}/flotilla-wanted.$$"
    rm -f "${TMPDIR:-/tmp}/flotilla-wanted.$$"
)

if [ "${#missing[@]}" -gt 0 ]; then
    if ! command -v apt-get > /dev/null; then
        say "this is not Debian; please install the equivalents of: ${missing[*]}"
        exit 1
    fi
    root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo > /dev/null; then
            say "these packages are missing: ${missing[*]}"
            say "installing them needs root, and there is no sudo. As root: apt-get update && apt-get install -y ${missing[*]}"
            exit 1
        fi
        root=(sudo)
        say "sudo is used to install the missing packages"
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"

    policy=/usr/sbin/policy-rc.d
    cluster_directory=/etc/postgresql-common/createcluster.d
    cluster_file=$cluster_directory/flotilla-setup.conf
    made_policy=no made_cluster_directory=no made_cluster_file=no
    restore() {
        if [ "$made_policy" = yes ]; then "${root[@]}" rm -f "$policy"; fi
        if [ "$made_cluster_file" = yes ]; then "${root[@]}" rm -f "$cluster_file"; fi
        # Not empty means that somebody else put something there meanwhile: theirs to keep.
        if [ "$made_cluster_directory" = yes ]; then "${root[@]}" rmdir "$cluster_directory" 2> /dev/null || true; fi
    }
    trap restore EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    if [ ! -e "$policy" ]; then
        made_policy=yes
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" > /dev/null
        "${root[@]}" chmod 755 "$policy"
    fi
    if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
        if [ ! -d "$cluster_directory" ]; then
            made_cluster_directory=yes
            "${root[@]}" mkdir -p "$cluster_directory"
        fi
        made_cluster_file=yes
        echo "create_main_cluster = false" | "${root[@]}" tee "$cluster_file" > /dev/null
    fi

    log=$(mktemp)
    apt() {
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" > "$log" 2>&1 || {
            say "apt-get $1 failed:"
            tail -20 "$log" >&2
            return 1
        }
    }
    apt update || say "trying with the package lists that are there"
    apt install -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${missing[@]}"
    rm -f "$log"

    # The packages enable their service for the next boot; only what this run brought is switched off again.
    if command -v systemctl > /dev/null; then
        for package in "${missing[@]}"; do
            case "$package" in
            redis-server) "${root[@]}" systemctl disable --quiet redis-server.service 2> /dev/null || true ;;
            postgresql-15) "${root[@]}" systemctl disable --quiet postgresql.service 2> /dev/null || true ;;
            esac
        done
    fi
    say "done"
fi

swift=$(command -v swift || true)
if [ -z "$swift" ] && [ -x /opt/swift/usr/bin/swift ]; then swift=/opt/swift/usr/bin/swift; fi
if [ -z "$swift" ]; then
    say "no Swift toolchain: Flotilla needs Swift 6.3 on PATH or in /opt/swift (https://www.swift.org/install/linux/)"
    exit 1
fi
