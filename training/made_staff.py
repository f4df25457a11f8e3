"""Sections on staff, meetings and sites: each maker writes one, with questions on it and some it leaves open."""

import random

from training.made_form import Ask, Made
from training.made_words import (
    COSTS,
    MACHINES,
    MONTHS,
    RECORDS,
    SITES,
    TOWNS,
    TRADES,
    amount,
    date,
    people,
    percent,
    span,
)


def expenses(chance: random.Random, company: str) -> Made:
    one, two, three = chance.sample(COSTS, 3)
    most, less = amount(chance), amount(chance)
    days, boss = span(chance, "day", 3, 60), chance.choice(TRADES)
    return Made(
        chance.choice(("Expenses", "Claiming costs", "Business expenses")),
        (
            f"{company} pays back what its people spend for their work. For {one} it pays up to {most} a month, and "
            f"for {two} up to {less} a year. Claims are sent to {boss} within {days} of the purchase, with the "
            "receipt.",
        ),
        (
            Ask(
                (f"What is the most that is paid back for {one}?", f"What is the limit for {one}?"), most, f"For {one}"
            ),
            Ask(
                (f"How much can an employee claim for {two}?", f"What is paid for {two} in a year?"), less, f"for {two}"
            ),
            Ask(
                ("Within what time must a claim be sent in?", "What is the deadline for expense claims?"),
                days,
                "within",
            ),
            Ask(("Which department receives expense claims?", "Where do claims for expenses go?"), boss, "sent to"),
        ),
        (f"What is the most that is paid back for {three}?", "When are expense claims paid out?"),
    )


def keeping(chance: random.Random, company: str) -> Made:
    kept = chance.sample(RECORDS, 4)
    times = [span(chance, chance.choice(("year", "month")), 2, 24) for _ in kept]
    name = people(chance, 1)[0]
    mark = chance.choice(("•", "-"))
    return Made(
        chance.choice(("How long records are kept", "Retention of records", "Record keeping")),
        (
            f"After the time given here records are destroyed. {name} keeps the list of what was destroyed.",
            *(f"{mark} {what}: {time}" for what, time in zip(kept[:3], times, strict=False)),
        ),
        (
            *(
                Ask((f"How long are {what} kept?", f"For how long does {company} keep {what}?"), time, f"{what}:")
                for what, time in zip(kept[:3], times, strict=False)
            ),
            Ask(("Who keeps the list of destroyed records?", "Who records what was destroyed?"), name),
        ),
        (f"How long are {kept[3]} kept?", f"What is the retention period for {kept[3]}?"),
    )


def meeting(chance: random.Random, company: str) -> Made:
    day, town, sum_ = date(chance), chance.choice(TOWNS), amount(chance)
    chair, absent, secretary = people(chance, 3)
    bought, put_off = (
        f"{chance.choice(('a new', 'a second'))} {chance.choice(MACHINES)}",
        chance.choice(
            ("the move to a new office", "the sale of the old depot", "the change of the pension plan", "the new logo")
        ),
    )
    return Made(
        chance.choice(("Meeting of the board", "Board meeting", "Minutes")),
        (
            f"The board met on {day} in {town}. {chair} took the chair, and {secretary} kept the minutes. Apologies "
            f"came from {absent}. The board agreed to spend {sum_} on {bought}, and put off the decision about "
            f"{put_off}.",
        ),
        (
            Ask(("On what day did the board meet?", "When was the board meeting?"), day),
            Ask(("Where did the board meet?", "In which town was the board meeting?"), town, " in "),
            Ask(("Who chaired the meeting of the board?", "Who took the chair?"), chair),
            Ask(("Who kept the minutes?", "Who wrote the minutes of the board meeting?"), secretary),
            Ask(("Who sent apologies to the board meeting?", "Which member of the board was absent?"), absent),
            Ask((f"How much will be spent on {bought}?", f"What sum did the board approve for {bought}?"), sum_),
            Ask(("What did the board decide to buy?",), bought),
            Ask(("Which decision did the board put off?", "What was postponed?"), f"the decision about {put_off}"),
        ),
        ("When does the board meet again?", "How did the board vote on the dividend?"),
    )


