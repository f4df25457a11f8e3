import pytest

from assistant.wanted import wanted_by


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who was elected chair?", "Ingrid Solheim was elected."),
        ("Which firm audits the accounts?", "The auditors, Marlowe Finch LLP, had given an opinion."),
        ("What insurance company covers the fleet?", "The fleet is covered by Nordlys Insurance Group."),
        ("Who was elected chair?", "Åse Hansen was elected."),
        ("Which supplier delivers the castings?", "They come from Ørsted AS."),
        ("What was company revenue in 2024?", "Revenue was £5m."),
        ("When does the lease end?", "It ends in 2027."),
        ("How long is the notice period?", "Notice is given three months before."),
        ("How long is the notice period?", "Notice is given one month before."),
        ("What is the salary?", "The salary is EUR 78,500."),
    ],
)
def test_the_kind_of_thing_asked_for_is_found(question: str, sentence: str) -> None:
    assert wanted_by(question).is_held_by(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who follows Peter Hathersage as chair?", "The committee, chaired by Peter\nHathersage, met twice."),
        ("Which firm audits Calderwick Ltd?", "The accounts of Calderwick Ltd are audited."),
        ("Which bank lends the money?", "The Bank lends as agreed with the Group."),
        ("How long is the notice period?", "One gives notice in writing."),
        ("How long is the notice period?", "It is reviewed in 2026 each year."),
        ("What is the salary?", "The salary is reviewed in 2026."),
        ("Why is the salary reviewed?", "The salary is EUR 78,500."),
    ],
)
def test_another_kind_or_what_the_question_says_itself_is_none(question: str, sentence: str) -> None:
    assert not wanted_by(question).is_held_by(sentence)
