"""No engine: a program in C that pops. What is above its delays is what an engine adds to them."""
import os

from harness.compiling import compiled

from .flotilla_driver import QUEUE, Flotilla


class Pop(Flotilla):
    name, setting = "pop", "BLPOP in C, no engine"
    survives, promise = False, ""

    def commands(self, workers):
        return [[compiled(self.site.scratch, "pop"), self.site.socket, str(self.site.database), QUEUE, os.path.join(workers.report, "ledger-pop")]]