def actions(chance: random.Random, company: str) -> Made:
    names, days = people(chance, 4), [date(chance) for _ in range(4)]
    tasks = chance.sample(
        (
            "draw up the budget",
            "find a new carrier",
            "write to the insurers",
            "test the backup",
            "train the night shift",
            "renew the lease",
            "report on complaints",
            "ask three firms for offers",
        ),
        4,
    )
    rows = tuple(
        f"{task[0].upper()}{task[1:]} {name} {day}" for task, name, day in zip(tasks, names, days, strict=True)
    )
    a, b, c = chance.sample(range(4), 3)
    return Made(
        chance.choice(("Actions", "Tasks agreed", "Open points")),
        rows,
        (
            Ask((f"Who is to {tasks[a]}?", f"Whose task is it to {tasks[a]}?"), names[a]),
            Ask((f"By when is someone to {tasks[b]}?", f"What is the deadline to {tasks[b]}?"), days[b]),
            Ask((f"What is {names[c]} to do?",), f"{tasks[c][0].upper()}{tasks[c][1:]}"),
        ),
        ("Who is to order the new signs?", "By when is the roof to be mended?"),
        "Task Who By",
    )


def leave(chance: random.Random, company: str) -> Made:
    days, carried, sick = (f"{n} days" for n in chance.sample(range(3, 36), 3))
    name, trade = people(chance, 1)[0], chance.choice(("Personnel", "Human Resources", "People team"))
    until = f"{chance.randint(1, 28)} {chance.choice(MONTHS)}"
    return Made(
        chance.choice(("Leave", "Holidays and sickness", "Time off")),
        (
            f"Everyone who works full time has {days} of paid leave a year. Up to {carried} may be carried over and "
            f"must be taken by {until}. From the end of {sick} of illness a doctor's note is needed. Requests go to "
            f"{name}, {trade}.",
        ),
        (
            Ask(("How much paid leave does a full-time employee have?", "How many days of holiday are there?"), days),
            Ask(
                ("How many days of leave can be carried over?", "How much leave may be taken into the next year?"),
                carried,
            ),
            Ask(("By when must leave that was carried over be taken?",), until, "taken by"),
            Ask(("After how long is a doctor's note needed?", "When does an employee need a doctor's note?"), sick),
            Ask(("To whom are requests for leave sent?", "Who deals with requests for leave?"), name),
        ),
        ("How many days of leave are given for moving house?", "Is unpaid leave possible for study?"),
    )


def notice(chance: random.Random, company: str) -> Made:
    spans = [span(chance, unit, 2, 9) for unit in ("week", "month", "month")]
    probation = span(chance, "month", 2, 9)
    rows = tuple(
        f"{years} {time}" for years, time in zip(("Under 2 years", "2 to 5 years", "Over 5 years"), spans, strict=True)
    )
    return Made(
        chance.choice(("Notice", "Ending employment", "Notice periods")),
        rows,
        (
            Ask(("What notice is given to someone with one year of service?",), spans[0], "Under"),
            Ask(
                ("How much notice is due after four years of service?", "What is the notice after three years?"),
                spans[1],
                "5 years",
            ),
            Ask(("What is the notice period after eight years?",), spans[2], "Over 5 years"),
        ),
        ("What is paid when an employee is made redundant?", f"Does notice differ after {probation} of probation?"),
        "Length of service Notice",
        subject="terms",
    )


def maintenance(chance: random.Random, company: str) -> Made:
    machine, other = chance.sample(MACHINES, 2)
    hours, oil = f"{chance.randint(2, 90) * 100:,} hours", f"{chance.randint(3, 90) / 2} litres"
    bar, heat = f"{chance.randint(20, 160) / 10} bar", f"{chance.randint(35, 180)} °C"
    return Made(
        f"Upkeep of the {machine}",
        (
            f"Change the oil of the {machine} every {hours} of running; it takes {oil}. The pressure must not pass "
            f"{bar}. Above {heat} the machine stops by itself.",
            "Switch it off and lock the switch before you open the cover.",
        ),
        (
            Ask(
                (f"How often is the oil of the {machine} changed?", "After how many hours is the oil changed?"),
                f"every {hours}",
            ),
            Ask((f"How much oil does the {machine} take?",), oil, "takes"),
            Ask((f"What is the highest pressure of the {machine}?", "Which pressure must not be passed?"), bar, "pass"),
            Ask((f"At what temperature does the {machine} stop?",), heat, "Above"),
            Ask(("What must be done before the cover is opened?",), "Switch it off and lock the switch"),
        ),
        (f"How often is the oil of the {other} changed?", f"Who made the {machine}?"),
    )


