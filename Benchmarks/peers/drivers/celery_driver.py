"""Celery on Redis: without results, events, gossip and remote control, as its optimising guide says for short tasks."""
import os

import celery

from harness.handling import NOTE, run
from harness.peer import Peer, python

LATE = os.environ.get("PEERS_CELERY_LATE") == "1"

app = celery.Celery("peers", broker=f"redis+socket://{os.environ.get('PEERS_SOCKET', '')}?virtual_host={os.environ.get('PEERS_DB', '0')}")
app.conf.update(
    task_ignore_result=True, task_acks_late=LATE, worker_prefetch_multiplier=64, worker_send_task_events=False, task_send_sent_event=False,
    worker_enable_remote_control=False, broker_pool_limit=1, broker_connection_retry_on_startup=True,
    # What was not acknowledged in this time is given out again.
    broker_transport_options={"visibility_timeout": 10})
job = app.task(run, name="job")


class Celery(Peer):
    name, setting = "celery", "threads, acks_late"
    survives, promise = True, "acks_late, visibility timeout set to 10 s (default an hour)"
    jobs = 2_000
    pool = "threads"
    extra = {"PEERS_CELERY_LATE": "1"}

    def connect(self):
        app.conf.broker_url = f"redis+socket://{self.site.socket}?virtual_host={self.site.database}"
        self.producer = app.amqp.Producer(app.connection_for_write())

    def send(self, numbers, sent):
        for number in numbers:
            job.apply_async((number, sent, NOTE), producer=self.producer)

    def send_later(self, numbers, due, sent):
        from datetime import datetime, timezone
        eta = datetime.fromtimestamp(due, timezone.utc)
        for number in numbers:
            job.apply_async((number, sent, NOTE), producer=self.producer, eta=eta)

    def commands(self, workers):
        slots = 16 if workers.milliseconds else 4
        command = python("-m", "celery", "-A", "drivers.celery_driver:app", "worker", f"--pool={self.pool}", f"--concurrency={slots}",
                         "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
        return [[*command, f"--hostname=peer{number}@%h"] for number in range(workers.count)]


class EarlyCelery(Celery):
    setting, survives, promise, primary = "solo, early acknowledgement", False, "what runs is lost", False
    pool, extra = "solo", {"PEERS_CELERY_LATE": "0"}


class PreforkCelery(Celery):
    """Celery's default pool. `processes` worker programs, each with one child that runs tasks."""
    setting, primary, pool = "prefork, acks_late", False, "prefork"


SETTINGS = [Celery, PreforkCelery, EarlyCelery]
