import pytest

from assistant.misspelt import almost_alike
from assistant.words import Weights

LETTER = "Patient: Mrs Halina Brzezinska. Dr Amara Nwosu will see her; the rental car was returned."


@pytest.mark.parametrize(
    ("question", "almost"),
    [
        ("Is Mrs Brzezinski allergic?", (("Brzezinski", "Brzezinska"),)),
        ("is brzezinski's cataract worse?", (("brzezinski", "Brzezinska"),)),
        ("What does Dr Nwosoo earn?", (("Nwosoo", "Nwosu"),)),
    ],
)
def test_a_name_written_almost_like_one_that_is_there_is_found(
    question: str, almost: tuple[tuple[str, str], ...]
) -> None:
    assert almost_alike(question, Weights(question, {"mrs": 1, "dr": 1}, 10), [LETTER]) == almost


def test_other_words_of_the_documents_are_no_names() -> None:
    question = "What is the dental cover?"  # "rental" is nearly written like it
    assert almost_alike(question, Weights(question, {}, 10), [LETTER, "Rental"]) == ()


def test_a_name_that_stands_somewhere_is_not_corrected() -> None:
    question = "Who is Nwosa?"
    assert almost_alike(question, Weights(question, {"nwosa": 3}, 10), [LETTER]) == ()
