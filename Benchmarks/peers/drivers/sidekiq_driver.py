"""Sidekiq as Debian ships it, driven through a Ruby process that uses its own client."""
import os
import shutil
import subprocess

from harness.peer import Peer
from harness.site import PEERS

JOBS = os.path.join(PEERS, "drivers", "sidekiq_jobs.rb")
PRODUCER = os.path.join(PEERS, "drivers", "sidekiq_producer.rb")


class Sidekiq(Peer):
    name, setting = "sidekiq", "concurrency 10"
    survives, promise = False, "popped before the run; reliable fetch is in the paid edition"
    jobs = 10_000

    def connect(self):
        if not shutil.which("sidekiq"):
            raise FileNotFoundError("sidekiq is not installed")
        environment = self.site.environment(self.site.scratch)
        with open(os.path.join(self.site.scratch, "sidekiq-producer.log"), "a") as log:
            self.producer = subprocess.Popen(["ruby", PRODUCER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)

    def ask(self, *words):
        """Has the producer do something, and waits until it has."""
        self.producer.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.producer.stdin.flush()
        if self.producer.stdout.readline() != "done\n":
            raise RuntimeError("the Ruby producer has ended; see sidekiq-producer.log")

    def send(self, numbers, sent):
        self.ask("bulk", numbers[0], len(numbers), sent)

    def send_one(self, number, sent):
        self.ask("one", number)

    def send_later(self, numbers, due, sent):
        self.ask("later", numbers[0], len(numbers), int(due), sent)

    def commands(self, workers):
        slots = 16 if workers.milliseconds else 10
        return [["sidekiq", "--require", JOBS, "--queue", "peers", "--concurrency", str(slots)]] * workers.count


SETTINGS = [Sidekiq]
