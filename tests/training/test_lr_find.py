"""The range test of learning rates: it finds rates that work, and leaves no trace."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot
from tinygrad_vn.chance import default_rng
from tinygrad_vn.data import DataLoader
from tinygrad_vn.training import lr_find

rng = np.random.default_rng(0)
X = rng.normal(size=(256, 8))
Y = np.sin(X @ rng.normal(size=(8, 1))) + 0.1 * rng.normal(size=(256, 1))
MSE = nn.MSELoss()


def net() -> nn.Module:
    tg.manual_seed(1)
    return nn.Sequential(nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 1))


def line() -> nn.Module:
    tg.manual_seed(1)
    return nn.Linear(8, 1)


def loader() -> DataLoader:
    return DataLoader((X, Y), batch_size=32, shuffle=True, rng=np.random.default_rng(3))


def loss_after(model: nn.Module, optimizer: optim.Optimizer, steps: int) -> float:
    """The loss on all data after as many updates on all data."""
    x, y = tg.tensor(X), tg.tensor(Y)
    for _ in range(steps):
        optimizer.zero_grad()
        MSE(model(x), y).backward()
        optimizer.step()
    return MSE(model(x), y).item()


OPTIMIZERS: dict[str, Callable[[Any, float], optim.Optimizer]] = {
    "SGD": lambda params, lr: optim.SGD(params, lr=lr),
    "momentum": lambda params, lr: optim.SGD(params, lr=lr, momentum=0.9),
    "Adam": lambda params, lr: optim.Adam(params, lr=lr),
}


@pytest.mark.parametrize("data", [lambda: (X, Y), loader], ids=["everything", "mini-batches"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_suggestion_trains(make: Callable[[Any, float], optim.Optimizer], data: Callable[[], Any]) -> None:
    """Within 300 steps it takes the linear model to its least-squares solution."""
    found = lr_find(model := line(), MSE, make(model.parameters(), 1.0), data())
    assert found.suggestion is not None
    ones = np.concatenate([X, np.ones((256, 1))], axis=1)
    best = np.mean((ones @ np.linalg.lstsq(ones, Y)[0] - Y) ** 2)
    assert loss_after(model, make(model.parameters(), found.suggestion), 300) < 1.02 * best


def test_where_gradient_descent_must_diverge() -> None:
    """On ½·k·w² every rate above 2/k enlarges the loss, and 1/k is the best."""
    k = 50.0

    class Parabola(nn.Module):
        def __init__(self) -> None:
            self.w = nn.Parameter([1.0])

        def forward(self, x: tg.Tensor) -> tg.Tensor:
            return self.w * x

    model = Parabola()
    data = ([np.sqrt(k / 2)], [0.0])
    found = lr_find(model, MSE, optim.SGD(model.parameters(), lr=1.0), data, smooth=0.0)
    assert found.has_diverged
    assert 1 / k <= found.rates[found.lowest] <= 2 / k
    assert 2 / k < found.rates[-1]
    assert found.suggestion == pytest.approx(found.rates[found.lowest] / 10)


def test_the_losses_are_those_after_a_step_with_each_rate() -> None:
    model = line()
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    found = lr_find(model, MSE, optimizer, (X, Y), start=1e-3, end=1e-1, steps=5)
    np.testing.assert_allclose(found.rates, np.geomspace(1e-3, 1e-1, 5))
    for rate, loss in zip(found.rates, found.losses, strict=True):
        optimizer.param_groups[0]["lr"] = rate
        assert loss == pytest.approx(loss_after(model, optimizer, 1), rel=1e-12)
    assert not found.has_diverged


def test_groups_keep_their_ratio() -> None:
    weight, bias = line().parameters()
    optimizer = optim.SGD([{"params": [weight], "lr": 0.2}, {"params": [bias], "lr": 0.05}])
    seen = []

    def watched(prediction: tg.Tensor, target: tg.Tensor) -> tg.Tensor:
        seen.append([group["lr"] for group in optimizer.param_groups])
        return MSE(prediction, target)

    model = nn.Linear(8, 1)
    model.weight, model.bias = weight, bias
    found = lr_find(model, watched, optimizer, (X, Y), end=1e-2, steps=10)
    np.testing.assert_allclose(seen[1:], np.outer(found.rates, [1, 0.25]))
    assert [group["lr"] for group in optimizer.param_groups] == [0.2, 0.05]


# --- no trace -----------------------------------------------------------------------------------------------------


def trace(model: nn.Module, optimizer: optim.Optimizer, data: DataLoader) -> Any:
    """Everything that a test could leave changed, as bytes."""
    gradients = [None if p.grad is None else p.grad.numpy().tobytes() for p in model.parameters()]
    values = [t.detach().numpy().tobytes() for t in (*model.parameters(), *model.buffers())]
    flags = [module.training for module in model.modules()]
    state = optimizer.state_dict()
    groups = [{k: v for k, v in group.items() if k != "params"} for group in state["param_groups"]]
    memory = [
        (i, key, value.tobytes() if isinstance(value, np.ndarray) else value)
        for i, remembered in state["state"].items()
        for key, value in remembered.items()
    ]
    chance = copy.deepcopy([default_rng().bit_generator.state, data.rng.bit_generator.state])  # type: ignore[union-attr]
    return gradients, values, flags, groups, memory, chance


@pytest.mark.parametrize("trained", [0, 3], ids=["fresh", "in the middle"])
@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_everything_is_as_before(make: Callable[[Any, float], optim.Optimizer], trained: int) -> None:
    model, data = net(), loader()
    optimizer = make(model.parameters(), 0.01)
    loss_after(model, optimizer, trained)
    list(model.children())[1].eval()
    before, parameters = trace(model, optimizer, data), list(model.parameters())
    found = lr_find(model, MSE, optimizer, data)
    assert len(found.rates) > 10
    assert trace(model, optimizer, data) == before
    assert all(p is q for p, q in zip(parameters, model.parameters(), strict=True))


def test_everything_is_as_before_after_an_error_too() -> None:
    model, data = net(), loader()
    optimizer = optim.Adam(model.parameters())
    before = trace(model, optimizer, data)
    calls = iter(range(100))

    def failing(prediction: tg.Tensor, target: tg.Tensor) -> tg.Tensor:
        if next(calls) == 7:
            raise KeyboardInterrupt
        return MSE(prediction, target)

    with pytest.raises(KeyboardInterrupt):
        lr_find(model, failing, optimizer, data)
    assert trace(model, optimizer, data) == before


def test_training_goes_on_as_if_nothing_had_been() -> None:
    paths = []
    for tested in (False, True):
        model = net()
        optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        if tested:
            lr_find(model, MSE, optimizer, (X, Y))
        loss_after(model, optimizer, 20)
        paths.append([p.detach().numpy().tobytes() for p in model.parameters()])
    assert paths[0] == paths[1]


def test_sums_of_gradients_are_still_worth_a_warning() -> None:
    model = line()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):
        MSE(model(tg.tensor(X)), tg.tensor(Y)).backward()
    lr_find(model, MSE, optimizer, (X, Y))
    with pytest.warns(tg.GradientWarning, match="E01"):
        optimizer.step()


def test_an_exploding_loss_makes_no_noise() -> None:
    model = line()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = lr_find(model, MSE, optim.SGD(model.parameters(), lr=1.0), (X, Y), end=1e300, steps=20)
    assert found.has_diverged
    assert np.isfinite(found.losses).all()


# --- data, words, mistakes ----------------------------------------------------------------------------------------


class Lists:
    """What can be gone through again and again, of plain arrays."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter([(X, Y)])


