"""What is lost and how long it takes when a worker is killed in the middle of a drain."""
import time

import drivers
from harness.report import Section, number
from harness.site import Site
from harness.trial import Workers

METHOD = """A worker drains jobs that wait 5 ms each. When a quarter have run, it is killed with all of its children (SIGKILL) and started anew at
once, as a supervisor does; from then on one more job comes each second or so, since some engines look for the dead only when there is work. Seconds count from the kill until the last job has begun; after 90 s what has not run counts as lost. All engines are
measured side by side, each in a database of its own, since most of the time is spent waiting. Timeouts are set as the drivers say; Flotilla's
lease is its default of 30 s."""

LIMIT, MILLISECONDS = 90, 5


class Victim:
    """One engine whose worker is killed."""

    def __init__(self, setting, options, database):
        self.peer = setting(Site(options.site.scratch, database))
        self.jobs = max(100, min(2_000, int(setting.jobs * options.scale / 4)))
        self.peer.prepare()
        # All carry the same time, so that a record's delay says when its job began.
        self.sent = time.monotonic_ns()
        self.peer.send(range(self.jobs), self.sent)
        self.workers = Workers(self.peer, work="ledger", milliseconds=MILLISECONDS)
        self.extra = self.jobs

    def kill(self):
        """Starts the worker, kills it, starts it again."""
        self.workers.start()
        if self.workers.wait(self.jobs // 4, 40, pause=0.001) is None:
            raise TimeoutError(f"{self.peer.label}: {self.workers.counted()} of {self.jobs} jobs after 40 s")
        self.killed = time.monotonic_ns()
        self.workers.kill()
        self.before = self.workers.counted()
        self.workers.start()

    def begun(self):
        """When each job began first, in seconds after the kill."""
        first = {}
        for number, delay in self.own():
            seconds = (self.sent + delay - self.killed) / 1e9
            first[number] = min(seconds, first.get(number, seconds))
        return {number: seconds for number, seconds in first.items() if seconds <= LIMIT}

    def own(self):
        """The records of what is counted, without the trickle."""
        return [record for record in self.workers.records() if record[0] < self.jobs]

    def trickle(self):
        """One more job: some engines look for dead workers only when they get work."""
        self.extra += 1
        self.peer.send_one(self.extra, time.monotonic_ns())

    def is_over(self):
        """Whether there is nothing left to wait for."""
        if time.monotonic_ns() - self.killed > LIMIT * 1e9:
            return True
        # A job that ran twice must not stand for one that never ran.
        return self.workers.counted() >= self.jobs and len(self.begun()) == self.jobs

    def result(self):
        begun = self.begun()
        return {"name": self.peer.name, "survives": self.peer.survives, "promise": self.peer.promise, "jobs": self.jobs, "before": self.before,
                "lost": self.jobs - len(begun), "twice": len(self.own()) - len(begun),
                "seconds": max(begun.values()) if len(begun) == self.jobs else None}


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
        waiting = list(victims)
        while waiting:
            for victim in waiting:
                victim.trickle()
            time.sleep(1)
            waiting = [victim for victim in waiting if not victim.is_over()]
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
        section.table(["", "survives, by its manual", "by", "ran before the kill", "not run after 90 s", "ran twice", "seconds until all had begun"], rows)
        own = [run for found in rounds for run in found.values() if run["name"] == "flotilla"]
        worst = [run["seconds"] for run in own]
        section.goal("all others have begun at most 35 s after the kill, none lost",
                     f"lost {sum(run['lost'] for run in own)}, at most {number(max(worst), 1) if None not in worst and worst else 'more than 90'} s",
                     bool(own) and None not in worst and max(worst) <= 35 and not any(run["lost"] for run in own))
