"""Which documents a question is put to: by `--doc GLOB`, and by `@name` in the question."""

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath

from config.errors import StrongroomError
from ingest.naming import paths_named
from ingest.types import DocumentRecord, FileStatus

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


def scoped_by_name(question: str, records: Collection[DocumentRecord]) -> tuple[str, frozenset[str] | None]:
    """`question` without the `@name`s that name documents, and the paths they name (None: it names none).

    `@travel` names every document whose file name begins with it, its ending left out or not; `*` and `?` may be
    used, and quotes around a name with spaces. An `@` word that fits no document stays in the question as it is.
    """
    named: set[str] = set()

    def take_out(match: re.Match[str]) -> str:
        found = _beginning_with(match[1] or match[2], records)
        named.update(found)
        return "" if found else match[0]

    rest = _AT_NAME.sub(take_out, question)
    if not named:
        return question, None
    return " ".join(rest.split()).replace(" ?", "?"), frozenset(named)


def _beginning_with(name: str, records: Iterable[DocumentRecord]) -> set[str]:
    pattern = name.casefold() + "*"
    searchable = [record for record in records if _is_searchable(record)]
    exact = {
        record.path
        for record in searchable
        if name.casefold() in (record.document.casefold(), PurePath(record.document).stem.casefold())
    }
    return exact or {record.path for record in searchable if fnmatchcase(record.document.casefold(), pattern)}


def _is_searchable(record: DocumentRecord) -> bool:
    return record.status in (FileStatus.ADDED, FileStatus.UPDATED)
