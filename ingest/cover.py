"""What a document's first pages say it is: who issued it, what kind it is, which period it covers.

People know documents by this. File names often say it too; a scanner's or a download's do not.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.folding import fold
from ingest.kinds import first_kind_in, without_kinds
from ingest.periods import MONTHS, dates_in, period_ends_in, quarters_in, years_in
from ingest.types import Document

HEAD_CHARACTERS = 1_000
COVER_CHARACTERS = 6_000
MAX_ORGANISATIONS = 3

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_MACHINE_NAME = re.compile(r"(?<![^\W_])(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]{2,})*(?![^\W_])", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:v|ver|rev|scan|img|doc|page|nr|no|p|q|fy|h)\d+|\d+", re.IGNORECASE)
_SAYS_NOTHING = frozenset(
    """
    ar attachment anhang copia copie copy datei doc docs document dokument download draft end endfassung entwurf eng
    export ext fassung fichier file final finale fr de en es img image kopie neu new of page pdf print reviewed rev
    scan scanned scanner signed the tmp untitled unbenannt unterschrieben ver vers version vf web www
    """.split()  # noqa: SIM905
)
LEGAL_FORMS = frozenset(
    """
    inc incorporated corp corporation company co ltd limited llc llp lp plc ag gmbh mbh se kg kgaa ohg eg sa sas sarl nv
    bv ab asa as aps oy oyj spa srl pty group holding holdings the and und et of
    """.split()  # noqa: SIM905
)
"""Words of a company's name that do not tell it from others."""

_SHORT_KINDS = {"ar": "annual report", "gb": "annual report", "qr": "quarterly report"}

_CAPITAL = "A-Z0-9\u00c0-\u00d6\u00d8-\u00de"
_ENDING = (
    r"Inc|Incorporated|Corp|Corporation|Company|Co|Ltd|Limited|LLC|LLP|PLC|plc|INC|CORPORATION|COMPANY|LIMITED|AG|GmbH|GMBH"
    r"|mbH|SE|KG|KGaA|OHG|eG|e\.\s?V|S\.?A\.?S?|SARL|S\.\u00e0\.?\s?r\.l|N\.?V|B\.?V|AB|ASA|AS|A/S|ApS|Oyj|Oy|S\.p\.A|SpA"
    r"|S\.?r\.?l|Pty|Group|GROUP|Holdings?|Gruppe|Groupe|Konzern|Foundation|Stiftung|Association|Verband|Verein|Trust"
    r"|University|Universit\u00e4t|Universit\u00e9|Hospital|Authority|Agency|Council|Ministry|Bank|Partners"
)
_ORGANISATION = re.compile(
    rf"(?<![\w.&])(?:[{_CAPITAL}][\w&.'\u2019-]*,?\s(?:(?:of|and|&|de|du|der|des|f\u00fcr|und|et|the)\s)?){{1,5}}"
    rf"(?:{_ENDING})\b(?:\s(?:&\sCo\.?\s)?(?:{_ENDING})\b)?"
)
_REGISTRANT = re.compile(r"^(.{2,80})\n\(?exact name of (?:the )?registrant", re.IGNORECASE | re.MULTILINE)
_SENTENCE_WORDS = 10
_SENTENCE_ENDS = re.compile(r"[.!?:][\"'\u201d\u2019)\]]*$")
_PREAMBLE = re.compile(
    r"^(?:(?:by and )?between|and|from|to|for|zwischen|und|von|an|entre|et|the|der|die|das)\s+", re.I
)


@dataclass(frozen=True, slots=True)
class Cover:
    """`organisations` named at the start, the issuer first; `period` is a year with its quarter, or a day; each is
    empty when nothing says it."""

    organisations: tuple[str, ...] = ()
    kind: str = ""
    period: str = ""

    @property
    def issuer(self) -> str:
        return self.organisations[0] if self.organisations else ""

    def fields(self) -> dict[str, str]:
        named = {"issuer": self.issuer, "kind": self.kind, "period": self.period}
        return {name: value for name, value in named.items() if value}


def without_machine_names(path: Path) -> str:
    """The file's name without its suffix, and without what a program made up."""
    return _CAMEL.sub(" ", _MACHINE_NAME.sub(" ", path.stem))


def name_words(path: Path) -> list[str]:
    """The words of a file's name that say something: not `scan`, `final` or `v2`, nor what a program made up."""
    stem = without_machine_names(path)
    return [word for word in _WORD.findall(stem) if fold(word) not in _SAYS_NOTHING and not _NUMBERED.fullmatch(word)]


def name_tells(path: Path) -> bool:
    """Whether a file's name says more of it than its kind and a date."""
    words = without_kinds(" ".join(name_words(path))).split()
    return any(len(word) > 1 and word not in MONTHS and word not in _SHORT_KINDS for word in words)


def cover_of(document: Document) -> str:
    """The text of the first two pages, as far as a cover may reach."""
    return "\n".join(page.text for page in document.pages[:2])[:COVER_CHARACTERS]


def head_of(cover: str) -> str:
    """The lines at the start that are not sentences: a year or a kind in running text is one it talks about."""
    kept, inside = [], False
    for line in cover[:HEAD_CHARACTERS].split("\n"):
        begins = len(line.split()) > _SENTENCE_WORDS
        if not (begins or inside):
            kept.append(line)
        inside = (begins or inside) and bool(line.strip()) and not _SENTENCE_ENDS.search(line)
    return "\n".join(kept)


def days_of(cover: str) -> frozenset[str]:
    """Dates at the start: those that stand by themselves, or the one that its sentences name ("made on 3 March 2024
    between"); with several of them, none is the document's."""
    said = dates_in(" ".join(cover[:HEAD_CHARACTERS].split()))
    return dates_in(head_of(cover)) or (said if len({day[:7] for day in said}) == 1 else frozenset())


def read_cover(document: Document) -> Cover:
    """What the name, the title and the first two pages say."""
    text = cover_of(document)
    head = head_of(text)
    stem = _CAMEL.sub(" ", document.path.stem).replace("_", " ")
    return Cover(
        organisations=tuple(dict.fromkeys(_organisations(document.title, text)))[:MAX_ORGANISATIONS],
        kind=_kind(stem, document.title, head),
        period=_period(stem, document.title, " ".join(text.split()), head),
    )


def _organisations(title: str, text: str) -> Iterator[str]:
    if registrant := _REGISTRANT.search(text):
        yield registrant[1].strip(" _")
    for part in (title, *text[:HEAD_CHARACTERS].split("\n")):
        for found in _ORGANISATION.finditer(part):
            name = _PREAMBLE.sub("", found.group().strip())
            if len(name.split()) > 1 and not (name.isupper() and len(name.split()) > 5):
                yield name


def _kind(stem: str, title: str, head: str) -> str:
    short = next((_SHORT_KINDS[word] for word in fold(stem).replace("-", " ").split() if word in _SHORT_KINDS), "")
    return first_kind_in(stem) or first_kind_in(title) or first_kind_in(head) or short


def _period(stem: str, title: str, text: str, head: str) -> str:
    for named in (stem, title):
        if years := years_in(named):
            quarters = quarters_in(named)
            return f"Q{min(quarters)} {years[0]}" if quarters else str(years[0])
    if ends := Counter(year for year, _ in period_ends_in(text)):
        return str(ends.most_common(1)[0][0])
    days = sorted((day for day in days_of(text) if len(day) > 7), reverse=True)
    years = years_in(head)
    return days[0] if days else str(years[0]) if years else ""
