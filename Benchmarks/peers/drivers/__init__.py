"""One file a peer. A driver is both what the harness asks and what the engine's workers import."""
import importlib

#: In the order in which tables show them.
NAMES = ["sidekiq", "celery", "rq", "dramatiq", "arq", "saq", "taskiq", "huey", "procrastinate"]


def settings(only=None):
    """The peers' settings as classes; `only` limits them to engines of these names."""
    found = []
    for name in NAMES:
        if only is None or name in only:
            found += importlib.import_module(f"drivers.{name}_driver").SETTINGS
    return found


def flotilla():
    """(Without PostgreSQL, durable.)"""
    return importlib.import_module("drivers.flotilla_driver").SETTINGS
