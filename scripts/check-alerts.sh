#!/usr/bin/env bash
# Checks and unit-tests the alert rules with promtool. When it is not installed, Debian's package is unpacked (not installed) into
# .flotilla/tools; without a network the check says so and passes.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=.flotilla/tools
promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then promtool=$tools/usr/bin/promtool; fi
if [ ! -x "$promtool" ] && command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null; then
    mkdir -p "$tools"
    if (cd "$tools" && apt-get download -qq prometheus > /dev/null 2>&1 && dpkg-deb --fsys-tarfile prometheus_*.deb |
        tar -x ./usr/bin/promtool && rm -f prometheus_*.deb); then :; else rm -rf "$tools"; fi
fi
if [ ! -x "$promtool" ]; then
    echo "alerts: promtool is not to be had, not checked"
    exit 0
fi

"$promtool" check config --lint=all --lint-fatal <(sed 's#alerts.yml#'"$PWD"'/deploy/prometheus/alerts.yml#' deploy/prometheus/prometheus.yml.example) > /dev/null
"$promtool" check rules --lint=all --lint-fatal deploy/prometheus/alerts.yml
"$promtool" test rules deploy/prometheus/alerts.test.yml

# Every alert has a test and a section of the operations page to send people to.
failed=0
while read -r alert; do
    grep -q "alertname: $alert" deploy/prometheus/alerts.test.yml || { echo "alerts: $alert has no test"; failed=1; }
done < <(grep -oE 'alert: \w+' deploy/prometheus/alerts.yml | cut -d' ' -f2)
while read -r anchor; do
    grep -qiE "^#+ ${anchor//-/ }$" docs/operations.md || { echo "alerts: docs/operations.md has no section $anchor"; failed=1; }
done < <(grep -oE 'operations.md#[a-z-]+' deploy/prometheus/alerts.yml | cut -d'#' -f2 | sort -u)
exit "$failed"
