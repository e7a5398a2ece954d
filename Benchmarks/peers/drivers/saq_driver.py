"""SAQ on Redis: an event loop on uvloop; nothing is kept of a job that has run."""
import asyncio
import os

import uvloop
from redis.asyncio import Redis
from saq.queue.redis import RedisQueue

from harness.handling import NOTE, run_async
from harness.peer import Peer, python


async def job(_, *, number, sent, note):
    await run_async(number, sent, note)


def make_settings():
    uvloop.install()
    # Stuck jobs are looked for each 5 s (default 60 s).
    return {"queue": RedisQueue(Redis.from_url(os.environ["PEERS_REDIS"])), "functions": [job], "concurrency": 32, "timers": {"sweep": 5}}


class SAQ(Peer):
    name, setting = "saq", "uvloop, concurrency 32"
    survives, promise = True, "timeout of a job 10 s (its default), retries 3, sweep each 5 s (default 60 s)"
    jobs = 2_000

    def connect(self):
        self.loop = uvloop.new_event_loop()
        self.queue = RedisQueue(Redis.from_url(self.site.redis_url))
        self.loop.run_until_complete(self.queue.connect())

    def send(self, numbers, sent):
        self._gather(numbers, sent)

    def send_later(self, numbers, due, sent):
        self._gather(numbers, sent, scheduled=int(due))

    def _gather(self, numbers, sent, **options):
        async def part(chunk):
            await asyncio.gather(*(
                self.queue.enqueue("job", number=number, sent=sent, note=NOTE, ttl=-1, retries=3, timeout=10, **options) for number in chunk))
        numbers = list(numbers)
        for start in range(0, len(numbers), 50):
            self.loop.run_until_complete(part(numbers[start:start + 50]))

    def commands(self, workers):
        return [python("-m", "saq", "drivers.saq_driver.make_settings", "--quiet")] * workers.count


SETTINGS = [SAQ]
