#!/usr/bin/env python3
"""Derives the three large word lists in Sources/EntityAnalysis/Extraction/WordLists from public ones. The results are committed.

They are string literals and not embedded resources, because the compiler takes 77 s for 270 KB of bytes and no time for a literal.

Usage: make-gazetteers.py NAMES SCOWL
  NAMES  folder with dist.male.first, dist.female.first, dist.all.last of the US Census of 1990 (as in the PyPI package `names`)
  SCOWL  folder with english-words.10, american-words.10 ... (as in the Debian package scowl, /usr/share/dict/scowl)

The other lists are written by hand. Origin and licence of each: docs/licences-of-word-lists.md.
"""
import os
import sys

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Sources", "EntityAnalysis", "Extraction", "WordLists")
SURNAMES, MALE, FEMALE = 12000, 1219, 2600


def census(path, count):
    with open(path, encoding="ascii") as file:
        return [line.split()[0].lower() for _, line in zip(range(count), file)]


def scowl(folder, levels):
    words = set()
    for level in levels:
        for kind in ("english-words", "american-words", "british-words"):
            path = os.path.join(folder, f"{kind}.{level}")
            if os.path.exists(path):
                with open(path, encoding="latin-1") as file:
                    words.update(word.strip() for word in file)
    return {word for word in words if word.isascii() and word.isalpha() and word.islower() and len(word) > 1}


def inflected(word, words):
    """Whether the reader of the list can derive the word from a shorter one: the same endings as in CommonWords."""
    for ending in ("s", "es", "d", "ed", "ing", "ly", "er", "ers"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            if stem in words or ending in ("ing", "ed", "er", "ers") and stem + "e" in words:
                return True
    return word.endswith("ies") and word[:-3] + "y" in words or word.endswith("ied") and word[:-3] + "y" in words


def write(name, note, words):
    rows, row = [], ""
    for word in sorted(words):
        if len(row) + len(word) + 9 > 136:
            rows.append(row)
            row = ""
        row = f"{row} {word}".strip()
    text = "\n".join(f"        {row}" for row in rows + [row])
    with open(os.path.join(OUT, f"WordLists+{name}.swift"), "w", encoding="utf-8") as file:
        file.write(f"// Made by scripts/make-gazetteers.py.\nextension WordLists {{\n    /// {note}\n"
                   f"    static let {name[0].lower()}{name[1:]}: StaticString = \"\"\"\n{text}\n        \"\"\"\n}}\n")


names, dictionary = sys.argv[1:]
everyday = scowl(dictionary, (10, 20, 35))
write("CommonWords", "Words of everyday English, without most inflections: SCOWL, levels 10 to 35.",
      {word for word in everyday if not inflected(word, everyday)})
surnames = census(os.path.join(names, "dist.all.last"), SURNAMES)
write("Surnames", "The 12,000 commonest surnames of the US Census of 1990.", surnames)
given = set(census(os.path.join(names, "dist.male.first"), MALE)) | set(census(os.path.join(names, "dist.female.first"), FEMALE))
write("GivenNames", "The commonest given names of the US Census of 1990.", given)
words = everyday
write("FrequentSurnames", "Everyday words that are among the 2,500 commonest surnames: `reed`, `porter`.",
      {name for name in surnames[:2500] if name in words})
