"""Memory and throughput over many small files: each kind after the other, while the graph takes in what they name."""
import argparse
import os
import statistics
import subprocess
import time

import fixtures
from fleet import Fleet, Report, cpu_seconds, resident

KINDS = [
    ("document", "document_queue", "document-processor", fixtures.small_documents),
    ("audio", "audio_queue", "audio-processor", fixtures.small_recordings),
    ("video", "video_queue", "video-processor", fixtures.small_videos),
]


def length(paths):
    """Seconds of all recordings together."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    return sum(float(subprocess.run([*command, path], capture_output=True, text=True, check=True).stdout) for path in paths)


class Watch:
    """How much memory each daemon has after how many files of its queue."""

    def __init__(self, fleet, queues):
        self.fleet, self.queues, self.samples = fleet, queues, {daemon: [] for daemon in queues}

    def sample(self):
        for daemon, queue in self.queues.items():
            self.samples[daemon].append((self.fleet.finished(queue), *resident(self.fleet.pid(daemon))))

    def until(self, daemon, files, step):
        """Samples every second, until the daemon's queue has so many files behind it."""
        told = 0
        while True:
            self.sample()
            done, _, anonymous = self.samples[daemon][-1]
            if done >= told:
                print(f"{time.strftime('%H:%M:%S')} {daemon}: {done} files, {anonymous:.1f} MB", flush=True)
                told = done - done % step + step
            if done >= files:
                return
            time.sleep(1)

    def row(self, daemon, files):
        """Medians of tenths of the files, the first and the last among them."""
        tenth = files / 10
        parts = [[anonymous for done, _, anonymous in self.samples[daemon] if (part - 1) * tenth < done <= part * tenth] for part in (1, 2, 5, 10)]
        medians = [statistics.median(values) if values else None for values in parts]
        growth = f"{medians[-1] - medians[0]:+.1f}" if None not in (medians[0], medians[-1]) else "-"
        most = max(total for _, total, _ in self.samples[daemon])
        return [daemon, files, *("-" if median is None else f"{median:.1f}" for median in medians), growth, f"{most:.0f}"]


def send(fleet, kind, queue, paths, files):
    """Sends the files in, again and again, under names of jobs of their own."""
    fleet.push(queue, [
        {"job_id": f"{kind}-{number}", "gcs_path": os.path.basename(path), "filename": os.path.basename(path)}
        for number, path in ((number, paths[number % len(paths)]) for number in range(files))])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--only", choices=[kind for kind, *_ in KINDS])
    options = parser.parse_args()
    kinds = [row for row in KINDS if options.only in (None, row[0])]
    report, speed, total = Report(f"Endurance over {options.files} files of each kind"), [], len(kinds) * options.files
    queues = {daemon: queue for _, queue, daemon, _ in kinds} | {"graph-processor": "graph_queue"}
    with Fleet(options.directory, [*queues, "retry-scheduler"]) as fleet:
        watch = Watch(fleet, queues)
        for number, (kind, queue, daemon, make) in enumerate(kinds, 1):
            paths = make(options.directory)
            own, start = cpu_seconds(fleet.pid(daemon)), time.time()
            send(fleet, kind, queue, paths, options.files)
            watch.until(daemon, options.files, options.files // 10)
            end = float(fleet.query(f"SELECT extract(epoch FROM max(finished_at)) FROM work_item WHERE queue = '{queue}'")[0][0])
            cpu, media = cpu_seconds(fleet.pid(daemon)) - own, length(paths) / len(paths) if kind != "document" else 0
            speed.append([
                kind, f"{options.files / (end - start):.1f}", f"{cpu / options.files * 1000:.0f}",
                f"{media * options.files / (end - start):.1f}" if media else ""])
            watch.until("graph-processor", number * options.files, total)
        speed.append(["graph message", "", f"{cpu_seconds(fleet.pid('graph-processor')) / total * 1000:.1f}", ""])
        scheduler = resident(fleet.pid("retry-scheduler"))
    report.table(
        ["daemon", "files", "first tenth, MB", "second", "fifth", "last", "growth, MB", "resident at most, MB"],
        [watch.row(daemon, options.files) for _, _, daemon, _ in kinds] + [watch.row("graph-processor", total)])
    report.line(f"Anonymous memory, medians of samples a second apart. retry-scheduler at the end: {scheduler[1]:.1f} MB.\n")
    report.table(["kind", "files/s", "CPU ms a file, with children", "x real time"], speed)


if __name__ == "__main__":
    main()
