"""What a worker costs that has nothing to do: memory, its CPU, and the CPU that it causes in Redis and PostgreSQL."""
import os
import signal
import statistics
import subprocess
import time

import drivers
from drivers.flotilla_driver import BIN
from harness import procfs
from harness.report import Section, number, spread
from harness.trial import Workers

METHOD = """A worker runs twenty jobs, so that everything is loaded, then has nothing to do; after 2 s its time on the processors is read for 20 s
from /proc/*/schedstat, four times a second, with all children, and so is that of Redis and PostgreSQL. What the servers use when nobody is connected is subtracted, as
read just before. Redis does its own chores once a second here and not ten times (`hz 1`), or they would drown what a worker causes. % of one core; MB of all
processes of the worker. Beside the no-op worker stand the daemons of a real fleet."""

SECONDS = 20


def watch(site, pids, seconds):
    """(% of the processes, % of Redis, % of PostgreSQL, RSS MB, PSS MB) over some seconds."""
    groups = [[procfs.RunTime(pid) for pid in group] for group in (pids, [site.redis_pid], [site.postgres_pid])]
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        # Often, since threads that have nothing to do end.
        time.sleep(min(0.25, seconds - elapsed))
        for group in groups:
            for clock in group:
                clock.look()
    memory = [procfs.memory_mb(pid) for pid in pids] or [(0, 0)]
    used = [sum(clock.nanoseconds for clock in group) for group in groups]
    return [nanoseconds / elapsed / 1e7 for nanoseconds in used] + [sum(part) for part in zip(*memory)]


def worker(setting, options, seconds):
    peer = setting(options.site)
    peer.prepare()
    with Workers(peer) as workers:
        peer.send(range(20), time.monotonic_ns())
        if workers.wait(20, 30) is None:
            raise TimeoutError(f"{peer.label}: not ready after 30 s")
        time.sleep(2)
        return watch(options.site, [process.pid for process in workers.processes], seconds)


def daemon(name, options, seconds):
    """A program of a real fleet, with its stages, caches and metrics."""
    environment = dict(
        options.site.environment(options.site.scratch), STORAGE_ROOT=options.site.scratch, WORK_DIRECTORY=options.site.scratch, HTTP_PORT="0",
        LOG_LEVEL="warn", CACHE_ENABLED="true")
    subprocess.run([f"{BIN}/flotilla", "migrate"], env=environment, stdout=subprocess.DEVNULL, check=True)
    with open(os.path.join(options.site.scratch, f"{name}.log"), "a") as log:
        process = subprocess.Popen([f"{BIN}/{name}"], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        time.sleep(4)
        if process.poll() is not None:
            raise RuntimeError(f"{name} ended with {process.returncode}; see {name}.log")
        return watch(options.site, [process.pid], seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(options):
    seconds = max(2, SECONDS * options.scale)
    flotilla = drivers.flotilla()
    with Section("idle", "A worker that has nothing to do", METHOD) as section:
        found = section.data["idle"] = {}
        options.site.redis.config_set("hz", 1)

        def add(label, run, *arguments):
            base = watch(options.site, [], seconds / 2)
            try:
                values = run(*arguments, options, seconds)
            except (TimeoutError, RuntimeError) as error:
                return print(f"  {error}", flush=True)
            values[1], values[2] = max(0, values[1] - base[1]), max(0, values[2] - base[2])
            found.setdefault(label, []).append(values)
            print(f"  {label}: {values[0]:.2f} % CPU, PSS {values[4]:.1f} MB", flush=True)

        try:
            for _ in range(options.rounds or 1):
                for position, setting in enumerate(options.peers(primary=True)):
                    if position % 3 == 0:
                        add("flotilla (no PostgreSQL)", worker, flotilla[0])
                    add(f"{setting.name} ({setting.setting})", worker, setting)
                add("flotilla (durable in PostgreSQL)", worker, flotilla[1])
                for name in ("document-processor", "retry-scheduler"):
                    add(f"flotilla's {name}", daemon, name)
        finally:
            # The sections that follow share this server.
            options.site.redis.config_set("hz", 10)
        rows = [[label, *(spread([run[index] for run in runs], 2) for index in (0, 1, 2)),
                 *(number(statistics.median(run[index] for run in runs), 1) for index in (4, 3))] for label, runs in found.items()]
        section.table(["", "worker, % CPU", "Redis, % CPU", "PostgreSQL, % CPU", "PSS MB", "RSS MB"], rows)
        judge(section, found)


def judge(section, found):
    own = found.get("flotilla (no PostgreSQL)")
    peers = {label: runs for label, runs in found.items() if not label.startswith("flotilla")}
    for name, value in (("idle CPU of worker and Redis", lambda run: run[0] + run[1]), ("idle memory (PSS)", lambda run: run[4])):
        if not own or not peers:
            section.goal(f"{name} below every peer's", "-", None)
            continue
        mine = max(value(run) for run in own)
        least = min(peers, key=lambda label: min(value(run) for run in peers[label]))
        other = min(value(run) for run in peers[least])
        section.goal(f"{name} below every peer's", f"{mine:.2f} at most, beside {other:.2f} of {least}, a ratio of {other / mine:.1f}", mine < other)