@pytest.mark.parametrize("data", [[(X, Y)], Lists(), DataLoader((X, Y), batch_size=256)])
def test_data_of_all_kinds(data: Any) -> None:
    model = line()
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    assert lr_find(model, MSE, optimizer, data) == lr_find(model, MSE, optimizer, (X, Y))


def test_what_cannot_be_tested() -> None:
    model = line()
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    wrong: list[tuple[type[Exception], str, Any]] = [
        (TypeError, "again and again", (batch for batch in [(X, Y)])),
        (TypeError, "again and again", 3),
        (TypeError, "inputs and the target", [(X,)]),
        (ValueError, "empty", []),
        (ValueError, "the loss is NaN before the first step", (X * np.nan, Y)),
    ]
    for kind, words, data in wrong:
        with pytest.raises(kind, match=words):
            lr_find(model, MSE, optimizer, data)
    for settings in ({"start": 0}, {"start": 2, "end": 1}, {"steps": 1}, {"smooth": 1.0}, {"stop_factor": 1}):
        with pytest.raises(ValueError, match=f"{next(iter(settings))}="):
            lr_find(model, MSE, optimizer, (X, Y), **settings)  # type: ignore[arg-type]


def test_the_explanation() -> None:
    model = line()
    optimizer = optim.SGD(model.parameters(), lr=1.0)
    found = lr_find(model, MSE, optimizer, (X, Y))
    assert str(found) == found.explanation("en")
    assert "a tenth" in str(found)
    assert "exploded" in str(found)
    assert "một phần mười" in found.explanation("vi")
    assert "larger end" in str(lr_find(model, MSE, optimizer, (X, Y), end=1e-3))
    climbing = optim.SGD(model.parameters(), lr=1.0, maximize=True)
    nothing = lr_find(model, MSE, climbing, (X, Y))
    assert nothing.suggestion is None
    assert "No suggestion" in str(nothing)
    assert "Không có gợi ý" in nothing.explanation("vi")


@pytest.mark.parametrize(("lang", "words"), [("en", "suggestion: "), ("vi", "tốc độ học (learning rate)")])
def test_the_plot(tmp_path: Path, lang: str, words: str) -> None:
    pytest.importorskip("matplotlib")
    model = line()
    found = lr_find(model, MSE, optim.SGD(model.parameters(), lr=1.0), (X, Y))
    figure = found.plot(lang)
    axes = figure.axes[0]
    assert axes.get_xscale() == "log"
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), found.losses)
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), found.smoothed)
    assert axes.lines[2].get_xdata()[0] == found.suggestion  # type: ignore[index]
    plot.save(figure, tmp_path / "rates.svg")
    assert words in (tmp_path / "rates.svg").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="no losses"):
        plot.lr_find_curve([], [], [])
