"""Activations made ready for 8 bits: each channel divided by the root of its peak, its weights multiplied by it.

A tensor of activations is quantised with one scale, set by its largest number. Few channels are large, so the others
are left with few steps. Divided beforehand, they are of one size, and the product is the same. After SmoothQuant
(Xiao et al., 2023), with peaks alone: layers that share an input then share its division.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

_SHARE = 0.5
"""Power of the peak. The starter's vectors of 120 texts were 0.0054 (1 - cosine) from fp32; with 0.4 and with 0.5
0.0018, with 0.75 0.0022."""


def smooth(transformer: Any, run_samples: Callable[[], object]) -> None:
    """Change the linear layers of a PyTorch `transformer` in place; `run_samples` runs it on texts like those to come.

    Layers that the samples do not reach are left as they are.
    """
    for layer, peak in _peaks(transformer, run_samples).items():
        _smooth_layer(layer, peak)


def _peaks(transformer: Any, run_samples: Callable[[], object]) -> "dict[Any, Tensor]":
    """Linear layer → the largest absolute value of each channel of its input, shape (channels,)."""
    import torch

    peaks: dict[Any, Tensor] = {}

    def look(layer: Any, inputs: tuple["Tensor", ...]) -> None:
        peak = inputs[0].detach().abs().flatten(0, -2).amax(0)
        peaks[layer] = torch.maximum(peaks.get(layer, peak), peak)

    layers = [module for module in transformer.modules() if isinstance(module, torch.nn.Linear)]
    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    try:
        run_samples()
    finally:
        for hook in hooks:
            hook.remove()
    return peaks


def _smooth_layer(layer: Any, peak: "Tensor") -> None:
    import torch

    scales = peak.clamp(min=1e-5) ** _SHARE
    scales /= scales.mean()
    # A parameter, not a constant: equal ones become one in the exported graph, and so does the division by them.
    layer.shrink = torch.nn.Parameter(1 / scales, requires_grad=False)
    layer.register_forward_pre_hook(lambda layer, inputs: (inputs[0] * layer.shrink, *inputs[1:]))
    with torch.no_grad():
        layer.weight *= scales
