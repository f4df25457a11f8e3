"""What a model is: three small protocols. Adapters speak text, messages and float vectors, never chunks or pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Shape (texts, dimension), float32, each row of unit length when the embedder normalises."""

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """How one answer is generated. `temperature` 0 is greedy; `stop` are strings that end the answer."""

    max_tokens: int = 400
    temperature: float = 0.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    conversation: str = ""
    """Id of the conversation that the prompt goes on with: what the model has read of it is kept. Empty: of none."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of one generation: in the prompt, of those taken from the cache, written, drafted and accepted; and the
    milliseconds that reading the rest of the prompt and writing took, 0 where they were not measured."""

    prompt: int = 0
    reused: int = 0
    generated: int = 0
    drafted_accepted: int = 0
    reading_ms: float = 0.0
    writing_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class GenerationPiece:
    """A piece of text as it is generated. The last piece of a generation carries the usage."""

    text: str
    usage: TokenUsage | None = None


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """What a vector depends on. A library records it and refuses to mix two of them."""

    name: str
    file_hash: str
    dimension: int
    normalised: bool
    query_prefix: str = ""
    precision: str = "int8"


@dataclass(frozen=True, slots=True)
class ModelInformation:
    """What the interface and `status` show about a loaded language model."""

    name: str
    file_hash: str
    context: int
    architecture: str = ""
    adapter: str = ""
    """Name of the LoRA adapter over the model, empty for none; `adapter_hash` is the SHA-256 of its file."""
    adapter_hash: str = ""
    writes_well: bool = True
    """False for a model too small to be trusted to write: `auto` style then quotes."""
    writes_in_form: bool = False
    """True for such a model that an adapter has taught: `auto` style then shows what it writes if the check passes."""
    runs_on: str = ""
    """`host:port` of the server it runs on, to which prompts are sent; empty for this machine."""


@runtime_checkable
class LanguageModel(Protocol):
    @property
    def information(self) -> ModelInformation: ...

    def generate(
        self, messages: Sequence[Message], options: GenerationOptions, stop: Event | None = None
    ) -> Iterator[GenerationPiece]:
        """Stream the answer to `messages`. Setting `stop` ends it within 200 ms, while the prompt is read too.

        Raises ModelDied when the model's process ends; the next call starts it again.
        """
        ...

    def read_ahead(self, messages: Sequence[Message], conversation: str = "", stop: Event | None = None) -> bool:
        """Read a prompt whose last message is still growing, so that only the rest is read when it is asked.

        Returns once it is read, or at once when `stop` is set; whether all of it was read.
        """
        ...

    def prepare(self, stop: Event) -> bool:
        """Be ready to read and to count, which may take as long as loading a model; False when `stop` was set first.

        Raises ModelError when the model cannot be loaded.
        """
        ...

    def forget(self, conversation: str = "") -> None:
        """Forget everything that was read, at once: it may come from a document that is to be forgotten. Or see to it
        that nothing of one `conversation` is kept."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens `text` takes, without the template around it."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Embedder(Protocol):
    @property
    def identity(self) -> EmbedderIdentity: ...

    @property
    def max_tokens(self) -> int:
        """Tokens of a text that are embedded; what is past that is lost."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted, nothing cut."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors: ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Shape (dimension,)."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Reranker(Protocol):
    @property
    def name(self) -> str: ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """A logit per text: higher fits better."""
        ...

    def close(self) -> None: ...
