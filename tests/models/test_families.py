"""The family matrix: every kind of model people bring, as llama.cpp loads it and in the words it was trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.errors import ModelError
from config.sections import LlamaSettings
from models.base import GenerationOptions, Message
from models.llama.client import LlamaModel
from models.llama.families import family_of
from models.llama.template import ChatTemplate
from models.llama.text import AnswerWithoutThoughts
from tests.models import chat_templates as made_by
from tests.models.tiny_models import write_tiny_model

TURNS = [Message("system", "S"), Message("user", "U"), Message("assistant", "A"), Message("user", "V")]

CHATML = (
    "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n"
    "<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n"
)
LLAMA_3 = (
    "<bos><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nV<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
)
LLAMA_2 = "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] A </s><s>[INST] V [/INST]"
GEMMA = (
    "<bos><start_of_turn>user\nS\n\nU<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n"
    "<start_of_turn>user\nV<end_of_turn>\n<start_of_turn>model\n"
)
PHI_3 = "<|system|>\nS<|end|>\n<|user|>\nU<|end|>\n<|assistant|>\nA<|end|>\n<|user|>\nV<|end|>\n<|assistant|>\n"
COMMAND = (
    "<bos><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>S<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>U<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>A<|END_OF_TURN_TOKEN|>"
    "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>V<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
)
DIALOGUE = "S\n\nUser: U\n\nAssistant: A\n\nUser: V\n\nAssistant:"

CHATML_TOKENS = ("<|im_start|>", "<|im_end|>")
LLAMA_3_TOKENS = ("<bos>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
GEMMA_TOKENS = ("<bos>", "<start_of_turn>", "<end_of_turn>")
PHI_3_TOKENS = ("<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>")
COMMAND_TOKENS = (
    "<bos>",
    "<|START_OF_TURN_TOKEN|>",
    "<|SYSTEM_TOKEN|>",
    "<|USER_TOKEN|>",
    "<|CHATBOT_TOKEN|>",
    "<|END_OF_TURN_TOKEN|>",
)


@dataclass(frozen=True)
class Row:
    """A family: how its weights are arranged, its own template, and what it is to be told.

    Without `special` tokens, or with `pieces`, its vocabulary is one of SentencePiece. `without` is what a file is told
    that has lost its template, if that differs.
    """

    name: str
    architecture: str
    template: str
    prompt: str
    special: Sequence[str] = ()
    without: str = ""
    pieces: bool = False


ROWS = [
    Row("Llama-2-7B-Chat", "llama", made_by.LLAMA_2, LLAMA_2),
    Row("CodeLlama-7B-Instruct", "llama", made_by.LLAMA_2, LLAMA_2),
    Row("Meta-Llama-3-8B-Instruct", "llama", made_by.LLAMA_3, LLAMA_3, LLAMA_3_TOKENS),
    Row(
        "Llama-3.2-3B-Instruct",
        "llama",
        made_by.LLAMA_3_1,
        LLAMA_3.replace("\n\nS", "\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\nS"),
        LLAMA_3_TOKENS,
        LLAMA_3,
    ),
    Row(
        "Mistral-7B-Instruct-v0.2",
        "llama",
        made_by.MISTRAL,
        "<s>[INST] S\n\nU [/INST]A</s>[INST] V [/INST]",
        without="<s>[INST] S\n\nU [/INST] A</s>[INST] V [/INST]",
    ),
    Row(
        "Mixtral-8x7B-Instruct",
        "mixtral",
        made_by.MISTRAL,
        "<s>[INST] S\n\nU [/INST]A</s>[INST] V [/INST]",
        without="<s>[INST] S\n\nU [/INST] A</s>[INST] V [/INST]",
    ),
    Row(
        "Zephyr-7B-beta",
        "llama",
        made_by.ZEPHYR,
        "<|system|>\nS</s>\n<|user|>\nU</s>\n<|assistant|>\nA</s>\n<|user|>\nV</s>\n<|assistant|>\n",
    ),
    Row("Qwen2.5-7B-Instruct", "qwen2", made_by.QWEN_2, CHATML, CHATML_TOKENS),
    Row("Qwen3-4B", "qwen3", made_by.QWEN_3, f"{CHATML}<think>\n\n</think>\n\n", CHATML_TOKENS, CHATML),
    Row("Falcon-7B-Instruct", "falcon", "", DIALOGUE, ("<|endoftext|>",)),
    Row("GPT-NeoX-20B", "gptneox", "", DIALOGUE, ("<|endoftext|>",)),
    Row("Gemma-7B-it", "gemma", made_by.GEMMA, GEMMA, GEMMA_TOKENS),
    Row("Gemma-2-9B-it", "gemma2", made_by.GEMMA, GEMMA, GEMMA_TOKENS),
    Row("Gemma-3-4B-it", "gemma3", made_by.GEMMA_3, GEMMA, GEMMA_TOKENS),
    Row("Phi-2", "phi2", "", "S\nInstruct: U\nOutput: A\nInstruct: V\nOutput:", ("<|endoftext|>",)),
    Row("Phi-3-mini-4k-instruct", "phi3", made_by.PHI_3, PHI_3, PHI_3_TOKENS, pieces=True),
    Row("Command-R", "command-r", made_by.COMMAND_R, COMMAND, COMMAND_TOKENS),
    Row("SmolLM2-1.7B-Instruct", "llama", made_by.CHATML, CHATML, CHATML_TOKENS),
    Row("SmolLM3-3B", "smollm3", made_by.SMOLLM_3, CHATML, CHATML_TOKENS),
]
EVERY_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def spoken_to(row: Row, template: str) -> str:
    family = family_of(template, row.architecture, row.name, lambda token: token in row.special)
    bos, eos = ("<bos>", "") if "<bos>" in row.special else ("", "") if row.special else ("<s>", "</s>")
    chat = ChatTemplate(family.template, bos=bos, eos=eos, stop=family.stop)
    return "".join(part.text for part in chat.render(TURNS))


@EVERY_ROW
def test_a_model_is_spoken_to_in_its_own_words(row: Row) -> None:
    assert spoken_to(row, row.template) == row.prompt


@EVERY_ROW
def test_a_model_that_has_lost_its_template_is_known_by_its_family(row: Row) -> None:
    assert spoken_to(row, "") == (row.without or row.prompt)


@pytest.mark.models
@EVERY_ROW
def test_a_model_of_the_family_is_read_and_answers(row: Row, tmp_path: Path) -> None:
    """Through llama.cpp, in this process: the weights are random, so what it says is not looked at."""
    from models.llama.engine import Engine, Load
    from models.llama.generation import Generation
    from models.llama.native import StopFlag

    pieces = row.pieces or not row.special
    path = write_tiny_model(
        tmp_path / "tiny.gguf",
        row.architecture,
        name=row.name,
        template=row.template,
        special=row.special,
        pieces=pieces,
    )
    engine = Engine(Load(str(path), 4096, 1, 64, 0), StopFlag())
    chat = engine.chat_template()

    prompt = engine.vocabulary.tokenise(chat.render(TURNS))
    first = Generation(engine, prompt, GenerationOptions(max_tokens=6))
    written = "".join(first.pieces())
    again = Generation(engine, prompt, GenerationOptions(max_tokens=6))

    assert (
        engine.context == LlamaModel(path, name="", file_hash="", settings=LlamaSettings()).information.context == 512
    )
    assert _without_spaces_between_pieces(engine.vocabulary.text_of(prompt)) == _without_spaces_between_pieces(
        row.prompt
    )
    assert "".join(again.pieces()) == written
    assert again.usage.reused == len(prompt) - 1
    said, other = (
        engine.vocabulary.tokenise(chat.render([Message("user", text)])) for text in ("".join(row.special), "x")
    )
    for token in row.special:  # what a message says is never taken for one of them
        assert said.count(engine.vocabulary.special_token(token)) == other.count(engine.vocabulary.special_token(token))


def _without_spaces_between_pieces(text: str) -> str:
    """Vocabularies of SentencePiece begin with a token of their own and put a space behind a special one, and those of
    Phi-3 swallow a line break there."""
    return text.replace("> ", ">").replace(">\n", ">").removeprefix("<s>")


@pytest.mark.models
def test_gpt_j_which_llama_cpp_no_longer_loads_says_so(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf", "gptj", special=("<|endoftext|>",))
    model = LlamaModel(path, name="gpt-j", file_hash="", settings=LlamaSettings())

    with pytest.raises(ModelError, match="unsupported model architecture: 'gptj'") as caught:
        model.count_tokens("x")
    assert caught.value.exit_code == 4


@pytest.mark.models
def test_a_model_that_begins_to_speak_for_the_user_has_ended(tmp_path: Path) -> None:
    from models.llama.engine import Engine, Load
    from models.llama.native import StopFlag

    engine = Engine(
        Load(str(write_tiny_model(tmp_path / "t.gguf", "llama", special=("<|user|>", "<|x|>", "<end>"))), 64, 1, 64, 0),
        StopFlag(),
    )
    tokens = {text: engine.vocabulary.special_token(text) for text in ("<|user|>", "<|x|>", "<end>")}

    assert {text: engine.vocabulary.is_end(token) for text, token in tokens.items() if token is not None} == {
        "<|user|>": True,
        "<|x|>": False,
        "<end>": True,
    }


@pytest.mark.parametrize(
    ("before", "pieces", "answer"),
    [
        ("", ["<thi", "nk>So", " it is.</th", "ink>\n\n", "Yes."], "Yes."),
        ("<|im_start|>assistant\n<think>\n", ["Let me see.", "</think>", "\n", "Yes."], "Yes."),
        ("", ["\n", "[THINK]a[/THINK]", "b"], "b"),
        ("", ["<|START_THINKING|>a<|END_THINKING|>", "<|", "b"], "<|b"),
        ("", ["<thinly", " veiled"], "<thinly veiled"),
        ("", ["A <think>b</think>"], "A <think>b</think>"),  # in a text about it
        ("<think>\n\n</think>\n\n", ["Yes."], "Yes."),
        ("", ["<think>", "for ever"], ""),
        ("", ["<th"], "<th"),
        ("", ["<think>a</think>", "  "], ""),
        ("", [" 30 days."], " 30 days."),
        ("", ["<|channel|>final <|constrain|>json", "<|message|>", "30 days."], "30 days."),
        ("", ["<|channel>thought\n<channel|>", "30 days."], "30 days."),
        ("", ["<|channel>", "s"], "<|channel>s"),
    ],
)
def test_thoughts_are_kept_out_of_the_answer(before: str, pieces: list[str], answer: str) -> None:
    text = AnswerWithoutThoughts(before)

    assert "".join([*(text.add(piece) for piece in pieces), text.flush()]) == answer


@pytest.mark.parametrize(
    "written",
    [
        "<|channel|>analysis<|message|>We need the period.<|start|>assistant<|channel|>final<|message|>30 days.",
        "<|channel|>final<|message|>30 days.",
        "<|channel>thought\nThe period: 30 days?<channel|>30 days.",
    ],
)
def test_channels_are_kept_out_of_the_answer_letter_by_letter(written: str) -> None:
    text = AnswerWithoutThoughts()

    assert "".join([*(text.add(letter) for letter in written), text.flush()]) == "30 days."


@pytest.mark.models
def test_the_marks_around_thoughts_are_seen_where_they_are_tokens_of_their_own(tmp_path: Path) -> None:
    from models.llama.engine import Engine, Load
    from models.llama.native import StopFlag

    special = ("<|channel>", "<channel|>", "<end>")
    path = write_tiny_model(tmp_path / "t.gguf", "llama", special=special)
    vocabulary = Engine(Load(str(path), 64, 1, 64, 0), StopFlag()).vocabulary
    tokens = [token for text in special if (token := vocabulary.special_token(text)) is not None]

    assert [vocabulary.bytes_of(token) for token in tokens] == [b"<|channel>", b"<channel|>", b""]
