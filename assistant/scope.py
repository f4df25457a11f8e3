"""Which documents a question is put to: by `--doc GLOB`, by `@name` in the question, or by the question it leans on."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from assistant.types import Exchange
from config.errors import StrongroomError
from ingest.naming import comparable, paths_named
from ingest.types import DocumentRecord

_AT_NAME = re.compile(r"(?<![\w@])@(?:\"([^\"]+)\"|([\w.*-]*[\w*]))")


def paths_matching(records: Iterable[DocumentRecord], glob: str) -> frozenset[str]:
    """Paths of the documents in the library that `glob` names (see `paths_named`).

    Raises StrongroomError when there is none.
    """
    found = paths_named((record.path for record in records if _is_searchable(record)), glob)
    if not found:
        raise StrongroomError(
            f"No document in the library matches {glob}.", "See `strongroom documents list` for what is in it."
        )
    return found


def scoped_by_name(question: str, records: Iterable[DocumentRecord]) -> tuple[str, frozenset[str] | None]:
    """`question` without the `@name`s that name documents, and the paths they name (None: it names none).

    `@travel` names every document whose file name begins with it, its ending left out or not; `*` and `?` may be
    used, and quotes around a name with spaces. An `@` word that fits no document stays in the question as it is.
    """
    return _names_taken_out(question, [record.path for record in records if _is_searchable(record)])


def without_names(exchange: Exchange) -> str:
    """An earlier question without the `@name`s of the documents it was put to, as they were called then."""
    return _names_taken_out(exchange.question, exchange.scope.named)[0] if exchange.scope else exchange.question


def scope_of(leaned_on: Sequence[Exchange]) -> frozenset[str] | None:
    """Paths of the documents that a question is put to which leans on these earlier ones (oldest first) and names none
    itself: those of the last of them that was put to some, where they are now; None: all.

    Raises StrongroomError when none of them can be found any more.
    """
    scope = next((exchange.scope for exchange in reversed(leaned_on) if exchange.scope is not None), None)
    if scope is not None and not scope.documents:
        raise StrongroomError(
            "The documents that the question before was put to are gone from the library, or were renamed and changed.",
            "Ask the question in full, or name a document with @.",
        )
    return None if scope is None else scope.documents


def _names_taken_out(question: str, paths: Collection[str]) -> tuple[str, frozenset[str] | None]:
    named: set[str] = set()

    def take_out(match: re.Match[str]) -> str:
        found = _beginning_with(match[1] or match[2], paths)
        named.update(found)
        return "" if found else match[0]

    rest = _AT_NAME.sub(take_out, unicodedata.normalize("NFC", question))
    if not named:
        return question, None
    return " ".join(rest.split()).replace(" ?", "?"), frozenset(named)


def _beginning_with(name: str, paths: Collection[str]) -> set[str]:
    wanted = comparable(name)
    names = {path: comparable(PurePath(path).name) for path in paths}
    exact = {path for path, called in names.items() if wanted in (called, PurePath(called).stem)}
    return exact or {path for path, called in names.items() if fnmatchcase(called, f"{wanted}*")}


def _is_searchable(record: DocumentRecord) -> bool:
    return record.status.is_held
