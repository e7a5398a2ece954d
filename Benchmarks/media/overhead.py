"""Overhead over the bare tools: one file, at the same time through a shell pipeline and through a daemon that runs one job at a time."""
import argparse
import concurrent.futures
import glob
import os
import statistics
import subprocess
import time

import fixtures
from fleet import Fleet, Report, cpu_seconds

SAMPLES = "ffmpeg -nostdin -v error -i {path} -map 0:a:0 -vn -ac 1 -ar 16000 -f s16le -"
SPEECH = SAMPLES + " | pocketsphinx_continuous -infile /dev/stdin -logfn /dev/null -time yes > {folder}/speech.txt"
# The pictures at which the scene changes, and then each of them read.
PICTURES = "ffmpeg -nostdin -v error -y -i {path} -vf \"select='eq(n,0)+gt(scene,0.02)',format=gray\" -vsync vfr {folder}/bare-%03d.pgm"
READING = "for picture in {folder}/bare-*.pgm; do OMP_THREAD_LIMIT=1 tesseract $picture stdout -l eng --psm 3 --dpi 96 tsv 2> /dev/null; done > {folder}/screen.txt"


def bare(commands, path, folder):
    """(CPU seconds, wall seconds) of shell commands, one after the other."""
    start, cpu = time.monotonic(), 0.0
    for command in commands:
        process = subprocess.Popen(["bash", "-euo", "pipefail", "-c", command.format(path=path, folder=folder)])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{command}: status {process.returncode}")
        cpu += usage.ru_utime + usage.ru_stime
    return cpu, time.monotonic() - start


def through(fleet, daemon, queue, path, number):
    """(CPU of the daemon with its children, wall, CPU of Redis, CPU of PostgreSQL) for one file."""
    pid, job = fleet.pid(daemon), f"overhead-{number}"
    own, (redis, postgres), start = cpu_seconds(pid), fleet.servers(), time.time()
    fleet.push(queue, [{"job_id": job, "gcs_path": os.path.basename(path), "filename": os.path.basename(path)}])
    while not fleet.finished(queue, job):
        time.sleep(0.5)
    end = float(fleet.query(f"SELECT extract(epoch FROM finished_at) FROM work_item WHERE job_id = '{job}'")[0][0])
    after = fleet.servers()
    return cpu_seconds(pid) - own, end - start, after[0] - redis, after[1] - postgres


def stages(fleet, queue):
    """The median time of each stage in order, in seconds."""
    return fleet.query(
        f"SELECT stage, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY r.duration_ms)::numeric / 1000, 2) FROM stage_run r JOIN work_item w "
        f"ON w.id = r.work_id WHERE w.queue = '{queue}' GROUP BY 1 ORDER BY min(r.started_at - w.started_at)")


def measure(report, directory, name, daemon, queue, path, seconds, commands, rounds):
    results = []
    with Fleet(directory, [daemon], CONCURRENCY="1", GRAPH_CHAINING="false") as fleet:
        for number in range(rounds):
            # Both at the same time, each with one core's worth of work: whatever else the machine does slows both.
            with concurrent.futures.ThreadPoolExecutor() as pool:
                plain = pool.submit(bare, commands, path, directory)
                daemons = through(fleet, daemon, queue, path, f"{name}-{number}")
                plain = plain.result()
            results.append(plain + daemons)
            print(f"{name} {number + 1}: bare {plain[0]:.2f} CPU s, daemon {results[-1][2]:.2f} CPU s", flush=True)
        parts = stages(fleet, queue)
        pictures = fleet.query("SELECT max((metrics->>'frames')::float) FROM stage_run WHERE stage = 'keyframes'")[0][0]
    ratio = [(row[2] / row[0] - 1) * 100 for row in results]
    clock = [(row[3] / row[1] - 1) * 100 for row in results]
    median = [statistics.median(column) for column in zip(*results)]

    def spread(values):
        return f"{statistics.median(values):+.1f} % ({min(values):+.1f} to {max(values):+.1f})"

    report.table(
        [f"{name}, {seconds} s, {rounds} rounds", "bare tools", "daemon with its children", "overhead, median (range)", "Redis", "PostgreSQL"],
        [["CPU s", f"{median[0]:.2f}", f"{median[2]:.2f}", spread(ratio), f"{median[4]:.2f}", f"{median[5]:.2f}"],
         ["wall s", f"{median[1]:.2f}", f"{median[3]:.2f}", spread(clock), "", ""],
         ["x real time", f"{seconds / median[1]:.1f}", f"{seconds / median[3]:.1f}", "", "", ""]])
    report.line("Stages, wall s: " + ", ".join(f"{stage} {wall}" for stage, wall in parts) + "\n")
    if pictures:
        report.line(f"Pictures read: {len(glob.glob(directory + '/bare-*.pgm'))} by the bare tools, {float(pictures):.0f} by the daemon.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--recording-seconds", type=int, default=300)
    parser.add_argument("--only", choices=["recording", "video"])
    options = parser.parse_args()
    report = Report("Overhead over the bare tools")
    if options.only != "video":
        path = fixtures.recording(options.directory, options.recording_seconds)
        measure(report, options.directory, "recording", "audio-processor", "audio_queue", path, options.recording_seconds, [SPEECH], options.rounds)
    if options.only != "recording":
        path = fixtures.slides(options.directory)
        measure(report, options.directory, "video", "video-processor", "video_queue", path, 120, [SPEECH, PICTURES, READING], options.rounds)


if __name__ == "__main__":
    main()
