"""Which documents a question is put to: by `--doc GLOB`, and by `@name` in the question."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from pathlib import PurePath

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

    rest = _AT_NAME.sub(take_out, unicodedata.normalize("NFC", question))
    if not named:
        return question, None
    return " ".join(rest.split()).replace(" ?", "?"), frozenset(named)


def _beginning_with(name: str, records: Iterable[DocumentRecord]) -> set[str]:
    wanted = comparable(name)
    searchable = [record for record in records if _is_searchable(record)]
    exact = {
        record.path
        for record in searchable
        if wanted in (comparable(record.document), comparable(PurePath(record.document).stem))
    }
    return exact or {record.path for record in searchable if fnmatchcase(comparable(record.document), f"{wanted}*")}


def _is_searchable(record: DocumentRecord) -> bool:
    return record.status.is_held
