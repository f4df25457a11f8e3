"""Sections on figures, prices and contracts: each maker writes one, with questions on it and some it leaves open."""

import random

from training.made_form import Ask, Made
from training.made_words import (
    LINES,
    REGIONS,
    THINGS,
    TOWNS,
    amount,
    date,
    figures,
    percent,
    span,
)


def prices(chance: random.Random, company: str) -> Made:
    things = chance.sample(THINGS, 6)
    codes = [f"{chance.choice('ABCDEFHKLMPRT')}{chance.choice('ACELNRSTX')}-{chance.randint(10, 990)}" for _ in things]
    prices, other = figures(chance, 6), figures(chance, 6)
    weeks = [span(chance, "week", 2, 16) for _ in things]
    sign, second = chance.sample(("GBP", "EUR", "USD", "SEK", "CHF"), 2)
    rows = tuple(
        f"{code} {thing.capitalize()} {price} {more} {week}"
        for code, thing, price, more, week in zip(codes, things[:5], prices, other, weeks, strict=False)
    )
    a, b, c, d = chance.sample(range(5), 4)
    return Made(
        chance.choice(("Price list", "Prices", "Goods and prices")),
        rows,
        (
            Ask(
                (f"What does a {things[a]} cost in {sign}?", f"What is the {sign} price of the {things[a]}?"),
                prices[a],
                things[a].capitalize(),
            ),
            Ask(
                (f"What is the price of the {things[b]} in {second}?", f"How much is a {things[b]} in {second}?"),
                other[b],
                f"{things[b].capitalize()} {prices[b]}",
            ),
            Ask(
                (f"How long does delivery of the {things[c]} take?", f"What is the lead time of the {things[c]}?"),
                weeks[c],
                things[c].capitalize(),
            ),
            Ask((f"What is the code of the {things[d]}?", f"Which code does the {things[d]} have?"), codes[d]),
        ),
        (f"What does a {things[5]} cost?", f"How much does the {things[a]} weigh?"),
        f"Code Description {sign} {second} {chance.choice(('Lead time', 'Delivery'))}",
    )


def results(chance: random.Random, company: str) -> Made:
    year = chance.randint(2018, 2026)
    sales, last, profit = (f"£{chance.randint(11, 99)}.{chance.randint(1, 9)}m" for _ in range(3))
    share, margin = percent(chance, 2, 45), percent(chance, 5, 60)
    staff, region, far = str(chance.randint(12, 980) * 10 + 3), *chance.sample(REGIONS, 2)
    return Made(
        chance.choice((f"Results for {year}", f"The year {year}", "Business development")),
        (
            f"In {year} sales of {company} came to {sales} ({year - 1}: {last}), and operating profit to {profit}. "
            f"The gross margin was {margin}. Sales in {region} grew by {share}. At the end of the year the company "
            f"employed {staff} people.",
        ),
        (
            Ask((f"What were the sales of {company} in {year}?", f"How much did {company} sell in {year}?"), sales),
            Ask((f"What were sales in {year - 1}?",), last, f"({year - 1}"),
            Ask(
                (f"How high was operating profit in {year}?", f"What operating profit did {company} make in {year}?"),
                profit,
                "profit to",
            ),
            Ask((f"By how much did sales in {region} grow?", f"What was the growth in {region}?"), share, "grew by"),
            Ask(
                (f"How many people did {company} employ at the end of {year}?", "What was the headcount at year end?"),
                staff,
                "employed",
            ),
            Ask(("What was the gross margin?", f"How high was the gross margin in {year}?"), margin, "margin was"),
        ),
        (f"By how much did sales in {far} grow?", f"What were sales in {year - 3}?", "What was the net debt?"),
        subject="figures",
    )


def table(chance: random.Random, company: str) -> Made:
    year, names = chance.randint(2019, 2026), chance.sample(REGIONS, 6)
    new, old = figures(chance, 5), figures(chance, 5)
    unit = chance.choice(("€m", "£ thousand", "tonnes", "units"))
    what = chance.choice(("Sales", "Orders", "Shipments"))
    rows = tuple(f"{name[0].upper()}{name[1:]} {a} {b}" for name, a, b in zip(names[:5], new, old, strict=True))
    a, b, c = chance.sample(range(5), 3)
    upper = [name[0].upper() + name[1:] for name in names]
    return Made(
        chance.choice((f"{what} by region", f"{what} around the world", "Regions")),
        rows,
        (
            Ask((f"What were {what.lower()} in {names[a]} in {year}?",), new[a], upper[a]),
            Ask((f"What were {what.lower()} in {names[b]} in {year - 1}?",), old[b], f"{upper[b]} {new[b]}"),
            Ask((f"How high were {what.lower()} in {names[c]} in {year}, in {unit}?",), new[c], upper[c]),
        ),
        (
            f"What were {what.lower()} in {names[5]} in {year}?",
            f"What were {what.lower()} in {names[a]} in {year - 4}?",
        ),
        f"{what}, {unit} {year} {year - 1}",
        subject="figures",
    )


