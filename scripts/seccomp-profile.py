#!/usr/bin/env python3
"""deploy/seccomp/flotilla.json: the system calls of the document processor's unit, for container engines.

The list has one source, the SystemCallFilter lines of systemd/flotilla-document-processor@.service, whose groups systemd expands.

    scripts/seccomp-profile.py write | check
"""
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "systemd" / "flotilla-document-processor@.service"
PROFILE = ROOT / "deploy" / "seccomp" / "flotilla.json"


def groups():
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True).stdout
    found, current = {}, None
    for line in text.splitlines():
        word = line.strip()
        if line.startswith("@"):
            current = found.setdefault(word, [])
        elif word and not word.startswith("#") and current is not None:
            current.append(word)
    return found


def expand(word, found):
    if not word.startswith("@"):
        return {word}
    return set().union(*(expand(inner, found) for inner in found[word])) if found[word] else set()


def profile():
    found = groups()
    allowed = set()
    for sign, words in re.findall(r"^SystemCallFilter=(~?)(.*)$", UNIT.read_text(), re.M):
        named = set().union(*(expand(word, found) for word in words.split()))
        allowed = allowed - named if sign else allowed | named
    # systemd allows these always: without them no process starts or ends.
    allowed |= expand("@default", found)
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": 1,
        "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
            {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
        ],
        "syscalls": [{"names": sorted(allowed), "action": "SCMP_ACT_ALLOW"}],
    }


def main():
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in ("write", "check"):
        print(__doc__, file=sys.stderr)
        return 2
    if not shutil.which("systemd-analyze"):
        print("seccomp: systemd-analyze is not installed, not compared")
        return 0
    text = json.dumps(profile(), indent=1) + "\n"
    if verb == "write":
        PROFILE.parent.mkdir(parents=True, exist_ok=True)
        PROFILE.write_text(text)
        return 0
    # Another systemd knows other calls: what matters is that what we name by hand is in and what we take out is out.
    names = set(json.loads(PROFILE.read_text())["syscalls"][0]["names"])
    here = set(json.loads(text)["syscalls"][0]["names"])
    missing = {"mount", "umount2", "pivot_root", "capset", "prlimit64", "clone", "clone3", "unshare"} - names
    extra = {"reboot", "init_module", "bpf", "ptrace", "kexec_load", "swapon", "chroot", "settimeofday", "setuid"} & names
    if missing or extra:
        print(f"seccomp: {PROFILE.relative_to(ROOT)}: missing {sorted(missing)}, too much {sorted(extra)}")
        return 1
    print(f"seccomp: {len(names)} system calls allowed" + ("" if names == here else f", {len(names ^ here)} unlike this systemd's lists"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
