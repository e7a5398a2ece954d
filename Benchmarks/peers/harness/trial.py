"""Workers of a peer as child processes: started, watched, killed."""
import ctypes
import os
import shutil
import signal
import struct
import subprocess
import time

from . import procfs

_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(1, signal.SIGKILL)


class Workers:
    """Worker processes of a peer, for as long as the `with` lasts. Each is a process group of its own, and dies with us."""

    def __init__(self, peer, processes=1, work="count", milliseconds=0):
        self.peer, self.site = peer, peer.site
        self.work, self.milliseconds, self.count = work, milliseconds, processes
        self.report = self.site.report_folder()
        self.processes = []

    def __enter__(self):
        self.start()
        return self

    def start(self):
        """Starts the workers, also after :meth:`kill`; their reports go on in the same folder."""
        environment = dict(self.site.environment(self.report, self.work, self.milliseconds), **self.peer.extra)
        with open(os.path.join(self.site.scratch, f"{self.peer.name}.log"), "a") as log:
            for command in self.peer.commands(self):
                self.processes.append(
                    subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                     preexec_fn=_die_with_parent, cwd=self.site.scratch))

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        # What they hold is of no use to anybody any more.
        deadline = time.monotonic() + 0.5
        for process in self.processes:
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass  # Killed with its children in a moment.
        self.kill()
        shutil.rmtree(self.report, ignore_errors=True)

    def kill(self):
        """SIGKILL for the workers and everything below them, as when their machine dies."""
        for process in self.processes:
            below = procfs.tree(process.pid)
            for pid in below + [-process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except (ProcessLookupError, PermissionError):
                    pass  # Gone already.
            process.wait()
        self.processes = []

    def check(self):
        """Fails as soon as a worker has ended by itself."""
        for process in self.processes:
            if process.poll() is not None:
                raise RuntimeError(f"{self.peer.label}: a worker ended with {process.returncode}; see {self.peer.name}.log")

    def counted(self):
        """How many jobs ran so far."""
        total = 0
        for name in os.listdir(self.report):
            with open(os.path.join(self.report, name), "rb") as file:
                data = file.read()
            total += struct.unpack("=q", data)[0] if name.startswith("count-") and len(data) == 8 else len(data) // 16
        return total

    def records(self):
        """(number, delay in ns) of every job that ran, in no order across processes."""
        found = []
        for name in sorted(os.listdir(self.report)):
            with open(os.path.join(self.report, name), "rb") as file:
                data = file.read()
            found += list(struct.iter_unpack("=qq", data[:len(data) // 16 * 16]))
        return found

    def cpu(self):
        return sum(procfs.cpu_seconds(process.pid) for process in self.processes)

    def memory(self):
        """(resident, proportional) MB of all."""
        return tuple(sum(part) for part in zip(*(procfs.memory_mb(process.pid) for process in self.processes)))

    def wait(self, count, limit, pause=0.002):
        """Waits until so many jobs ran; returns when that was, or None after `limit` seconds."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.counted() >= count:
                return time.monotonic()
            self.check()
            time.sleep(pause)
        return None
