"""Flotilla: `flotilla bench --serve`, the library's worker with its reclaimer and promoter; producers push JSON with LPUSH."""
import json
import os
import subprocess

from harness.handling import NOTE
from harness.peer import Peer
from harness.site import ROOT

BIN = os.environ.get("BENCH_BIN", os.path.join(ROOT, ".build", "release"))
QUEUE = "peers_queue"


class Flotilla(Peer):
    name, setting = "flotilla", "no PostgreSQL"
    survives, promise = True, "lease of 30 s"
    jobs = 200_000
    concurrency = 2

    def prepare(self):
        super().prepare()
        if self.durable:
            environment = dict(os.environ, REDIS_URL=self.site.redis_url)
            subprocess.run([f"{BIN}/flotilla", "migrate"], env=environment, stdout=subprocess.DEVNULL, check=True)
            self.site.sql("TRUNCATE processing_job, work_item CASCADE")

    def payloads(self, numbers, sent):
        return [
            json.dumps({"job_id": "bench", "gcs_path": f"bench/{number}.bin", "filename": f"{number}-{sent}", "tenant_id": "bench", "note": NOTE})
            for number in numbers
        ]

    def send(self, numbers, sent):
        payloads = self.payloads(numbers, sent)
        with self.site.redis.pipeline(transaction=False) as pipeline:
            for start in range(0, len(payloads), 500):
                pipeline.lpush(QUEUE, *payloads[start:start + 500])
            pipeline.execute()

    def send_one(self, number, sent):
        self.site.redis.lpush(QUEUE, self.payloads([number], sent)[0])

    def send_later(self, numbers, due, sent):
        payloads = self.payloads(numbers, sent)
        for start in range(0, len(payloads), 500):
            self.site.redis.zadd(f"{QUEUE}_retry", dict.fromkeys(payloads[start:start + 500], due))

    def commands(self, workers):
        # Jobs that wait need slots, jobs that do nothing need none to spare.
        concurrency = 16 if workers.milliseconds else self.concurrency
        command = [f"{BIN}/flotilla", "bench", "--serve", QUEUE, "--report", workers.report, "--concurrency", str(concurrency)]
        command += ["--durable"] if self.durable else []
        command += ["--ledger", "--work", str(workers.milliseconds)] if workers.work == "ledger" else []
        return [command] * workers.count


class DurableFlotilla(Flotilla):
    setting, durable, jobs, primary = "durable in PostgreSQL", True, 60_000, False
    # A second slot for jobs that do nothing only takes turns with the first: PostgreSQL sets the pace.
    concurrency = 1


SETTINGS = [Flotilla, DurableFlotilla]
