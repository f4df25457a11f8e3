"""What "fits" means in one library with its embedder, found out from the documents themselves: questions are made of
their sentences, and asked of the other documents.

What those questions find there is what a question finds whose document is missing. Where documents speak of different
things that is little, and a question may be kept at little evidence; where they repeat each other it is much, and only
the highest floor that questions can be expected to reach is left.
"""

import json
import random
import re
from dataclasses import asdict
from itertools import combinations
from typing import TYPE_CHECKING

from assistant.evidence import HIGHEST_FLOOR, Calibration
from assistant.relevance import evidence
from assistant.words import content_words

if TYPE_CHECKING:
    from assistant.retrieval import Retriever
    from ingest.library.library import Library
    from models.base import Embedder

QUESTIONS = 40
"""Each costs a search."""

LEAST_QUESTIONS = 20
"""With fewer, the library is so small that hardly anything in it is found by mistake: the lowest floor will do."""

KEPT_OUT = 0.9
"""Share of the questions made from missing documents that the floor should refuse."""

LOWEST_FLOOR = 0.75
"""Below it lie about two in a hundred of the questions that their library answers."""

GROWN = 1.5
"""A library that has become this many times larger or smaller is measured again."""

_RULE = 1
"""Which way of measuring a stored calibration comes from."""
_FOUND = 30
"""Passages searched for, so that five of other documents are among them."""
_WORDS = range(5, 31)
"""Content words of a sentence that a question is made of."""
_SHARE_ASKED = 0.4
_ASKED = (3, 8)
"""A question has this share of the sentence's content words, so many at least and at most: people do not know the
sentence, and say half of it in other words."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")

_UNRELATED = (
    "Where can I park my car near the station?",
    "The recipe needs three eggs and a cup of flour.",
    "Volcanoes form where plates of the earth's crust meet.",
    "She plays the violin in a small orchestra.",
    "How is the interest on a loan calculated?",
    "The goalkeeper was injured in the second half.",
    "Roses should be pruned at the end of winter.",
    "The king was crowned in the year 1064.",
    "Restart the computer after installing the driver.",
    "A cold front brings rain to the coast tonight.",
    "The judge set the next hearing for Monday.",
    "Bees find their way by the position of the sun.",
)
"""Texts that have nothing to do with each other: the cosine an embedder gives them is its zero."""


def load_calibration(library: "Library") -> Calibration:
    """What was found out for this library; the default when nothing was."""
    return _stored(library) or Calibration()


def describe(known: Calibration) -> str:
    """Where the floor comes from, in words."""
    floor = f"a question is refused below an evidence of {known.floor:.2f}"
    if not known.chunks:
        return f"{floor}, the default: the library is measured at the end of the next ingest"
    if known.questions < LEAST_QUESTIONS:
        return f"{floor}, the lowest allowed: {known.chunks:,} passages are too few to measure"
    limits = {LOWEST_FLOOR: ", the lowest allowed", HIGHEST_FLOOR: ", the highest allowed"}
    measured = f"measured with {known.questions} questions made from {known.chunks:,} passages"
    return f"{floor}{limits.get(known.floor, '')}, {measured}"


def calibrate_if_due(retriever: "Retriever", embedder: "Embedder") -> None:
    """Measure the library when it was not measured yet, or has grown or shrunk by GROWN since."""
    library = retriever.library
    chunks = len(library.embedded_chunk_ids())
    known = _stored(library)
    if chunks and (known is None or not known.chunks / GROWN < chunks < known.chunks * GROWN):
        found = calibrate(retriever, embedder)
        library.keep_calibration(json.dumps({**asdict(found), "rule": _RULE}))


def calibrate(retriever: "Retriever", embedder: "Embedder") -> Calibration:
    """Ask questions made from sentences of passages spread over the library; about a second."""
    library = retriever.library
    chunk_ids = library.embedded_chunk_ids()
    background = _background(embedder)
    scale = Calibration(background=background)
    reached: list[float] = []
    stored = library.chunks(_spread(chunk_ids, 2 * QUESTIONS))
    for chunk_id, held in stored.items():
        question = _question(held.chunk.text, chunk_id)
        if question is None or len(reached) == QUESTIONS:
            continue
        found = retriever.find(question, k=_FOUND)
        others = [passage for passage in found.result.passages if passage.path != held.path]
        reached.append(evidence(question, found.weights, others, library, {}, scale))
    if len(reached) < LEAST_QUESTIONS:
        return Calibration(LOWEST_FLOOR, background, len(reached), len(chunk_ids))
    kept_out = sorted(reached)[round(KEPT_OUT * (len(reached) - 1))]
    floor = min(max(kept_out, LOWEST_FLOOR), HIGHEST_FLOOR)
    return Calibration(floor, background, len(reached), len(chunk_ids))


def _stored(library: "Library") -> Calibration | None:
    text = library.calibration()
    fields = json.loads(text) if text else {}
    if fields.pop("rule", None) != _RULE:
        return None
    return Calibration(**fields)


def _background(embedder: "Embedder") -> float:
    vectors = [embedder.embed_query(text) for text in _UNRELATED]
    cosines = [float(one @ other) for one, other in combinations(vectors, 2)]
    return min(max(sum(cosines) / len(cosines), 0.0), 0.99)


def _spread(chunk_ids: list[str], number: int) -> list[str]:
    """So many of them, evenly spread, in an order that is always the same and tells nothing."""
    chosen = [chunk_ids[place * len(chunk_ids) // number] for place in range(number)]
    return random.Random(len(chunk_ids)).sample(list(dict.fromkeys(chosen)), k=len(set(chosen)))  # noqa: S311


def _question(text: str, seed: str) -> str | None:
    """Some of the content words of one sentence, in their order; None when no sentence has enough of them."""
    draw = random.Random(seed)  # noqa: S311
    sentences = [list(content_words(sentence).values()) for sentence in _SENTENCE_END.split(text)]
    sentences = [words for words in sentences if len(words) in _WORDS]
    if not sentences:
        return None
    words = draw.choice(sentences)
    least, most = _ASKED
    asked = min(max(least, round(_SHARE_ASKED * len(words))), most)
    return f"what {' '.join(words[place] for place in sorted(draw.sample(range(len(words)), asked)))}?"
