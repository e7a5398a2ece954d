"""What a job costs as the queue grows."""
import time

import drivers
from harness.report import Section, number
from harness.trial import Workers

METHOD = """A queue of the given length; one worker; jobs/s over at most the time that a drain of the usual size takes, while the rest of the queue waits. Peers
are shown at lengths that their own client fills in a few seconds. The last column is the rate at the greatest length divided by that at
10,000."""

LENGTHS = [1_000, 10_000, 100_000, 1_000_000]


def run(setting, options, length):
    peer = setting(options.site)
    peer.prepare()
    for start in range(0, length, 100_000):
        peer.send(range(start, min(length, start + 100_000)), time.monotonic_ns())
    measured = min(length, setting.jobs)
    with Workers(peer) as workers:
        if workers.wait(max(1, measured // 10), 60, pause=0.001) is None:
            raise TimeoutError(f"{peer.label}: nothing ran within 60 s of a queue of {length}")
        first, began = workers.counted(), time.monotonic()
        ended = workers.wait(measured, 60, pause=0.001)
        if ended is None:
            raise TimeoutError(f"{peer.label}: {workers.counted()} of {measured} after 60 s")
        return (workers.counted() - first) / max(1e-4, ended - began)


def measure(options):
    flotilla = drivers.flotilla()[0]
    lengths = LENGTHS + ([10_000_000] if options.large else [])
    with Section("growth", "Cost as the queue grows", METHOD) as section:
        data = section.data["growth"] = {}
        for setting in [flotilla] + [setting for setting in options.peers(primary=True) if setting.jobs >= 2_000]:
            label = f"{setting.name} ({setting.setting})"
            # What fills in about ten seconds.
            greatest = lengths[-1] if setting is flotilla else (100_000 if setting.jobs >= 10_000 else 10_000)
            for length in [length for length in lengths if length <= greatest * max(options.scale, 0.1)]:
                try:
                    rates = [run(setting, options, length) for _ in range(options.rounds or 1)]
                except (TimeoutError, RuntimeError) as error:
                    section.line(f"Not measured: {error}.\n")
                    break
                data.setdefault(label, {})[str(length)] = rates
                print(f"  {label}: {length:,}: {rates[0]:,.0f} jobs/s", flush=True)
        rows = []
        for label, found in data.items():
            middle = {length: sorted(rates)[len(rates) // 2] for length, rates in found.items()}
            base, last = middle.get("10000"), list(middle.values())[-1]
            rows.append([label, *(number(middle.get(str(length))) for length in lengths), f"{last / base:.2f}" if base else "-"])
        section.table(["", *(f"{length:,}" for length in lengths), "ratio"], rows)
