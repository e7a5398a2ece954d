#!/usr/bin/env bash
# A private Redis, a second one for the cache, and a private PostgreSQL on unix sockets, in a directory of their own.
#
#   eval "$(scripts/services.sh start DIRECTORY)"    starts all, prints `export REDIS_URL=… CACHE_REDIS_URL=… DATABASE_URL=…`
#   scripts/services.sh stop DIRECTORY               stops all and removes the directory
#   scripts/services.sh env DIRECTORY                prints the exports again
#   scripts/services.sh restart-redis DIRECTORY      stops the first Redis cleanly and starts it on the same files
#
# They listen on no port, know nothing of servers that run on the host, and are found again by the pid files in DIRECTORY only.
# PostgreSQL refuses to run as root: when we are root it runs as `postgres`, or as `nobody`.
set -euo pipefail

say() { printf 'services: %s\n' "$*" >&2; }
usage() { sed -n '2,9p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }

[ $# -eq 2 ] || usage
verb=$1
mkdir -p "$2"
directory=$(cd "$2" && pwd)

# A unix socket's path has room for 107 bytes; a long DIRECTORY gets a short one beside it.
sockets=$directory
if [ "${#directory}" -gt 70 ]; then
    sockets=/tmp/flotilla-$(printf '%s' "$directory" | cksum | cut -d' ' -f1)
fi

postgres_bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -1)
if [ -z "$postgres_bin" ] && command -v initdb > /dev/null; then postgres_bin=$(dirname "$(command -v initdb)"); fi

# Runs a command as the user that PostgreSQL may run as.
as_postgres() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        (cd / && setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups -- "$@")
    fi
}

postgres_user=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    if id postgres > /dev/null 2>&1; then postgres_user=postgres; else postgres_user=nobody; fi
fi

print_environment() {
    # The database role is always `flotilla`, whoever the server runs as.
    printf 'export REDIS_URL=%q\n' "unix://$sockets/redis.sock"
    printf 'export CACHE_REDIS_URL=%q\n' "unix://$sockets/redis-cache.sock"
    printf 'export DATABASE_URL=%q\n' "postgresql:///flotilla?host=$sockets&user=flotilla"
}

# $1 in all of these: redis, or redis-cache
redis_alive() { [ "$(redis-cli -s "$sockets/$1.sock" ping 2> /dev/null || true)" = PONG ]; }

# What a server keeps, and what it does when it is full.
redis_character() {
    if [ "$1" = redis ]; then
        printf '%s\n' 'maxmemory-policy noeviction' 'appendonly yes' 'appendfsync everysec'
    else
        printf '%s\n' 'maxmemory 128mb' 'maxmemory-policy volatile-lfu' 'appendonly no'
    fi
}

start_redis() {
    mkdir -p "$directory/$1"
    redis-server - > "$directory/$1.log" 2>&1 << CONFIGURATION
port 0
unixsocket $sockets/$1.sock
unixsocketperm 700
dir $directory/$1
daemonize yes
pidfile $directory/$1.pid
logfile $directory/$1.log
save ""
$(redis_character "$1")
CONFIGURATION
    for _ in $(seq 100); do
        if redis_alive "$1"; then return; fi
        sleep 0.05
    done
    say "Redis ($1) did not answer within 5 s:"
    tail -5 "$directory/$1.log" >&2
    exit 1
}

stop_redis() {
    [ -f "$directory/$1.pid" ] || return 0
    local pid
    pid=$(cat "$directory/$1.pid")
    redis-cli -s "$sockets/$1.sock" shutdown nosave > /dev/null 2>&1 || kill "$pid" 2> /dev/null || true
    for _ in $(seq 100); do
        # A dead process that nobody has reaped yet still answers `kill -0`.
        case "$(ps -o stat= -p "$pid" 2> /dev/null)" in '' | Z*) break ;; esac
        sleep 0.02
    done
    case "$(ps -o stat= -p "$pid" 2> /dev/null)" in '' | Z*) ;; *) kill -9 "$pid" 2> /dev/null || true ;; esac
    rm -f "$directory/$1.pid"
}

start_postgres() {
    [ -n "$postgres_bin" ] || { say "PostgreSQL is not installed: make setup"; exit 1; }
    local data=$directory/postgres
    if [ ! -f "$data/PG_VERSION" ]; then
        mkdir -p "$data"
        chmod 700 "$data"
        if [ "$(id -u)" -eq 0 ]; then chown "$postgres_user" "$data"; fi
        as_postgres "$postgres_bin/initdb" --pgdata="$data" --username=flotilla --auth=trust --encoding=UTF8 \
            --locale=C.UTF-8 --no-sync > "$directory/initdb.log" 2>&1 || { tail -5 "$directory/initdb.log" >&2; exit 1; }
    fi
    : > "$directory/postgres.log"
    if [ "$(id -u)" -eq 0 ]; then chown "$postgres_user" "$directory/postgres.log"; fi
    as_postgres "$postgres_bin/pg_ctl" start --silent --wait --timeout=30 --pgdata="$data" --log="$directory/postgres.log" \
        --options="-c listen_addresses='' -c unix_socket_directories='$sockets' -c max_connections=200" > /dev/null ||
        { say "PostgreSQL did not start:"; tail -5 "$directory/postgres.log" >&2; exit 1; }
    if [ "$("$postgres_bin/psql" -h "$sockets" -U flotilla -d postgres -Atc \
        "SELECT count(*) FROM pg_database WHERE datname = 'flotilla'")" = 0 ]; then
        "$postgres_bin/psql" -q -h "$sockets" -U flotilla -d postgres -c "CREATE DATABASE flotilla" > /dev/null
    fi
}

stop_postgres() {
    [ -f "$directory/postgres/postmaster.pid" ] || return 0
    as_postgres "$postgres_bin/pg_ctl" stop --silent --mode=fast --timeout=20 --pgdata="$directory/postgres" > /dev/null 2>&1 ||
        as_postgres "$postgres_bin/pg_ctl" stop --silent --mode=immediate --pgdata="$directory/postgres" > /dev/null 2>&1 || true
}

# Half a start leaves nothing running.
stop_after_failure() {
    local status=$?
    if [ "$status" -ne 0 ]; then
        stop_postgres
        stop_redis redis-cache
        stop_redis redis
    fi
}

case "$verb" in
start)
    mkdir -p "$sockets"
    chmod 755 "$directory" "$sockets"
    as_postgres test -x "$directory" || {
        say "PostgreSQL runs as $postgres_user and cannot enter $directory: choose a directory under /tmp"
        exit 1
    }
    # The server's user must reach its data and write its socket; nobody else gets to write here.
    if [ "$(id -u)" -eq 0 ]; then chgrp "$(id -g "$postgres_user")" "$sockets"; chmod 775 "$sockets"; fi
    trap stop_after_failure EXIT
    for server in redis redis-cache; do redis_alive "$server" || start_redis "$server"; done
    [ -f "$directory/postgres/postmaster.pid" ] || start_postgres
    print_environment
    ;;
restart-redis)
    stop_redis redis
    start_redis redis
    ;;
env) print_environment ;;
stop)
    stop_postgres
    stop_redis redis-cache
    stop_redis redis
    rm -rf "$directory"
    if [ "$sockets" != "$directory" ]; then rm -rf "$sockets"; fi
    ;;
*) usage ;;
esac
