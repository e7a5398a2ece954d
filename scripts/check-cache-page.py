#!/usr/bin/env python3
"""The rules that docs/cache.md lists are those that the database begins with."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "Sources/FlotillaCachePostgres/CacheMigrations/V2004__insert_cache_defaults.sql"
RULE = re.compile(
    r"\('(?P<name>[^']+)', '(?P<event>[^']+)', (?P<tags>'\{\}'|ARRAY\[[^]]*\]), (?P<types>'\{\}'|ARRAY\[[^]]*\]),\s+"
    r"'(?P<strategy>\w+)', (?P<delay>\d+),")


def words(array):
    return " ".join(f"`{word}`" for word in re.findall(r"'([^'{}]+(?:\{[^}]+\})?)'", array)) if array != "'{}'" else ""


def how(strategy, milliseconds):
    return strategy if strategy == "eager" else f"{strategy}, {int(milliseconds) // 1000} s"


sql = SOURCE.read_text().split("INSERT INTO cache_warmup_job")[0]
rules = [
    f"| `{rule['name']}` | `{rule['event']}` | {words(rule['tags'])} | {words(rule['types'])} | {how(rule['strategy'], rule['delay'])} |"
    for rule in RULE.finditer(sql)
]
listed = [
    line for line in (ROOT / "docs/cache.md").read_text().splitlines()
    if re.search(r"\| (eager|lazy|hybrid)(, \d+ s)? \|$", line)
]
rules = [re.sub(r" +", " ", rule) for rule in rules]
listed = [re.sub(r" +", " ", line) for line in listed]
failed = False
if not rules or sql.count("\n    ('") != len(rules):
    print(f"cache page: {SOURCE.name} has {sql.count(chr(10) + '    (' + chr(39))} rules, of which {len(rules)} can be read")
    failed = True
for line in rules:
    if line not in listed:
        print(f"cache page: docs/cache.md misses {line}")
        failed = True
for line in listed:
    if line not in rules:
        print(f"cache page: no rule of the database is {line}")
        failed = True
if not failed:
    print(f"cache page: the {len(rules)} rules are those of the database")
sys.exit(failed)
