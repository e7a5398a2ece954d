"""arq: an event loop on uvloop, no results; jobs stay in the queue until they have run."""
import asyncio
import os
from datetime import datetime, timezone

import arq
import uvloop

from harness.handling import NOTE, run_async
from harness.peer import Peer, python


def settings(socket, database):
    return arq.connections.RedisSettings(unix_socket_path=socket, database=database)


async def job(_, number, sent, note):
    await run_async(number, sent, note)


class WorkerSettings:
    """What `arq` reads."""
    functions = [job]
    redis_settings = settings(os.environ.get("PEERS_SOCKET"), int(os.environ.get("PEERS_DB", "0")))
    # The job's timeout is also how long a dead worker's mark holds; the default is 300 s.
    max_jobs, poll_delay, keep_result, job_timeout, max_tries = 100, 0.02, 0, 10, 5
    health_check_interval = 3600


class Arq(Peer):
    name, setting = "arq", "uvloop, max_jobs 100, poll 20 ms"
    survives, promise = True, "job timeout set to 10 s (default 300 s)"
    jobs = 1_500

    def connect(self):
        self.loop = uvloop.new_event_loop()
        self.pool = self.loop.run_until_complete(arq.create_pool(settings(self.site.socket, self.site.database)))

    def send(self, numbers, sent):
        self._gather(numbers, sent)

    def send_later(self, numbers, due, sent):
        self._gather(numbers, sent, _defer_until=datetime.fromtimestamp(due, timezone.utc))

    def _gather(self, numbers, sent, **options):
        async def part(chunk):
            await asyncio.gather(*(self.pool.enqueue_job("job", number, sent, NOTE, **options) for number in chunk))
        numbers = list(numbers)
        for start in range(0, len(numbers), 50):
            self.loop.run_until_complete(part(numbers[start:start + 50]))

    def commands(self, workers):
        code = "import asyncio, uvloop; uvloop.install(); asyncio.set_event_loop(uvloop.new_event_loop()); from arq.cli import cli; cli()"
        return [python("-c", code, "drivers.arq_driver.WorkerSettings")] * workers.count


SETTINGS = [Arq]
