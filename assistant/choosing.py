"""The model in use of each kind is the one that a setting names."""

from config.locations import Locations
from config.settings import save_setting
from models.starter import STARTER

SETTINGS = {
    "llm": "models.llm",
    "embedder": "models.embedder",
    "reranker": "models.reranker",
    "adapter": "llama.adapter",
}
"""The setting that names the model of each kind."""


def choose(locations: Locations, kind: str, name: str) -> None:
    """Make a model the one in use of its kind. The starter's adapter is over the starter alone: that is `auto`. Raises
    StrongroomError when the settings cannot be written."""
    save_setting(locations, SETTINGS[kind], "auto" if (kind, name) == ("adapter", STARTER) else name)
