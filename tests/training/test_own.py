"""A user's questions over a library filled by hand: the passage that answers, and what stands beside it."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.assistant import Assistant, open_assistant
from assistant.reply import holds
from config.errors import UsageError
from config.locations import Locations
from config.settings import load_settings
from ingest.types import FileStatus, FoundFile
from models.fakes import HashEmbedder
from tests.assistant.shelf import POLICIES, fill
from tests.models.gguf_writer import write_gguf
from training.adapting import _as_asked, adapt
from training.base import Base, Request
from training.batches import Tokeniser
from training.groups import Group, as_source
from training.measure import score
from training.own import LeftOut, Own, read_own
from training.own_groups import as_asked, draw
from training.run import SOURCE

DAYS = {"question": "How many days of paid vacation are there?", "answers": ["23 days"], "docs": ["leave-policy.md"]}
NIGHT = {"question": "What is paid for a hotel night in Norway?", "answers": ["155 euro"], "docs": ["travel-policy.md"]}
CHAIR = {"question": "Who was elected chair?", "answers": ["Ingrid Solheim"]}
REPORTS = {"question": "When are expense reports due?", "answers": ["within 30 days"], "docs": ["travel-policy.md"]}
SALARY = {"question": "What is the salary of the chair?", "answerable": False}


@pytest.fixture
def assistant(locations: Locations) -> Iterator[Assistant]:
    opened = open_assistant(locations, load_settings(locations), embedder=HashEmbedder())
    fill(opened.library, opened.embedder, POLICIES)
    yield opened
    opened.close()


def looked_up(assistant: Assistant, folder: Path, *lines: dict[str, Any]) -> list[Own | LeftOut]:
    file = folder / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return list(read_own(assistant, file))


def owns(assistant: Assistant, folder: Path, *lines: dict[str, Any]) -> list[Own]:
    found = looked_up(assistant, folder, *lines)
    assert all(isinstance(one, Own) for one in found), found
    return [one for one in found if isinstance(one, Own)]


def test_the_answer_is_learnt_with_the_sentence_that_says_so(assistant: Assistant, tmp_path: Path) -> None:
    days, chair, salary = owns(assistant, tmp_path, DAYS, CHAIR, SALARY)
    assert (days.answer, days.support) == (
        "23 days",
        "Employees of Halvorsen Marine accrue 23 days of paid vacation per year.",
    )
    assert chair.right is not None
    assert chair.right.document == "board-2025-03.txt"
    assert salary.right is None
    assert salary.found


def test_answers_that_are_empty_are_none(assistant: Assistant, tmp_path: Path) -> None:
    """An empty one stands in every text: the question would never be one that its sources leave open."""
    (days,) = owns(assistant, tmp_path, DAYS | {"answers": ["", "23 days.", "twenty-three days", "."]})
    assert (days.answer, days.others) == ("23 days", ("twenty-three days",))


def test_a_page_that_is_named_is_where_the_answer_must_stand(assistant: Assistant, tmp_path: Path) -> None:
    right = REPORTS | {"gold_pages": [{"doc": "travel-policy.md", "page": 2}]}
    wrong = REPORTS | {"gold_pages": [{"doc": "travel-policy.md", "page": 1}], "question": "When is a report due?"}
    one, other = looked_up(assistant, tmp_path, right, wrong)
    assert isinstance(one, Own)
    assert isinstance(other, LeftOut)
    assert "on the pages named" in other.reason


def test_a_sentence_that_is_given_is_the_one_that_is_copied(assistant: Assistant, tmp_path: Path) -> None:
    said = "elected chair for two years"
    (chair,) = owns(assistant, tmp_path, {"question": "For how long?", "answers": ["two years"], "sentence": said})
    assert chair.support == "Ingrid Solheim was elected chair for two years."
    (lost,) = looked_up(assistant, tmp_path, CHAIR | {"sentence": "chair for three years"})
    assert isinstance(lost, LeftOut)
    assert lost.reason.startswith("The sentence “chair for three years” stands in no passage in the library.")


def test_a_line_of_no_use_does_not_stand_in_the_way_of_the_same_question(assistant: Assistant, tmp_path: Path) -> None:
    wrong, right, again = looked_up(assistant, tmp_path, DAYS | {"answers": ["99 days"]}, DAYS, DAYS)
    assert isinstance(wrong, LeftOut)
    assert isinstance(right, Own)
    assert isinstance(again, LeftOut)
    assert "line 2 already" in again.reason


def test_what_the_check_would_refuse_is_not_learnt(assistant: Assistant, tmp_path: Path) -> None:
    """The figure stands in the passage, but not the words."""
    (wrong,) = looked_up(assistant, tmp_path, CHAIR | {"answers": ["a purser named Ingrid Solheim"]})
    assert isinstance(wrong, LeftOut)
    assert "is not found in the library" in wrong.reason
    again = {"question": "Was Ingrid Solheim elected?", "answers": ["Ingrid Solheim"]}
    other = CHAIR | {"sentence": "The board approved the purchase of the tug"}
    reasons = [one.reason for one in looked_up(assistant, tmp_path, again, other) if isinstance(one, LeftOut)]
    assert "The answer “Ingrid Solheim” only says words of the question again." in reasons[0]
    assert "The answer “Ingrid Solheim” is not borne out by the sentence" in reasons[1]


def test_a_page_that_is_named_is_gone_through_whatever_the_search_leaves_out(
    assistant: Assistant, tmp_path: Path
) -> None:
    """It gives the same words once."""
    said = "The ferry to Bergen takes 95 minutes."
    fill(assistant.library, assistant.embedder, {"ferries.md": [said, said, said]})
    asked = {"question": "How long does the ferry take?", "answers": ["95 minutes"]}
    for page in (1, 2, 3):
        (own,) = owns(assistant, tmp_path, asked | {"gold_pages": [{"doc": "ferries.md", "page": page}]})
        assert own.right is not None
        assert own.right.chunk.page == page


def test_a_file_that_did_not_get_in_is_not_in_the_library_but_a_copy_is(assistant: Assistant, tmp_path: Path) -> None:
    held = next(each for each in assistant.library.documents() if each.document == "leave-policy.md")
    for name, sha256, status in (("copy.md", held.sha256, FileStatus.DUPLICATE), ("cut.pdf", "00", FileStatus.DAMAGED)):
        assistant.library.record_outcome(FoundFile(Path(f"/documents/{name}"), sha256), status, "")
    where = [{"docs": ["copy.md"]}, {"docs": [], "gold_pages": [{"doc": "copy.md", "page": 1}]}]
    for each in where:
        (own,) = owns(assistant, tmp_path, DAYS | each)
        assert own.answer == "23 days"
    (lost,) = looked_up(assistant, tmp_path, DAYS | {"docs": ["cut.pdf"]})
    assert isinstance(lost, LeftOut)
    assert lost.reason.startswith("cut.pdf is not in the library.")


def test_it_is_asked_as_the_program_asks(assistant: Assistant, tmp_path: Path) -> None:
    (days,) = owns(assistant, tmp_path, DAYS)
    assert days.right is not None
    found = assistant.retriever.find(days.question).result.passages
    group = as_asked(days, 2)
    assert [text.text for text in group.texts] == [passage.chunk.text for passage in found[:2]]
    assert group.items[0].number == 1
    missed = Own(days.question, tuple(p for p in days.found if p != days.right), days.right, days.answer)
    group = as_asked(missed, 2)
    assert (len(group.texts), group.items[0].number) == (2, 2)


def test_where_not_all_sources_fit_the_one_that_answers_stays(assistant: Assistant, tmp_path: Path) -> None:
    (days,) = owns(assistant, tmp_path, DAYS)
    assert days.right is not None
    last = Own(days.question, (*(p for p in days.found if p != days.right), days.right), days.right, days.answer)
    group = as_asked(last, 5, lambda group: len(group.texts) <= 2)
    assert [text.text for text in group.texts] == [last.found[0].chunk.text, days.right.chunk.text]
    assert group.items[0].number == 2
    assert [text.text for text in as_asked(last, 5, lambda _: False).texts] == [days.right.chunk.text]


def test_a_model_that_sees_less_is_asked_over_fewer_sources(assistant: Assistant, tmp_path: Path) -> None:
    class Tokens:
        def prompt(self, group: Group, _: str) -> list[int]:
            return [0] * (600 * len(group.texts))

    learnt = owns(assistant, tmp_path, DAYS)
    model = assistant.registry.add(write_gguf(tmp_path / "model.gguf"))  # it sees 2,048 tokens
    for context, sources in ((4096, 3), (1500, 2)):
        (group,) = _as_asked(learnt, Base(model, None, None), 5, context, cast(Tokeniser, Tokens()))
        assert len(group.texts) == sources


def test_what_was_learnt_is_kept_while_the_adapter_has_no_file(assistant: Assistant, tmp_path: Path) -> None:
    entry = assistant.registry.add(write_gguf(tmp_path / "model.gguf"), "ours", source=SOURCE)
    learnt = assistant.locations.adapting_directory / "ours"
    learnt.mkdir(parents=True)
    for has_file in (False, True):
        if has_file:
            write_gguf(entry.path)
        else:
            entry.path.unlink()
        with pytest.raises(UsageError, match="called ours already"):
            adapt(assistant, Request(tmp_path / "none.jsonl", "ours"), lambda _: None)
        assert learnt.exists() is not has_file


def test_other_sources_that_hold_the_answer_are_right_too(assistant: Assistant, tmp_path: Path) -> None:
    (days,) = owns(assistant, tmp_path, DAYS)
    assert days.right is not None
    rival, other = [passage for passage in days.found if passage != days.right][:2]
    own = replace(days, found=(rival, other, days.right), rivals=frozenset({rival.chunk.chunk_id}))
    group = as_asked(own, 3)
    (item,) = group.items
    assert (item.number, item.also) == (1, (3,))
    cited = {n: score(f'23 days. "{days.support}" [{n}]', item, group).cited for n in (1, 2, 3)}
    assert cited == {1: 1.0, 2: 0.0, 3: 1.0}
    assert score(item.reply, item, group).found  # the program looks it up, and finds the third


def test_groups_say_what_their_sources_say(assistant: Assistant, tmp_path: Path) -> None:
    learnt = owns(assistant, tmp_path, DAYS, NIGHT, CHAIR, REPORTS, SALARY)
    chance = random.Random(1)
    groups = [group for _ in range(20) for group in draw(learnt, chance)]
    right = {one.question: one for one in learnt}
    refused = 0
    for group in groups:
        sources = [as_source(text, number) for number, text in enumerate(group.texts, 1)]
        shown = " ".join(text.text for text in group.texts)
        for item in group.items:
            assert not item.number or holds(item.reply, sources, item.question)
            answer = right[item.question].answer
            assert bool(item.number) == bool(answer and answer in shown), item
            refused += not item.number
    assert 0 < refused < sum(len(group.items) for group in groups) / 2
    assert places_of_the_right_source(groups) >= {1, 2, 3}


def places_of_the_right_source(groups: list[Group]) -> set[int]:
    return {item.number for group in groups for item in group.items if item.number}


def test_chance_is_by_the_seed(assistant: Assistant, tmp_path: Path) -> None:
    learnt = owns(assistant, tmp_path, DAYS, NIGHT, CHAIR, REPORTS)
    assert draw(learnt, random.Random(3)) == draw(learnt, random.Random(3))
    assert draw(learnt, random.Random(3)) != draw(learnt, random.Random(4))
