#!/usr/bin/env python3
"""Every link and every path named in the Markdown files leads somewhere.

Checked: relative links and images, anchors to headings, `code` that looks like a path of this repository, and `make target` in code.
Not checked: http(s) links, since the checks run without a network.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Directories whose names make a `code` span a path of ours.
TREES = ("Sources/", "Tests/", "Examples/", "Benchmarks/", "deploy/", "docs/", "scripts/", "systemd/", ".ci/")
# Made by the build or by a run, named in the text all the same.
MADE = (
    "docs/configuration.md", "deploy/redis/users.acl", "deploy/redis/cache-users.acl",
    "deploy/secrets/redis_password.txt", "deploy/secrets/cache_redis_password.txt", "deploy/secrets/cache_encryption_keys.txt",
    "deploy/secrets/postgres_password.txt",
)


def headings(text):
    """Anchors as GitHub makes them: lower case, punctuation gone, spaces to hyphens, -1 -2 for repeats."""
    seen, anchors = {}, set()
    for line in strip_blocks(text).splitlines():
        match = re.match(r"#{1,6} +(.*?) *#*$", line)
        if not match:
            continue
        anchor = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", match[1]).lower()).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        anchors.add(anchor if count == 0 else f"{anchor}-{count}")
    return anchors


def strip_blocks(text):
    """Without fenced blocks, line count kept."""
    return re.sub(r"^```.*?^```", lambda block: "\n" * block[0].count("\n"), text, flags=re.S | re.M)


def exists(path):
    if any(character in path for character in "*{<…"):
        return any(ROOT.glob(re.sub(r"\{[^}]*\}|<[^>]*>|…", "*", path)))
    return (ROOT / path).exists() or path in MADE


def main():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    problems, checked = [], 0
    for name in sorted(set(listed.stdout.split("\n")) - {""}):
        file = ROOT / name
        if not file.exists():
            continue
        text = file.read_text()
        lines = strip_blocks(text).splitlines()
        for number, line in enumerate(lines, 1):
            prose = re.sub(r"`[^`]*`", "", line)
            for target in re.findall(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)", prose):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                checked += 1
                path, _, anchor = target.partition("#")
                there = (file.parent / path).resolve() if path else file
                if not there.exists() and not any(there == ROOT / made for made in MADE):
                    problems.append(f"{name}:{number}: {target} does not exist")
                elif anchor and there.suffix == ".md" and there.exists() and anchor not in headings(there.read_text()):
                    problems.append(f"{name}:{number}: {target} has no such heading")
            for code in re.findall(r"`([^`]+)`", line):
                for word in code.split():
                    if word.startswith(TREES):
                        checked += 1
                        if not exists(word.rstrip(".,:;")):
                            problems.append(f"{name}:{number}: {word} does not exist")
        for target in re.findall(r"\bmake ([a-z-]+)\b", "\n".join(re.findall(r"```.*?```|`[^`\n]*`", text, re.S))):
            checked += 1
            if target not in targets:
                problems.append(f"{name}: make {target}: no such target")
    for problem in problems:
        print(f"links: {problem}")
    if not problems:
        print(f"links: {checked} checked, all lead somewhere")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
