"""A fleet under measurement: daemons of the release build on the servers that the environment names."""
import json
import os
import signal
import subprocess
import sys
import time

from fixtures import ROOT

BIN = os.environ.get("BENCH_BIN", os.path.join(ROOT, ".build", "release"))
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of a process and of all children that it has waited for, and of those that still run."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
    except FileNotFoundError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS + sum(cpu_seconds(child) for child in children)


def resident(pid):
    """Resident memory in MB: all of it, and what is not a mapped file."""
    with open(f"/proc/{pid}/status") as file:
        values = dict(line.split(":", 1) for line in file if ":" in line)
    return tuple(int(values[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))


class Fleet:
    """Daemons as children; ends them when the `with` is left."""

    def __init__(self, directory, daemons, **settings):
        self.directory, self.daemons, self.processes = directory, daemons, {}
        self.environment = dict(
            os.environ, STORAGE_ROOT=directory, WORK_DIRECTORY=os.path.join(directory, "work"), HTTP_PORT="0", LOG_LEVEL="warn", **settings)

    def __enter__(self):
        # Else the daemons would outlive us.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        os.makedirs(os.path.join(self.directory, "work"), exist_ok=True)
        subprocess.run([f"{BIN}/flotilla", "migrate"], env=self.environment, stdout=subprocess.DEVNULL, check=True)
        for name in self.daemons:
            with open(os.path.join(self.directory, f"{name}.log"), "a") as log:
                self.processes[name] = subprocess.Popen([f"{BIN}/{name}"], env=self.environment, stdout=log, stderr=log)
        time.sleep(3)
        for name, process in self.processes.items():
            if process.poll() is not None:
                with open(os.path.join(self.directory, f"{name}.log")) as log:
                    raise SystemExit(f"{name} did not start:\n{log.read()[-2000:]}")
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def pid(self, name):
        return self.processes[name].pid

    def push(self, queue, messages):
        """Pushes messages with no tool of ours."""
        socket = self.environment["REDIS_URL"].removeprefix("unix://")
        for start in range(0, len(messages), 200):
            part = [json.dumps(message) for message in messages[start:start + 200]]
            subprocess.run(["redis-cli", "-s", socket, "LPUSH", queue, *part], stdout=subprocess.DEVNULL, check=True)

    def query(self, sql):
        """Rows of text fields."""
        result = subprocess.run(["psql", self.environment["DATABASE_URL"], "-AtF", "\t", "-c", sql], capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"psql: {result.stderr}")
        return [line.split("\t") for line in result.stdout.splitlines()]

    def finished(self, queue, prefix=""):
        """How many files of a queue have ended; stops the measurement when one of them failed."""
        rows = self.query(
            f"SELECT status, count(*), min(error_message) FROM work_item WHERE queue = '{queue}' AND job_id LIKE '{prefix}%' "
            "AND finished_at IS NOT NULL GROUP BY 1")
        for status, count, message in rows:
            if status != "completed":
                raise SystemExit(f"{count} files of {queue} are {status}: {message}")
        return sum(int(count) for _, count, _ in rows)

    def servers(self):
        """CPU seconds of Redis and of PostgreSQL, all of its processes."""
        folder = os.path.dirname(self.environment["REDIS_URL"].removeprefix("unix://"))
        with open(os.path.join(folder, "redis.pid")) as file:
            redis = int(file.read())
        with open(os.path.join(folder, "postgres", "postmaster.pid")) as file:
            postgres = int(file.readline())
        return cpu_seconds(redis), cpu_seconds(postgres)


class Report:
    """Lines that are printed and kept in .flotilla/bench-media.md."""

    def __init__(self, title):
        os.makedirs(os.path.join(ROOT, ".flotilla"), exist_ok=True)
        self.path = os.path.join(ROOT, ".flotilla", "bench-media.md")
        self.line(f"\n## {title}\n\n{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")

    def line(self, text):
        print(text, flush=True)
        with open(self.path, "a") as file:
            file.write(text + "\n")

    def table(self, head, rows):
        self.line("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for row in rows:
            self.line("| " + " | ".join(str(cell) for cell in row) + " |")
        self.line("")
