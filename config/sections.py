"""One model per area of the settings. Each field's docstring is what `strongroom config show` and the docs print."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)


class ModelSettings(Section):
    llm: str = "starter"
    """Name of the language model that answers (see `strongroom models list`)."""
    embedder: str = "starter"
    """Name of the embedder that new libraries are built with."""
    reranker: str = ""
    """Name of a cross-encoder that reorders the best passages; empty for none."""


class IngestSettings(Section):
    workers: int = Field(default=0, ge=0, le=64)
    """Processes that read files side by side; 0 takes one for each core, at most eight."""
    gentle: bool = False
    """Leave the machine to other work: a quarter of the cores, the lowest priority, a rest while a laptop runs on its
    battery."""
    max_file_mb: int = Field(default=512, ge=1)
    """Files larger than this are `too_large`."""
    max_pages: int = Field(default=20_000, ge=1)
    """Documents with more pages than this are `too_large`."""
    seconds_per_file: float = Field(default=120.0, gt=0)
    """A file that takes longer than this to read is `timeout`."""
    memory_mb: int = Field(default=2048, ge=256)
    """Memory that one reading process may take."""
    ocr: Literal["auto", "always", "never"] = "auto"
    """Whether pages without text are read by optical character recognition."""


class ChunkingSettings(Section):
    max_tokens: int = Field(default=200, ge=32)
    """Most tokens of a chunk, context line not counted; what is past the embedder's window is cut to fit it."""
    min_tokens: int = Field(default=40, ge=1)
    """Neighbouring pieces smaller than this are joined."""


class RetrievalSettings(Section):
    top_k: int = Field(default=8, ge=1, le=200)
    """Passages a search returns, and at most as many sources for an answer."""
    candidates: int = Field(default=100, ge=1, le=2000)
    """Passages each search (lexical, dense) puts forward before they are fused."""
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    """Which searches are used."""
    lexical_weight: float = Field(default=1.0, ge=0)
    """What the best full-text hit adds to a passage's score."""
    dense_weight: float = Field(default=1.0, ge=0)
    """What the best vector hit adds to a passage's score."""
    page_weight: float = Field(default=0.3, ge=0, le=1)
    """Share of a page's second best passage that is added to the score of its best."""
    name_weight: float = Field(default=1.5, ge=0)
    """What a passage's score gains when the question names its document and no other (a company, a product)."""
    year_weight: float = Field(default=2.5, ge=0)
    """What a passage's score gains when the question names its document's year; half of it for a quarter."""
    kind_weight: float = Field(default=0.7, ge=0)
    """What a passage's score gains when the question names its document's kind (an annual report, a contract)."""
    glossary: bool = True
    """Look for what the glossary calls a question's words as well."""
    acronyms: bool = True
    """Look for what the documents' own acronyms stand for, and for the acronyms of what is written out, as well."""
    refuse: bool = True
    """Refuse, without calling the model, when nothing in the library fits the question."""


class AnswerSettings(Section):
    style: Literal["auto", "answer", "quote"] = "auto"
    """`answer` writes, `quote` only copies sentences; `auto` quotes under a model too small to be trusted to write."""
    max_tokens: int = Field(default=400, ge=1)
    """Most tokens an answer may have."""
    sources: int = Field(default=5, ge=1, le=50)
    """Most sources put before the model for one question."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0 always takes the likeliest word."""
    seed: int = 0
    """Seed of the sampling, so that an answer can be had again."""
    max_wait_seconds: float = Field(default=15.0, gt=0)
    """Seconds within which the first word is to come: fewer sources are read where the machine is too slow for all."""
    read_ahead: Literal["always", "plugged_in", "never"] = "always"
    """Whether likely sources are read while a question is being typed; `plugged_in` means not on battery."""


