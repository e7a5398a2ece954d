"""What the servers themselves can do with the same commands: the goals of the drain are shares of it."""
import concurrent.futures
import queue
import statistics
import struct
import subprocess
import time
import uuid

import psycopg

import drivers
from drivers.flotilla_driver import QUEUE
from harness.compiling import compiled, expanded
from harness.report import Section, ratios, spread

from .drain import Drain

METHOD = """Redis: a program in C on hiredis claims and acknowledges with the same script, two exchanges on their way, batches of 500 and of 100; it reads no
message and runs no handler. `redis-benchmark` with LPUSH and RPOP of 500 shows what the server does without the script. PostgreSQL: two connections with the
very statements of `--durable`, one admitting a thousand items a commit, the other completing them, parameters made beforehand. Flotilla's drain runs after each, and the share is that of the same round."""

BATCH = 1_000

#: What PostgresJobStore+Begin.swift sends for a batch of one job and one worker.
CLAIM = """
WITH stopped AS MATERIALIZED (
    SELECT id FROM processing_job WHERE id = ANY ($13::text[]) AND cancel_requested_at IS NOT NULL
), begun AS (
    INSERT INTO work_item AS item (
        id, document_uuid, processing_version, counts_toward_job, fence, started_at, delivery, status, worker, queue, job_id,
        tenant_id, filename, path, payload)
    SELECT
        claim.id, claim.document_uuid, claim.version, claim.counts, (SELECT nextval('fence')), now(), claim.delivery, 'processing',
        claim.worker, claim.queue, claim.job_id, claim.tenant_id, claim.filename, claim.path, claim.payload
    FROM (SELECT element.*, $7::integer AS version, $8::boolean AS counts, $9::text AS worker, $10::text AS queue, $11::text AS job_id,
        $12::text AS tenant_id
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bytea[])
            AS element (id, document_uuid, delivery, filename, path, payload)) AS claim
    WHERE (claim.job_id = ANY (ARRAY(SELECT id FROM stopped))) IS NOT TRUE
    ON CONFLICT (id) DO UPDATE SET
        fence = EXCLUDED.fence, started_at = EXCLUDED.started_at, updated_at = EXCLUDED.updated_at, due_at = NULL,
        delivery = EXCLUDED.delivery, status = 'processing', worker = EXCLUDED.worker
    WHERE EXCLUDED.fence > item.fence AND (
        item.status IN ('queued', 'retrying')
        OR item.status = 'processing' AND item.worker = EXCLUDED.worker AND item.delivery = EXCLUDED.delivery)
    RETURNING item.id, item.fence, item.failures
)
SELECT
    count(*), min(fence),
    CASE WHEN count(*) < 1000 OR max(failures) > 0 THEN array_agg(id) END,
    CASE WHEN count(*) < 1000 OR max(failures) > 0 THEN array_agg(failures) END
FROM begun"""

