"""Company documents made by rules, with questions."""

import random
from collections.abc import Callable, Iterator, Sequence

from ingest.types import BlockKind
from training import choosing, made_staff, made_trade
from training.cutting import Asked, Cut, Part, cut
from training.groups import Group
from training.made_form import Made
from training.made_words import COMPANIES, DOCUMENTS

MAKERS: Sequence[Callable[[random.Random, str], Made]] = (
    made_staff.expenses,
    made_staff.keeping,
    made_trade.prices,
    made_trade.results,
    made_trade.table,
    made_trade.statement,
    made_trade.contract,
    made_trade.liability,
    made_staff.meeting,
    made_staff.actions,
    made_staff.leave,
    made_staff.notice,
    made_staff.maintenance,
    made_staff.contacts,
    made_trade.invoice,
    made_staff.safety,
    made_staff.project,
)
_MARKS = ("•", "-")


def make_group(chance: random.Random, *, sources: int, items: int, unanswerable: float) -> Group | None:
    """Sources of one made company; the questions that are not answered are on its other texts, or on nothing there."""
    company, other = chance.sample(COMPANIES, 2)
    makers = chance.sample(range(len(MAKERS)), len(MAKERS))
    one, two = chance.sample(DOCUMENTS, 2)
    cuts = _document(chance, company, one, makers[:6]) + _document(chance, company, two, makers[6:11])
    foreign = _document(chance, other, chance.choice(DOCUMENTS), makers[11:])
    return choosing.make_group(
        f"made by rules: {company}",
        cuts,
        foreign,
        chance,
        sources=sources,
        items=items,
        unanswerable=unanswerable,
    )


def _document(chance: random.Random, company: str, names: tuple[str, str], makers: list[int]) -> list[Cut]:
    year = str(chance.randint(2020, 2027))
    name, title = (text.format(company=company, year=year) for text in names)
    parts = [Part(title, kind=BlockKind.HEADING)]
    numbered = chance.choice(("", "{}. ", "{} "))
    for number, maker in enumerate(makers, 1):
        made = MAKERS[maker](chance, company)
        parts.append(Part(numbered.format(number) + made.heading, kind=BlockKind.HEADING))
        parts += _parts(made, chance)
    return cut(name.replace(" ", chance.choice("-_")).lower(), title, parts, chance)


def _parts(made: Made, chance: random.Random) -> Iterator[Part]:
    """The lines of a section, each question at the line that answers it, what is missing at the first."""
    left = list(made.asked)
    if made.header:
        yield Part(made.header, (), BlockKind.TABLE_ROW, made.header)
    for number, line in enumerate(made.lines):
        here = [one for one in left if one.answer in line and one.after in line]
        left = [one for one in left if one not in here]
        asked = []
        for one in here:
            start = line.index(one.answer, line.index(one.after))
            asked.append(
                Asked(
                    chance.choice(one.questions),
                    start,
                    start + len(one.answer),
                    subject=made.subject,
                    in_row=bool(made.header),
                )
            )
        missing = made.missing if number == 0 else ()
        yield Part(line, tuple(asked), _kind(line, made), made.header, missing)
    assert not left, left


def _kind(line: str, made: Made) -> BlockKind:
    if made.header:
        return BlockKind.TABLE_ROW
    return BlockKind.LIST_ITEM if line.startswith(_MARKS) else BlockKind.PARAGRAPH
