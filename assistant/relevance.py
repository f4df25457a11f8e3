"""Does anything found fit the question? If not, the question is refused and the model never asked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.evidence import COSINE_WEIGHT, Calibration, Fit, Needed, fitting, needed_for
from assistant.glossary import Glossary
from assistant.types import Passage
from assistant.words import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ingest.library.library import Library

BEST_PASSAGES = 5
"""Passages looked at, best first."""

WITHOUT_NAMES = 0.3
"""By how much less a passage must fit the question without its names."""

STRANGE = 0.1
"""A word that no passage holds and without which the question comes this much nearer to the passages (cosine) is what
the question is about, and the documents are not."""

UNKNOWN_WORDS_TRIED = 2
"""Each costs an embedding of the question."""

WORDS_OF_A_SHORT_QUESTION = 10
"""With more content words than this, none of them moves the question by STRANGE."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What vectors say: the question's, unit length, and what embeds another wording of it."""

    question: "NDArray[np.float32]"
    embed: "Callable[[str], NDArray[np.float32]]"


def fits(
    question: str,
    weights: Weights,
    passages: Sequence[Passage],
    library: "Library",
    glossary: Glossary,
    calibration: Calibration,
    meaning: Meaning | None,
) -> bool:
    """Whether one of the best passages is likely to hold the answer. `meaning` is None when there are no vectors.

    A passage fits when it, or the identity of its document, bears the question's names, year and figures, and when
    the evidence, made of the cosine and the idf-weighted share of the question's words, reaches the floor. Either of
    the two alone is fooled: the cosine by a passage on the same topic, the words by a passage that happens to share
    them; and both together by a passage that says the same of somebody else.
    """
    needed = needed_for(question, weights, glossary)
    found = [fit for fit in fitting(needed, passages[:BEST_PASSAGES], library) if fit.reaches(calibration)]
    if not found or meaning is None:
        return bool(found)
    if not needed.unknown():
        return True
    vectors = library.chunk_vectors([passage.chunk.chunk_id for passage in passages[:BEST_PASSAGES]])
    return _says_it_without_names(needed, found, vectors, calibration, meaning) and not _hangs_on_unknown_word(
        question, needed, list(vectors.values()), meaning
    )


def evidence(
    question: str,
    weights: Weights,
    passages: Sequence[Passage],
    library: "Library",
    glossary: Glossary,
    calibration: Calibration,
) -> float:
    """The most evidence that one of the best passages gives, 0 when none gives any."""
    needed = needed_for(question, weights, glossary)
    return max(
        (fit.evidence(calibration) or 0.0 for fit in fitting(needed, passages[:BEST_PASSAGES], library)), default=0.0
    )


def _says_it_without_names(
    needed: Needed,
    found: Sequence[Fit],
    vectors: "Mapping[str, NDArray[np.float32]]",
    calibration: Calibration,
    meaning: Meaning,
) -> bool:
    """Whether a passage is also near to what is asked of the names. When they stand everywhere, like the company's own
    in its documents, a passage that says something else of them may be near to the question by them alone."""
    if not needed.names_stand_everywhere():
        return True
    rest = needed.essentials.core
    for name in needed.essentials.names:
        rest = re.sub(rf"(?<!\w){re.escape(name)}(?:['\u2019]s?)?(?!\w)", "", rest)
    asked = meaning.embed(rest)
    near = [
        COSINE_WEIGHT * calibration.nearness(float(vectors[fit.passage.chunk.chunk_id] @ asked)) + fit.together
        for fit in found
        if fit.passage.chunk.chunk_id in vectors
    ]
    return not near or max(near) >= calibration.floor - WITHOUT_NAMES


def _hangs_on_unknown_word(
    question: str, needed: Needed, best: "Sequence[NDArray[np.float32]]", meaning: Meaning
) -> bool:
    """Whether a short question is about a word that stands nowhere in the library, nor anything that means the same.

    `best` are the vectors of the best passages. "How many days of leave for jury service?" comes nearer to the pages
    on leave without "jury"; "How long is the guarantee?" moves away from the page on the warranty without "guarantee".
    """
    if len(needed.essentials.words) > WORDS_OF_A_SHORT_QUESTION:
        return False
    nearest = _nearest(best, meaning.question)
    tried = needed.unknown()[:UNKNOWN_WORDS_TRIED]
    without = (re.sub(rf"(?i)\b{re.escape(word)}\b", "", question) for word in tried)
    return any(_nearest(best, meaning.embed(rest)) - nearest >= STRANGE for rest in without)


def _nearest(best: "Sequence[NDArray[np.float32]]", vector: "NDArray[np.float32]") -> float:
    return max((float(other @ vector) for other in best), default=0.0)
