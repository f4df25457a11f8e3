"""What acronyms are worth, on questions made for them: a sentence that writes a term out is asked for by the acronym,
and one that has the acronym by the term written out."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.datasets import FINANCEBENCH_WHOLE, SCIFACT_TEST, DataSet
from benchmarks.program import HOMES, markdown_table
from benchmarks.retrieval import figure_at, not_there
from benchmarks.sessions import open_session

if TYPE_CHECKING:
    from ingest.types import StoredChunk

MOST = 150
"""Questions of each direction, no two on the same term."""
OTHER_WORDS = 3
"""Content words of the sentence that a question has beside the term."""
LEAST_WORDS = 8
"""Of a sentence that is asked for."""
WITHOUT: Mapping[str, object] = {"retrieval.acronyms": False}
FIGURES = {"page @1": ("page_hit", "1"), "page @5": ("page_hit", "5"), "MRR": ("mrr",)}
DIRECTIONS = {"acronym asked, term written": True, "term asked, acronym written": False}


def run() -> str:
    sets = [FINANCEBENCH_WHOLE, SCIFACT_TEST]
    rows = [
        row
        for data in sets
        if data.is_there()
        for name, short in DIRECTIONS.items()
        for row in _rows(data, name, short)
    ]
    return (
        "## Acronyms\n\nQuestions made by rule from the documents: a sentence with a term that some document defines "
        f"as an acronym, asked for by the other form of the term and {OTHER_WORDS} other words of the sentence. The "
        "passage has only one form, the question only the other.\n\n"
        f"{markdown_table(('Documents', 'questions', 'search', *FIGURES), rows)}\n"
        f"{not_there([data.name for data in sets if not data.is_there()])}"
    )


def _rows(data: DataSet, direction: str, asks_short: bool) -> Iterator[list[str]]:
    made = DataSet(
        f"acronyms in {data.name}, {'short' if asks_short else 'long'}",
        data.needs,
        lambda: (data.make()[0], HOMES / "documents" / f"acronyms-{data.name}-{asks_short}.jsonl"),
        shares=data.shares or data.name,
    )
    with open_session(made) as session:
        library = session.assistant.library
        chunks = list(library.chunks(library.embedded_chunk_ids()).values())
        count = _write_questions(made.questions(), chunks, asks_short)
        for name, settings in (("with acronyms", {}), ("without", WITHOUT)):
            result = asdict(session.evaluate(settings))
            cells = [f"{figure_at(result, path):.3f}" for path in FIGURES.values()]
            yield [data.name, f"{direction} ({count})", name, *cells]


def _write_questions(file: Path, chunks: list["StoredChunk"], asks_short: bool) -> int:
    """One question for each term that some passage can be asked for by; returns how many."""
    from ingest.folding import fold

    chance = random.Random(1)  # noqa: S311
    folded = [fold(" ".join(chunk.chunk.text.split())) for chunk in chunks]
    lines = []
    for short, long in _definitions(chunks, chance):
        asked, written = (short, long) if asks_short else (long, short)
        has, lacks = re.compile(rf"\b{re.escape(written)}\b"), re.compile(rf"\b{re.escape(asked)}\b")
        places = [place for place, text in enumerate(folded) if has.search(text) and not lacks.search(text)]
        words = next(filter(None, (_words_beside(folded[place], written, chance) for place in places)), None)
        if words is None:
            continue
        held = [place for place in places if all(word in folded[place] for word in words)]
        gold = [{"doc": chunks[place].document, "page": chunks[place].chunk.page} for place in held]
        question = f"what about {asked}: {' '.join(words)}?"
        lines.append({"question": question, "docs": sorted({each["doc"] for each in gold}), "gold_pages": gold})
        if len(lines) == MOST:
            break
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return len(lines)


def _definitions(chunks: list["StoredChunk"], chance: random.Random) -> list[tuple[str, str]]:
    """Pairs of an acronym that means one thing only and what it means, in a random order."""
    from ingest.acronyms import find_acronyms

    pairs = find_acronyms(chunk.chunk.text for chunk in chunks)
    meanings = Counter(short for short, _ in pairs)
    clear = sorted(pair for pair in pairs if meanings[pair[0]] == 1)
    return chance.sample(clear, len(clear))


def _words_beside(text: str, term: str, chance: random.Random) -> list[str] | None:
    """Some content words of a sentence that has the term, none of them of the term itself; None if too few."""
    from assistant.words import content_words

    for sentence in re.split(r"(?<=[.!?;])\s+", text):
        if term in sentence and len(sentence.split()) >= LEAST_WORDS:
            words = [word for word in content_words(sentence).values() if word not in term and word.isalpha()]
            if len(words) >= OTHER_WORDS:
                return chance.sample(words, OTHER_WORDS)
    return None


if __name__ == "__main__":
    print(run())
