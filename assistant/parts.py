"""The models that an assistant works with: each is loaded by the thread that first needs it, and named without."""

from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

from assistant.compare import Contender
from config.errors import ModelError
from config.locations import Locations
from models.base import Embedder, EmbedderIdentity, LanguageModel, Reranker

if TYPE_CHECKING:
    from config.sections import Settings
    from models.llama.tuned import Tuning
    from models.registry import ModelRegistry

Part = TypeVar("Part")

SERVER = "server"
"""What a comparison calls the model on the server of this run."""


class Lazy(Generic[Part]):
    """A part that is made by the thread that first asks for it, while others wait."""

    def __init__(self, make: Callable[[], Part]) -> None:
        self._make = make
        self._lock = RLock()
        self._made: list[Part] = []

    def __call__(self) -> Part:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def made(self) -> Part | None:
        return self._made[0] if self._made else None


class Parts:
    """The registry of a home and the models that the settings name, but for the embedder that the collection was
    `built_with`; models that are given are used as they are.

    Calling a part raises ModelError when its files are missing; it is tried again at the next call.
    """

    def __init__(
        self,
        locations: Locations,
        settings: "Callable[[], Settings]",
        built_with: Callable[[], EmbedderIdentity | None],
        embedder: Embedder | None,
        llm: LanguageModel | None,
        reranker: Reranker | None,
    ) -> None:
        self._locations = locations
        self._settings = settings
        self._built_with = built_with
        self.registry = Lazy(self._make_registry)
        self.embedder = Lazy(lambda: embedder or self._load_embedder())
        self.llm = Lazy(lambda: llm or self._load_llm())
        self.reranker = Lazy(lambda: reranker or self._load_reranker())
        self._given = {
            "llm": llm.information.name if llm else None,
            "embedder": embedder.identity.name if embedder else None,
        }

    def wanted(self, kind: str) -> str:
        """The name of the model to load, whether there is one or not; empty for none."""
        if kind == "embedder":
            from models.loading import name_of_embedder

            return name_of_embedder(self.registry(), self._settings(), self._built_with())
        named: str = getattr(self._settings().models, kind)
        return named

    def name_of(self, kind: str) -> str | None:
        """The name of the model in use, without loading it; None when there is none of that name."""
        if self._given.get(kind):
            return self._given[kind]
        try:
            wanted = self.wanted(kind)
            return self.registry().find(wanted, kind).name if wanted else None
        except ModelError:
            return None

    def names(self) -> dict[str, str | None]:
        """Kind → the name of the model of that kind in use, None for none; nothing is loaded."""
        models = {kind: self.name_of(kind) for kind in ("llm", "embedder", "reranker")}
        return {**models, "adapter": self.name_of_adapter()}

    def name_of_adapter(self) -> str | None:
        """The name of the LoRA adapter over the language model, None for none."""
        if self._given["llm"]:
            return None
        from models.loading import name_of_adapter

        return name_of_adapter(self.registry(), self._settings()) or None

    def trouble_of_adapter(self) -> str | None:
        """What keeps the adapter that the settings name from work, as a sentence; None when nothing does."""
        if self._given["llm"]:
            return None
        from models.loading import trouble_of_adapter

        return trouble_of_adapter(self.registry(), self._settings()) or None

    def tuning(self) -> "Tuning | None":
        """How the language model of the settings was found to run best here, None when it was not tried."""
        if self._given["llm"]:
            return None
        from assistant.tuning import tuning_of

        return tuning_of(self.registry(), self._settings())

    def contender(self, name: str) -> Contender:
        """A language model by its name, loaded apart from the one in use; `server` is that of a run with `--server`.

        Over another model than that of the settings only the adapter that comes with it works. Raises ModelError when
        there is none of that name.
        """
        given = self.llm() if self._given["llm"] else None
        if given is not None and given.information.runs_on and name == SERVER:
            return Contender(given.information.name, lambda: given)
        self.registry().find(name, "llm")
        from models.loading import load_llm, settings_for

        settings = settings_for(self._settings(), name)
        return Contender(name, lambda: load_llm(self.registry(), settings))

    def close(self) -> None:
        """End the models that were loaded, and their processes."""
        for part in (self.llm.made(), self.embedder.made(), self.reranker.made()):
            if part is not None:
                part.close()

    def _make_registry(self) -> "ModelRegistry":
        from models.registry import ModelRegistry

        return ModelRegistry(self._locations)

    def _load_embedder(self) -> Embedder:
        from models.loading import load_embedder

        return load_embedder(self.registry(), self._settings(), self._built_with())

    def _load_llm(self) -> LanguageModel:
        from models.loading import load_llm

        return load_llm(self.registry(), self._settings())

    def _load_reranker(self) -> Reranker | None:
        if not self._settings().models.reranker:
            return None
        from models.loading import load_reranker

        return load_reranker(self.registry(), self._settings())