#: What PostgresJobStore+Record.swift sends for a batch that was completed and has nothing that follows.
DONE = """
WITH done AS (
    UPDATE work_item AS item SET
        finished_at = now(), updated_at = now(), duration_ms = result.duration_ms, status = 'completed'
    FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) AS result (id, fence, duration_ms)
    WHERE item.id = ANY (ARRAY[result.id]) AND item.fence = result.fence AND item.status = 'processing'
    RETURNING item.id, CASE WHEN item.counts_toward_job THEN item.job_id END AS job_id
), delta AS (
    SELECT job_id, count(*)::integer AS processed, 0 AS failed, 0 AS cancelled, NULL::text AS message
    FROM done WHERE job_id IS NOT NULL GROUP BY job_id
), counted AS (
    INSERT INTO processing_job AS job (
        id, status, started_at, processed_files, failed_files, cancelled_files, error_message, source)
    SELECT job_id, 'processing', now(), processed, failed, cancelled, message, 'message' FROM delta ORDER BY job_id
    ON CONFLICT (id) DO UPDATE SET
        processed_files = job.processed_files + EXCLUDED.processed_files,
        failed_files = job.failed_files + EXCLUDED.failed_files,
        cancelled_files = job.cancelled_files + EXCLUDED.cancelled_files,
        error_message = coalesce(EXCLUDED.error_message, job.error_message),
        started_at = coalesce(job.started_at, EXCLUDED.started_at),
        updated_at = now(),
        status = job_status(
            job.total_files, job.processed_files + EXCLUDED.processed_files, job.failed_files + EXCLUDED.failed_files,
            job.cancelled_files + EXCLUDED.cancelled_files),
        completed_at = CASE
            WHEN job.total_files <= job.processed_files + EXCLUDED.processed_files + job.failed_files + EXCLUDED.failed_files
                + job.cancelled_files + EXCLUDED.cancelled_files
            THEN coalesce(job.completed_at, now()) END
)
SELECT count(*), CASE WHEN count(*) < 1000 THEN array_agg(id) END FROM done"""

ORDERED = """
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)"""


def script_rate(site, program, jobs, batch):
    """Jobs a second that the script gives, with nothing around it."""
    peer = drivers.flotilla()[0](site)
    peer.prepare()
    peer.send(range(jobs), time.monotonic_ns())
    ended = subprocess.run(
        [program, site.socket, str(site.database), QUEUE, str(jobs), str(batch), expanded(site.scratch, "exchange"),
         expanded(site.scratch, "register")], capture_output=True, text=True, check=False, timeout=120)
    if ended.returncode != 0:
        raise RuntimeError(f"exchange ended with {ended.returncode}: {ended.stderr.strip()}")
    return float(ended.stdout.split()[0])


