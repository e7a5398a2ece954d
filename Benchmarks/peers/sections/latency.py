"""Wake-up latency: from the sending of a job to the start of its handler, at idle and at 70 % of what a worker can do."""
import statistics
import time

import drivers
from drivers.pop_driver import Claim, Pop
from harness.report import Section, load, number, spread
from harness.trial import Workers

METHOD = """Each job carries the monotonic time at which its producer sent it; the handler subtracts that from its own. Idle: a job each 50 ms to
one worker that has nothing else. Load: jobs at an even rate, 70 % of the drain measured for that peer's single process, by one producer in the
harness; Flotilla beside it gets the same jobs at the same rate. A producer that cannot keep up is named. The least that this machine allowed in the same
run is shown below the tables: programs in C that pop, or send what Flotilla's worker sends to wait and claim, and do nothing else. ms."""

#: What stands for the machine itself: nothing can be woken in less.
POP = "BLPOP in C: what it holds dies with it"

#: Idle and loaded: 200 delays and more, so that the 99th percentile is not the worst of fifty.
SECONDS = 10, 3


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def pace(peer, workers, rate, seconds):
    """Sends at an even rate. Returns the delays in ms and the rate that the producer kept."""
    before = len(workers.records())
    sent, start = 0, time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        due = int(elapsed * rate) + 1
        if due - sent > 20:
            # More at once than one call each would take.
            peer.send(range(sent, due), time.monotonic_ns())
            sent = due
        while sent < due and time.monotonic() - start < seconds:
            peer.send_one(sent, time.monotonic_ns())
            sent += 1
        time.sleep(min(0.05, max(0.0002, start + sent / rate - time.monotonic())))
    kept = sent / (time.monotonic() - start)
    workers.wait(before + sent, 20)
    return [delay / 1e6 for _, delay in workers.records()[before:]], kept


def sample(setting, options, rate):
    """Idle and loaded delays of one setting."""
    peer = setting(options.site)
    peer.prepare()
    idle_seconds, load_seconds = (max(1, seconds * options.scale) for seconds in SECONDS)
    with Workers(peer, work="ledger") as workers:
        peer.send(range(20), time.monotonic_ns())
        if workers.wait(20, 30) is None:
            raise TimeoutError(f"{peer.label}: not ready after 30 s")
        time.sleep(0.5)
        idle, _ = pace(peer, workers, 20, idle_seconds)
        busy, kept = pace(peer, workers, rate, load_seconds)
    return {"idle": idle, "load": busy, "rate": kept, "wanted": rate}


def drained(setting, name="processes_1"):
    """The median rate of an earlier drain, or a guess."""
    for label, entry in load("drain").get(name, {}).items():
        if label == f"{setting.name} ({setting.setting})":
            return statistics.median(row["peer"]["rate"] for row in entry["rounds"])
    return setting.jobs / 2


def measure(options):
    flotilla = drivers.flotilla()[0]
    with Section("latency", "Wake-up latency", METHOD) as section:
        data = section.data["latency"] = {}
        for _ in range(options.rounds or 2):
            for setting in options.peers(primary=True):
                rate = 0.7 * drained(setting)
                try:
                    peer, own = sample(setting, options, rate), sample(flotilla, options, rate)
                except (TimeoutError, RuntimeError) as error:
                    print(f"  {error}", flush=True)
                    continue
                data.setdefault(f"{setting.name} ({setting.setting})", []).append({"peer": peer, "flotilla": own})
                print(f"  {setting.name}: idle p50 {percentile(peer['idle'], .5):.2f}, flotilla {percentile(own['idle'], .5):.2f} ms", flush=True)
        for state in ("idle", "load"):
            section.line(f"{'At idle' if state == 'idle' else 'At 70 % load'}, ms; the range is that of the rounds:\n")
            rows = [row(label, rounds, state) for label, rounds in data.items()]
            section.table(["peer", "jobs/s", "p50", "p99", "Flotilla p50", "Flotilla p99", "Flotilla p99 below its p50"], rows)
        machine = least(section, options, flotilla)
        own_load(section, options, flotilla)
        judge(section, data, machine)


def least(section, options, flotilla):
    """What is there without any engine, and Flotilla beside it at the same rates. Returns the samples of the least."""
    sides = {POP: Pop, "Flotilla's wait and claim in C: no reading, no handler, no heartbeat": Claim, "Flotilla": flotilla}
    rounds = [{label: sample(setting, options, 1_000) for label, setting in sides.items()} for _ in range(options.rounds or 3)]
    section.data["least"] = rounds
    section.line("Without an engine, in turn with Flotilla:\n")
    rows = [[label, *(spread([percentile(entry[label][state], share) for entry in rounds], 2) for state in ("idle", "load") for share in (0.5, 0.99))]
            for label in sides]
    section.table(["", "idle, 20 jobs/s, p50", "p99", "1,000 jobs/s, p50", "p99"], rows)
    return [entry[POP] for entry in rounds]


def own_load(section, options, flotilla):
    """Flotilla at its own 70 %, or at what one producer in Python can send."""
    rates = [row["flotilla"]["rate"] for entry in load("drain").get("processes_1", {}).values() for row in entry["rounds"]]
    rate = min(20_000, 0.7 * statistics.median(rates)) if rates else 20_000
    found = sample(flotilla, options, rate)
    section.data["own_load"] = found
    section.line(f"Flotilla alone at {found['rate']:,.0f} jobs/s, which one producer sends in groups (at most 20,000): p50 "
                 f"{percentile(found['load'], .5):.2f} ms, p99 {percentile(found['load'], .99):.2f} ms.\n")


def row(label, rounds, state):
    def cells(side):
        return [spread([percentile(entry[side][state], share) for entry in rounds], 2) for share in (0.5, 0.99)]
    rate = statistics.median(entry["peer"]["rate"] for entry in rounds) if state == "load" else 20
    slow = state == "load" and any(entry["peer"]["rate"] < 0.9 * entry["peer"]["wanted"] for entry in rounds)
    return [label, number(rate) + (" (all its producer could)" if slow else ""), *cells("peer"), *cells("flotilla"),
            "yes" if all(is_below(entry, state) for entry in rounds) else "**no**"]


def is_below(entry, state):
    return percentile(entry["flotilla"][state], .99) < percentile(entry["peer"][state], .5)


def judge(section, data, machine):
    for state in ("idle", "load"):
        above = [label for label, rounds in data.items() if not all(is_below(entry, state) for entry in rounds)]
        floor = spread([percentile(entry[state], 0.99) for entry in machine], 2)
        section.goal(f"wake-up p99 below every peer's p50 ({state})",
                     f"not below that of: {', '.join(above) or 'none'}; BLPOP in C has a p99 of {floor} ms", not above if data else None)
