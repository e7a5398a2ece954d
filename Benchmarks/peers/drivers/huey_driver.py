"""Huey on Redis: blocking pop, no results. It has no setting in which a killed worker's job runs again."""
import os
from datetime import datetime

import huey
import redis

from harness.handling import NOTE, run
from harness.peer import Peer, python

app = huey.RedisHuey("peers", results=False, immediate=False, url=os.environ.get("PEERS_REDIS", "unix:///nowhere"))
job = app.task(name="job")(run)


class Huey(Peer):
    name, setting = "huey", "2 threads, no results"
    survives, promise = False, "popped before the run"
    jobs = 5_000

    def connect(self):
        app.storage.conn = redis.Redis.from_url(self.site.redis_url)

    def send(self, numbers, sent):
        for number in numbers:
            job(number, sent, NOTE)

    def send_later(self, numbers, due, sent):
        eta = datetime.fromtimestamp(due)
        for number in numbers:
            job.schedule((number, sent, NOTE), eta=eta)

    def commands(self, workers):
        slots = 16 if workers.milliseconds else 2
        return [python("-m", "huey.bin.huey_consumer", "drivers.huey_driver.app", "-k", "thread", "-w", str(slots), "-d", "0.01", "-n", "-q"
                       )] * workers.count


SETTINGS = [Huey]
