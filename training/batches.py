"""A group as one sequence of tokens: the shared prompt once, then a branch per question that sees only the prompt and
itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.llama.template import ChatTemplate
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
    """llama.cpp's own tokens and the model's own chat template."""

    def __init__(self, model: Path) -> None:
        from llama_cpp import Llama

        from models.llama.native import collect_errors

        collect_errors()  # it warns that a vocabulary alone has no window
        self._llama: Any = Llama(str(model), vocab_only=True, verbose=False)
        text = self._llama.metadata.get("tokenizer.chat_template", "")
        self._end = self._llama.token_eos()
        eos = self._llama.detokenize([self._end], special=True).decode()
        bos = self._llama.detokenize([self._llama.token_bos()], special=True).decode()
        self._adds_bos = self._llama.metadata.get("tokenizer.ggml.add_bos_token") == "true"
        self._template = ChatTemplate(text, bos=bos, eos=eos)

    def prompt(self, group: Group, question: str) -> list[int]:
        """The tokens of the prompt, as the engine makes them."""
        tokens = []
        for part in self._template.render(group.messages(question)):
            tokens += self._llama.tokenize(part.text.encode(), add_bos=False, special=not part.is_content)
        bos = self._llama.token_bos()
        return [bos, *tokens] if self._adds_bos and tokens[:1] != [bos] else tokens

    def reply(self, text: str) -> list[int]:
        """The tokens of a reply with the one that ends it."""
        return [*self._llama.tokenize(text.encode(), add_bos=False, special=False), self._end]


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
