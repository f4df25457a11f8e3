import torch

from models.exporting.smoothing import smooth


def layers() -> torch.nn.Sequential:
    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.GELU(), torch.nn.Linear(8, 4)).eval()


def uneven(rows: int) -> torch.Tensor:
    """Inputs of which one channel is a hundred times as large as the others."""
    inputs = torch.randn(rows, 8)
    inputs[:, 3] *= 100
    return inputs


def test_what_comes_out_is_the_same() -> None:
    transformer, inputs = layers(), uneven(20)
    with torch.inference_mode():
        before = transformer(inputs)
    smooth(transformer, lambda: transformer(inputs))
    with torch.inference_mode():
        assert torch.allclose(transformer(inputs), before, rtol=1e-4, atol=1e-4)


def test_what_a_layer_multiplies_is_evened_out() -> None:
    transformer, inputs = layers(), uneven(20)
    smooth(transformer, lambda: transformer(inputs))
    seen = []
    transformer[0].register_forward_pre_hook(lambda _, given: seen.append(given[0]))  # after the division
    transformer(inputs)

    def spread(states: torch.Tensor) -> float:
        peaks = states.abs().amax(0)
        return float(peaks.max() / peaks.median())

    assert spread(inputs) > 50
    assert spread(seen[0]) < 12


def test_a_layer_used_twice_is_changed_once() -> None:
    layer = torch.nn.Linear(8, 8)
    twice = torch.nn.Sequential(layer, torch.nn.Tanh(), layer).eval()
    inputs = uneven(20)
    with torch.inference_mode():
        before = twice(inputs)
    smooth(twice, lambda: twice(inputs))
    with torch.inference_mode():
        assert torch.allclose(twice(inputs), before, rtol=1e-4, atol=1e-4)


def test_a_layer_the_samples_do_not_reach_stays_as_it_is() -> None:
    transformer = layers()
    weight = transformer[2].weight.clone()
    smooth(transformer, lambda: transformer[0](uneven(4)))
    assert torch.equal(transformer[2].weight, weight)
