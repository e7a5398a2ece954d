#!/usr/bin/env python3
"""Writes Sources/TextAnalysis/LanguageProfiles.swift from Debian's libexttextcat-data (apt-get install libexttextcat-data).

Each profile lists a language's most frequent letter groups, `_` for a word's edge, with counts. Kept here: groups of two and more,
each with a letter for its frequency: 'a' is 1 in 8, and every letter after it is a factor of 0.75.
"""
import math, textwrap
LANGUAGES = {
    'en': 'en', 'de': 'de', 'fr': 'fr', 'es': 'es', 'it': 'it', 'pt': 'pt', 'nl': 'nl', 'pl': 'pl', 'sv': 'sv', 'da': 'da', 'no': 'nb',
    'fi': 'fi', 'cs': 'cs', 'sk': 'sk', 'ro': 'ro', 'hu': 'hu', 'tr': 'tr', 'hr': 'hr', 'sl': 'sl', 'et': 'et', 'lt': 'lt', 'lv': 'lv',
    'id': 'id', 'vi': 'vi', 'ca': 'ca', 'ru': 'ru', 'uk': 'uk', 'bg': 'bg', 'sr': 'sr-Cyrl',
}
out = ['''// Made by scripts/make-language-profiles.py; do not edit.
//
// Derived from the language profiles of libexttextcat, Copyright (c) 2003, WiseGuys Internet B.V., used under the 3-clause BSD licence:
// redistribution and use in source and binary forms, with or without modification, are permitted provided that this notice, the
// conditions and the disclaimer of that licence are kept; the name of WiseGuys Internet B.V. may not be used to endorse products derived
// from it; THE SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" WITHOUT ANY EXPRESS OR IMPLIED WARRANTY.
// The full text is in Debian's /usr/share/doc/libexttextcat-data/copyright.

/// Frequent letter groups by language: each group is followed by one letter for its frequency.
enum LanguageProfiles {
    static let groups: [(code: String, groups: String)] = [''']
def read(name):
    """The groups in order of frequency, and their counts where the file has them."""
    rows = [line.split() for line in open(f'/usr/share/libexttextcat/{name}.lm', encoding='utf-8') if line.strip()]
    return [(row[0].lower(), int(row[1]) if len(row) > 1 else None) for row in rows]

def share(rows):
    letters = sum(count for group, count in rows if len(group) == 1 and group != '_')
    return [(group, count / letters) for group, count in rows]

profiles = {code: read(name) for code, name in LANGUAGES.items()}
counted = {code: share(rows) for code, rows in profiles.items() if rows[0][1] is not None}
# Files that only rank their groups get, for each rank, the mean of the others.
by_rank = [math.exp(sum(math.log(rows[rank][1]) for rows in counted.values()) / len(counted)) for rank in range(390)]
for code in LANGUAGES:
    rows = counted.get(code) or [(group, by_rank[min(rank, 389)]) for rank, (group, _) in enumerate(profiles[code])]
    items = []
    for group, count in rows:
        if len(group) < 2 or set(group) == {'_'} or any(not (ch.isalpha() or ch == '_') for ch in group): continue
        level = round(math.log(count * 8) / math.log(0.75))
        items.append(group + chr(ord('a') + max(0, min(25, level))))
    out.append(f'        ("{code}", """')
    lines = textwrap.wrap(' '.join(items), 120, break_long_words=False, break_on_hyphens=False)
    out.append(' \\\n'.join(' ' * 12 + line for line in lines) + '\n            """),')
out.append('    ]\n}\n')
open('Sources/TextAnalysis/LanguageProfiles.swift', 'w').write('\n'.join(out))
