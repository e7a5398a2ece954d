"""No engine: programs in C that pop, or claim. What is above their delays is what an engine adds to them."""
import os

from harness.compiling import compiled, expanded

from .flotilla_driver import QUEUE, Flotilla


class Pop(Flotilla):
    name, setting = "pop", "BLPOP in C, no engine"
    survives, promise = False, ""
    program, scripts = "pop", ()

    def commands(self, workers):
        scratch = self.site.scratch
        return [[compiled(scratch, self.program), self.site.socket, str(self.site.database), QUEUE,
                 os.path.join(workers.report, f"ledger-{self.program}"), *(expanded(scratch, script) for script in self.scripts)]]


class Claim(Pop):
    name, setting = "claim", "Flotilla's wait and claim in C, no engine"
    program, scripts = "claim", ("exchange", "register")
