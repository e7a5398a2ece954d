"""Figures as Markdown and JSON, a file a section in Benchmarks/peers/results."""
import json
import os
import statistics
import time

from .site import PEERS, machine

RESULTS = os.environ.get("PEERS_RESULTS", os.path.join(PEERS, "results"))


def spread(values, digits=0):
    """`median (least-most)`."""
    if not values:
        return "-"
    return f"{number(statistics.median(values), digits)} ({number(min(values), digits)}-{number(max(values), digits)})"


def number(value, digits=0):
    if value is None:
        return "-"
    return f"{value:,.{digits}f}"


def ratios(values, others):
    """Each round's own ratio."""
    return [value / other for value, other in zip(values, others) if other]


def condensed(data):
    """The data with samples of more than 200 numbers as their count and their percentiles from 0 to 100."""
    if isinstance(data, dict):
        return {key: condensed(value) for key, value in data.items()}
    if not isinstance(data, list):
        return data
    if len(data) > 200 and all(isinstance(value, (int, float)) for value in data):
        ordered = sorted(data)
        return {"count": len(data), "percentiles": [round(ordered[(len(data) - 1) * part // 100], 3) for part in range(101)]}
    return [condensed(value) for value in data]


class Section:
    """One section's tables and data; written when the `with` is left, also half done."""

    #: What the reader must know of this run, such as that it was a small one.
    note = ""

    def __init__(self, name, title, method):
        self.name, self.data = name, {"title": title, "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine(),
                                "trial": bool(self.note)}
        self.lines = [f"### {title}", "", method, "", f"{self.data['started']}, {self.data['machine']}.{self.note}", ""]
        print("\n".join(self.lines), flush=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, _):
        self.data["complete"] = kind is None
        if kind is not None:
            self.line(f"**Not complete:** {kind.__name__}: {value}")
        os.makedirs(RESULTS, exist_ok=True)
        with open(os.path.join(RESULTS, f"{self.name}.md"), "w") as file:
            file.write("\n".join(self.lines) + "\n")
        with open(os.path.join(RESULTS, f"{self.name}.json"), "w") as file:
            json.dump(condensed(self.data), file, indent=1, sort_keys=True)
            file.write("\n")

    def line(self, text):
        print(text, flush=True)
        self.lines.append(text)

    def table(self, head, rows):
        self.line("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for row in rows:
            self.line("| " + " | ".join(str(cell) for cell in row) + " |")
        self.line("")

    def goal(self, text, measured, reached):
        """A goal beside what was measured; `reached` is None when it could not be told."""
        word = {True: "reached", False: "**missed**", None: "not measured"}[reached]
        self.data.setdefault("goals", []).append({"goal": text, "measured": measured, "reached": reached})
        self.line(f"- Goal: {text}. Measured: {measured}: {word}.")


def load(name):
    """The data of a section that ran before, or {}."""
    try:
        with open(os.path.join(RESULTS, f"{name}.json")) as file:
            return json.load(file)
    except FileNotFoundError:
        return {}
