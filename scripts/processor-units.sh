#!/usr/bin/env bash
# The systemd units of the other processors, made from the two that are written by hand: systemd has no inheritance, and walls that are
# kept in four copies drift apart.
#
#   audio, video   flotilla-document-processor@: children read strangers' files in sandboxes
#   graph          flotilla-retry-scheduler@: starts no child and reads no file, so it can be closed further
#
#   scripts/processor-units.sh write     writes them
#   scripts/processor-units.sh check     says which differ from what would be written
set -euo pipefail
cd "$(dirname "$0")/.."

origin() { printf '# Made from %s by scripts/processor-units.sh: change that one.\n' "$1"; }

# $1 role, $2 its words, $3 the first three digits of its ports
from_document() {
    local role=$1 words=$2 ports=$3
    unit="$(origin flotilla-document-processor@.service
        sed -e "s/One document processor a number/One $words a number/" -e "s/document-processor/$role/g" -e "s/document processor/$words/g" \
            -e "s/documents come from strangers/recordings come from strangers/" -e 's/(pdftotext, tesseract, …)/(ffmpeg, pocketsphinx, …)/' \
            -e "s/127\.0\.0\.1:9101/127.0.0.1:${ports}1/" -e "s/Where documents lie/Where files lie/" \
            -e "s/somebody's document/somebody's recording/" -e 's/a document that takes over/a file that takes over/' \
            'systemd/flotilla-document-processor@.service')"
    socket="$(origin flotilla-document-processor@.socket
        sed -e "s/document-processor/$role/g" -e "s/document processor/$words/g" -e "s/port 910N of this host, N from 1 to 4/port ${ports}N of this host, N from 1 to 9./" \
            -e '/^# (9105 is/s/.*/# Another address: a drop-in with an empty ListenStream= first./' -e "s/127\.0\.0\.1:910%i/127.0.0.1:${ports}%i/" \
            'systemd/flotilla-document-processor@.socket')"
}

from_scheduler() {
    unit="$(origin flotilla-retry-scheduler@.service
        sed -e 's/^# One retry scheduler a number\..*/# One graph processor a number: flotilla-graph-processor@1.service, @2, …/' \
            -e 's/retry-scheduler/graph-processor/g' -e 's/retry scheduler/graph processor/g' \
            -e 's/^# The promotion loop sends/# The work loop sends/' \
            -e 's/^# Every step is one short script or transaction; the same figure.*/# SIGTERM drains for 60 s (DRAIN_SECONDS) and gives the rest back; this must stay the longer of the two./' \
            -e 's/^# An idle scheduler takes a tenth of this\./# A long document with its names and relations takes a tenth of this./' \
            -e 's/^MemoryMax=512M/MemoryMax=2G/' -e 's/^TasksMax=64/TasksMax=256/' -e 's/^LimitNOFILE=4096/LimitNOFILE=65536/' \
            -e 's/^OOMPolicy=stop/OOMPolicy=continue/' \
            'systemd/flotilla-retry-scheduler@.service')"
}

failed=0
# $1 path, $2 text
put() {
    if [ "$mode" = write ]; then
        printf '%s\n' "$2" > "$1"
    elif ! printf '%s\n' "$2" | cmp -s - "$1"; then
        echo "units: $1 is not what scripts/processor-units.sh writes: run 'scripts/processor-units.sh write'"
        failed=1
    fi
}

mode=${1:-check}
for role in audio video; do
    from_document "$role-processor" "$role processor" "$([ "$role" = audio ] && echo 911 || echo 912)"
    put "systemd/flotilla-$role-processor@.service" "$unit"
    put "systemd/flotilla-$role-processor@.socket" "$socket"
done
from_scheduler
put systemd/flotilla-graph-processor@.service "$unit"
exit "$failed"
