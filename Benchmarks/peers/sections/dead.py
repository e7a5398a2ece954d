"""The dead-letter queue: one page of it, and all of it put back."""
import json
import subprocess
import time

import drivers
import rq
from drivers.flotilla_driver import BIN, QUEUE
from harness.handling import NOTE
from harness.report import Section, number
from harness.trial import Workers

METHOD = """Dead jobs are shown (the newest 50) and all put back into their queue, each by the engine's own tool: `flotilla dlq`, which starts a program,
records who did what in PostgreSQL and moves letters one by one under a guard; Sidekiq's `DeadSet` in Ruby; RQ's `FailedJobRegistry`. Celery,
Dramatiq, arq, SAQ, taskiq and Huey have no dead-letter queue with a way back. Flotilla's are 100,000 messages that its worker refused for good,
with their history in PostgreSQL; the peers' are written in the form in which their workers leave them. A requeue that takes longer than 100 s is stopped;
the rate is then that of what it moved."""

#: Seconds after which the command is stopped and what it has moved by then counts.
REQUEUE_LIMIT = 100


def flotilla(options):
    jobs = int(100_000 * options.scale)
    peer = drivers.flotilla()[1](options.site)
    peer.prepare()
    redis = options.site.redis
    messages = [json.dumps({"job_id": "dead", "gcs_path": f"bench/{n}.bin", "filename": f"{n}.bin", "note": NOTE}) for n in range(jobs)]
    for start in range(0, jobs, 500):
        redis.lpush(QUEUE, *messages[start:start + 500])
    start = time.monotonic()
    # A ledger wants a number and a time in each message, and these have none.
    with Workers(peer, work="ledger") as workers:
        while redis.llen(f"{QUEUE}_dlq") < jobs and time.monotonic() - start < 120:
            workers.check()
            time.sleep(0.05)
    buried, found = time.monotonic() - start, redis.llen(f"{QUEUE}_dlq")
    if found < jobs:
        raise TimeoutError(f"flotilla: {found} of {jobs} letters after {buried:.0f} s")
    environment = dict(options.site.environment(options.site.scratch), REDIS_QUEUE_DOCUMENT=QUEUE, REDIS_RETRY_DOCUMENT=f"{QUEUE}_retry",
                       REDIS_DLQ_DOCUMENT=f"{QUEUE}_dlq")

    def command(*words):
        start = time.monotonic()
        subprocess.run([f"{BIN}/flotilla", "dlq", *words], env=environment, stdout=subprocess.DEVNULL, check=True, timeout=REQUEUE_LIMIT)
        return time.monotonic() - start
    page = command("list", "--limit", "50")
    try:
        requeue = command("requeue", "--filter", "reason:permanent", "--yes")
    except subprocess.TimeoutExpired:
        requeue = REQUEUE_LIMIT
    moved = redis.llen(QUEUE)
    if moved != jobs and requeue < REQUEUE_LIMIT:
        raise RuntimeError(f"flotilla: {moved} of {jobs} letters are back")
    return {"jobs": jobs, "page": page, "moved": moved, "requeue": requeue, "buried_per_second": jobs / buried}


def sidekiq(options):
    from drivers.sidekiq_driver import Sidekiq
    # Its dead set holds 10,000 at most unless it is told otherwise.
    jobs = int(10_000 * options.scale)
    peer = Sidekiq(options.site)
    peer.prepare()
    peer.ask("dead", 0, jobs)
    times = []
    for word in ("page", "requeue"):
        start = time.monotonic()
        peer.ask(word)
        times.append(time.monotonic() - start)
    if options.site.redis.llen("queue:peers") != jobs:
        raise RuntimeError("sidekiq: not all are back")
    return {"jobs": jobs, "page": times[0], "moved": jobs, "requeue": times[1]}


def rq_registry(options):
    from drivers.rq_driver import RQ
    jobs = int(2_000 * options.scale)
    peer = RQ(options.site)
    peer.prepare()
    registry = rq.registry.FailedJobRegistry(queue=peer.queue)
    made = peer.queue.enqueue_many(peer._data(range(jobs), 0))
    for job in made:
        peer.queue.remove(job)
        job.set_status(rq.job.JobStatus.FAILED)
        registry.add(job, ttl=3600)
    start = time.monotonic()
    rq.job.Job.fetch_many(registry.get_job_ids(0, 49), connection=options.site.redis)
    page = time.monotonic() - start
    start = time.monotonic()
    for identifier in registry.get_job_ids():
        registry.requeue(identifier)
    requeue = time.monotonic() - start
    if peer.queue.count != jobs:
        raise RuntimeError("rq: not all are back")
    return {"jobs": jobs, "page": page, "moved": jobs, "requeue": requeue}


def measure(options):
    with Section("dead", "The dead-letter queue", METHOD) as section:
        data = section.data["dead"] = {}
        measures = {"flotilla": flotilla, "sidekiq": sidekiq, "rq": rq_registry}
        for _ in range(options.rounds or 1):
            for name, function in measures.items():
                if options.only and name not in (*options.only, "flotilla"):
                    continue
                try:
                    found = function(options)
                except (TimeoutError, RuntimeError, FileNotFoundError, subprocess.SubprocessError) as error:
                    section.line(f"Not measured: {name}: {error}.\n")
                    continue
                data.setdefault(name, []).append(found)
                print(f"  {name}: page {found['page'] * 1e3:.1f} ms, {found['moved']:,} requeued in {found['requeue']:.1f} s", flush=True)
        own = [run["moved"] / run["requeue"] for run in data.get("flotilla", [])]
        rows = []
        for name, runs in data.items():
            rates = [run["moved"] / run["requeue"] for run in runs]
            ratio = f"{min(own) / max(rates):.1f}-{max(own) / min(rates):.1f}" if own and name != "flotilla" else ""
            rows.append([name, number(runs[0]["jobs"]), ", ".join(f"{run['page'] * 1e3:.1f}" for run in runs),
                         ", ".join(number(rate) for rate in rates), ", ".join(number(run["moved"]) for run in runs), ratio])
        section.table(["", "letters", "page of 50, ms", "requeued/s", "so many", "Flotilla's rate to it"], rows)
