"""Drain of jobs that do nothing with two worker processes on one queue."""
import drivers
from harness.report import Section

from . import drain


def measure(options):
    flotilla = drivers.flotilla()[0]
    with Section("pair", "Drain by two worker processes", "As the drain above, with two processes on the same queue and the same number of jobs.") as section:
        results = drain.compare(options, section, flotilla, options.peers(primary=True, durable=False), 2, rounds=2)
        drain.tables(section, results, 2, flotilla)
