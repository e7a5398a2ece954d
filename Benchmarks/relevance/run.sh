#!/bin/bash
# Measures search rankings against PostgreSQL's full-text ranking on relevance sets made from what is installed here, and on the set
# in Tests/TextAnalysisTests. Needs swiftc, python3, PostgreSQL 15. usage: run.sh [WORK_FOLDER]   (ALL=1 prints every fusion tried)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
[ -d "$work/sets/packages" ] || python3 "$here/make_sets.py" "$work/sets"
mkdir -p "$work/sets/handmade"
cp "$root"/Tests/TextAnalysisTests/Fixtures/relevance/*.tsv "$work/sets/handmade/" 2>/dev/null || rmdir "$work/sets/handmade"

if [ -n "$(find "$work/sets" -mindepth 1 -maxdepth 1 -type d '!' -exec test -e '{}/fts.tsv' ';' -print -quit)" ]; then
    binaries=/usr/lib/postgresql/15/bin
    data=$(mktemp -d /tmp/relevance-pg.XXXXXX)
    run() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
    if [ "$(id -u)" = 0 ]; then chown postgres "$data"; fi
    stop() { run "$binaries/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$data"; }
    trap stop EXIT
    run "$binaries/initdb" -D "$data/db" -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    run "$binaries/pg_ctl" -D "$data/db" -w -o "-k $data -h ''" -l "$data/log" start >/dev/null
    for set in "$work"/sets/*/; do
        case $set in */german/) config=german ;; */french/) config=french ;; *) config=english ;; esac
        # The query as OR of its words: AND loses most of the recall.
        run psql -q -h "$data" -d postgres -v ON_ERROR_STOP=1 >"$set/fts.tsv" <<SQL
set client_min_messages = warning;
drop table if exists d, q;
create table d (id text, body text);
create table q (id text, body text);
\copy d from program 'cat ${set}docs.tsv | sed "s/\\\\\\\\/ /g"'
\copy q from program 'cat ${set}queries.tsv | sed "s/\\\\\\\\/ /g"'
alter table d add v tsvector;
update d set v = to_tsvector('$config', body);
\copy (select q.id, h.id, h.r from q, lateral (select replace(plainto_tsquery('$config', q.body)::text, '&', '|')::tsquery t) t, lateral (select d.id, ts_rank(d.v, t.t, 1) r from d where d.v @@ t.t order by r desc limit 1000) h) to stdout
SQL
    done
fi
swiftc -O -wmo -swift-version 6 -module-name RelevanceBench "$root"/Sources/TextAnalysis/*.swift "$here/main.swift" -o "$work/relevance-bench"
"$work/relevance-bench" "$work"/sets/*
