"""PyTorch's words mean here what they mean there."""

from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tests.test_idioms import CLASSES, WORDS, X

torch = pytest.importorskip("torch")


def seen(typed: str, library: Any) -> Any:
    """What a line gives in a library, as text, numbers and shapes."""

    def plain(value: Any) -> Any:
        if isinstance(value, tg.Tensor | torch.Tensor):
            return value.detach().numpy()
        if isinstance(value, tuple | list):
            return [plain(part) for part in value]
        return value if isinstance(value, int | float) else str(value)

    return plain(eval(typed, {"tg": library, "np": np, "CLASSES": CLASSES, "x": X, "t": library.tensor(X)}))


@pytest.mark.parametrize("typed", WORDS)
def test_a_word_means_what_pytorch_means_by_it(typed: str) -> None:
    ours, theirs = seen(typed, tg), seen(typed, torch)
    assert type(ours) is type(theirs)
    for one, other in zip(*((r if isinstance(r, list) else [r]) for r in (ours, theirs)), strict=True):
        np.testing.assert_array_equal(one, other)
        assert getattr(np.asarray(one).dtype, "kind", "") == np.asarray(other).dtype.kind


@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits"])
def test_between_two_tensors_the_wider_kind_of_numbers_wins(loss: str) -> None:
    results = []
    for library, functions in ((tg, tg.nn.functional), (torch, torch.nn.functional)):
        single = library.tensor([0.25, 0.5], dtype=library.float32, requires_grad=True)
        value = getattr(functions, loss)(single, library.tensor([0.1, 0.9], dtype=library.float64))
        value.backward()
        results.append([str(value.dtype).split(".")[-1], str(single.grad.dtype).split(".")[-1], value.item()])
    assert results[0][:2] == results[1][:2] == ["float64", "float32"]
    assert results[0][2] == pytest.approx(results[1][2], rel=1e-15)
