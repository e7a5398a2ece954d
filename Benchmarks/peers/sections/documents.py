"""The path of documents: document-processor beside the tools that it uses, run by xargs."""
import glob
import os
import shutil
import signal
import statistics
import subprocess
import time

import psycopg

from drivers.flotilla_driver import BIN
from harness import procfs
from harness.report import Section, number, spread
from harness.site import ROOT

METHOD = """Sample PDFs, several copies that differ in a comment, go through document-processor with one job a
core, and through the bare tools with `xargs -P` as many: pdftotext for pages of text; pdftoppm (300 dots an inch, grey) and tesseract (one thread, the
same language, tsv) for each scanned page. In turn, six files each, so that what else the host does meets both; a round is the sum. CPU counts the daemon with all of its children, without Redis and PostgreSQL, which are shown
apart; the daemon does more for it: detection of format, language and rotation, layout, chunks, summary, index, a sandbox and rows. Two more
sets show where its time goes: a speckled scan, whose speckles it takes away before it reads the page, as the bare tools do not; and
text alone, where its own work is nearly all there is."""

#: File, and which of its pages are scans.
FILES = {"harbour-survey.pdf": [], "inquiry-1962-scan.pdf": [1, 2, 3], "inquiry-1962-speckled.pdf": [1], "insurance-claim-mixed.pdf": [2]}
PAGES = {"harbour-survey.pdf": 4, "inquiry-1962-scan.pdf": 3, "inquiry-1962-speckled.pdf": 1, "insurance-claim-mixed.pdf": 3}
SETS = [("PDFs of text, of scans and of both", ["harbour-survey.pdf", "inquiry-1962-scan.pdf", "insurance-claim-mixed.pdf"], 4),
        ("a speckled scan", ["inquiry-1962-speckled.pdf"], 2), ("text alone", ["harbour-survey.pdf"], 30)]
#: So many files in turn.
PART = 6
BARE = """
set -eu
file=$1; shift
pdftotext -enc UTF-8 "$file" "$file.txt"
for page in "$@"; do
    pdftoppm -r 300 -gray -f "$page" -l "$page" -singlefile "$file" "$file.$page"
    OMP_THREAD_LIMIT=1 tesseract "$file.$page.pgm" stdout -l eng --psm 3 --dpi 300 tsv > "$file.$page.tsv" 2> /dev/null
    rm "$file.$page.pgm"
done
"""


