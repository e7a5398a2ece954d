"""CPU time and memory of processes with all of their children, from /proc."""
import os

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid):
    """The direct children of all threads of a process."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(child) for child in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        pass  # It has ended meanwhile.
    return found


def tree(pid):
    """A process and all that live below it."""
    return [pid] + [below for child in children(pid) for below in tree(child)]


def cpu_seconds(pid):
    """User and system time of a process, of all children that it has waited for, and of those that still run. 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS + sum(cpu_seconds(child) for child in children(pid))


def memory_mb(pid):
    """(resident, proportional) memory in MB of a process and all below it. Shared pages count once in the latter."""
    resident = proportional = 0
    for process in tree(pid):
        try:
            with open(f"/proc/{process}/smaps_rollup") as file:
                values = {line.split(":")[0]: line.split()[1] for line in file if line.endswith("kB\n")}
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended meanwhile.
        resident += int(values.get("Rss", 0))
        proportional += int(values.get("Pss", 0))
    return resident / 1024, proportional / 1024


class RunTime:
    """Time on a processor of a process and all below it, from now on: finer than the clock ticks of :func:`cpu_seconds`. Threads that end
    count up to the last :meth:`look` at them."""

    def __init__(self, pid):
        self.pid = pid
        self.latest = {}
        self.look()
        self.before = dict(self.latest)

    def look(self):
        for process in tree(self.pid):
            try:
                for thread in os.listdir(f"/proc/{process}/task"):
                    with open(f"/proc/{process}/task/{thread}/schedstat") as file:
                        self.latest[process, thread] = int(file.read().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # It has ended meanwhile.

    @property
    def nanoseconds(self):
        return sum(time - self.before.get(thread, 0) for thread, time in self.latest.items())
