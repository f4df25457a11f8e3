"""How a loaded model is spoken to. Runs where its vocabulary is loaded: in the worker, and in training."""

import ctypes
from typing import Any

import llama_cpp

from models.llama.families import family_of
from models.llama.template import ChatTemplate
from models.llama.vocabulary import Vocabulary


def chat_template_of(model: Any, vocabulary: Vocabulary) -> ChatTemplate:
    """The chat template in the file of `model`, a loaded llama_model; that of its family where the file has none."""
    source = llama_cpp.llama_model_chat_template(model, None)
    family = family_of(
        source.decode("utf-8", "replace") if source else "",
        _description(model, "general.architecture"),
        _description(model, "general.name"),
        lambda text: vocabulary.special_token(text) is not None,
    )
    return ChatTemplate(
        family.template, bos=vocabulary.special_text("bos"), eos=vocabulary.special_text("eos"), stop=family.stop
    )


def _description(model: Any, key: str) -> str:
    """A text of the file's header; empty if it has none."""
    buffer = ctypes.create_string_buffer(256)
    length = llama_cpp.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if length >= 0 else ""
