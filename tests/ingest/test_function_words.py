import pytest

from ingest.function_words import foreign_function_words


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Wie hoch ist der Eigenanteil?", "der"),
        ("Für wen gilt die Vereinbarung?", "fur"),
        ("Quels sont les frais de port ?", "les"),
        ("Quel est le montant de l'assurance ?", "est"),
        ("¿Cuándo vence el contrato?", "cuando"),
        ("Quanto costa la consegna e chi la paga?", "chi"),
        ("Hoeveel dagen is het kantoor open?", "het"),
        ("Qual é o prazo de entrega?", "qual"),
    ],
)
def test_a_question_in_another_language_has_the_function_words_of_that_language(question: str, word: str) -> None:
    assert word in foreign_function_words(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the car allowance?",
        "How long does the die casting take?",
        "Who is Mr Van der Berg?",
        "van der Berg",
        "offices in Los Angeles and on the Rue de la Paix",
        "What does the letter say about die Kündigungsfrist?",
        "war damage",
        "pension plus son",
        "",
    ],
)
def test_english_and_names_have_none(question: str) -> None:
    assert not foreign_function_words(question)
