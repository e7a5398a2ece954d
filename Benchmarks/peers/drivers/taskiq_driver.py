"""taskiq on Redis: streams with acknowledgement, or a list that pops."""
import asyncio
import os

import uvloop
from taskiq_redis import ListQueueBroker, RedisStreamBroker

from harness.handling import NOTE, run_async
from harness.peer import Peer, python


def make_broker(url, kind):
    if kind == "list":
        broker = ListQueueBroker(url)
    else:
        # Since 0: what was sent before the first worker came counts as well. Unacknowledged for 10 s (default 10 min): given out again, also when
        # the dead worker held the lock of those who look for such (default: never released).
        broker = RedisStreamBroker(url, consumer_id="0", idle_timeout=10_000, unacknowledged_lock_timeout=10)
    broker.register_task(run_async, task_name="job")
    return broker


def worker_broker():
    """What `taskiq worker` calls."""
    return make_broker(os.environ["PEERS_REDIS"], os.environ["PEERS_TASKIQ"])


class Taskiq(Peer):
    name, setting = "taskiq", "streams, uvloop"
    survives, promise = True, "idle timeout set to 10 s (default 10 min)"
    jobs = 3_000
    kind = "stream"
    extra = {"PEERS_TASKIQ": "stream"}

    def connect(self):
        self.loop = uvloop.new_event_loop()
        self.broker = make_broker(self.site.redis_url, self.kind)
        self.job = self.broker.find_task("job")

    def prepare(self):
        super().prepare()
        # Makes the stream's group, which the workers read as.
        self.loop.run_until_complete(self.broker.startup())

    def send(self, numbers, sent):
        async def part(chunk):
            await asyncio.gather(*(self.job.kiq(number, sent, NOTE) for number in chunk))
        numbers = list(numbers)
        for start in range(0, len(numbers), 50):
            self.loop.run_until_complete(part(numbers[start:start + 50]))

    def commands(self, workers):
        return [python("-m", "taskiq", "worker", "drivers.taskiq_driver:worker_broker", "--workers", str(workers.count), "--no-parse",
                       "--max-prefetch", "100", "--log-level", "ERROR")]


class ListTaskiq(Taskiq):
    setting, survives, promise, primary = "list, uvloop", False, "popped before the run", False
    kind, extra = "list", {"PEERS_TASKIQ": "list"}


SETTINGS = [Taskiq, ListTaskiq]
