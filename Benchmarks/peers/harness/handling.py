"""What a job does, in every peer alike. Imported by the workers; `flotilla bench --serve` does the same in Swift.

PEERS_REPORT   the folder in which each process keeps `count-<pid>` or `ledger-<pid>`
PEERS_WORK     `count`: only count; `ledger`: wait PEERS_WORK_MS, then write the job's number and its delay
"""
import asyncio
import mmap
import os
import struct
import threading
import time

#: Makes every message about as long as one of a real fleet.
NOTE = "x" * 140
RECORD = struct.Struct("=qq")
WORK_SECONDS = int(os.environ.get("PEERS_WORK_MS", "0")) / 1000


class Counter:
    """How many jobs ran, in a mapped file: what the kernel keeps when the process is killed."""

    def __init__(self, path):
        with open(path, "w+b") as file:
            file.truncate(8)
            self.memory = mmap.mmap(file.fileno(), 8)
        self.value, self.lock = 0, threading.Lock()

    def add(self, number, delay):
        with self.lock:
            self.value += 1
            self.memory[:] = self.value.to_bytes(8, "little")


class Ledger:
    """One record a job, each in one appending write."""

    def __init__(self, path):
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def add(self, number, delay):
        os.write(self.file, RECORD.pack(number, delay))


_report, _owner, _making = None, None, threading.Lock()


def report():
    """This process's own report: a fork makes a new one."""
    global _report, _owner
    if _owner != os.getpid():
        with _making:
            # Several threads may come first; only one of them makes the file.
            if _owner != os.getpid():
                kind = os.environ.get("PEERS_WORK", "count")
                _report = (Ledger if kind == "ledger" else Counter)(os.path.join(os.environ["PEERS_REPORT"], f"{kind}-{os.getpid()}"))
                _owner = os.getpid()
    return _report


def run(number, sent, note):
    """A job in a thread or process."""
    delay = time.monotonic_ns() - sent
    if WORK_SECONDS:
        time.sleep(WORK_SECONDS)
    report().add(number, delay)


async def run_async(number, sent, note):
    """A job in an event loop."""
    delay = time.monotonic_ns() - sent
    if WORK_SECONDS:
        await asyncio.sleep(WORK_SECONDS)
    report().add(number, delay)
