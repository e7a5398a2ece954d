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


def run(fleet, kind, queue, daemon, paths, files):
    """Sends the files in under names of their own; returns the seconds, the CPU seconds, and samples (files finished, MB, MB anonymous)."""
    pid, samples = fleet.pid(daemon), []
    own, start = cpu_seconds(pid), time.time()
    fleet.push(queue, [
        {"job_id": f"{kind}-{number}", "gcs_path": os.path.basename(path), "filename": os.path.basename(path)}
        for number, path in ((number, paths[number % len(paths)]) for number in range(files))])
    while (done := fleet.finished(queue)) < files:
        samples.append((done, *resident(pid)))
        # For whoever waits: a step is a tenth of the way.
        if len(samples) < 2 or done * 10 // files > samples[-2][0] * 10 // files:
            print(f"{kind}: {done} files, {samples[-1][2]:.1f} MB, {time.time() - start:.0f} s", flush=True)
        time.sleep(1)
    end = float(fleet.query(f"SELECT extract(epoch FROM max(finished_at)) FROM work_item WHERE queue = '{queue}'")[0][0])
    samples.append((files, *resident(pid)))
    return end - start, cpu_seconds(pid) - own, samples


def watch_graph(fleet, expected, samples):
    """Waits until the graph has taken in what came before."""
    while (done := fleet.finished("graph_queue")) < expected:
        samples.append((done, *resident(fleet.pid("graph-processor"))))
        time.sleep(1)
    samples.append((done, *resident(fleet.pid("graph-processor"))))


def memory_row(name, samples, files):
    """Medians of tenths of the files, the first and the last among them."""
    tenth = files / 10
    cells, medians = [], []
    for part in (1, 2, 5, 10):
        values = [anonymous for done, _, anonymous in samples if (part - 1) * tenth < done <= part * tenth]
        medians.append(statistics.median(values) if values else None)
        cells.append(f"{medians[-1]:.1f}" if values else "-")
    growth = f"{medians[-1] - medians[0]:+.1f}" if None not in (medians[0], medians[-1]) else "-"
    return [name, files, *cells, growth, f"{max(total for _, total, _ in samples):.0f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--only", choices=[kind for kind, *_ in KINDS])
    options = parser.parse_args()
    kinds = [row for row in KINDS if options.only in (None, row[0])]
    report, memory, speed, graph = Report(f"Endurance over {options.files} files of each kind"), [], [], []
    with Fleet(options.directory, [row[2] for row in kinds] + ["graph-processor", "retry-scheduler"]) as fleet:
        for number, (kind, queue, daemon, make) in enumerate(kinds, 1):
            paths = make(options.directory)
            wall, cpu, samples = run(fleet, kind, queue, daemon, paths, options.files)
            memory.append(memory_row(daemon, samples, options.files))
            media = length(paths) / len(paths) * options.files if kind != "document" else None
            speed.append([kind, f"{options.files / wall:.1f}", f"{cpu / options.files * 1000:.0f}", f"{media / wall:.1f}" if media else ""])
            print(speed[-1], memory[-1], flush=True)
            watch_graph(fleet, number * options.files, graph)
        total = len(kinds) * options.files
        graph_cpu = cpu_seconds(fleet.pid("graph-processor"))
        scheduler = resident(fleet.pid("retry-scheduler"))
    memory.append(memory_row("graph-processor", graph, total))
    speed.append(["graph message", "", f"{graph_cpu / total * 1000:.1f}", ""])
    report.table(["daemon", "files", "first tenth, MB", "second", "fifth", "last", "growth, MB", "resident at most, MB"], memory)
    report.line(f"Anonymous memory, medians of samples a second apart. retry-scheduler at the end: {scheduler[1]:.1f} MB.\n")
    report.table(["kind", "files/s", "CPU ms a file, with children", "x real time"], speed)


if __name__ == "__main__":
    main()
