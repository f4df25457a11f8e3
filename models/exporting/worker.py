"""The process that turns a PyTorch transformer into ONNX. It ends afterwards, and PyTorch's memory with it.

Request: {"kind": "embedder" | "reranker", "source": directory, "target": directory that exists}. It writes model.onnx
into the target and replies {"precision", "agreement", "versions"}, or {"error", "errno"}; errno is that of the
system, null for other errors.
"""

import functools
import importlib.metadata
import logging
import uuid
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.child import JsonObject
from config.serving import reply, serve
from models.exporting.smoothing import smooth

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.directory import EmbedderDirectory

LEAST_AGREEMENT = 0.98
"""Mean cosine (embedder) or correlation of the logits (reranker) with the original below which int8 is not used."""

_OPSET = 17  # the first with LayerNormalization as one operator
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_LOADING: dict[str, Any] = {
    "device": "cpu",
    "local_files_only": True,
    "trust_remote_code": False,
    "model_kwargs": {"attn_implementation": "eager", "dtype": "float32", "use_safetensors": True},
}
_PACKAGES = ("torch", "transformers", "sentence-transformers", "onnxruntime")


def main() -> None:
    for request in serve():
        _quieten()
        try:
            reply(export(request["kind"], Path(request["source"]), Path(request["target"])))
        except Exception as error:  # whatever three libraries raise on a model they do not like
            logging.getLogger(__name__).exception("The export failed")
            number = error.errno if isinstance(error, OSError) else None
            reply({"error": f"{type(error).__name__}: {error}".splitlines()[0][:300], "errno": number})


@dataclass(frozen=True, slots=True)
class Original:
    """A PyTorch model: a module from token ids to the output wanted, and what it gives for the sample texts or pairs.

    `outputs` has shape (samples, dimension) for an embedder, of unit length, and (samples, 1) for a reranker.
    """

    module: Any
    input_names: Sequence[str]
    max_tokens: int
    outputs: "NDArray[np.float32]"


def export(kind: str, source: Path, target: Path) -> JsonObject:
    """Smooth, trace, quantise, compare; keep int8 if it agrees with the original well enough, else fp32."""
    original = _load_embedder(source) if kind == "embedder" else _load_reranker(source)
    single, quantised = target / "fp32.onnx", target / "int8.onnx"
    _trace(original, single)
    _quantise(single, quantised)

    best, precision, agreement = quantised, "int8", _agreement(kind, quantised, source, original)
    if not agreement >= LEAST_AGREEMENT:  # which holds for NaN, too
        best, precision, agreement = single, "fp32", _agreement(kind, single, source, original)
    if not agreement >= LEAST_AGREEMENT:
        raise ValueError(f"the exported model agrees with the original only to {agreement:.3f}")

    best.rename(target / "model.onnx")
    for leftover in (single, quantised):
        leftover.unlink(missing_ok=True)
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"precision": precision, "agreement": round(agreement, 5), "versions": versions}


def _load_embedder(source: Path) -> Original:
    from sentence_transformers import SentenceTransformer

    from models.directory import read_embedder_directory
    from models.exporting.sentences import SAMPLE_TEXTS

    directory = read_embedder_directory(source)
    model = SentenceTransformer(str(source), **_LOADING)
    encode = functools.partial(
        model.encode, list(SAMPLE_TEXTS), normalize_embeddings=True, show_progress_bar=False, prompt=""
    )
    vectors = encode()
    transformer = model[0].auto_model
    smooth(transformer, encode)
    module = _module(transformer, functools.partial(_pool, directory))
    return Original(module, model.tokenizer.model_input_names, directory.max_tokens, vectors)


def _load_reranker(source: Path) -> Original:
    import torch
    from sentence_transformers import CrossEncoder

    from models.directory import read_max_tokens
    from models.exporting.sentences import SAMPLE_PAIRS

    max_tokens = read_max_tokens(source)
    model = CrossEncoder(str(source), max_length=max_tokens, **_LOADING)
    predict = functools.partial(
        model.predict, list(SAMPLE_PAIRS), activation_fn=torch.nn.Identity(), show_progress_bar=False
    )
    logits = predict()
    smooth(model.model, predict)
    module = _module(model.model, lambda output, _: output.logits)
    return Original(module, model.tokenizer.model_input_names, max_tokens, logits.reshape(-1, 1))


def _module(transformer: Any, finish: Callable[[Any, Any], Any]) -> Any:
    """The transformer with `finish(its output, attention mask)` behind it, taking its inputs by position.

    It attends to all tokens: texts are run one by one, none is padded, and masking the scores took a tenth of the time.
    """
    import torch

    class Finished(torch.nn.Module):  # type: ignore[misc]  # torch is not followed by the type checker
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            return finish(self.transformer(input_ids=input_ids, **types), attention_mask)

    return Finished().eval()


def _pool(directory: "EmbedderDirectory", output: Any, attention_mask: Any) -> Any:
    """One vector per text from those of its tokens."""
    import torch

    states = output.last_hidden_state
    if directory.pooling == "cls":
        vectors = states[:, 0]
    else:
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        vectors = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
    return torch.nn.functional.normalize(vectors, p=2, dim=1) if directory.normalise else vectors


def _trace(original: Original, target: Path) -> None:
    import torch

    names = [name for name in _INPUTS if name in original.input_names]
    ids = torch.tensor([[5, 6, 7, 8, 9], [5, 6, 7, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    with torch.inference_mode():
        torch.onnx.export(
            original.module,
            (ids, mask, torch.zeros_like(ids))[: len(names)],
            str(target),
            input_names=names,
            output_names=["output"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in names} | {"output": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,  # the newer exporter needs onnxscript, one dependency more
        )


def _quantise(single: Path, target: Path) -> None:
    """int8 weights with a scale per column; activations are quantised as they come.

    Matrix products only: quantised embedding tables too gain no speed and cost agreement.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        single, target, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm"]
    )


def _agreement(kind: str, model: Path, source: Path, original: Original) -> float:
    """Mean cosine of the vectors, or correlation of the logits: what ranks alike is alike, whatever its scale."""
    import numpy as np

    from models.exporting.sentences import SAMPLE_PAIRS, SAMPLE_TEXTS
    from models.onnx_session import OnnxTransformer

    transformer = OnnxTransformer(model, source / "tokenizer.json", max_tokens=original.max_tokens)
    if kind == "reranker":
        return float(np.corrcoef(transformer.run(SAMPLE_PAIRS)[:, 0], original.outputs[:, 0])[0, 1])
    ours = transformer.run(SAMPLE_TEXTS)
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    return float((ours * original.outputs).sum(axis=1).mean())


def _quieten() -> None:
    """Tracing a model and quantising it warn at every step about what is meant to be so."""
    warnings.simplefilter("ignore")
    # onnx names its graphs by uuid1, which looks for the machine's network address through an internet socket.
    uuid.uuid1 = uuid.uuid4  # type: ignore[assignment]  # takes no node and no clock: onnx gives none
    _disable(logging.getLogger(name) for name in ("root", "torch", "transformers", "sentence_transformers"))


def _disable(loggers: Iterable[logging.Logger]) -> None:
    for logger in loggers:
        logger.setLevel(logging.ERROR)


if __name__ == "__main__":
    main()
