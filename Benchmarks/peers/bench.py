"""Measures peers and Flotilla in turn on the same private servers. Started by run.sh; a section a word.

    bench.py SCRATCH [SECTION...] [--rounds N] [--scale X] [--only NAME,NAME] [--large]
"""
import argparse
import importlib
import signal
import sys
import traceback

import drivers
from harness.report import Section
from harness.site import Site

#: In the order in which they run. Each stays under ten minutes.
SECTIONS = ["drain", "pair", "durable", "latency", "idle", "recovery", "delayed", "dead", "growth", "limits", "documents"]


class Options(argparse.Namespace):
    """What every section is given: `site`, `rounds`, `scale`, `large`, and what to measure."""

    def peers(self, **conditions):
        """Settings of peers whose attributes are as asked, without those that cannot be had here."""
        return [
            setting for setting in drivers.settings(self.only)
            if all(getattr(setting, name) == value for name, value in conditions.items())
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, help="how often, in turn (default: each section's own)")
    parser.add_argument("--scale", type=float, default=1.0, help="jobs by this factor: small while writing")
    parser.add_argument("--only", type=lambda text: text.split(","), help="these peers")
    parser.add_argument("--large", action="store_true", help="a million delayed retries, a queue of ten millions")
    options = parser.parse_args(namespace=Options())
    unknown = set(options.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    # So that every `with` is left, and every child ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.scale != 1:
        Section.note = f" **A trial with {options.scale:g} times the usual sizes: no figures to quote.**"
    options.site = Site(options.scratch)
    failed = []
    for name in options.sections or SECTIONS:
        try:
            importlib.import_module(f"sections.{name}").measure(options)
        except Exception:  # The other sections are worth their time all the same; the exit code tells.
            traceback.print_exc()
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
