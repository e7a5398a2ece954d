"""Where a measurement happens: private servers, a folder for reports, the environment of the workers."""
import os
import re
import tempfile

import psycopg
import redis

from . import procfs

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PEERS = os.path.join(ROOT, "Benchmarks", "peers")


class Site:
    """The servers that REDIS_URL and DATABASE_URL name, which are ours alone.

    database: number of the Redis database; measurements that run side by side have one each.
    """

    def __init__(self, scratch, database=0):
        self.scratch, self.database = scratch, database
        self.socket = os.environ["REDIS_URL"].removeprefix("unix://")
        self.postgres = os.environ["DATABASE_URL"]
        self.redis_url = f"unix://{self.socket}?db={database}"
        self.redis = redis.Redis(unix_socket_path=self.socket, db=database)
        folder = os.path.dirname(self.socket)
        with open(os.path.join(folder, "redis.pid")) as file:
            self.redis_pid = int(file.read())
        with open(os.path.join(folder, "postgres", "postmaster.pid")) as file:
            self.postgres_pid = int(file.readline())

    def report_folder(self):
        """A new empty folder for the workers' reports."""
        return tempfile.mkdtemp(prefix="report-", dir=self.scratch)

    def environment(self, report, work="count", milliseconds=0):
        """What every worker is started with."""
        return dict(
            os.environ, PEERS_REDIS=self.redis_url, PEERS_SOCKET=self.socket, PEERS_DATABASE=self.postgres, PEERS_DB=str(self.database),
            PEERS_REPORT=report, PEERS_WORK=work, PEERS_WORK_MS=str(milliseconds), PYTHONPATH=PEERS, PYTHONUNBUFFERED="1",
            REDIS_URL=f"unix://{self.socket}?db={self.database}", SWIFT_BACKTRACE="enable=no")

    def clear(self):
        """Nothing of an earlier measurement is left."""
        self.redis.flushdb()

    def sql(self, statement):
        """Runs a statement that returns nothing."""
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(statement)

    def cpu(self):
        """CPU seconds so far of (Redis, PostgreSQL with all of its processes). Sessions that have ended count: the postmaster waited for them."""
        return procfs.cpu_seconds(self.redis_pid), procfs.cpu_seconds(self.postgres_pid)


def machine():
    """One line about the host."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    return f"{os.cpu_count()} cores ({model.group(1) if model else 'unknown'}), load {os.getloadavg()[0]:.1f} at the start"
