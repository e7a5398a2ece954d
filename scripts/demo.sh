#!/usr/bin/env bash
# A whole fleet on sample files, from nothing: private Redis and PostgreSQL, processors for documents, audio, video and the graph, a
# retry scheduler. Shows progress, results, a search, transcripts, screen text, the graph of a case, failures with their reasons, a
# replay after repair, the same files once more out of the cache, and the sum that proves that nothing was lost; then stops everything. `make demo` builds first.
#
#   DEMO_KEEP=1        leaves the fleet running and prints how to use and stop it
#   DEMO_BIN=…         another folder of programs than .build/release
#   DEMO_DOCUMENTS=…   another folder of documents than Examples/documents
#   DEMO_RECORDINGS=…  another folder of recordings than Examples/recordings
#   DEMO_PICTURES=…    where pictures to open are written, instead of .flotilla/demo
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
bin=${DEMO_BIN:-$PWD/.build/release}
documents=${DEMO_DOCUMENTS:-$PWD/Examples/documents}
recordings=${DEMO_RECORDINGS:-$PWD/Examples/recordings}
pictures=${DEMO_PICTURES:-$PWD/.flotilla/demo}
directory=$(mktemp -d "${TMPDIR:-/tmp}/flotilla-demo.XXXXXX")
chmod 755 "$directory"
pids=()

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$*"; }
# Shows a command as the reader would type it, then runs it.
run() {
    printf '%s$ flotilla %s%s\n' "$bold" "$*" "$plain"
    "$bin/flotilla" "$@"
}
now() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }
# Seconds since a `now`, with a decimal.
since() { awk -v "from=$1" -v "to=$(now)" 'BEGIN { printf "%.1f", (to - from) / 1000000 }'; }
# Waits until the outbox has sent on what is finished, and the graph has taken it in.
graph_settled() {
    local open
    for _ in $(seq 600); do
        open=$("$bin/flotilla" queue list --json | python3 -c 'import json, sys
for queue in json.load(sys.stdin)["queues"]:
    if queue["name"] == "graph_queue": print(queue["ready"] + queue["leased"] + queue["scheduled"])')
        [ "$open" != 0 ] || break
        sleep 0.1
    done
}
# One value of a JSON document on standard input: json '["chunks"][0]["page"]'; empty when it is not there.
json() { python3 -c 'import json, sys
value = json.load(sys.stdin)
try: value = eval("value" + sys.argv[1])
except (KeyError, IndexError, TypeError): value = ""
print(value if value is not None else "")' "$1"; }

stop() {
    local status=$?
    trap - EXIT
    # A second Ctrl-C must not leave servers behind.
    trap '' INT TERM
    if [ "$status" -ne 0 ]; then
        printf '\nThe demonstration stopped (status %s). Last lines of each log:\n' "$status"
        for log in "$directory"/*.log; do
            if [ -f "$log" ]; then printf '%s\n' "-- $log"; tail -5 "$log"; fi
        done
    fi
    if [ "${#pids[@]}" -gt 0 ]; then
        kill -TERM "${pids[@]}" 2> /dev/null || true
        for pid in "${pids[@]}"; do
            for _ in $(seq 150); do
                kill -0 "$pid" 2> /dev/null || break
                sleep 0.1
            done
            kill -KILL "$pid" 2> /dev/null || true
            wait "$pid" 2> /dev/null || true
        done
    fi
    scripts/services.sh stop "$directory/services"
    if [ "$status" -eq 0 ]; then
        rm -rf "$directory"
        say "Everything is stopped and removed."
    else
        say "Logs are kept in $directory."
    fi
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -x "$bin/flotilla" ] || { echo "demo: build first: make demo" >&2; exit 1; }
if [ ! -d "$documents" ]; then python3 Examples/make-samples.py; fi
if [ ! -d "$recordings" ]; then python3 Examples/make-recordings.py; fi

chapter "1. Private servers: Redis for queues, Redis for the cache, PostgreSQL; and the fleet"
environment=$(scripts/services.sh start "$directory/services")
eval "$environment"
storage=$directory/storage
mkdir -p "$storage"
cp -r "$documents" "$storage/documents"
cp -r "$recordings" "$storage/recordings"
export STORAGE_ROOT=$storage
# Minutes in production; a reader has no minutes.
export RETRY_BACKOFF_BASE_SECONDS=3 RETRY_BACKOFF_MAX_SECONDS=10 MAX_RETRY_ATTEMPTS=3
# Counts of the cache are to be seen at once.
export CACHE_FLUSH_SECONDS=1
export SWIFT_BACKTRACE=enable=no OMP_THREAD_LIMIT=1
run migrate
launch() {
    local name=$1
    shift
    # Port 0: the system chooses one that is free.
    HTTP_PORT=0 LOG_FORMAT=json "$@" > "$directory/$name.log" 2>&1 &
    pids+=("$!")
    say "started $name (process $!, log $directory/$name.log)"
}
launch document-processor-1 "$bin/document-processor"
launch document-processor-2 "$bin/document-processor"
launch audio-processor "$bin/audio-processor"
launch video-processor "$bin/video-processor"
launch graph-processor "$bin/graph-processor"
launch retry-scheduler "$bin/retry-scheduler"

chapter "2. A message whose file comes late"
# Any Redis client is a producer. This file is not there yet: the first run fails and is retried.
late='{"job_id":"demo-late","gcs_path":"late/arrives-late.txt","filename":"arrives-late.txt"}'
redis-cli -s "${REDIS_URL#unix://}" LPUSH document_queue "$late" > /dev/null
say "sent by plain redis-cli LPUSH: $late"
for _ in $(seq 100); do
    [ "$("$bin/flotilla" retry list --json | json '["total"]')" = 0 ] || break
    sleep 0.1
done
run retry list
run why demo-late
mkdir -p "$storage/late"
printf 'This document reached the storage after its message reached the queue. Flotilla waited for it.\n' > "$storage/late/arrives-late.txt"
say "now the file is there, and the retry will find it"

chapter "3. Documents go in"
say "$(find "$storage/documents" -type f | wc -l) files: text and scanned PDF, office formats, HTML, images, e-mail, and some that must fail"
job=demo
# Ends with status 7 when some files failed, which is what the samples ask for.
submitted=0
begun=$(now)
run submit "$storage/documents" --job "$job" --watch || submitted=$?
first=$(since "$begun")
case "$submitted" in 0 | 7) ;; *) exit "$submitted" ;; esac
run job watch demo-late
run job show demo-late

chapter "4. Where each ended"
run job show "$job"
# One that was read in part from its text layer and in part by OCR; of other folders the first that was read.
shown=$("$bin/flotilla" document list --job "$job" --limit 500 --json | python3 -c 'import json, sys
found = [document for document in json.load(sys.stdin)["documents"] if document.get("chunks")]
found.sort(key=lambda document: "mixed" not in (document.get("filename") or ""))
print(found[0]["document_uuid"] if found else "")')
if [ -n "$shown" ]; then
    run document show "$shown"
    # Not head: who writes must be able to write all.
    run document text "$shown" | sed -n 1,14p
    run document chunks "$shown" | sed -n 1,14p
fi

chapter "5. Search: full text and vectors, with file and page"
run search "rent of the quay" --limit 3
run search "damage to the sea wall in the storm" --limit 3

chapter "6. A case in a contract, a hearing and a briefing"
say "$(find "$storage/recordings" -type f | wc -l) files: a PDF, recordings and videos, and some that must fail"
submitted=0
run submit "$storage/recordings" --job salvage --watch || submitted=$?
case "$submitted" in 0 | 7) ;; *) exit "$submitted" ;; esac
# The first document of the job whose file name has this in it.
of_file() {
    "$bin/flotilla" document list --job salvage --limit 500 --json | python3 -c 'import json, sys
print(next((document["document_uuid"] for document in json.load(sys.stdin)["documents"] if sys.argv[1] in (document.get("filename") or "")), ""))' "$1"
}
rm -rf "$pictures"
mkdir -p "$pictures"
hearing=$(of_file hearing)
if [ -n "$hearing" ]; then
    run document transcript "$hearing"
    run document transcript "$hearing" --format srt | sed -n 1,8p
fi
video=$(of_file briefing.mp4)
if [ -n "$video" ]; then
    run document screen "$video"
    run document picture "$video" --kind contact_sheet --output "$pictures/contact-sheet.jpg"
fi
cut=$(of_file cut-off)
if [ -n "$cut" ]; then run document show "$cut"; fi

chapter "7. What they have in common: people, places, organisations"
say "each finished file is sent on to the graph by the outbox; waiting until all have arrived"
graph_settled
run graph show --job salvage --limit 20
if [ -n "$hearing" ]; then
    run graph path "Walter Hamilton" "Helen Carter" --job salvage
    run graph entity "Mary Jackson" --job salvage
fi
run graph export --job salvage --format html --output "$pictures/graph.html"
say "open $pictures/graph.html in a browser"

chapter "8. What failed, and why"
run dlq list
run dlq stats
letter=$("$bin/flotilla" dlq list --json | python3 -c 'import json, sys
found = json.load(sys.stdin)
letters = found if isinstance(found, list) else found.get("dead_letters", found.get("items", []))
print(next((letter["id"] for letter in letters if "corrupt.pdf" in (letter.get("filename") or "")), ""))')
if [ -n "$letter" ]; then
    run dlq show "$letter"
    run why "$job"

    chapter "9. Repair and replay"
    broken=$(find "$storage/documents" -name '*corrupt*.pdf' | head -1)
    good=$(find "$storage/documents" -name '*.pdf' ! -name '*corrupt*' ! -name '*encrypt*' | sort | head -1)
    cp "$good" "$broken"
    say "$(basename "$broken") is replaced by a good file"
    run dlq requeue "$letter" --yes
    # Other samples stay dead, so this ends with status 7.
    run job watch "$job" || true
    run dlq list
fi

chapter "10. The same documents once more, in another job"
say "what was made of the same content is in the cache; the names of files and jobs do not count"
submitted=0
begun=$(now)
run submit "$storage/documents" --job "$job-again" --watch || submitted=$?
again=$(since "$begun")
case "$submitted" in 0 | 7) ;; *) exit "$submitted" ;; esac
say "the first time $first s, now $again s"
graph_settled
# The daemons write their counts down every second.
sleep 1.2
run cache stats
run monitor cache --once

chapter "11. Nothing is lost"
run queue list
run worker list
run reconcile

elapsed=$((SECONDS - started))
if [ -n "${DEMO_KEEP:-}" ]; then
    chapter "The fleet runs on"
    say "$environment"
    say "export STORAGE_ROOT=$storage"
    say "$bin/flotilla queue list"
    say "Ctrl-C stops everything."
    wait
fi
chapter "Done in $elapsed seconds."
