#!/usr/bin/env python3
"""Looks for the same code written twice: runs of equal lines in two places of the Swift sources.

Lines are compared without indentation; blank lines, comments, imports and lines of nothing but brackets neither match nor break a
run. A run counts from MINIMUM lines. What is allowed to repeat is named, with the reason, in scripts/duplicates-allowed.txt: two
paths and a reason a line.

    scripts/duplicates.py [--minimum 12] [directory …]
"""
import argparse
import hashlib
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = ROOT / "scripts" / "duplicates-allowed.txt"


def significant(path):
    """(line number, text) of the lines that say something."""
    result, comment = [], False
    for number, raw in enumerate(path.read_text(errors="replace").splitlines(), 1):
        line = raw.strip()
        if comment:
            comment = "*/" not in line
            continue
        if line.startswith("/*"):
            comment = "*/" not in line
            continue
        if not line or line.startswith("//") or line.startswith(("import ", "public import ", "internal import ")):
            continue
        if not any(character.isalnum() for character in line):
            continue
        result.append((number, line))
    return result


def allowed_pairs():
    if not ALLOWED.exists():
        return set()
    pairs = set()
    for line in ALLOWED.read_text().splitlines():
        words = line.split("#")[0].split()
        if len(words) >= 2:
            pairs.add(frozenset(words[:2]))
    return pairs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minimum", type=int, default=12)
    parser.add_argument("directories", nargs="*", default=["Sources", "Tests", "Examples", "Benchmarks"])
    options = parser.parse_args()
    minimum = options.minimum

    files = {}
    for directory in options.directories:
        for path in sorted((ROOT / directory).rglob("*.swift")):
            files[str(path.relative_to(ROOT))] = significant(path)

    windows = defaultdict(list)
    for name, lines in files.items():
        for start in range(len(lines) - minimum + 1):
            text = "\n".join(line for _, line in lines[start:start + minimum])
            windows[hashlib.blake2b(text.encode(), digest_size=16).digest()].append((name, start))

    # A window that is shared starts or continues a run; runs are told once, at their first window, as long as they get.
    runs, covered = [], set()
    for places in windows.values():
        for index, (first, a) in enumerate(places):
            for second, b in places[index + 1:]:
                if first == second and abs(a - b) < minimum:
                    continue    # a run that overlaps itself: a table of similar lines
                if (first, a - 1, second, b - 1) in covered:
                    covered.add((first, a, second, b))
                    continue
                length = minimum
                while (a + length < len(files[first]) and b + length < len(files[second])
                       and files[first][a + length][1] == files[second][b + length][1]):
                    length += 1
                for offset in range(length - minimum + 1):
                    covered.add((first, a + offset, second, b + offset))
                runs.append((length, first, files[first][a][0], second, files[second][b][0]))

    pairs = allowed_pairs()
    told = [run for run in sorted(runs, reverse=True) if frozenset((run[1], run[3])) not in pairs]
    for length, first, a, second, b in told:
        print(f"duplicates: {length} equal lines: {first}:{a} and {second}:{b}")
    if not told:
        lines = sum(len(lines) for lines in files.values())
        print(f"duplicates: {lines} lines in {len(files)} files, no {minimum} of them repeated")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