def contacts(chance: random.Random, company: str) -> Made:
    trades, names = chance.sample(TRADES, 5), people(chance, 4)
    numbers = [str(chance.randint(2001, 8999)) for _ in names]
    rows = tuple(f"{trade} {name} {number}" for trade, name, number in zip(trades[:4], names, numbers, strict=True))
    a, b, c = chance.sample(range(4), 3)
    return Made(
        chance.choice(("Contacts", "Who to ask", "Telephone list")),
        rows,
        (
            Ask((f"Who is the contact in {trades[a]}?", f"Whom do I ask in {trades[a]}?"), names[a], trades[a]),
            Ask((f"What is the extension of {names[b]}?", f"What is the number of {names[b]}?"), numbers[b], names[b]),
            Ask((f"In which department is {names[c]}?",), trades[c]),
        ),
        (f"Who is the contact in {trades[4]}?", f"What is the e-mail address of {names[a]}?"),
        "Department Name Extension",
    )


def safety(chance: random.Random, company: str) -> Made:
    one, two, three = chance.sample(SITES, 3)
    wear = chance.sample(
        ("ear protection", "safety shoes", "a hard hat", "gloves", "goggles", "a high-visibility vest"), 2
    )
    metres, name = f"{chance.randint(2, 40)} metres", people(chance, 1)[0]
    week, day = chance.choice(("first", "second", "last")), chance.choice(("Monday", "Tuesday", "Friday"))
    when = f"every {week} {day} of the month"
    return Made(
        chance.choice(("Safety", "Safe working", "Safety rules")),
        (
            f"{wear[0].capitalize()} must be worn in {one}, and {wear[1]} in {two}. Keep {metres} away from moving "
            f"machines. The fire alarm is tested {when}. Report every accident to {name} on the same day.",
        ),
        (
            Ask((f"What must be worn in {one}?",), wear[0].capitalize()),
            Ask((f"What has to be worn in {two}?",), wear[1], "and"),
            Ask(("How far away from moving machines must people keep?",), metres),
            Ask(("When is the fire alarm tested?", "How often is the fire alarm tested?"), when),
            Ask(("To whom are accidents reported?", "Who must be told of an accident?"), name),
        ),
        (f"What must be worn in {three}?", "Where is the first-aid box?"),
    )


def project(chance: random.Random, company: str) -> Made:
    name = chance.choice(("Harbour", "Meridian", "Falcon", "Juniper", "Cobalt", "Orchard"))
    head, begun, end, budget = people(chance, 1)[0], date(chance), date(chance), amount(chance)
    spent, partner = (
        percent(chance, 20, 95),
        chance.choice(("the city council", "a bank", "an outside firm", "two universities")),
    )
    goal = chance.choice(
        (
            "to move all accounts to one system",
            "to halve waste in packing",
            "to open a branch abroad",
            "to replace the old ticket machines",
        )
    )
    return Made(
        f"Project {name}",
        (
            f"Project {name} began on {begun} and is to end on {end}. Its goal is {goal}. {head} leads it, together "
            f"with {partner}. Of the budget of {budget}, {spent} has been spent.",
        ),
        (
            Ask((f"When did project {name} begin?",), begun, "began on"),
            Ask((f"When will project {name} be finished?", f"When is project {name} to end?"), end, "end on"),
            Ask((f"What is the goal of project {name}?", f"What is project {name} for?"), goal),
            Ask((f"Who leads project {name}?", f"Who is in charge of {name}?"), head),
            Ask((f"What is the budget of {name}?", f"How much money does project {name} have?"), budget, "budget of"),
            Ask((f"How much of the budget of {name} has been spent?",), spent),
            Ask((f"With whom is project {name} carried out?",), partner),
        ),
        (f"How many people work on project {name}?", f"Which supplier was chosen for project {name}?"),
    )
