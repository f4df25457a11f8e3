"""One answer of the engine, token by token."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import llama_cpp

from models.base import GenerationOptions, TokenUsage
from models.llama.drafting import Drafter
from models.llama.engine import Engine
from models.llama.text import AnswerText, AnswerWithoutThoughts

_TOP_K, _TOP_P = 40, 0.95  # llama.cpp's own defaults, for answers with a temperature

_MOST_THOUGHTS = 2048
"""Tokens after which a model that only thinks is ended."""


class Generation:
    """One answer, piece by piece; afterwards, or when it was stopped, `usage` tells what it took.

    `before` is the text that the template puts right in front of the answer. With `draft_costs` (see Drafter) tokens
    are guessed; the answer is the same.
    """

    def __init__(
        self,
        engine: Engine,
        prompt: Sequence[int],
        options: GenerationOptions,
        before: str = "",
        draft_costs: Sequence[float] = (),
    ) -> None:
        self._engine = engine
        self._drafter = Drafter(prompt, draft_costs) if draft_costs and engine.can_take_back else None
        self._answer = AnswerWithoutThoughts(before)
        self._thought = 0
        self._prompt = prompt
        self._options = options
        self._reused = 0
        self._written = 0
        self._reading = self._writing = 0.0

    @property
    def usage(self) -> TokenUsage:
        return TokenUsage(
            prompt=len(self._prompt),
            reused=self._reused,
            generated=self._written,
            drafted_accepted=self._drafter.accepted if self._drafter else 0,
            reading_ms=self._reading,
            writing_ms=self._writing,
        )

    def pieces(self) -> Iterator[str]:
        """Raises Stopped and EngineError."""
        self._reused = self._engine.reuse(self._prompt)
        begun = time.perf_counter()
        self._engine.read(self._prompt[self._reused :])
        between = time.perf_counter()
        self._reading = (between - begun) * 1000
        text = AnswerText(self._options.stop)
        for token in self._tokens():
            self._writing = (time.perf_counter() - between) * 1000
            self._thought += self._answer.is_thinking
            if piece := self._answer.add(text.add(self._engine.vocabulary.bytes_of(token))):
                yield piece
            if text.is_ended:
                break
        if piece := self._answer.add("" if text.is_ended else text.flush()) + self._answer.flush():
            yield piece

    def _tokens(self) -> Iterator[int]:
        sampler = _make_sampler(self._options)
        try:
            tokens = [self._engine.sample(sampler)] if self._may_write() else []
            while tokens:
                for token in tokens:
                    if self._engine.vocabulary.is_end(token):
                        return
                    self._written += 1
                    yield token
                    if not self._may_write():
                        return
                tokens = self._go_on(sampler, tokens) if self._engine.room else []
        finally:
            llama_cpp.llama_sampler_free(sampler)

    def _go_on(self, sampler: Any, written: list[int]) -> list[int]:
        """What comes after the tokens `written` last, all of which but the last are computed: one token or several."""
        guesses = self._guess(written)
        self._engine.compute([written[-1], *guesses], scores_of_all=bool(guesses))
        # The sampler is asked for every token in turn, as it would be without guesses, so what it draws is the same.
        tokens = [self._engine.sample(sampler, 0 if guesses else -1)]
        while len(tokens) <= len(guesses) and self._is_right(tokens[-1], guesses[len(tokens) - 1]):
            tokens.append(self._engine.sample(sampler, len(tokens)))
        self._engine.take_back(len(guesses) + 1 - len(tokens))
        if self._drafter and guesses:
            self._drafter.learn(len(guesses), len(tokens) - 1)
        return tokens

    def _guess(self, written: list[int]) -> list[int]:
        if self._drafter is None:
            return []
        self._drafter.add(written)
        left = self._options.max_tokens - (self._written - self._thought) - 1
        return self._drafter.propose(max(0, min(left, self._engine.room - 1, self._engine.batch - 1)))

    def _is_right(self, token: int, guess: int) -> bool:
        return token == guess and not self._engine.vocabulary.is_end(token)

    def _may_write(self) -> bool:
        """Thoughts do not count as part of the answer, but they have an end, too."""
        return self._written - self._thought < self._options.max_tokens and self._thought < _MOST_THOUGHTS


def _make_sampler(options: GenerationOptions) -> Any:
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    if options.temperature > 0:
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_k(_TOP_K))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_top_p(_TOP_P, 1))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_temp(options.temperature))
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_dist(options.seed & 0xFFFFFFFF))
    else:
        llama_cpp.llama_sampler_chain_add(chain, llama_cpp.llama_sampler_init_greedy())
    return chain
