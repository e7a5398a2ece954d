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

# The dashboards' expressions parse, as the rules of a file made from them.
expressions=$(mktemp --suffix=.yml)
trap 'rm -f "$expressions"' EXIT
python3 - "$expressions" << 'PYTHON'
import json, re, sys
from pathlib import Path

variables = {"$__rate_interval": "5m", "$queue": ".*", "$type": ".*"}
rules = []
uids = set()
for path in sorted(Path("deploy/grafana").glob("*.json")):
    dashboard = json.loads(path.read_text())
    assert dashboard["uid"] not in uids, f"{path}: another dashboard has this uid"
    uids.add(dashboard["uid"])
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids)), f"{path}: two panels have one id"
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            text = target["expr"]
            for name, value in variables.items():
                text = text.replace(name, value)
            assert "$" not in text, f"{path}: {panel['title']} asks for an unknown variable"
            name = re.sub("[^a-z]", "_", path.stem)
            rules.append({"record": f"panel:{name}_p{panel['id']}_{target['refId'].lower()}", "expr": text})
Path(sys.argv[1]).write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
PYTHON
"$promtool" check rules "$expressions" > /dev/null || { echo "alerts: an expression of a dashboard in deploy/grafana does not parse"; exit 1; }

# Every metric that rules and dashboards ask for is one that operations.md promises.
while read -r metric; do
    grep -q "\`$metric\`" docs/operations.md || { echo "alerts: $metric is not in docs/operations.md"; exit 1; }
done < <(grep -ohE 'flotilla_[a-z_]+' deploy/prometheus/alerts.yml deploy/grafana/*.json | sed -E 's/_(bucket|sum|count)$//' | sort -u)

# The types that ratios of the cache leave out are those of results of stages.
pipeline=$(awk -F ' *[|] *' '$12 == "pipeline" { gsub("`", "", $2); print $2 }' docs/configuration.md | paste -sd'|')
if grep -ohE 'type!~\\?"[^"\\]*' deploy/prometheus/alerts.yml deploy/grafana/*.json | sed -E 's/.*"//' | grep -qvxF "$pipeline"; then
    echo "alerts: the types whose quota is pipeline are $pipeline"
    exit 1
fi

# Every alert has a test and a section of the operations page to send people to.
failed=0
while read -r alert; do
    grep -q "alertname: $alert" deploy/prometheus/alerts.test.yml || { echo "alerts: $alert has no test"; failed=1; }
done < <(grep -oE 'alert: \w+' deploy/prometheus/alerts.yml | cut -d' ' -f2)
while read -r anchor; do
    grep -qiE "^#+ ${anchor//-/ }$" docs/operations.md || { echo "alerts: docs/operations.md has no section $anchor"; failed=1; }
done < <(grep -oE 'operations.md#[a-z-]+' deploy/prometheus/alerts.yml | cut -d'#' -f2 | sort -u)
exit "$failed"
