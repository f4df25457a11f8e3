from threading import Event

import numpy as np
import pytest

from config.errors import ModelDied
from models.base import Embedder, GenerationOptions, LanguageModel, Message, Reranker
from models.fakes import HashEmbedder, OverlapReranker, ScriptedModel

QUESTION = [Message("user", "How long is the notice period?")]


def said(model: ScriptedModel, options: GenerationOptions | None = None, stop: Event | None = None) -> str:
    return "".join(piece.text for piece in model.generate(QUESTION, options or GenerationOptions(), stop))


def test_the_fakes_keep_the_protocols() -> None:
    assert isinstance(ScriptedModel(), LanguageModel)
    assert isinstance(HashEmbedder(), Embedder)
    assert isinstance(OverlapReranker(), Reranker)


def test_the_scripted_model_says_its_replies_in_order_and_records_what_it_was_asked() -> None:
    model = ScriptedModel(["Ninety  days [1].\n", "No."])

    assert [said(model), said(model), said(model)] == ["Ninety  days [1].\n", "No.", "No."]
    assert model.messages == [tuple(QUESTION)] * 3


def test_the_scripted_model_counts_what_it_read_before() -> None:
    model = ScriptedModel()
    said(model)

    *_, last = model.generate([*QUESTION, Message("assistant", "Ninety days.")], GenerationOptions())

    assert last.usage is not None
    assert (last.usage.prompt, last.usage.reused) == (8, 6)


def test_the_scripted_model_obeys_its_options() -> None:
    model = ScriptedModel(lambda messages: f"one two three {len(messages)}")

    assert said(model, GenerationOptions(max_tokens=2)) == "one two "
    assert said(model, GenerationOptions(stop=("three",))) == "one two "


def test_the_scripted_model_stops_when_told_to() -> None:
    stop = Event()
    model = ScriptedModel(["one two three"], seconds_per_word=0.01)
    pieces = model.generate(QUESTION, GenerationOptions(), stop)

    assert next(pieces).text == "one "
    stop.set()
    assert "".join(piece.text for piece in pieces) == ""


def test_the_scripted_model_dies_once() -> None:
    model = ScriptedModel(["one two three"], dies_after=1)

    with pytest.raises(ModelDied):
        said(model)
    assert said(model) == "one two three"


def test_texts_that_share_words_are_near() -> None:
    embedder = HashEmbedder()
    near, far, empty = embedder.embed_documents(["The notice period is ninety days.", "Cats hunt at night.", ""])
    question = embedder.embed_query("How long is the notice period?")

    assert question @ near > 0.5 > 0.2 > question @ far
    assert np.allclose([np.linalg.norm(vector) for vector in (near, far, empty)], 1)


def test_the_overlap_reranker_puts_the_better_text_first() -> None:
    right, wrong = OverlapReranker().score("notice period", ["The notice period is ninety days.", "Cats hunt."])

    assert right == 5 > wrong == -5
