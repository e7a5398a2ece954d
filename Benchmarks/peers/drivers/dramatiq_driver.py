"""Dramatiq on Redis: acknowledges after the run by design."""
import os
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from harness.handling import NOTE, run
from harness.peer import Peer, python

# A process that gave no sign for 10 s (default 60 s) is dead; 10 % of all commands look for such (default 0.1 %).
broker = RedisBroker(url=os.environ.get("PEERS_REDIS", "unix:///nowhere"), heartbeat_timeout=10_000, maintenance_chance=100_000)
dramatiq.set_broker(broker)
job = dramatiq.actor(run, actor_name="job", queue_name="peers")


class Dramatiq(Peer):
    name, setting = "dramatiq", "8 threads, prefetch 256"
    survives, promise = True, "heartbeat timeout set to 10 s (default 60 s)"
    jobs = 3_000
    extra = {"dramatiq_queue_prefetch": "256"}

    def connect(self):
        import redis
        broker.client = redis.Redis.from_url(self.site.redis_url)
        broker.scripts = {name: broker.client.register_script(script.script) for name, script in broker.scripts.items()}

    def send(self, numbers, sent):
        for number in numbers:
            job.send(number, sent, NOTE)

    def send_later(self, numbers, due, sent):
        for number in numbers:
            job.send_with_options(args=(number, sent, NOTE), delay=max(0, int((due - time.time()) * 1000)))

    def commands(self, workers):
        return [python("-m", "dramatiq", "drivers.dramatiq_driver", "--processes", str(workers.count), "--threads", "8", "--skip-logging")]


SETTINGS = [Dramatiq]
