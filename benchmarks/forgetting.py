"""Is what was forgotten gone? A byte search of every file under the home for the words and vectors of a document."""

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.program import SAMPLES, home_with, markdown_table, scratch_home, strongroom

PROBES = 50
PHRASE_WORDS = 5


@dataclass(frozen=True, slots=True)
class Traces:
    """Byte strings that only one document brings into a home."""

    phrases: list[bytes]
    vectors: list[bytes]


def run() -> str:
    with scratch_home() as name:
        home = Path(name) / "home"
        shutil.copytree(home_with(SAMPLES), home)
        document = _largest(home)
        traces = find_traces(home, document)
        _leave_marks(home, traces)
        before = count_found(home, traces)
        done = strongroom("documents", "forget", document, "--json", home=home)
        receipt = json.loads(done.stdout)
        after = count_found(home, traces)
        strongroom("search", "anything at all", home=home)  # builds the scan's matrix again
        strongroom("ingest", str(SAMPLES / "none"), home=home)
        later = count_found(home, traces)
    rows = [
        ["phrases", str(len(traces.phrases)), str(before[0]), f"**{after[0]}**", f"**{later[0]}**"],
        [
            "vectors (float16 and float32)",
            str(len(traces.vectors)),
            str(before[1]),
            f"**{after[1]}**",
            f"**{later[1]}**",
        ],
    ]
    header = (
        "What only the document brings in",
        "looked for",
        "found before",
        "after `documents forget`",
        "after more use",
    )
    return (
        "## Forgetting\n\n"
        f"The sample documents, then questions about one of them (searches, an answer with quotes, a conversation),"
        f" then `documents forget`"
        f" of it. Every file under the home is read byte by byte, models apart, for phrases of {PHRASE_WORDS} words"
        f" that stand in no other"
        " document, in UTF-8 and UTF-16, in small letters too, and for its vectors. The receipt says `verified_absent`:"
        f" {str(receipt['verified_absent']).lower()}; {receipt['chunks']} passages, {receipt['bytes_reclaimed']:,}"
        f" bytes given back.\n\n"
        f"{markdown_table(header, rows)}\n"
    )


def _largest(home: Path) -> str:
    """The document with the most passages."""
    listed = json.loads(strongroom("documents", "list", "--json", home=home).stdout)["documents"]
    return str(max(listed, key=lambda document: document["chunks"])["document"])


def find_traces(home: Path, document: str) -> Traces:
    """Phrases of the document that stand in no other, and its vectors, both chosen at random."""
    database = sqlite3.connect(f"file:{home / 'library.sqlite'}?mode=ro", uri=True)
    texts = "SELECT group_concat(p.text, ' ') FROM pages p JOIN documents d ON d.id = p.document WHERE d.path {} LIKE ?"
    (own,), (others,) = (database.execute(texts.format(sign), (f"%{document}",)).fetchone() for sign in ("", "NOT"))
    blobs = database.execute(
        "SELECT c.vector FROM chunks c JOIN documents d ON d.id = c.document WHERE d.path LIKE ?", (f"%{document}",)
    ).fetchall()
    database.close()
    lines = [line.strip() for line in own.splitlines()]
    phrases = {" ".join(words[:PHRASE_WORDS]) for line in lines if len(words := line.split(" ")) >= PHRASE_WORDS}
    elsewhere = " ".join(others.lower().split())
    distinctive = sorted(phrase for phrase in phrases if phrase.lower() not in elsewhere and len(phrase) > 20)
    chosen = random.SystemRandom().sample(distinctive, min(PROBES, len(distinctive)))
    vectors = [blob for (blob,) in random.SystemRandom().sample(blobs, min(PROBES, len(blobs)))]
    return Traces([phrase.encode() for phrase in chosen], vectors)


def _leave_marks(home: Path, traces: Traces) -> None:
    """Use the document in every way that could leave something of it behind."""
    for phrase in traces.phrases[:5]:
        question = phrase.decode()
        strongroom("search", question, home=home)
        strongroom("search", question, "--mode", "lexical", home=home)
        strongroom("--verbose", "ask", question, "--style", "quote", "--conversation", "new", home=home)
    strongroom("--verbose", "ask", f"What is said about {traces.phrases[0].decode()}?", "--style", "answer", home=home)


def count_found(home: Path, traces: Traces) -> tuple[int, int]:
    """How many of the phrases and of the vectors stand in any file under the home."""
    contents = [path.read_bytes() for path in _files(home)]
    lowered = [content.lower() for content in contents]
    phrases = sum(_is_found(_forms_of(phrase), [*contents, *lowered]) for phrase in traces.phrases)
    vectors = sum(_is_found(_forms_of_vector(blob), contents) for blob in traces.vectors)
    return phrases, vectors


def _forms_of(phrase: bytes) -> list[bytes]:
    text = phrase.decode()
    return [phrase, text.lower().encode(), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()]


def _forms_of_vector(blob: bytes) -> list[bytes]:
    return [blob, np.frombuffer(blob, dtype="<f2").astype("<f4").tobytes()]


def _is_found(needles: Sequence[bytes], contents: Iterable[bytes]) -> bool:
    return any(needle in content for content in contents for needle in needles)


def _files(home: Path) -> list[Path]:
    found = []
    for folder, names, files in os.walk(home):
        if Path(folder) == home and "models" in names:
            names.remove("models")
        found += [Path(folder, name) for name in files]
    return found
