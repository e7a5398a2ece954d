"""Drain of jobs that do nothing with one worker process; enqueue rate, CPU and memory of the same runs."""
import statistics
import time

import drivers
from harness.report import Section, number, ratios, spread
from harness.trial import Workers

METHOD = """A queue is filled by one producer with the engine's own client, then worker processes are started on it. Jobs/s counts from the first
tenth to the last job that ran, so that neither the start of a program nor imports count. CPU is user and system time of all worker processes
with their children, of Redis and of PostgreSQL over that time. The ratio is Flotilla's rate divided by the peer's in the same round; Flotilla runs
after each peer. Memory is the proportional set size of all worker processes in the middle of the drain."""

#: Seconds between two looks at the workers' counts: one each millisecond takes 7 % of a core from what is measured.
PAUSE = 0.005


class Drain:
    """One drain of one setting."""

    def __init__(self, peer, jobs, processes, limit=60):
        peer.prepare()
        start = time.monotonic()
        peer.send(range(jobs), time.monotonic_ns())
        self.enqueued = jobs / (time.monotonic() - start)
        with Workers(peer, processes) as workers:
            first = max(1, jobs // 10)
            began = workers.wait(first, limit, pause=PAUSE)
            if began is None:
                raise TimeoutError(f"{peer.label}: {workers.counted()} of {jobs} jobs after {limit} s")
            counted, began = workers.counted(), time.monotonic()
            before = (workers.cpu(), *peer.site.cpu())
            workers.wait(jobs // 2, limit, pause=PAUSE)
            self.resident, self.proportional = workers.memory()
            ended = workers.wait(jobs, limit, pause=PAUSE)
            if ended is None:
                raise TimeoutError(f"{peer.label}: {workers.counted()} of {jobs} jobs after {limit} s")
            after = (workers.cpu(), *peer.site.cpu())
        self.rate = (jobs - counted) / (ended - began)
        #: Milliseconds for 1,000 jobs: worker, Redis, PostgreSQL.
        self.cpu = [(late - early) * 1e6 / (jobs - counted) for early, late in zip(before, after)]


def turn(setting, site, options, processes, jobs=None):
    """A drain, or None with the reason printed: one peer that fails must not end the others' measurement."""
    peer = setting(site)
    try:
        return Drain(peer, max(20, int((jobs or setting.jobs) * options.scale)), processes)
    except (TimeoutError, RuntimeError) as error:
        print(f"  {error}", flush=True)
        return None


def compare(options, section, flotilla, peers, processes, rounds=3):
    """Rounds in turn. Returns {label: {peer figures, flotilla rates}}."""
    results = {}
    for round_number in range(options.rounds or rounds):
        for setting in peers:
            peer = turn(setting, options.site, options, processes)
            own = turn(flotilla, options.site, options, processes)
            if peer is None or own is None:
                continue
            entry = results.setdefault(f"{setting.name} ({setting.setting})", {"name": setting.name, "survives": setting.survives, "rounds": []})
            entry["rounds"].append({
                side: {"rate": run.rate, "enqueued": run.enqueued, "cpu": run.cpu, "resident": run.resident, "proportional": run.proportional}
                for side, run in (("peer", peer), ("flotilla", own))
            })
            print(f"  {processes} process(es), round {round_number + 1}: {setting.name} ({setting.setting}) {peer.rate:,.0f}, "
                  f"flotilla {own.rate:,.0f} jobs/s", flush=True)
    section.data[f"processes_{processes}"] = results
    return results


def column(entry, side, name, index=None):
    """One figure of all rounds."""
    values = [row[side][name] for row in entry["rounds"]]
    return values if index is None else [value[index] for value in values]


def tables(section, results, processes, flotilla):
    rows = [[label, "yes" if entry["survives"] else "**no**", spread(column(entry, "peer", "rate")), spread(column(entry, "flotilla", "rate")),
             spread(ratios(column(entry, "flotilla", "rate"), column(entry, "peer", "rate")), 1)] for label, entry in results.items()]
    section.line(f"Drain, {processes} worker process{'es' if processes > 1 else ''}:\n")
    section.table(["peer", "survives kill -9", "jobs/s: median (range)", "Flotilla beside it", "ratio"], rows)
    if processes > 1:
        return
    section.line("The same runs, CPU ms for 1,000 jobs, enqueue rate of one producer, memory in the middle of the drain:\n")

    def cost(label, runs):
        def median(name, index=None):
            return statistics.median(run[name] if index is None else run[name][index] for run in runs)
        return [label, number(median("cpu", 0), 1), number(median("cpu", 1), 1), number(median("cpu", 2), 1),
                spread([run["enqueued"] for run in runs]), number(median("proportional"), 1), number(median("resident"), 1)]

    rows = [cost(label, [row["peer"] for row in entry["rounds"]]) for label, entry in results.items()]
    every = [row["flotilla"] for entry in results.values() for row in entry["rounds"]]
    rows.append(cost(f"**flotilla ({flotilla.setting})**", every))
    section.table(["", "worker", "Redis", "PostgreSQL", "enqueued/s", "PSS MB", "RSS MB"], rows)


def goal(section, results, times):
    """Flotilla against the fastest that survives a kill."""
    surviving = {label: entry for label, entry in results.items() if entry["survives"]}
    if not surviving:
        return section.goal(f"at least {times}x the fastest peer that survives kill -9", "no such peer ran", None)
    fastest = max(surviving, key=lambda label: statistics.median(column(surviving[label], "peer", "rate")))
    entry = surviving[fastest]
    values = ratios(column(entry, "flotilla", "rate"), column(entry, "peer", "rate"))
    section.goal(f"at least {times}x the fastest peer that survives kill -9", f"{spread(values, 1)}x {fastest}", statistics.median(values) >= times)


def measure(options):
    flotilla = drivers.flotilla()[0]
    peers = [setting for setting in options.peers() if not setting.durable]
    with Section("drain", "Drain of jobs that do nothing", METHOD) as section:
        results = compare(options, section, flotilla, peers, 1)
        tables(section, results, 1, flotilla)
        goal(section, results, 10)
