#!/usr/bin/env bash
# Runs the tests that `swift build --build-tests` made: one at a time, and the fleet last, since it kills daemons by the clock and must not
# share two cores with everything else. The last lines name what failed.
#
#   TEST_TIMEOUT=2700   seconds for each of the two parts: a test that hangs must not hold the machine for ever
#   TEST_FLAGS=         further arguments of `swift test`
#   TEST_ATTEMPTS=1     2 runs the suites with failures once more; a test that then passes is named as unsteady, and does not fail the run
set -uo pipefail
cd "$(dirname "$0")/.." || exit

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# run PART ARGUMENTS...: the exit code of `swift test`; its results are in $results/PART-swift-testing.xml unless it crashed.
run() {
    local part=$1
    shift
    # shellcheck disable=SC2086 # TEST_FLAGS is a list of words.
    timeout --signal=INT --kill-after=30 "${TEST_TIMEOUT:-2700}" \
        swift test --skip-build --no-parallel --xunit-output "$results/$part.xml" "$@" ${TEST_FLAGS:-} 2>&1 | tee "$results/$part.log"
}

# failed PART: a line for each failed test, `Module.Suite<TAB>name`.
failed() {
    [ -f "$results/$1-swift-testing.xml" ] || return 0
    python3 - "$results/$1-swift-testing.xml" <<'PYTHON'
import re
import sys

# Not read as XML: the file holds whatever the arguments of tests and their failures hold, control characters too, and a crash cuts it off.
text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
case = re.compile(r'<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:/>|>(.*?)</testcase>)', re.DOTALL)
for suite, name, inside in case.findall(text):
    if "<failure" in inside or "<error" in inside:
        print(suite, name, sep="\t")
PYTHON
}

status=0
unsteady=""
for part in rest fleet; do
    if [ "$part" = rest ]; then choice=(--skip FleetTests); else choice=(--filter FleetTests); fi
    run "$part" "${choice[@]}" && continue
    failures=$(failed "$part")
    if [ -n "$failures" ] && [ "${TEST_ATTEMPTS:-1}" -gt 1 ]; then
        # Whole suites, since names of tests are sentences that a regular expression would have to escape.
        mapfile -t suites < <(cut -f1 <<< "$failures" | sort -u | sed 's#[.]#[./]#g; s#.*#--filter\n^&([./]|$)#')
        echo "== once more: $(cut -f1 <<< "$failures" | sort -u | tr '\n' ' ')"
        if run "$part-again" "${suites[@]}"; then
            unsteady+="$failures"$'\n'
            continue
        fi
    fi
    status=1
done

if [ -n "$unsteady" ]; then
    echo "== unsteady: failed, and passed when run once more"
    printf '%s' "$unsteady"
fi
if [ "$status" -ne 0 ]; then
    echo "== failed"
    for part in rest fleet rest-again fleet-again; do failed "$part"; done | sort -u
    # What was expected, with file and line; a crash leaves only these.
    cat "$results"/*.log | grep -aE '✘|Fatal error|Crash|signal code' | tail -40
fi
exit "$status"
