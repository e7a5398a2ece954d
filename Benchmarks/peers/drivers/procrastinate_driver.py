"""Procrastinate: every job and every change of its state is a row in PostgreSQL. Its workers listen for NOTIFY."""
import os
from datetime import datetime, timezone

import procrastinate

from harness.handling import NOTE, run_async
from harness.peer import Peer, python

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ.get("PEERS_DATABASE", "")))
app.task(run_async, name="job", queue="peers")


@app.periodic(cron="*/5 * * * * *")
@app.task(name="revive", queueing_lock="revive", pass_context=True)
async def revive(context, timestamp):
    """What its manual recommends for workers that died: their jobs are given out again."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=10):
        await manager.retry_job(stalled)


class Procrastinate(Peer):
    name, setting = "procrastinate", "concurrency 20, finished jobs deleted"
    survives, promise = True, "a periodic task of ours finds stalled jobs after 10 s, as its manual says (default none)"
    jobs, durable = 800, True

    def connect(self):
        self.app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=self.site.postgres))
        self.app.open()

    def prepare(self):
        super().prepare()
        if not self.app.check_connection():
            self.app.schema_manager.apply_schema()
        self.site.sql("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

    def send(self, numbers, sent):
        self._defer(numbers, sent)

    def send_later(self, numbers, due, sent):
        self._defer(numbers, sent, schedule_at=datetime.fromtimestamp(due, timezone.utc))

    def _defer(self, numbers, sent, **options):
        deferrer = self.app.configure_task("job", queue="peers", **options)
        numbers = list(numbers)
        for start in range(0, len(numbers), 500):
            deferrer.batch_defer(*({"number": number, "sent": sent, "note": NOTE} for number in numbers[start:start + 500]))

    def commands(self, workers):
        command = python("-m", "procrastinate", "--app", "drivers.procrastinate_driver.app", "worker", "--concurrency", "20",
                         "--delete-jobs", "successful")
        return [command] * workers.count


SETTINGS = [Procrastinate]