def list_rate(site, jobs):
    """What redis-benchmark reaches with pops of 500."""
    peer = drivers.flotilla()[0](site)
    peer.prepare()
    peer.send(range(jobs), time.monotonic_ns())
    output = subprocess.run(
        ["redis-benchmark", "-s", site.socket, "-n", str(jobs // 500), "-c", "1", "-P", "2", "--csv", "RPOP", QUEUE, "500"],
        capture_output=True, text=True, check=True, timeout=60).stdout
    return 500 * float(output.splitlines()[-1].split(",")[1].strip('"'))


def binary_array(element_type, items):
    """An array as PostgreSQL's binary protocol has it."""
    parts = [struct.pack("!iiIii", 1, 0, element_type, len(items), 1)]
    for item in items:
        parts += [struct.pack("!i", len(item)), item]
    return b"".join(parts)


UUID, TEXT, INTEGER, BIGINT, BYTEA = 2950, 25, 23, 20, 17


class Connection:
    """libpq with nothing around it: prepared statements, parameters and results in binary."""

    def __init__(self, site):
        self.libpq = psycopg.pq.PGconn.connect(site.postgres.encode())
        if self.libpq.status != psycopg.pq.ConnStatus.OK:
            raise RuntimeError(self.libpq.get_error_message())
        for name, statement in (("claim", CLAIM), ("done", DONE), ("ordered", ORDERED)):
            self._check(self.libpq.prepare(name.encode(), statement.encode()))

    def _check(self, result):
        if result.status not in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
            raise RuntimeError(result.get_error_message())
        return result

    def run(self, name, *parameters):
        """The columns of the one row, as integers."""
        result = self._check(self.libpq.exec_prepared(name.encode(), parameters, [1] * len(parameters), 1))
        return [int.from_bytes(result.get_value(0, column) or b"", "big") for column in range(result.nfields)]

    def command(self, text):
        self._check(self.libpq.exec_(text))


def parameters(start, payloads, sent):
    """Those of one claim: ids, documents, delivery numbers, names, paths, messages, and what all rows share. As long as Flotilla's."""
    ids = sorted(uuid.uuid4().bytes for _ in payloads)
    numbers = range(start, start + len(payloads))
    return [binary_array(UUID, ids), binary_array(UUID, ids), binary_array(BIGINT, [struct.pack("!q", n) for n in numbers]),
            binary_array(TEXT, [f"{n}-{sent}".encode() for n in numbers]), binary_array(TEXT, [f"bench/{n}.bin".encode() for n in numbers]),
            binary_array(BYTEA, payloads), struct.pack("!i", 1), b"\1", b"limitlimitlimit", b"peers_queue", b"bench", b"bench", binary_array(TEXT, [b"bench"])]


def statement_rate(site, jobs):
    """Items a second that two connections admit and complete."""
    peer = drivers.flotilla()[1](site)
    peer.prepare()
    site.sql("INSERT INTO processing_job (id, status, source) VALUES ('bench', 'processing', 'message')")
    sent = time.monotonic_ns()
    batches = [parameters(start, [text.encode() for text in peer.payloads(range(start, start + BATCH), sent)], sent)
               for start in range(0, jobs, BATCH)]
    durations = binary_array(INTEGER, [bytes(4)] * BATCH)
    admitting, completing, ready = Connection(site), Connection(site), queue.SimpleQueue()

    def admit():
        for batch in batches:
            count, fence = admitting.run("claim", *batch)[:2]
            if count != BATCH:
                raise RuntimeError(f"{count} of {BATCH} items were admitted")
            ready.put((batch[0], binary_array(BIGINT, [struct.pack("!q", fence)] * BATCH)))

    def complete():
        for _ in batches:
            ids, fences = ready.get(timeout=30)
            completing.command(b"BEGIN")
            completing.run("ordered")
            if completing.run("done", ids, fences, durations)[0] != BATCH:
                raise RuntimeError("not all items were completed")
            completing.command(b"COMMIT")

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for side in [pool.submit(admit), pool.submit(complete)]:
            side.result()
    return len(batches) * BATCH / (time.monotonic() - start)


def measure(options):
    flotilla, durable = drivers.flotilla()
    program = compiled(options.site.scratch, "exchange")
    # Rows for two seconds: with fewer, one checkpoint of PostgreSQL or a busy neighbour decides a round.
    jobs, rows = int(flotilla.jobs * options.scale), max(2_000, int(2 * durable.jobs * options.scale))
    with Section("limits", "What the servers can do", METHOD) as section:
        found = {"script_500": [], "script_100": [], "pops": [], "drain": [], "statements": [], "durable": []}
        for _ in range(options.rounds or 7):
            found["script_500"].append(script_rate(options.site, program, jobs, 500))
            found["drain"].append(Drain(flotilla(options.site), jobs, 1).rate)
            found["script_100"].append(script_rate(options.site, program, jobs, 100))
            found["pops"].append(list_rate(options.site, jobs))
            found["statements"].append(statement_rate(options.site, rows))
            found["durable"].append(Drain(durable(options.site), rows, 1).rate)
            print("  " + ", ".join(f"{name} {values[-1]:,.0f}" for name, values in found.items()), flush=True)
        section.data["limits"] = found
        names = {"script_500": "the script alone, batches of 500", "script_100": "the same, batches of 100", "pops": "pops of 500, no script, no lease",
                 "statements": "the statements alone"}
        table = []
        for name, text in names.items():
            own = found["durable" if name == "statements" else "drain"]
            table.append([text, spread(found[name]), spread(own), spread([100 * share for share in ratios(own, found[name])])])
        section.table(["limit", "jobs/s", "Flotilla's drain", "share, %"], table)
        for text, own, limit in (("drain without PostgreSQL at least 70 % of the same batched script", "drain", "script_500"),
                                 ("durable drain at least 70 % of raw batched statements", "durable", "statements")):
            shares = [100 * share for share in ratios(found[own], found[limit])]
            section.goal(text, f"{spread(shares)} %", statistics.median(shares) >= 70)
