"""What a driver tells about its engine. One driver file a peer; the file is also what the engine's workers import."""
import sys


class Peer:
    """An engine in one setting. Subclasses say how to send jobs and how to start workers; everything else is the harness's."""

    #: The engine, and what tells its settings apart.
    name = ""
    setting = ""
    #: Whether its authors say that a job whose worker is killed runs again in this setting, and after how long.
    survives = False
    promise = ""
    #: Jobs of one drain: about two seconds' worth for one process on a small machine.
    jobs = 5_000
    #: Whether every state change is in PostgreSQL.
    durable = False
    #: Only the first setting of an engine takes part in the longer measurements.
    primary = True
    #: Environment of the workers, and of nobody else.
    extra = {}

    def __init__(self, site):
        self.site = site
        self.connect()

    @property
    def label(self):
        return f"{self.name} ({self.setting})"

    def connect(self):
        """Makes the producer's client."""

    def prepare(self):
        """Empties the engine's stores."""
        self.site.clear()

    def send(self, numbers, sent):
        """Sends jobs in the fastest way that the engine's own client documents, from one thread. `sent` is in monotonic nanoseconds."""
        raise NotImplementedError

    def send_one(self, number, sent):
        """Sends one job as a program does that has one."""
        self.send([number], sent)

    def commands(self, workers):
        """The command lines that make `workers.count` worker processes."""
        raise NotImplementedError

    #: Methods that only some engines have are None here: `send_later(numbers, due)` with `due` in unix seconds.
    send_later = None


def python(*words):
    """A command of this interpreter's environment."""
    return [sys.executable, *words]
