"""How fast are chunks embedded, against sentence-transformers in fp32 with its default settings, on the same texts?"""

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.program import markdown_table, scratch_home

TEXTS = 600
ROUNDS = 3
_LONGEST = 256  # tokens the model reads; what a chunk and its context line are cut to

_VOCABULARY = """
account acquisition additional agreement amount annual approval asset audit average balance basis benefit board
business capital cash change charge claim clause committee company condition consolidated contract cost currency
customer damage date debt decrease delivery department director discount due earnings effect employee equity estimate
event exchange expense facility fair fee financial fiscal goods gross income increase information insurance interest
inventory invoice item lease liability loan loss management margin market material month net notice obligation office
operating option order party payment pension percent period plan policy premium price product profit program project
property provision purchase quarter rate receivable reduction report requirement reserve result revenue risk sale
section segment service share statement stock subsidiary supplier tax term termination total transfer unit value
warranty year the of and to in for on with by from under during as is are was were not any each such other
"""


def run() -> str:
    from config.environment import silence_telemetry

    silence_telemetry()
    from sentence_transformers import SentenceTransformer

    from config.locations import open_home
    from config.sections import Settings
    from models.embedders.onnx import OnnxEmbedder
    from models.exporting.exports import find_or_make_export
    from models.registry import ModelRegistry

    texts = make_texts(TEXTS)
    with scratch_home() as home:
        registry = ModelRegistry(open_home(Path(home)))
        entry = registry.find(Settings().models.embedder, "embedder")
        export = find_or_make_export(entry.path, entry.sha256, "embedder", registry.exports_directory)
        ours = OnnxEmbedder(entry.path, export, name=entry.name, file_hash=entry.sha256)
        theirs = SentenceTransformer(str(entry.path), device="cpu", local_files_only=True)
        ours_per_second, theirs_per_second, cosine = _compare(ours.embed_documents, theirs.encode, texts)
        query_ms = _median_query_ms(ours.embed_query)

    tokens = [min(count + 2, _LONGEST) for count in ours.count_tokens(texts)]
    rows = [
        [f"ONNX Runtime {export.precision} (Strongroom)", f"{ours_per_second:.1f}"],
        ["sentence-transformers fp32, batch 32", f"{theirs_per_second:.1f}"],
        ["ratio", f"{ours_per_second / theirs_per_second:.2f}"],
    ]
    return (
        f"## Embedding\n\n{len(texts)} texts of {min(tokens)} to {max(tokens)} tokens (mean "
        f"{statistics.mean(tokens):.0f}), {os.cpu_count()} cores, medians of {ROUNDS} alternating runs. "
        f"Mean cosine between the two: {cosine:.4f}. One question: {query_ms:.1f} ms.\n\n"
        f"{markdown_table(('Embedder', 'chunks per second'), rows)}\n"
    )


def make_texts(count: int) -> list[str]:
    """Chunk-like texts, the same every time: up to the window of the model, most of them near a chunk's usual size."""
    chance = random.Random(7)  # noqa: S311  # it makes texts, not keys
    return [_make_text(chance, words=int(chance.triangular(15, 240, 170))) for _ in range(count)]


def _make_text(chance: random.Random, *, words: int) -> str:
    vocabulary = _VOCABULARY.split()
    written = [
        f"{chance.uniform(1, 9999):,.1f}" if chance.random() < 0.05 else chance.choice(vocabulary) for _ in range(words)
    ]
    for end in range(14, words, 15):
        written[end] += "."
    return " ".join(written)


def _compare(
    ours: Callable[[Sequence[str]], "np.ndarray"], theirs: Callable[[list[str]], "np.ndarray"], texts: list[str]
) -> tuple[float, float, float]:
    """Texts per second of both, and the mean cosine between their vectors. They take turns, so that whatever else the
    machine does hits both."""
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    ours(texts[:64])
    theirs(texts[:64])
    for _ in range(ROUNDS):
        started = time.perf_counter()
        our_vectors = ours(texts)
        seconds["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        their_vectors = theirs(texts)
        seconds["theirs"].append(time.perf_counter() - started)
    cosine = float((our_vectors * their_vectors).sum(axis=1).mean())
    ours_per_second, theirs_per_second = (len(texts) / statistics.median(taken) for taken in seconds.values())
    return ours_per_second, theirs_per_second, cosine


def _median_query_ms(embed: Callable[[str], "np.ndarray"]) -> float:
    taken = []
    for number in range(50):
        started = time.perf_counter()
        embed(f"What is the notice period for termination in section {number}?")
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


if __name__ == "__main__":
    print(run())
