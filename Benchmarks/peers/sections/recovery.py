"""What is lost and how long it takes when a worker is killed in the middle of a drain."""
import time

import drivers
from harness.report import Section, number
from harness.site import Site
from harness.trial import Workers

METHOD = """A worker drains jobs that wait 5 ms each. When a quarter have run, it is killed with all of its children (SIGKILL) and started anew at
once, as a supervisor does. Seconds count from the kill until the last job has run; after 90 s what has not run counts as lost. All engines are
measured side by side, each in a database of its own, since most of the time is spent waiting. Timeouts are set as the drivers say; Flotilla's
lease is its default of 30 s."""

LIMIT, MILLISECONDS = 90, 5


class Victim:
    """One engine whose worker is killed."""

    def __init__(self, setting, options, database):
        self.peer = setting(Site(options.site.scratch, database))
        self.jobs = max(100, min(2_000, int(setting.jobs * options.scale / 4)))
        self.peer.prepare()
        self.peer.send(range(self.jobs), time.monotonic_ns())
        self.workers = Workers(self.peer, work="ledger", milliseconds=MILLISECONDS)
        self.seconds = None

    def kill(self):
        """Starts the worker, kills it, starts it again."""
        self.workers.start()
        if self.workers.wait(self.jobs // 4, 40, pause=0.001) is None:
            raise TimeoutError(f"{self.peer.label}: {self.workers.counted()} of {self.jobs} jobs after 40 s")
        self.killed = time.monotonic()
        self.workers.kill()
        self.before = self.workers.counted()
        self.workers.start()

    def look(self):
        """Whether it is over."""
        elapsed = time.monotonic() - self.killed
        # A job that ran twice must not stand for one that never ran.
        if self.seconds is None and self.workers.counted() >= self.jobs and len(self.numbers()) == self.jobs:
            self.seconds = elapsed
        return self.seconds is not None or elapsed > LIMIT

    def numbers(self):
        return {number for number, _ in self.workers.records()}

    def result(self):
        ran = self.workers.records()
        distinct = len({number for number, _ in ran})
        return {"name": self.peer.name, "survives": self.peer.survives, "promise": self.peer.promise, "jobs": self.jobs, "before": self.before,
                "lost": self.jobs - distinct, "twice": len(ran) - distinct, "seconds": self.seconds}


def one_round(options, settings):
    victims, results = [], {}
    try:
        for database, setting in enumerate(settings):
            try:
                victim = Victim(setting, options, database % 16)
                victims.append(victim)
                victim.kill()
            except (TimeoutError, RuntimeError) as error:
                print(f"  {error}", flush=True)
                if victims and victims[-1].peer.__class__ is setting:
                    victims.pop().workers.__exit__()
        open_victims = list(victims)
        while open_victims:
            open_victims = [victim for victim in open_victims if not victim.look()]
            time.sleep(0.05)
        for victim in victims:
            results[victim.peer.label] = victim.result()
    finally:
        for victim in victims:
            victim.workers.__exit__()
    return results


def measure(options):
    # Sixteen databases are enough for all but the engines that fork for each job, which are slow and no different here.
    settings = drivers.flotilla() + [setting for setting in options.peers() if setting.jobs > 100]
    with Section("recovery", "A worker killed in the middle of a drain", METHOD) as section:
        rounds = section.data["rounds"] = [one_round(options, settings) for _ in range(options.rounds or 1)]
        rows = []
        for label in dict.fromkeys(label for found in rounds for label in found):
            runs = [found[label] for found in rounds if label in found]
            seconds = [run["seconds"] for run in runs]
            rows.append([
                label, "yes" if runs[0]["survives"] else "**no**", runs[0]["promise"], f"{runs[0]['before']} of {runs[0]['jobs']}",
                ", ".join(str(run["lost"]) for run in runs), ", ".join(str(run["twice"]) for run in runs),
                ", ".join(f"more than {LIMIT}" if value is None else number(value, 1) for value in seconds)])
        section.table(["", "survives, by its manual", "by", "ran before the kill", "not run after 90 s", "ran twice", "seconds until all had run"], rows)
        own = [run for found in rounds for run in found.values() if run["name"] == "flotilla"]
        worst = [run["seconds"] for run in own]
        section.goal("all others have run at most 35 s after the kill, none lost",
                     f"lost {sum(run['lost'] for run in own)}, at most {number(max(worst), 1) if None not in worst and worst else 'more than 90'} s",
                     bool(own) and None not in worst and max(worst) <= 35 and not any(run["lost"] for run in own))