def statement(chance: random.Random, company: str) -> Made:
    quarter, year = chance.randint(1, 4), chance.randint(2019, 2026)
    names = chance.sample(LINES, 7)
    new, old = figures(chance, 6), figures(chance, 6)
    rows = tuple(f"{name} {a} {b}" for name, a, b in zip(names[:6], new, old, strict=True))
    a, b, c = chance.sample(range(6), 3)
    word = ("first", "second", "third", "fourth")[quarter - 1]
    return Made(
        chance.choice(("Income statement", "Key figures", "Financial statement")),
        rows,
        (
            Ask(
                (f"What was {names[a].lower()} in the {word} quarter of {year}?", f"{names[a]} in Q{quarter} {year}?"),
                new[a],
                names[a],
            ),
            Ask((f"What was {names[b].lower()} in the {word} quarter of {year - 1}?",), old[b], f"{names[b]} {new[b]}"),
            Ask((f"How much was {names[c].lower()} in Q{quarter} {year}?",), new[c], names[c]),
        ),
        (f"What was {names[6].lower()} in the {word} quarter of {year}?",),
        f"{chance.choice(('£ million', '€ thousand', 'USD m'))} Q{quarter} {year} Q{quarter} {year - 1}",
        subject="figures",
    )


def contract(chance: random.Random, company: str) -> Made:
    begins, days, notice = date(chance), span(chance, "day", 7, 90), span(chance, "month", 2, 11)
    share, town = percent(chance, 1, 12), chance.choice(TOWNS)
    years = span(chance, "year", 2, 9)
    return Made(
        chance.choice(("Term and payment", "Terms of the contract", "Duration, payment and notice")),
        (
            f"The contract between {company} and the Supplier begins on {begins} and runs for {years}.",
            f"Invoices are payable within {days} of receipt. Interest of {share} a year is due on late payments.",
            f"Either side may end the contract by giving {notice}' notice in writing. The courts of {town} decide.",
        ),
        (
            Ask(("When does the contract with the supplier begin?", "From what date does the contract run?"), begins),
            Ask(("For how long does the contract run?", "What is the term of the contract?"), years, "runs for"),
            Ask(
                (
                    "Within what time must an invoice be paid after receipt?",
                    "How long does the buyer have to pay an invoice?",
                ),
                f"within {days} of receipt",
            ),
            Ask(("What interest is due on late payments?", "What does late payment cost?"), f"{share} a year"),
            Ask(
                ("How much notice must be given to end the contract?", "What is the notice period of the contract?"),
                notice,
                "giving",
            ),
            Ask(("Which courts decide disputes?", "The courts of which town are competent?"), town, "courts of"),
        ),
        ("Which law applies to the contract?", "Who signed the contract for the supplier?"),
        subject="terms",
    )


def liability(chance: random.Random, company: str) -> Made:
    limit, days, years = amount(chance), span(chance, "working day", 3, 20), span(chance, "month", 6, 36)
    share, most = percent(chance, 1, 3), percent(chance, 5, 15)
    return Made(
        chance.choice(("Delay and warranty", "Defects and delay", "Warranty and liability")),
        (
            f"1. If delivery is late, the Supplier pays {share} of the price for each week of delay, at most {most}.",
            f"2. The warranty runs for {years} from delivery. The Buyer gives notice of a defect within {days} of "
            "finding it.",
            f"3. Liability for each event is limited to {limit}, except for intent and injury to persons.",
        ),
        (
            Ask(
                ("What does the supplier pay for each week of delay?", "What is the penalty for late delivery?"),
                f"{share} of the price",
                "pays",
            ),
            Ask(
                ("What is the most that is paid for delay?", "Up to what share are delay penalties charged?"),
                most,
                "most",
            ),
            Ask(("How long is the warranty?", "For how long does the warranty run?"), years, "runs for"),
            Ask(
                ("When must the buyer report a defect?", "How soon must notice of a defect be given?"), f"within {days}"
            ),
            Ask(
                ("To what sum is liability limited?", "What is the limit of liability for an event?"), limit, "limited"
            ),
        ),
        ("Who bears the cost of transport?", "What insurance must the supplier have?"),
        subject="terms",
    )


def invoice(chance: random.Random, company: str) -> Made:
    number, order = (
        f"{chance.choice('ABCDFKLR')}{chance.choice('ENRST')}-{chance.randint(1000, 99999)}",
        f"PO-{chance.randint(100, 9999)}",
    )
    issued, due, total, tax = date(chance), date(chance), *figures(chance, 2)
    sign = chance.choice(("EUR", "GBP", "USD"))
    return Made(
        chance.choice(("Invoice", "Statement", "Bill")),
        (
            f"Invoice {number} of {issued}, for your order {order}. To: {company}, {chance.choice(TOWNS)}.",
            f"Value added tax {tax} {sign}. Total to pay {total} {sign}, due on {due}.",
        ),
        (
            Ask(("What is the number of the invoice?", f"Which number does the invoice to {company} have?"), number),
            Ask(("When was the invoice issued?", "What is the date of the invoice?"), issued, " of "),
            Ask(("Which order does the invoice belong to?", "What is the order number?"), order),
            Ask(("What is the total of the invoice?", "How much is to be paid?"), f"{total} {sign}", "Total"),
            Ask(("By when must the invoice be paid?", "When is the payment due?"), due, "due on"),
            Ask(("How much value added tax is charged?",), f"{tax} {sign}"),
        ),
        ("Which discount was given?", "To which account is the invoice paid?"),
        subject="terms",
    )
