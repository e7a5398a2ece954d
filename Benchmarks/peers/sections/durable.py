"""Drain with every state change in PostgreSQL: `--durable` beside Procrastinate, which is durable by nature."""
import drivers
from harness.report import Section

from . import drain

METHOD = """As the drain, but each job's state is a committed row: Flotilla claims from Redis and records admission and completion in PostgreSQL, in
batches, before it acknowledges; Procrastinate keeps its queue in PostgreSQL and deletes what succeeded. PostgreSQL runs with fsync."""


def measure(options):
    flotilla = drivers.flotilla()[1]
    with Section("durable", "Drain with durable state in PostgreSQL", METHOD) as section:
        for processes in (1, 2):
            results = drain.compare(options, section, flotilla, options.peers(durable=True), processes)
            drain.tables(section, results, processes, flotilla)
            if processes == 1:
                drain.goal(section, results, 10)
