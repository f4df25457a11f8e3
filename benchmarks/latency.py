"""How long a search takes in a library of some 25,000 passages, question by question in one process, and its memory.

The process asks each question once, after other questions on the same library: words that were asked for before are
known already, as they are in a session. The vector is made while the words are looked up, so the steps' times add up to
more than the whole.
"""

import json
import subprocess
import sys
from typing import Any

from benchmarks.datasets import FINANCEBENCH_WHOLE, OHR_SCOPED
from benchmarks.program import markdown_table
from benchmarks.retrieval import not_there

BARS = {"p50": 25.0, "p95": 60.0, "memory": 400.0}
WARM_UP = 20

_MEASURE = """
import json, resource, sys, time
from config.environment import silence_telemetry
silence_telemetry()
from dataclasses import asdict
from pathlib import Path
from assistant.assistant import open_assistant
from config.locations import open_home
from config.settings import load_settings

home, warm_up, questions = json.loads(sys.argv[1])
locations = open_home(Path(home))
assistant = open_assistant(locations, load_settings(locations))
for question in warm_up:
    assistant.search(question)
taken, steps = [], []
for question in questions:
    begun = time.perf_counter()
    found = assistant.search(question)
    taken.append((time.perf_counter() - begun) * 1000)
    steps.append(asdict(found.timings))
chunks = assistant.library.collections()[0].chunks
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assistant.close()
print(json.dumps({"chunks": chunks, "taken": taken, "steps": steps, "memory": peak / 1000}))
"""


def run() -> str:
    if not FINANCEBENCH_WHOLE.is_there():
        return f"## Latency of a search\n{not_there([FINANCEBENCH_WHOLE.name])}"
    found = measure()
    p50, p95 = (_percentile(found["taken"], share) for share in (0.5, 0.95))
    rows = [
        ["p50", f"{p50:.1f} ms", f"{BARS['p50']:.0f} ms"],
        ["p95", f"{p95:.1f} ms", f"{BARS['p95']:.0f} ms"],
        ["most memory", f"{found['memory']:.0f} MB", f"{BARS['memory']:.0f} MB"],
    ]
    steps = [
        [step, *(f"{_percentile([each[step] for each in found['steps']], share):.1f}" for share in (0.5, 0.95))]
        for step in found["steps"][0]
        if step not in ("rerank", "total")
    ]
    return (
        f"## Latency of a search\n\n{found['chunks']:,} passages, {len(found['taken'])} questions, each asked once "
        f"after {WARM_UP} others; the embedder is loaded, making the question's vector is part of the time.\n\n"
        f"{markdown_table(('What', 'measured', 'bar'), rows)}\n\n"
        f"{markdown_table(('Step', 'p50 ms', 'p95 ms'), steps)}\n"
    )


def measure() -> dict[str, Any]:
    """Milliseconds of each search and its steps, megabytes at most, in a process of its own."""
    home = str(FINANCEBENCH_WHOLE.home())
    arguments = json.dumps([home, _texts(OHR_SCOPED.questions())[:WARM_UP], _texts(FINANCEBENCH_WHOLE.questions())])
    done = subprocess.run([sys.executable, "-c", _MEASURE, arguments], capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _texts(questions: Any) -> list[str]:
    return [json.loads(line)["question"] for line in questions.read_text(encoding="utf-8").split("\n") if line]


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


if __name__ == "__main__":
    print(run())
