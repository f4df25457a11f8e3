import pytest

from assistant.alternatives import chooses


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("The rent.", "Is it the rent or the deposit that is £900?"),
        ("The deposit.", "Is it the rent, or the deposit, that is £900?"),
        ("The landlord.", "Does the tenant or the landlord pay for the heating?"),
        ("The landlord.", "Is it the tenant or the landlord who pays?"),
        ("The tenant.", "Who pays for the heating, the tenant or the landlord?"),
        ("The variable rent.", "Which is higher: the fixed rent or the variable rent?"),
        ("The fixed rent.", "Is the fixed rent or the variable rent higher?"),
        ("The deposit.", "Which is £900 a month, the rent, the deposit?"),
        ("Die Kaution.", "Ist die Miete oder die Kaution höher?"),
        ("Die Kaution.", "Welche ist höher, die Miete oder die Kaution?"),
        ("Le loyer.", "Est-ce le loyer ou la caution ?"),
    ],
)
def test_one_of_those_that_a_question_names_is_chosen(answer: str, question: str) -> None:
    assert chooses(answer, question)


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        ("Calderwick.", "Which bank lends Calderwick its long-term loan and at what interest rate?"),
        ("The loan.", "Which bank lends Calderwick its loan, and at what rate?"),
        ("Norrvik.", "Which firm audits Calderwick, the owner of Norrvik?"),
        ("The firm.", "Which firm audits Calderwick?"),
        ("Sick leave.", "How many days of sick or parental leave are there?"),
        ("An invoice.", "When must an invoice or a reminder be paid?"),
        ("The heating.", "Does the tenant or the landlord pay for the heating?"),
        ("Refundable.", "Is the deposit refundable or not, and when does it end?"),
        ("The tenant or the landlord.", "Does the tenant or the landlord pay for the heating?"),
        ("Yes.", "Does the tenant or the landlord pay for the heating?"),
        ("Calderwick.", "Which bank lends £1,500,000 to Calderwick or Norrvik?"),
    ],
)
def test_other_words_of_a_question_choose_nothing(answer: str, question: str) -> None:
    assert not chooses(answer, question)
