"""Dates, times and numbers of sections stand together or not at all."""

import pytest

from assistant.grounding import is_supported
from assistant.reply import holds
from training.groups import Text, as_source

LEASE = "The lease begins on 1 April 2023 and ends on 31 March 2026."
ISO = "It runs from 2023-04-01 to 2024-03-31."
SLASHED = "Signed on 03/04/2024, due on 05/06/2024."
HOURS = "The office is open from 8:30 to 17:00, and 24 hours a day on the 7 days of May."
SECTIONS = "Section 4.1 governs delivery, clause 7(b) payment, version 3.1 of the terms 10 cases."


@pytest.mark.parametrize(
    ("answer", "quoted", "good"),
    [
        ("1 April 2023.", LEASE, True),
        ("31 March 2026.", LEASE, True),
        ("2026-03-31.", LEASE, True),
        ("31.03.2026.", LEASE, True),
        ("In March 2026.", LEASE, True),
        ("31 March 2023.", LEASE, False),
        ("1 April 2026.", LEASE, False),
        ("In April 2026.", LEASE, False),
        ("2023-04-01.", ISO, True),
        ("1 April 2023.", ISO, True),
        ("2024-04-01.", ISO, False),
        ("03/04/2024.", SLASHED, True),
        ("3/4/2024.", SLASHED, True),
        ("04/03/2024.", SLASHED, False),
        ("05/04/2024.", SLASHED, False),
        ("8:30.", HOURS, True),
        ("08:30 to 17:00.", HOURS, True),
        ("24/7.", HOURS, True),
        ("17:30.", HOURS, False),
        ("8:00.", HOURS, False),
        ("Section 4.1.", SECTIONS, True),
        ("Section 4.10.", SECTIONS, False),
        ("Version 3.1.", SECTIONS, True),
        ("Version 3.10.", SECTIONS, False),
        ("§ 4.10.", SECTIONS, False),
        ("Clause 7(b).", SECTIONS, True),
        ("Clause 7 (b).", SECTIONS, True),
        ("Clause 7(c).", SECTIONS, False),
    ],
)
def test_a_short_answer_has_its_figures_together_as_the_quote_has_them(answer: str, quoted: str, good: bool) -> None:
    sources = [as_source(Text("lease.pdf", "Lease", quoted), 1)]
    assert holds(f'{answer} "{quoted}" [1]', sources, "Which is it?") is good


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("March 31, 2023 is the date.", "The date is March 31,\n2024 2023"),
        ("It runs from 1 March 2026.", "It runs from 1 to 31 March 2026, signed on 5 May 2025."),
        ("It is due in March 2024.", "It is due in March and June 2024, not in May 2025."),
        ("It begins on 1 January 2024.", "It begins on 1 January and ends on 31 December 2024."),
        ("It ends on 31 March 2024.", "It ends on the 31st day of March 2024."),
        ("It is due on 30 June 2026.", "It is due at the end of June 2026."),
        ("It is due at the end of June 2026.", "It is due on 30 June 2026."),
        ("It was signed on 3 April 2024.", "Signed on 3 April (as of 5 May 2023), 2024."),
        ("Sales in 2023/2024 rose.", "Sales in 2023/24 rose."),
        ("It is open from 8:30 to 17:00.", "Open:\n08:30-17:00"),
        ("Use version 3.10 of it.", "Use v.3.10 of it, or v3.1."),
        ("See section 4.10 on costs.", "Costs . . . . . . .4.10"),
        ("Section 4.2(ii) is about costs.", "4.2 Costs: (i) of delivery, (ii) of travel; see section 4.2(i)."),
        ("Clause 7(b) or (c) governs costs.", "Costs: clause 7(b) or (c)."),
        ("Clause 7(c) governs costs.", "Costs: clause 7(b) or (c)."),
        ("The shares are 3/4 and 1:4.", "The shares are 3/4 and 1:4."),
        ("It costs 4.10 euro.", "It costs 4.1 euro."),
    ],
)
def test_what_stands_apart_or_in_another_form_is_no_other_figure(sentence: str, passage: str) -> None:
    assert is_supported(sentence, [passage], "What is it about, which date, version or section was it?")


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        ("It ends on 31 March 2025.", "It begins on 1 April 2025 and ends on 31 March 2026; 5 May 2024 is a holiday."),
        ("It is due on 1 May 2025.", "It is due on 5 May 2025, not on 1 June 2025."),
        ("Sales in 2022/24 rose.", "Sales in 2022/23 and 2023/24 rose."),
        ("See §4.10 on costs.", "See §4.1 on costs, for 10 days."),
        ("See section 4.2(iii) on costs.", "See section 4.2(i) on costs, and section 5(iii)."),
    ],
)
def test_a_figure_of_parts_that_stand_in_others_is_not_supported(sentence: str, passage: str) -> None:
    assert not is_supported(sentence, [passage], "What is it about, or which date was it?")
    assert is_supported(passage, [passage])
