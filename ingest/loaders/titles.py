"""What a document is called: what the file says, its first heading, or its file name."""

import re
from collections.abc import Sequence
from pathlib import Path

from config.sanitise import sanitise
from ingest.loaders.base import title_from_name
from ingest.types import BlockKind, Page

MAX_TITLE_CHARACTERS = 150
_PAGES_LOOKED_AT = 3

_PROGRAM_PREFIX = re.compile(r"^(?:microsoft (?:word|powerpoint|excel)|powerpoint presentation)\s*-?\s*", re.IGNORECASE)
_FILE_SUFFIX = re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|rtf|odt|indd|pages|png|jpe?g|tiff?|html?)$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:untitled|document|unbenannt|sans titre|title|model|presentation|slide)\s*(?:document)?\s*\d*", re.IGNORECASE
)


def given_title(text: str) -> str:
    """What a file's metadata call it, without what programs add; empty if that is no title."""
    title = _FILE_SUFFIX.sub("", _PROGRAM_PREFIX.sub("", " ".join(sanitise(text).split()))).strip()
    return title if is_title(title) else ""


def is_title(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return letters >= 3 and letters >= 0.4 * len(text) and not _NO_TITLE.fullmatch(text)


def first_heading(page: Page) -> str:
    headings = (block for block in page.blocks if block.kind is BlockKind.HEADING)
    return next((" ".join(page.text[block.start : block.end].split()) for block in headings), "")


def choose_title(given: str, pages: Sequence[Page], path: Path) -> str:
    """The title the file gives itself, else its first heading, else its name."""
    if title := given_title(given):
        return title[:MAX_TITLE_CHARACTERS]
    headings = (first_heading(page)[:MAX_TITLE_CHARACTERS] for page in pages[:_PAGES_LOOKED_AT])
    return next((heading for heading in headings if is_title(heading)), "") or title_from_name(path)
