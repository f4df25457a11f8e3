"""Company documents made by rules, with questions: tables, dates, amounts, deadlines, names."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.groups import Group, Item, Text, supporting

_FIRST = ("Ruth", "Daniel", "Aisha", "Tomas", "Ingrid", "Paul", "Mei", "Carlos", "Hannah", "Viktor", "Leila", "Owen")
_LAST = ("Barker", "Okafor", "Lindqvist", "Moreau", "Haddad", "Novak", "Tanaka", "Silva", "Whitfield", "Kessler")
_COMPANIES = (
    "Fernhill Foods",
    "Marlow Shipping",
    "Ostrava Tools",
    "Bluestone Energy",
    "Kestrel Bank",
    "Arden Textiles",
)
_TOWNS = ("Leeds", "Porto", "Graz", "Aarhus", "Tampere", "Ghent", "Bergen", "Lyon", "Cork", "Turin")
_MONTHS = ("January", "March", "April", "June", "July", "September", "October", "December")
_THINGS = (
    "desk lamp",
    "steel valve",
    "office chair",
    "pump seal",
    "cable drum",
    "filter unit",
    "pallet jack",
    "sensor",
)
_COSTS = (
    "train tickets",
    "hotel rooms",
    "meals",
    "training courses",
    "work shoes",
    "home internet",
    "language lessons",
)
_RECORDS = ("job applications", "visitor lists", "sales contracts", "accident reports", "call recordings", "payslips")
_REGIONS = ("North America", "Southern Europe", "Asia", "the Baltic states", "South America", "Central Africa")


@dataclass(frozen=True, slots=True)
class Made:
    """A paragraph and its questions with their answers, which stand in it."""

    text: str
    asked: tuple[tuple[str, str], ...]


def make_group(chance: random.Random, *, sources: int, unanswerable: float) -> Group:
    """Sources of one made company; the questions that are not answered come from its other paragraphs."""
    company = chance.choice(_COMPANIES)
    made = [maker(chance, company) for maker in chance.sample(_MAKERS, min(sources + 2, len(_MAKERS)))]
    shown, hidden = made[:sources], made[sources:]
    items = [
        Item(question, answer, supporting(part.text, start, start + len(answer)), number)
        for number, part in enumerate(shown, 1)
        for question, answer in part.asked
        for start in (part.text.index(answer),)
    ]
    refused = [Item(question) for part in hidden for question, _ in part.asked]
    chance.shuffle(refused)
    items += refused[: round(len(items) * unanswerable / (1 - unanswerable))]
    chance.shuffle(items)
    name = chance.choice(("handbook", "policy", "report", "notes", "guide"))
    texts = tuple(Text(f"{name}.pdf", f"{company}: {name}", part.text, chance.randint(1, 30)) for part in shown)
    return Group(f"made by rules: {company}", f"{chance.getrandbits(32):08x}", texts, tuple(items))


def _amount(chance: random.Random) -> str:
    number = chance.choice((chance.randint(11, 99), chance.randint(100, 999), chance.randint(10, 99) * 100))
    return f"{chance.choice('£€$')}{number:,}"


def _date(chance: random.Random) -> str:
    return f"{chance.randint(1, 28)} {chance.choice(_MONTHS)} {chance.randint(2019, 2027)}"


def _person(chance: random.Random) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def _expenses(chance: random.Random, company: str) -> Made:
    one, other = chance.sample(_COSTS, 2)
    most, less, days = _amount(chance), _amount(chance), f"{chance.randint(3, 60)} days"
    text = (
        f"{company} pays back what its people spend for their work. For {one} it pays up to {most} a month, "
        f"and for {other} up to {less} a year. Claims are sent in within {days} of the purchase, with the receipt."
    )
    return Made(
        text,
        (
            (f"What is the most that is paid back for {one}?", most),
            (f"How much can an employee claim for {other}?", less),
            ("Within what time must a claim be sent in?", days),
        ),
    )


def _keeping(chance: random.Random, company: str) -> Made:
    one, other = chance.sample(_RECORDS, 2)
    long, short = f"{chance.randint(2, 12)} years", f"{chance.randint(2, 18)} months"
    person = _person(chance)
    text = (
        f"How long records are kept\n- {one}: {long}\n- {other}: {short}\n"
        f"After that they are destroyed. {person} keeps the list of what was destroyed and answers questions about it."
    )
    return Made(
        text,
        (
            (f"How long are {one} kept?", long),
            (f"For how long does {company} keep {other}?", short),
            ("Who keeps the list of destroyed records?", person),
        ),
    )


def _prices(chance: random.Random, company: str) -> Made:
    things = chance.sample(_THINGS, 3)
    prices = [_amount(chance) for _ in things]
    weeks = [f"{chance.randint(1, 16)} weeks" for _ in things]
    while len(set(prices)) < 3 or len(set(weeks)) < 3:
        prices, weeks = [_amount(chance) for _ in things], [f"{chance.randint(1, 16)} weeks" for _ in things]
    rows = [f"{thing.capitalize()} {price} {week}" for thing, price, week in zip(things, prices, weeks, strict=True)]
    text = "Item Price Delivery\n" + "\n".join(rows)
    row = chance.randrange(3)
    return Made(
        text,
        (
            (f"What does a {things[row]} cost?", prices[row]),
            (f"How long does delivery of the {things[row - 1]} take?", weeks[row - 1]),
            (f"What is the price of the {things[row - 2]}?", prices[row - 2]),
        ),
    )


def _results(chance: random.Random, company: str) -> Made:
    year = chance.randint(2019, 2026)
    sales, profit = (
        f"£{chance.randint(11, 99)}.{chance.randint(1, 9)}m",
        f"£{chance.randint(1, 9)}.{chance.randint(1, 9)}m",
    )
    share, people = f"{chance.randint(2, 45)} %", f"{chance.randint(12, 98) * 10 + 3}"
    region = chance.choice(_REGIONS)
    text = (
        f"In {year} sales of {company} came to {sales}, and operating profit to {profit}. "
        f"Sales in {region} grew by {share}. At the end of the year the company employed {people} people."
    )
    return Made(
        text,
        (
            (f"What were the sales of {company} in {year}?", sales),
            (f"How high was operating profit in {year}?", profit),
            (f"By how much did sales in {region} grow?", share),
            (f"How many people did {company} employ at the end of {year}?", people),
        ),
    )


def _table(chance: random.Random, company: str) -> Made:
    year = chance.randint(2020, 2026)
    names = chance.sample(_REGIONS, 3)
    figures = [f"{figure / 10:.1f}" for figure in chance.sample(range(100, 990), 6)]
    values = list(zip(figures[:3], figures[3:], strict=True))
    rows = [f"{name} {new} {old}" for name, (new, old) in zip(names, values, strict=True)]
    text = f"Sales by region, €m {year} {year - 1}\n" + "\n".join(rows)
    row = chance.randrange(3)
    return Made(
        text,
        (
            (f"What were sales in {names[row]} in {year}?", values[row][0]),
            (f"What were sales in {names[row - 1]} in {year - 1}?", values[row - 1][1]),
        ),
    )


def _contract(chance: random.Random, company: str) -> Made:
    begins, days, notice = _date(chance), f"{chance.randint(7, 90)} days", f"{chance.randint(2, 11)} months"
    share = f"{chance.randint(1, 12)} %"
    text = (
        f"The contract between {company} and the supplier begins on {begins}. Invoices are payable within {days} of "
        f"receipt. Interest of {share} a year is due on late payments. Either side may end the contract by giving "
        f"{notice}' notice in writing."
    )
    return Made(
        text,
        (
            ("When does the contract with the supplier begin?", begins),
            ("When must an invoice be paid?", f"within {days} of receipt"),
            ("What interest is due on late payments?", f"{share} a year"),
            ("How much notice must be given to end the contract?", notice),
        ),
    )


def _meeting(chance: random.Random, company: str) -> Made:
    day, chair, absent = _date(chance), *chance.sample([f"{first} {last}" for first in _FIRST for last in _LAST], 2)
    place, sum_ = chance.choice(_TOWNS), _amount(chance)
    text = (
        f"The board met on {day} in {place}. {chair} took the chair. Apologies came from {absent}. The board agreed to "
        f"spend {sum_} on new laptops, and put off the decision about the canteen."
    )
    return Made(
        text,
        (
            ("On what day did the board meet?", day),
            ("Where did the board meet?", place),
            ("Who chaired the meeting of the board?", chair),
            ("Who sent apologies to the board meeting?", absent),
            ("How much will be spent on new laptops?", sum_),
            ("What decision did the board put off?", "the decision about the canteen"),
        ),
    )


def _leave(chance: random.Random, company: str) -> Made:
    days, carried, sick = (f"{n} days" for n in chance.sample(range(3, 36), 3))
    person = _person(chance)
    text = (
        f"1 Leave\nEveryone who works full time has {days} of paid leave a year. Up to {carried} may be carried over "
        f"into the next year. From the end of {sick} of illness a doctor's note is needed. "
        f"Requests go to {person}, Personnel."
    )
    return Made(
        text,
        (
            ("How much paid leave does a full-time employee have?", days),
            ("How many days of leave can be carried over?", carried),
            ("After how long is a doctor's note needed?", sick),
            ("To whom are requests for leave sent?", person),
        ),
    )


_MAKERS: Sequence[Callable[[random.Random, str], Made]] = (
    _expenses,
    _keeping,
    _prices,
    _results,
    _table,
    _contract,
    _meeting,
    _leave,
)
