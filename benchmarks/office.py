"""What becomes of the office files beside the checkout, and whether those taken in are found by words of their own.

The words are taken from the files by other means than the program's: the longest text between two tags of the XML, or
the longest line. Files that keep their text in another form (old Office files, mails in base64) are looked for
by the longest block that the program read.
"""

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from assistant.assistant import Assistant, open_assistant
from benchmarks.datasets import DATA
from benchmarks.program import HOMES, SOME_FILES_LEFT_OUT, markdown_table, strongroom
from config.locations import open_home
from config.settings import load_settings

OFFICE = (DATA / "office").resolve()
WORDS_LOOKED_FOR = 10
FIRST_HITS = 10
SUCCESSES = frozenset({"added", "updated", "unchanged", "moved", "duplicate"})
HONEST = SUCCESSES | {"locked", "damaged", "empty", "unsupported", "too_large", "needs_ocr"}
"""What may become of a file that is damaged, locked or odd. `failed` and `timeout` may not."""

_BETWEEN_TAGS = re.compile(rb">([^<>]{20,400})<")
_PASSWORD = re.compile(r"\(password (\S+?)\)")


@dataclass(frozen=True)
class Outcome:
    name: str
    expected: str
    status: str
    reason: str

    @property
    def is_as_expected(self) -> bool:
        return self.status in (HONEST if self.name.startswith("TRAP_") else SUCCESSES)


def run() -> str:
    if not OFFICE.exists():
        return "## Office files\n\nNot measured: the files are not there."
    home = HOMES / "office"
    outcomes = ingest(home)
    good = [outcome for outcome in outcomes if outcome.status in SUCCESSES]
    lost, crowded_out = lost_files(home, [outcome.name for outcome in good])
    as_expected = sum(outcome.is_as_expected for outcome in outcomes)
    rows = [[f"`{each.name}`", each.status, each.reason] for each in outcomes if each.status not in SUCCESSES]
    unexpected = ", ".join(each.name for each in outcomes if not each.is_as_expected) or "none"
    kinds = len({Path(each.name).suffix for each in outcomes})
    return (
        f"## Office files\n\n{len(outcomes)} files of {kinds} types, passwords given. "
        f"**{as_expected} of {len(outcomes)} as expected** (exceptions: {unexpected}); {len(good)} are in the library, "
        f"and **{len(good) - len(lost)} of them are among the first {FIRST_HITS} full-text hits for {WORDS_LOOKED_FOR} "
        f"words of their own** (not: {', '.join(lost) or 'none'}). In the whole search, where a word that is also in "
        f"another file's name counts for that file, {len(good) - len(crowded_out)} are "
        f"(not: {', '.join(crowded_out) or 'none'}).\n\n"
        f"Not in the library:\n\n{markdown_table(['File', 'Status', 'Reason'], rows)}\n"
    )


def ingest(home: Path) -> list[Outcome]:
    """Every file of the manifest, after one run with the passwords that it names."""
    home.mkdir(parents=True, exist_ok=True)
    with (OFFICE / "MANIFEST.tsv").open(encoding="utf-8") as file:
        expected = {row["file"]: row["expected"] for row in csv.DictReader(file, delimiter="\t")}
    passwords = home / "passwords"
    passwords.write_text("\n".join(_PASSWORD.findall(" ".join(expected.values()))))
    done = strongroom("ingest", str(OFFICE), "--password-file", str(passwords), "--json", home=home)
    if done.returncode not in (0, SOME_FILES_LEFT_OUT):
        raise RuntimeError(f"ingest ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    found = {Path(event["path"]).name: event for event in events if event["event"] == "file"}
    return [
        Outcome(name, words, found[name]["status"], found[name]["reason"] or "") for name, words in expected.items()
    ]


def lost_files(home: Path, names: list[str]) -> tuple[list[str], list[str]]:
    """The files that their own words do not give among the first hits: of full text alone, and of the whole search."""
    locations = open_home(home)
    assistant = open_assistant(locations, load_settings(locations))
    words = {name: _own_words(OFFICE / name) or _longest_block(assistant, str(OFFICE / name)) for name in names}
    try:
        return (
            [name for name in names if name not in _by_full_text(assistant, words[name])],
            [name for name in names if name not in _by_search(assistant, words[name])],
        )
    finally:
        assistant.close()


def _by_full_text(assistant: Assistant, words: str) -> set[str]:
    scored = assistant.library.search_text(words, FIRST_HITS)
    chunks = assistant.library.chunks([each.chunk_id for each in scored])
    return {chunk.document for chunk in chunks.values()}


def _by_search(assistant: Assistant, words: str) -> set[str]:
    return {passage.document for passage in assistant.search(words, k=FIRST_HITS).passages}


def _own_words(path: Path) -> str:
    data = path.read_bytes()
    if zipfile.is_zipfile(path) and path.suffix != ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pages = [n for n in archive.namelist() if re.search(r"(document|slide\d+|content|Strings)\.xml|html$", n)]
            texts = [found for n in pages for found in _BETWEEN_TAGS.findall(archive.read(n))]
    elif path.suffix in (".html", ".md", ".csv"):
        texts = _BETWEEN_TAGS.findall(data) if path.suffix == ".html" else data.splitlines()
    else:
        texts = []
    longest = max((text.decode("utf-8", errors="ignore") for text in texts), key=_prose, default="")
    return _some_words(longest) if _prose(longest) > WORDS_LOOKED_FOR else ""


def _longest_block(assistant: Assistant, path: str) -> str:
    pages = assistant.library.page_texts(path, 1, 3)
    return _some_words(max("\n\n".join(pages).split("\n\n"), key=_prose))


def _prose(text: str) -> int:
    return len(re.findall(r"[^\W\d_]{2,}", text)) if "{" not in text else 0


def _some_words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text)[:WORDS_LOOKED_FOR])
