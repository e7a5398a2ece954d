#!/usr/bin/env bash
# Asks systemd whether the units are well formed and how far they are open (0 closed, 10 open; ours must be 1.5 or less).
# Both questions are answered offline: no unit is started, and the programs need not be installed (stubs stand in for them).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/processor-units.sh check
if ! command -v systemd-analyze > /dev/null; then
    echo "units: systemd-analyze is not installed, not checked"
    exit 0
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# An image of a host with our units and what they name: systemd-analyze takes it as its root.
mkdir -p "$root"/{usr/bin,bin,etc,usr/lib/sysusers.d,usr/lib/tmpfiles.d,lib/systemd/system,usr/lib/systemd/system}
cp systemd/*.service systemd/*.socket systemd/*.target "$root/usr/lib/systemd/system/"
cp -r systemd/sysusers.d/. "$root/usr/lib/sysusers.d/"
for program in /usr/bin/{document,audio,video,graph}-processor /usr/bin/retry-scheduler /bin/kill; do
    install -m 755 /bin/true "$root$program"
done
for unit in sockets.target network-online.target multi-user.target sysinit.target basic.target shutdown.target; do
    printf '[Unit]\nDescription=stub\n' > "$root/usr/lib/systemd/system/$unit"
done
for unit in -.mount tmp.mount; do
    printf '[Unit]\nDescription=stub\n[Mount]\nWhat=stub\nWhere=/%s\n' "$([ "$unit" = tmp.mount ] && echo tmp)" \
        > "$root/usr/lib/systemd/system/$unit"
done
for unit in system.slice -.slice; do printf '[Unit]\nDescription=stub\n' > "$root/usr/lib/systemd/system/$unit"; done

failed=0
for template in systemd/*@.service; do
    name=$(basename "$template" @.service)
    # --threshold counts in tenths.
    for check in "verify --man=no" "security --offline=true --threshold=15"; do
        # shellcheck disable=SC2086  # the check's words are its arguments
        if ! output=$(systemd-analyze --root="$root" $check "$name@1.service" 2>&1) ||
            { [ "${check%% *}" = verify ] && [ -n "$output" ]; }; then
            printf 'units: %s: systemd-analyze %s says:\n%s\n' "$name" "$check" "$output"
            failed=1
        elif [ "${check%% *}" = security ]; then
            printf 'units: %s@.service %s\n' "$name" "$(grep -o 'exposure level.*: [0-9.]*' <<< "$output" | tail -1)"
        fi
    done
done
for template in systemd/*@.socket; do
    name=$(basename "$template" @.socket)
    output=$(systemd-analyze --root="$root" verify --man=no "$name@1.socket" 2>&1) || failed=1
    if [ -n "$output" ]; then
        printf 'units: %s@.socket: systemd-analyze verify says:\n%s\n' "$name" "$output"
        failed=1
    fi
done
exit "$failed"
