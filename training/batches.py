"""A group as one sequence of tokens: the shared prompt once, then a branch per question that sees only the prompt and
itself."""

import weakref
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from config.errors import ModelError
from models.llama.template import Part
from training.groups import Group

ANSWER_SHARE = 0.4
"""Of the loss on a reply: that on its short answer. By the number of its tokens it would be a twelfth, and copying,
which is easily learnt, nearly all."""


@dataclass(frozen=True, slots=True)
class Branches:
    """`tokens`, `positions`: shape (n,); `allowed`: (b, n), what each of the last b tokens may look at, those before
    see all before them; `wanted`: indexes whose next token is to be learnt, `targets`: those tokens; `weights`: how
    much each counts, in sum one."""

    tokens: Tensor
    positions: Tensor
    allowed: Tensor
    wanted: Tensor
    targets: Tensor
    weights: Tensor


class Tokeniser:
    """Text becomes the tokens that the program's engine makes of it: its vocabulary, its chat template."""

    def __init__(self, model: Path) -> None:
        import llama_cpp

        from models.llama.native import collect_errors
        from models.llama.speech import chat_template_of
        from models.llama.vocabulary import Vocabulary

        errors = collect_errors()
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True
        loaded = llama_cpp.llama_model_load_from_file(str(model).encode(), parameters)
        if not loaded:
            raise ModelError(
                ": ".join([f"The vocabulary of {model} cannot be read", *errors[:1]]) + ".",
                "Get the file again and compare its checksum.",
            )
        weakref.finalize(self, llama_cpp.llama_model_free, loaded)
        self._vocabulary = Vocabulary(loaded)
        self._template = chat_template_of(loaded, self._vocabulary)
        self._end = int(llama_cpp.llama_vocab_eos(llama_cpp.llama_model_get_vocab(loaded)))
        before = self._template.text_before_answer
        # Behind a line break the reply goes on; behind a word it begins with the space that pieces begin words with.
        self._before = [Part(before, is_content=False)] if before[-1:].isspace() else []

    def prompt(self, group: Group, question: str) -> list[int]:
        """The tokens of the prompt."""
        return self._vocabulary.tokenise(self._template.render(group.messages(question)))

    def reply(self, text: str) -> list[int]:
        """The tokens of a reply with the one that ends it."""
        before = self._vocabulary.tokenise(self._before)
        tokens = self._vocabulary.tokenise([*self._before, Part(text, is_content=True)])
        return [*tokens[len(before) :], self._end]


def lay_out(group: Group, tokeniser: Tokeniser) -> Branches:
    """Put the questions of a group side by side after their common prompt."""
    prompts = [tokeniser.prompt(group, item.question) for item in group.items]
    shared = _common_length(prompts)
    tokens, positions = prompts[0][:shared], list(range(shared))
    branch_of = [0] * shared
    wanted: list[int] = []
    targets: list[int] = []
    weights: list[float] = []
    for branch, (item, prompt) in enumerate(zip(group.items, prompts, strict=True), 1):
        reply = tokeniser.reply(item.reply)
        added = [*prompt[shared:], *reply[:-1]]
        first = len(tokens) + len(prompt) - shared - 1
        wanted += range(first, first + len(reply))
        targets += reply
        weights += _reply_weights(len(reply), len(tokeniser.reply(item.short_answer)) - 1 if item.number else 0)
        positions += range(shared, shared + len(added))
        branch_of += [branch] * len(added)
        tokens += added
    return Branches(
        torch.tensor(tokens),
        torch.tensor(positions),
        _allowed(torch.tensor(branch_of), shared),
        torch.tensor(wanted),
        torch.tensor(targets),
        torch.tensor(weights) / len(group.items),
    )


def _reply_weights(length: int, answer: int) -> list[float]:
    """Of the `length` tokens of a reply whose first `answer` are the short answer; in sum one."""
    if not 0 < answer < length:
        return [1 / length] * length
    return [ANSWER_SHARE / answer] * answer + [(1 - ANSWER_SHARE) / (length - answer)] * (length - answer)


def _common_length(prompts: list[list[int]]) -> int:
    """How many first tokens all prompts share, at least one token of each left over."""
    shortest = min(len(prompt) for prompt in prompts) - 1
    first = prompts[0]
    return next((i for i in range(shortest) if any(prompt[i] != first[i] for prompt in prompts)), shortest)


def _allowed(branch: Tensor, shared: int) -> Tensor:
    earlier = torch.ones(len(branch), len(branch)).tril().bool()[shared:]
    return earlier & ((branch[None, :] == 0) | (branch[None, :] == branch[shared:, None]))
