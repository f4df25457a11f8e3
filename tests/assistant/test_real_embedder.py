"""Refusing and quoting with the starter embedder."""

from collections.abc import Iterator

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.calibration import calibrate_if_due
from config.locations import open_home
from config.settings import load_settings
from models.fakes import ScriptedModel
from tests.assistant.conftest import answer_to
from tests.assistant.shelf import POLICIES, fill

pytestmark = pytest.mark.models

MORE = {
    "lease-bergen.md": [
        "# Lease of the warehouse in Bergen\n\n"
        "The monthly rent is 84,000 kroner, payable in advance on the first day of the month.\n\n"
        "Either party may end the lease with six months' written notice to the end of a calendar quarter.",
        "The tenant keeps the building in good repair. Repairs of the roof are for the landlord.",
    ],
    "security.md": [
        "# Security\n\n"
        "Passwords have at least fourteen characters and are changed when others are believed to know them.\n\n"
        "Visitors sign in at the gate and are accompanied at all times."
    ],
}

ANSWERABLE = [
    ("Who was elected chair of the board?", "Solheim"),
    ("How many vacation days are there?", "23 days"),
    ("How many unused holidays may be taken into the next year?", "Up to 6"),
    ("What is the hotel limit in Norway?", "155 euro"),
    ("When do I have to hand in my travel expenses?", "30 days"),
    ("From which day on do I need a doctor's note when I am ill?", "fourth day"),
    ("How much did the tug cost?", "41.5 million"),
    ("What is the rent of the warehouse?", "84,000"),
    ("What is the notice period of the lease?", "six months"),
    ("Who pays for repairing the roof?", "landlord"),
    ("How long must a password be?", "fourteen"),
    ("Do guests have to be accompanied?", "accompanied"),
]

OUTSIDE = [
    "What is the boiling point of tungsten hexafluoride?",
    "Who won the football world cup in 1998?",
    "How do I bake sourdough bread?",
    "What is the capital of Mongolia?",
    "Which drugs are used against malaria?",
    "How does photosynthesis work?",
    "What did Nietzsche write about music?",
    "How tall is the Eiffel tower?",
    "Which programming language has garbage collection?",
    "What are the symptoms of appendicitis?",
]

PLAUSIBLE = [
    "How many vacation days are there for jury service?",
    "What is the rent of the warehouse in Trondheim Harbour?",
    "What did the board approve in 2019?",
    "How many vacation days does Ellingsen Shipping give?",
]
"""What such documents could hold, of somebody or something else."""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    locations = open_home(tmp_path_factory.mktemp("real") / "home")
    opened = open_assistant(locations, load_settings(locations), llm=ScriptedModel())
    fill(opened.library, opened.embedder, POLICIES | MORE)
    calibrate_if_due(opened.retriever, opened.embedder)
    yield opened
    opened.close()


@pytest.mark.parametrize(("question", "fact"), ANSWERABLE)
def test_what_the_documents_hold_is_quoted(assistant: Assistant, question: str, fact: str) -> None:
    answer = answer_to(assistant, question, style="quote")
    assert fact in answer.text
    assert answer.grounding.supported == answer.grounding.sentences


@pytest.mark.parametrize("question", OUTSIDE + PLAUSIBLE)
def test_what_they_do_not_hold_is_refused(assistant: Assistant, question: str) -> None:
    assert answer_to(assistant, question, style="quote").refused


def test_a_follow_up_is_answered(assistant: Assistant) -> None:
    answer_to(assistant, "How many vacation days are there?", style="quote")
    answer = answer_to(assistant, "And how many can be carried over?", style="quote", conversation="last")
    assert "Up to 6" in answer.text