class LlamaSettings(Section):
    context: int = Field(default=4096, ge=256)
    """Tokens the model can see at once; cut to what the model was trained for."""
    threads: int = Field(default=0, ge=0)
    """Threads for the model; 0 takes what `models tune` found, and before that leaves one core to the interface."""
    gpu_layers: int = Field(default=-1, ge=-1)
    """Layers put on a GPU; -1 takes what `models tune` found to fit, and before that all if llama.cpp knows a GPU."""
    batch: int = Field(default=0, ge=0)
    """Prompt tokens read at a time; 0 takes what `models tune` found, and before that 256."""
    flash_attention: Literal["auto", "on", "off"] = "auto"
    """Whether attention is computed in one step; `auto` takes what `models tune` found; before, off on a processor."""
    kv_type: Literal["auto", "f16", "q8_0"] = "auto"
    """How what was read is kept in memory; `q8_0` takes half the room and is a little less exact."""
    drafting: Literal["auto", "on", "off"] = "auto"
    """Whether words that an answer quotes are guessed from the sources; `auto`: if `models tune` found that it pays."""
    adapter: str = "auto"
    """LoRA adapter over the language model, by name or path; `auto` takes the starter's own, `none` takes none."""
    adapters: str = ""
    """Adapters of single collections, `finance=ledger, legal=none`; the others take `llama.adapter`."""
    adapter_scale: float = Field(default=1.0, ge=-4, le=4)
    """How strongly the adapter works: 1 as it was trained, 0 not at all."""
    states_mb: int = Field(default=1024, ge=0)
    """Megabytes of disk for what the model has read of conversations, so that it is not read again; 0 keeps nothing."""

    @field_validator("adapters")
    @classmethod
    def _names_both(cls, value: str) -> str:
        if not all(all(part.strip() for part in pair.split("=", 1)) and "=" in pair for pair in _pairs(value)):
            raise ValueError("it names a collection and an adapter each, such as finance=ledger, legal=none")
        return value

    @property
    def by_collection(self) -> dict[str, str]:
        """Collection → the adapter that `adapters` names for it."""
        pairs = (pair.partition("=") for pair in _pairs(self.adapters))
        return {name.strip(): adapter.strip() for name, _, adapter in pairs}

    def adapter_of(self, collection: str) -> str | None:
        """The adapter that `adapters` names for it, None if it names none."""
        return self.by_collection.get(collection)

    def adapters_with(self, collection: str, adapter: str) -> str:
        """What `adapters` is to be for the collection to have this adapter, and the others theirs."""
        return ", ".join("=".join(pair) for pair in {**self.by_collection, collection: adapter}.items())


def _pairs(adapters: str) -> list[str]:
    return adapters.split(",") if adapters.strip() else []


class ServerSettings(Section):
    url: str = ""
    """Address of an OpenAI-compatible server in your own network (`https://host:8443/v1`), for runs with `--server`."""
    model: str = ""
    """What the server calls the model; empty takes the first that it lists."""
    context: int = Field(default=4096, ge=256)
    """Tokens that the server's model can see at once."""
    ca_file: str = ""
    """File (PEM) with the authority that signed the server's certificate; empty trusts those of the system."""
    token_file: str = ""
    """File with the server's access token, readable by you only; the token itself never stands in the settings."""
    connect_seconds: float = Field(default=5.0, gt=0)
    """A server that takes longer than this to accept a connection is given up."""
    first_word_seconds: float = Field(default=120.0, gt=0)
    """A server that takes longer than this to begin its answer is given up."""
    silence_seconds: float = Field(default=30.0, gt=0)
    """A server that says nothing for longer than this in the middle of its answer is given up."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a request that failed before the first word is sent again."""


Theme = Literal[
    "strongroom-dark",
    "strongroom-light",
    "ansi-dark",
    "ansi-light",
    "atom-one-dark",
    "atom-one-light",
    "catppuccin-frappe",
    "catppuccin-latte",
    "catppuccin-macchiato",
    "catppuccin-mocha",
    "dracula",
    "flexoki",
    "gruvbox",
    "monokai",
    "nord",
    "rose-pine",
    "rose-pine-dawn",
    "rose-pine-moon",
    "solarized-dark",
    "solarized-light",
    "textual-dark",
    "textual-light",
    "tokyo-night",
]
"""Ours, and those that Textual brings; a test compares them with what the interface has."""


class InterfaceSettings(Section):
    theme: Theme = "strongroom-dark"
    """Colour theme of the terminal interface."""


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Least important message that is written to the log file; document text is never written there."""


class Settings(Section):
    """All settings; `config.load_settings` fills them from the file, the environment and the flags."""

    models: ModelSettings = ModelSettings()
    ingest: IngestSettings = IngestSettings()
    chunking: ChunkingSettings = ChunkingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    answer: AnswerSettings = AnswerSettings()
    llama: LlamaSettings = LlamaSettings()
    server: ServerSettings = ServerSettings()
    interface: InterfaceSettings = InterfaceSettings()
    log: LogSettings = LogSettings()

    def with_models(
        self, *, llm: str | None = None, adapter: str | None = None, adapter_scale: float | None = None
    ) -> "Settings":
        """With another language model, another adapter over it, another scale of that; None keeps what is there."""
        models = self.models.model_copy(update=_given(llm=llm))
        llama = self.llama.model_copy(update=_given(adapter=adapter, adapter_scale=adapter_scale))
        return self.model_copy(update={"models": models, "llama": llama})


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
