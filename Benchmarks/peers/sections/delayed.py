"""Delayed jobs that come due all at once."""
import time

import drivers
from harness.report import Section, number, ratios, spread
from harness.trial import Workers

METHOD = """Jobs are sent to run at one moment some seconds later, with one worker (and, where the engine has one, its scheduler) already running. The
rate is their number divided by the time from that moment until the last has run; first is how late the first one ran. Peers get as many as
their own drain suggests, Flotilla a hundred thousand (a million with --large), which stand in its retry set as retries do."""


def run(setting, options, jobs):
    """Rate and lateness of one engine."""
    peer = setting(options.site)
    peer.prepare()
    with Workers(peer, work="ledger") as workers:
        start = time.monotonic()
        peer.send(range(50), time.monotonic_ns())
        pace = 50 / (time.monotonic() - start)
        if workers.wait(50, 30) is None:
            raise TimeoutError(f"{peer.label}: not ready after 30 s")
        # Sent before it is due, by twice what fifty took.
        ahead = 2 + 2 * jobs / min(pace, 50_000)
        due, due_monotonic = int(time.time() + ahead) + 1, time.monotonic_ns()
        due_monotonic += int((due - time.time()) * 1e9)
        start = time.monotonic()
        peer.send_later(range(50, 50 + jobs), due, due_monotonic)
        sent = time.monotonic() - start
        if time.time() > due:
            raise RuntimeError(f"{peer.label}: sending took {sent:.1f} s, longer than planned")
        time.sleep(max(0, due - time.time()))
        if workers.wait(50 + jobs, 60, pause=0.01) is None:
            raise TimeoutError(f"{peer.label}: {workers.counted() - 50} of {jobs} delayed jobs 60 s after they were due")
        late = [delay / 1e9 for _, delay in workers.records()[50:]]
    return {"jobs": jobs, "rate": jobs / max(max(late), 1e-3), "first": min(late), "last": max(late), "sent_per_second": jobs / sent}


def measure(options):
    flotilla = drivers.flotilla()[0]
    many = 1_000_000 if options.large else int(100_000 * options.scale)
    with Section("delayed", "Delayed jobs coming due at once", METHOD) as section:
        data = section.data["delayed"] = {}
        for _ in range(options.rounds or 1):
            for setting in [setting for setting in options.peers(primary=True) if setting.send_later]:
                try:
                    peer = run(setting, options, max(50, int(setting.jobs * options.scale / 2)))
                    own = run(flotilla, options, many)
                except (TimeoutError, RuntimeError) as error:
                    section.line(f"Not measured: {error}.\n")
                    continue
                data.setdefault(f"{setting.name} ({setting.setting})", []).append({"peer": peer, "flotilla": own})
                print(f"  {setting.name}: {peer['rate']:,.0f}/s, flotilla {own['rate']:,.0f}/s", flush=True)
        rows = []
        for label, rounds in data.items():
            peers, own = [entry["peer"] for entry in rounds], [entry["flotilla"] for entry in rounds]
            rows.append([label, number(peers[0]["jobs"]), spread([run["rate"] for run in peers]), spread([run["first"] for run in peers], 2),
                         spread([run["rate"] for run in own]), spread([run["first"] for run in own], 2),
                         spread(ratios([run["rate"] for run in own], [run["rate"] for run in peers]), 1)])
        section.table(["peer", "jobs", "jobs/s", "first, s late", f"Flotilla, {many:,}, jobs/s", "first, s late", "ratio"], rows)
