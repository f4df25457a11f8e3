"""Language models of every family with random weights, a few kilobytes each, written by the package of llama.cpp."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gguf import GGUFWriter

WIDTH, HEADS, INNER, LAYERS, EXPERTS = 32, 2, 64, 2, 2
HEAD = WIDTH // HEADS

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Architecture:
    """`layer` are the tensors of a layer and `around` those of the whole model, with their shapes as NumPy has them."""

    name: str
    layer: Shapes
    around: Shapes = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    has_output: bool = True


def _linear(*names: str, inner: int = WIDTH, outer: int = WIDTH) -> Shapes:
    return {f"{name}.weight": (outer, inner) for name in names}


def _with_bias(shapes: Shapes) -> Shapes:
    return {**shapes, **{name.replace(".weight", ".bias"): (shape[0],) for name, shape in shapes.items()}}


def _norm(*names: str, size: int = WIDTH) -> Shapes:
    return {f"{name}.weight": (size,) for name in names}


_ATTENTION = _linear("attn_q", "attn_k", "attn_v", "attn_output")
_FUSED = {**_linear("attn_qkv", outer=3 * WIDTH), **_linear("attn_output")}
_UP_DOWN = {**_linear("ffn_up", outer=INNER), **_linear("ffn_down", inner=INNER)}
_GATED = {**_linear("ffn_gate", outer=INNER), **_UP_DOWN}
_LLAMA = {**_norm("attn_norm", "ffn_norm"), **_ATTENTION, **_GATED}
_HEAD_NORMS = _norm("attn_q_norm", "attn_k_norm", size=HEAD)
_POST_NORMS = _norm("post_attention_norm", "post_ffw_norm")
_HEAD_SIZES = {"attention.key_length": HEAD, "attention.value_length": HEAD}

ARCHITECTURES = {
    "llama": Architecture("llama", _LLAMA),
    "mixtral": Architecture(
        "llama",
        {
            **_norm("attn_norm", "ffn_norm"),
            **_ATTENTION,
            "ffn_gate_inp.weight": (EXPERTS, WIDTH),
            "ffn_gate_exps.weight": (EXPERTS, INNER, WIDTH),
            "ffn_up_exps.weight": (EXPERTS, INNER, WIDTH),
            "ffn_down_exps.weight": (EXPERTS, WIDTH, INNER),
        },
        metadata={"expert_count": EXPERTS, "expert_used_count": EXPERTS},
    ),
    "qwen2": Architecture("qwen2", {**_LLAMA, **_with_bias(_linear("attn_q", "attn_k", "attn_v"))}),
    "qwen3": Architecture("qwen3", {**_LLAMA, **_HEAD_NORMS}, metadata=_HEAD_SIZES),
    "falcon": Architecture(
        "falcon", {**_with_bias(_norm("attn_norm")), **_FUSED, **_UP_DOWN}, _with_bias(_norm("output_norm"))
    ),
    "gptneox": Architecture(
        "gptneox",
        _with_bias({**_norm("attn_norm", "ffn_norm"), **_FUSED, **_UP_DOWN}),
        _with_bias(_norm("output_norm")),
        {"use_parallel_residual": True},
    ),
    "gemma": Architecture("gemma", _LLAMA, metadata=_HEAD_SIZES, has_output=False),
    "gemma2": Architecture(
        "gemma2",
        {**_LLAMA, **_POST_NORMS},
        metadata={**_HEAD_SIZES, "attention.sliding_window": 64},
        has_output=False,
    ),
    "gemma3": Architecture(
        "gemma3",
        {**_LLAMA, **_POST_NORMS, **_HEAD_NORMS},
        metadata={**_HEAD_SIZES, "attention.sliding_window": 64},
        has_output=False,
    ),
    "phi2": Architecture(
        "phi2",
        _with_bias({**_norm("attn_norm"), **_FUSED, **_UP_DOWN}),
        {**_with_bias(_norm("output_norm")), "output.bias": (-1,)},
    ),
    "phi3": Architecture(
        "phi3",
        {
            **_norm("attn_norm", "ffn_norm"),
            **_FUSED,
            **_linear("ffn_up", outer=2 * INNER),
            **_linear("ffn_down", inner=INNER),
        },
        metadata={"attention.sliding_window": 2048},
    ),
    "command-r": Architecture(
        "command-r",
        {**_norm("attn_norm"), **_ATTENTION, **_GATED},
        metadata={"logit_scale": 0.1},
        has_output=False,
    ),
    "smollm3": Architecture("smollm3", _LLAMA, has_output=False),
    "gptj": Architecture("gptj", _LLAMA),
}


def write_tiny_model(
    path: Path,
    architecture: str,
    *,
    name: str = "Tiny",
    template: str = "",
    special: Sequence[str] = (),
    pieces: bool = False,
    context: int = 512,
    says_bos: bool = True,
) -> Path:
    """A model that can be loaded, in which a token is a byte, or one of `special`, of which the last ends an answer.

    With `pieces` its vocabulary is one of SentencePiece, as those of Llama 2 and Gemma are. Without `says_bos` the file
    does not tell whether prompts begin with a token of their own, as many older ones do not.
    """
    from gguf import GGUFWriter

    kind = ARCHITECTURES[architecture]
    writer = GGUFWriter(path, kind.name)
    writer.add_name(name)
    size = _add_vocabulary(writer, special, pieces)
    if says_bos:
        writer.add_add_bos_token(pieces)
    if template:
        writer.add_chat_template(template)
    _add_numbers(writer, kind, context)
    chance = np.random.default_rng(7)
    around = {"token_embd.weight": (size, WIDTH), **(kind.around or _norm("output_norm"))}
    if kind.has_output:
        around["output.weight"] = (size, WIDTH)
    layers = {f"blk.{index}.{key}": shape for index in range(LAYERS) for key, shape in kind.layer.items()}
    for key, shape in {**around, **layers}.items():
        sizes = [size if length == -1 else length for length in shape]
        writer.add_tensor(key, chance.normal(1 if "norm" in key else 0, 0.2, sizes).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_numbers(writer: "GGUFWriter", kind: Architecture, context: int) -> None:
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_layer_norm_eps(1e-5)
    for key, value in kind.metadata.items():
        add = {bool: writer.add_bool, int: writer.add_uint32, float: writer.add_float32}[type(value)]
        add(f"{kind.name}.{key}", value)


def _add_vocabulary(writer: "GGUFWriter", special: Sequence[str], pieces: bool) -> int:
    from gguf import TokenType

    opening = ["<unk>", "<s>", "</s>"] if pieces else []
    if pieces:
        letters = [f"<0x{byte:02X}>" for byte in range(256)] + ["▁"] + [chr(code) for code in range(33, 127)]
        kinds = [TokenType.BYTE] * 256 + [TokenType.NORMAL] * 95
    else:
        letters, kinds = list(_bytes_as_characters()), [TokenType.NORMAL] * 256
    tokens = [*opening, *letters, *special]
    writer.add_tokenizer_model("llama" if pieces else "gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([*[TokenType.CONTROL] * len(opening), *kinds, *[TokenType.CONTROL] * len(special)])
    if pieces:
        writer.add_token_scores([0.0] * len(tokens))
        writer.add_unk_token_id(0)
    else:
        writer.add_token_merges(["Ġ t"])
    writer.add_bos_token_id(1 if pieces else tokens.index(special[0]) if special else 0)
    writer.add_eos_token_id(tokens.index(special[-1]) if special else 2 if pieces else 0)
    return len(tokens)


def _bytes_as_characters() -> list[str]:
    """The visible character that stands for each byte in vocabularies like GPT-2's."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = iter(range(256, 512))
    return [chr(byte) if byte in visible else chr(next(hidden)) for byte in range(256)]