def copies(folder, names, times):
    """Puts so many copies of each file there, no two with the same bytes: Flotilla would wait for the first of equal ones. Returns their names."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    made = []
    for number_of_copy in range(times):
        for name in names:
            made.append(f"{number_of_copy:03}-{name}")
            put(folder, name, made[-1])
    return made


def put(folder, name, copy):
    """Copies a sample, with a comment of its own behind the end."""
    with open(os.path.join(ROOT, "Examples", "documents", name), "rb") as source, open(os.path.join(folder, copy), "wb") as target:
        target.write(source.read() + f"\n% {copy} {time.monotonic_ns()}\n".encode())


def bare(folder, files, cores):
    """(CPU seconds, wall seconds) of the tools."""
    script = os.path.join(folder, "bare.sh")
    with open(script, "w") as file:
        file.write(BARE)
    lines = "\n".join(" ".join([os.path.join(folder, name), *map(str, FILES[name[4:]])]) for name in files)
    start = time.monotonic()
    process = subprocess.Popen(["xargs", "-P", str(cores), "-L", "1", "bash", script], stdin=subprocess.PIPE, text=True)
    process.stdin.write(lines + "\n")
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the bare tools ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start


class Daemon:
    """document-processor, for as long as the `with` lasts."""

    def __init__(self, options, folder, cores):
        self.site, self.folder = options.site, folder
        self.environment = dict(
            options.site.environment(folder), STORAGE_ROOT=folder, WORK_DIRECTORY=os.path.join(options.site.scratch, "work"), HTTP_PORT="0",
            LOG_LEVEL="warn", CACHE_ENABLED="false", GRAPH_CHAINING="false", CONCURRENCY=str(cores), OCR_LANGUAGES="eng")
        os.makedirs(self.environment["WORK_DIRECTORY"], exist_ok=True)

    def __enter__(self):
        self.site.clear()
        subprocess.run([f"{BIN}/flotilla", "migrate"], env=self.environment, stdout=subprocess.DEVNULL, check=True)
        self.site.sql("TRUNCATE processing_job, work_item CASCADE")
        with open(os.path.join(self.site.scratch, "document-processor.log"), "a") as log:
            self.process = subprocess.Popen([f"{BIN}/document-processor"], env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        time.sleep(3)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, files):
        """(CPU, wall, CPU of Redis, CPU of PostgreSQL) for the files, as a job of their own: what another job examined is no matter."""
        job = f"bench-{time.monotonic_ns()}"
        before, start = (procfs.cpu_seconds(self.process.pid), *self.site.cpu()), time.monotonic()
        with self.site.redis.pipeline() as pipeline:
            for name in files:
                pipeline.lpush("document_queue", f'{{"job_id": "{job}", "gcs_path": "{name}", "filename": "{name}"}}')
            pipeline.execute()
        with psycopg.connect(self.site.postgres, autocommit=True) as connection:
            while True:
                ended, failed, message = connection.execute(
                    "SELECT count(*), count(*) FILTER (WHERE status <> 'completed'), min(error_message) FROM work_item "
                    "WHERE job_id = %s AND finished_at IS NOT NULL", (job,)).fetchone()
                if failed:
                    raise RuntimeError(f"{failed} documents failed: {message}")
                if ended == len(files):
                    break
                if self.process.poll() is not None or time.monotonic() - start > 240:
                    raise RuntimeError(f"document-processor finished {ended} of {len(files)} documents; see document-processor.log")
                time.sleep(0.05)
        after = (procfs.cpu_seconds(self.process.pid), *self.site.cpu())
        return after[0] - before[0], time.monotonic() - start, after[1] - before[1], after[2] - before[2]

    def stages(self):
        """(Stage, median wall ms) of all runs since the start, in the order of their beginning."""
        with psycopg.connect(self.site.postgres) as connection:
            return connection.execute(
                "SELECT stage, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.duration_ms))::int FROM stage_run r "
                "JOIN work_item w ON w.id = r.work_id WHERE r.duration_ms IS NOT NULL GROUP BY 1 ORDER BY min(r.started_at - w.started_at)").fetchall()


def turns(folder, files, cores, daemon):
    """What :func:`bare` and `daemon` return, each the sum over parts of the files that were given to one and then to the other."""
    parts = [files[start:start + PART] for start in range(0, len(files), PART)]
    pairs = [(bare(folder, part, cores), daemon.run(part)) for part in parts]
    return tuple(tuple(map(sum, zip(*side))) for side in zip(*pairs))


def measure(options):
    cores = os.cpu_count()
    with Section("documents", "Documents beside the bare tools", METHOD) as section:
        rows, data = [], section.data.setdefault("documents", {})
        for title, names, times in SETS:
            folder = os.path.join(options.site.scratch, "documents")
            files = copies(folder, names, max(1, round(times * options.scale)))
            pages = sum(PAGES[name[4:]] for name in files)
            found = []
            with Daemon(options, folder, cores) as daemon:
                daemon.run(copies_for_start(folder))
                for _ in range(options.rounds or 2):
                    found.append(turns(folder, files, cores, daemon))
                    print(f"  {title}: bare {found[-1][0][0]:.1f} CPU s, daemon {found[-1][1][0]:.1f} CPU s", flush=True)
                data[title] = {"pages": pages, "rounds": found, "stages": daemon.stages()}
            section.line(f"Stages of {title}, median wall ms: " + ", ".join(f"{stage} {wall}" for stage, wall in data[title]["stages"]) + ".\n")
            cpu = [100 * (own[0] / tools[0] - 1) for tools, own in found]
            wall = [100 * (own[1] / tools[1] - 1) for tools, own in found]
            rows.append([title, pages, spread([pages / tools[1] for tools, _ in found], 1), spread([pages / own[1] for _, own in found], 1),
                         spread(cpu, 1), spread(wall, 1), number(1e3 * statistics.median(own[2] for _, own in found) / pages, 1),
                         number(1e3 * statistics.median(own[3] for _, own in found) / pages, 1)])
            if len(names) > 1:
                section.goal("at most 5 % more CPU than the bare document tools", f"{spread(cpu, 1)} %", statistics.median(cpu) <= 5)
            for path in glob.glob(os.path.join(folder, "*")):
                os.remove(path)
        section.table(["files", "pages", "bare, pages/s", "daemon, pages/s", "CPU overhead, %", "wall overhead, %", "Redis ms/page",
                       "PostgreSQL ms/page"], rows)


def copies_for_start(folder):
    """One small document, so that everything is loaded before it counts."""
    put(folder, "harbour-survey.pdf", "start.pdf")
    return ["start.pdf"]
