"""RQ: SimpleWorker, which runs jobs without forking for each, and no results."""
from datetime import datetime, timezone

import rq

from harness.handling import NOTE
from harness.peer import Peer, python


class RQ(Peer):
    name, setting = "rq", "SimpleWorker, Retry(3)"
    survives, promise = True, "abandoned jobs with retries left, when their registry is cleaned"
    jobs = 1_500

    def connect(self):
        self.queue = rq.Queue("peers", connection=self.site.redis)

    def _data(self, numbers, sent):
        # The job's timeout is also what decides when it counts as abandoned.
        return [rq.Queue.prepare_data("harness.handling.run", (number, sent, NOTE), result_ttl=0, timeout=10, retry=rq.Retry(max=3))
                for number in numbers]

    def send(self, numbers, sent):
        self.queue.enqueue_many(self._data(numbers, sent))

    def send_later(self, numbers, due, sent):
        when = datetime.fromtimestamp(due, timezone.utc)
        with self.site.redis.pipeline() as pipeline:
            for number in numbers:
                self.queue.enqueue_at(when, "harness.handling.run", number, sent, NOTE, result_ttl=0, pipeline=pipeline)
            pipeline.execute()

    def commands(self, workers):
        command = python("-m", "rq.cli", "worker", "--url", self.site.redis_url, "--worker-class", "rq.worker.SimpleWorker", "--quiet",
                         "--disable-job-desc-logging", "--maintenance-interval", "5", "--with-scheduler", "peers")
        return [command] * workers.count


class ForkingRQ(RQ):
    setting, primary, jobs = "Worker that forks for each job, Retry(3)", False, 100

    def commands(self, workers):
        return [[word.replace("SimpleWorker", "Worker") for word in command] for command in super().commands(workers)]


SETTINGS = [RQ, ForkingRQ]
