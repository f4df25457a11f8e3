"""The names and figures that made documents are filled with."""

import random

FIRST = (
    "Ruth",
    "Daniel",
    "Aisha",
    "Tomas",
    "Ingrid",
    "Paul",
    "Mei",
    "Carlos",
    "Hannah",
    "Viktor",
    "Leila",
    "Owen",
    "Sofia",
    "Grace",
    "Pieter",
    "Nadia",
    "Yusuf",
    "Elena",
    "Marcus",
    "Birgit",
)
LAST = (
    "Barker",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Haddad",
    "Novak",
    "Tanaka",
    "Silva",
    "Whitfield",
    "Kessler",
    "Ferreira",
    "Dubois",
    "Ahmed",
    "Jansen",
    "Rossi",
    "Petrov",
    "Oduya",
    "Sharma",
    "Byrne",
    "Castell",
)
COMPANIES = (
    "Fernhill Foods",
    "Marlow Shipping",
    "Ostrava Tools",
    "Bluestone Energy",
    "Kestrel Bank",
    "Arden Textiles",
    "Hollins Pharma",
    "Tideway Ports",
    "Quarry Software",
    "Lumen Optics",
    "Redmarsh Timber",
    "Novara Logistics",
    "Pellworth Glass",
    "Sandbrook Dairies",
    "Vantage Rail",
    "Corrib Paper",
)
TOWNS = ("Leeds", "Porto", "Graz", "Aarhus", "Tampere", "Ghent", "Bergen", "Lyon", "Cork", "Turin", "Utrecht", "Bilbao")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
THINGS = (
    "desk lamp",
    "steel valve",
    "office chair",
    "pump seal",
    "cable drum",
    "filter unit",
    "pallet jack",
    "sensor",
    "drive belt",
    "hand scanner",
    "gas detector",
    "ball bearing",
    "work bench",
    "label printer",
    "heat exchanger",
    "circuit board",
)
COSTS = (
    "train tickets",
    "hotel rooms",
    "meals",
    "training courses",
    "work shoes",
    "home internet",
    "language lessons",
    "mobile phones",
    "parking",
    "eye tests",
    "business calls",
    "gym membership",
    "childcare",
    "bicycle repairs",
)
RECORDS = (
    "job applications",
    "visitor lists",
    "sales contracts",
    "accident reports",
    "call recordings",
    "payslips",
    "tender documents",
    "tax records",
    "customer complaints",
    "training certificates",
    "access logs",
    "purchase orders",
)
REGIONS = (
    "North America",
    "Southern Europe",
    "Asia",
    "the Baltic states",
    "South America",
    "Central Africa",
    "Scandinavia",
    "the Middle East",
    "Australia",
    "Western Europe",
)
MACHINES = (
    "compressor",
    "conveyor",
    "boiler",
    "packing machine",
    "fork-lift truck",
    "cooling tower",
    "press",
    "emergency generator",
    "dust collector",
    "crane",
)
TRADES = (
    "Sales",
    "Purchasing",
    "Finance",
    "Quality",
    "Logistics",
    "Research",
    "Legal",
    "Customer Service",
    "Production",
    "Marketing",
    "Information Technology",
    "Facilities",
)
SITES = (
    "the north hall",
    "the laboratory",
    "the loading dock",
    "the main office",
    "the warehouse",
    "the paint shop",
    "the archive",
    "the server room",
)
LINES = (
    "Revenue",
    "Cost of sales",
    "Gross profit",
    "Selling expenses",
    "Administrative expenses",
    "Research and development",
    "Operating profit",
    "Interest paid",
    "Profit before tax",
    "Income tax",
    "Profit for the year",
    "Depreciation",
    "Staff costs",
    "Capital expenditure",
)
DOCUMENTS = (
    ("{company}-handbook", "{company}: staff handbook"),
    ("staff-handbook-{year}", "Staff handbook {year}"),
    ("{company}_report_{year}", "{company} report {year}"),
    ("annual report {year}", "{company}: annual report {year}"),
    ("{company}-policies", "Policies of {company}"),
    ("minutes-{year}", "Minutes and decisions {year}"),
    ("{company}-agreement", "Framework agreement with {company}"),
    ("contract_{year}_final", "Contract documents"),
    ("site-manual", "{company} site manual"),
    ("guide for suppliers", "{company}: guide for suppliers"),
    ("catalogue-{year}", "{company} catalogue {year}"),
    ("project-notes", "Project notes"),
)


def amount(chance: random.Random) -> str:
    number = chance.choice(
        (chance.randint(11, 99), chance.randint(100, 999), chance.randint(10, 99) * 100, chance.randint(10, 990) * 1000)
    )
    sign = chance.choice("££€€$$ ")
    return f"{number:,} {chance.choice(('EUR', 'kr', 'CHF'))}" if sign == " " else f"{sign}{number:,}"


def date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.choice(MONTHS), chance.randint(2018, 2028)
    return chance.choice((f"{day} {month} {year}", f"{day} {month} {year}", f"{month} {day}, {year}"))


def person(chance: random.Random) -> str:
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def people(chance: random.Random, count: int) -> list[str]:
    return [
        f"{first} {last}" for first, last in zip(chance.sample(FIRST, count), chance.sample(LAST, count), strict=True)
    ]


def span(chance: random.Random, unit: str, low: int, high: int) -> str:
    """A length of time, the number sometimes in words."""
    number = chance.randint(low, high)
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    written = words[number] if number <= 12 and chance.random() < 0.4 else str(number)
    return f"{written} {unit}{'s' if number != 1 else ''}"


def percent(chance: random.Random, low: int, high: int) -> str:
    number = chance.choice((str(chance.randint(low, high)), f"{chance.randint(low, high)}.{chance.randint(1, 9)}"))
    return f"{number}{chance.choice(('%', ' %', ' per cent'))}"


def figures(chance: random.Random, count: int) -> list[str]:
    """Figures as they stand in a financial table, none twice."""
    found: list[str] = []
    kind = chance.randrange(3)
    while len(found) < count:
        number = chance.randint(11, 9999)
        text = (f"{number / 10:.1f}", f"{number:,}", f"{number * 7:,}")[kind]
        if text not in found:
            found.append(text)
    return found
