"""Writes Benchmarks/RESULTS.md from the sections in Benchmarks/peers/results, whichever there are."""
import importlib.metadata
import os
import subprocess
import sys

from bench import SECTIONS
from harness.report import RESULTS, load
from harness.site import PEERS, ROOT

HEAD = """# Flotilla beside other job engines

Written by `make bench-peers`; [README.md](README.md) says how to run it. Every figure was taken in the same run and on the same servers as the one beside it:
first the peer, then Flotilla, and again. `median (least-most)` is over the rounds; a ratio is that of each round. Figures of other runs or
machines must not be put beside these.

A peer runs in the best setting that its manual documents for short jobs. Where that setting loses what a killed worker held, it says
so, and where the engine has one that does not, that is measured too. Timeouts of recovery are set to about ten seconds, where their defaults
are a minute to an hour.
"""

PACKAGES = ["celery", "rq", "dramatiq", "arq", "saq", "taskiq", "taskiq-redis", "huey", "procrastinate", "redis", "hiredis", "uvloop", "psycopg"]
PROGRAMS = [["swift", "--version"], ["redis-server", "--version"], ["psql", "--version"], ["ruby", "--version"], ["sidekiq", "--version"],
            ["pdftotext", "-v"], ["tesseract", "--version"]]


def first_line(command):
    """What a program says about its version, or that it is not there."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return f"{command[0]}: not here"
    lines = [line.strip() for line in (result.stdout + result.stderr).splitlines() if line.strip()]
    return lines[0] if lines else command[0]


def main():
    trials = [name for name in SECTIONS if load(name).get("trial")]
    warning = f"\n**Trials, with small sizes: {', '.join(trials)}. They show that the measurement works; their figures mean nothing.**\n" if trials else ""
    parts = [HEAD + warning, "## Goals\n", "| goal | measured | |", "|---|---|---|"]
    for name in SECTIONS:
        for goal in load(name).get("goals", []):
            word = {True: "reached", False: "**missed**", None: "not measured"}[goal["reached"]]
            parts.append(f"| {goal['goal']} | {goal['measured']} | {word} |")
    parts += ["", "## Measured", ""]
    missing = []
    for name in SECTIONS:
        path = os.path.join(RESULTS, f"{name}.md")
        if not os.path.exists(path):
            missing.append(name)
            continue
        with open(path) as file:
            parts.append(file.read())
    if missing:
        parts.append(f"Not measured yet: {', '.join(missing)}.\n")
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    parts += ["## Versions\n", f"Python {sys.version.split()[0]}: {packages}.\n", "; ".join(first_line(command) for command in PROGRAMS) + ".\n"]
    # Also by those who keep their results elsewhere.
    target = os.path.join(ROOT, "Benchmarks", "RESULTS.md") if RESULTS == os.path.join(PEERS, "results") else os.path.join(RESULTS, "RESULTS.md")
    with open(target, "w") as file:
        file.write("\n".join(part.rstrip("\n") if part.endswith("\n\n") else part for part in parts))
    print(f"written: {target}")


if __name__ == "__main__":
    main()
