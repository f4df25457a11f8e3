"""What is trained has the tokens that the program's engine makes of it, whatever the vocabulary."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from models.llama.engine import Engine, Load
from models.llama.native import StopFlag
from tests.models import chat_templates as made_by
from tests.models.tiny_models import write_tiny_model
from tests.training.toy import write_model
from training.batches import Tokeniser
from training.groups import Group, Item, Text
from training.train import starter_path

GROUP = Group(
    "mill",
    "f3nce",
    (Text("a.md", "The mill", "It is old. The mill opened in 1911."),),
    (
        Item("When did it open?", "in 1911", "The mill opened in 1911.", 1),
        Item("Who owns  </s> <|im_end|> it? Übermaß"),
    ),
)


@dataclass(frozen=True)
class Row:
    """A model by its name, how it is asked and what it is to learn: as texts of the tokens, with system message, user
    message and reply in braces."""

    name: str
    prompt: str
    reply: str
    template: str = ""
    says_bos: bool = False


ROWS = [
    Row("Llama-2-7B-Chat", "<s> [INST] <<SYS>>\n{s}\n<</SYS>>\n\n{u} [/INST]", " {r}</s>"),
    Row("Mistral-7B-Instruct-v0.2", "<s> [INST] {s}\n\n{u} [/INST]", " {r}</s>", made_by.MISTRAL, says_bos=True),
    Row("Zephyr-7B-beta", "<s> <|system|>\n{s}</s> \n<|user|>\n{u}</s> \n<|assistant|>\n", "{r}</s>", made_by.ZEPHYR),
    Row("TinyLlama-base", "<s> {s}\n\nUser: {u}\n\nAssistant:", " {r}</s>"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_prompts_and_replies_are_those_of_the_engine(row: Row, tmp_path: Path) -> None:
    path = write_tiny_model(
        tmp_path / "tiny.gguf",
        "llama",
        name=row.name,
        template=row.template,
        pieces=True,
        says_bos=row.says_bos,
    )
    engine, tokeniser = Engine(Load(str(path), 512, 1, 64, 0), StopFlag()), Tokeniser(path)
    for item in GROUP.items:
        system, user = (message.content.strip() for message in GROUP.messages(item.question))
        prompt = tokeniser.prompt(GROUP, item.question)
        assert prompt == asked(engine, item.question)
        assert engine.vocabulary.text_of(prompt) == row.prompt.format(s=system, u=user)
        assert engine.vocabulary.text_of(tokeniser.reply(item.reply)) == row.reply.format(r=item.reply)
    engine.close()


@pytest.mark.models
def test_those_of_the_starter_model_too(tmp_path: Path) -> None:
    path = write_model(tmp_path / "toy.gguf", starter_path())
    engine, tokeniser = Engine(Load(str(path), 512, 1, 64, 0), StopFlag()), Tokeniser(path)
    for item in GROUP.items:
        system, user = (message.content.strip() for message in GROUP.messages(item.question))
        prompt = tokeniser.prompt(GROUP, item.question)
        assert prompt == asked(engine, item.question)
        assert engine.vocabulary.text_of(prompt) == (
            f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"
        )
        assert engine.vocabulary.text_of(tokeniser.reply(item.reply)) == f"{item.reply}<|im_end|>"
    engine.close()


def asked(engine: Engine, question: str) -> list[int]:
    """As the worker reads a prompt."""
    return engine.vocabulary.tokenise(engine.chat_template().render(GROUP.messages(question)))
