"""Programs written for PyTorch run here with nothing changed but their import lines, and print what they print there.

The programs of the lecture `004_2f9e90593bb73649.txt` are those of the page, with the lines completed that it has lost.
It does not say what its two linear models began with; `FIRST_WEIGHTS` has been worked out from the losses that it
prints, and leads to its digits. Where PyTorch is installed, all programs are run with it too, from the same first
weights, see `tests/oracle/test_pytorch_programs_there.py`.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
from tinygrad_vn import nn

FOLDER = Path(__file__).parent / "pytorch_programs"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py"))
IMPORTS = {
    "import torch": "import tinygrad_vn as torch",
    "import torch.nn as nn": "import tinygrad_vn.nn as nn",
    "import torch.nn.functional as F": "import tinygrad_vn.nn.functional as F",
    "import torch.optim as optim": "import tinygrad_vn.optim as optim",
    "from torch.utils.data import DataLoader, TensorDataset": "from tinygrad_vn.data import DataLoader, TensorDataset",
}

FIRST_WEIGHTS = {  # those that lead to the digits of the lecture's two programs
    "linear_regression_sgd": {"weight": -0.25045592, "bias": 0.45284116},
    "linear_regression_adam": {"weight": 0.78295, "bias": 0.49923},
}


def first_weights(program: str, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Those that lead to the lecture's digits, or others that are the same in every run and library."""
    if program in FIRST_WEIGHTS:
        return np.full(shape, FIRST_WEIGHTS[program][name])
    seed = [sum(map(ord, program + name)), *shape]
    return np.random.default_rng(seed).uniform(-1, 1, shape) / np.sqrt(max(shape[-1], 1))


@contextlib.contextmanager
def starting(program: str, layers: Any, fill: Any) -> Iterator[None]:
    """Layers begin with `first_weights`."""
    patched = []
    for layer in (layers.Linear, layers.Embedding):
        true = layer.__init__

        def begin(self: Any, *args: Any, true: Any = true, **named: Any) -> None:
            true(self, *args, **named)
            for name, parameter in self.named_parameters():
                fill(parameter, first_weights(program, name, tuple(parameter.shape)))

        patched.append((layer, true))
        layer.__init__ = begin
    try:
        yield
    finally:
        for layer, true in patched:
            layer.__init__ = true


def fill(parameter: tg.Tensor, values: np.ndarray) -> None:
    parameter.data[...] = values


def source_of(program: str, *changed: str) -> str:
    """The text of a program; where another is given, with its one setting `lr=0.5` changed as the lecture does."""
    source = (FOLDER / f"{program}.py").read_text(encoding="utf-8")
    for setting in changed:
        assert "lr=0.5" in source
        source = source.replace("lr=0.5", setting)
    return source


@contextlib.contextmanager
def no_screen(source: str) -> Iterator[None]:
    """Plots of the program are drawn, and shown to nobody."""
    if "pyplot" not in source:
        yield
        return
    pytest.importorskip("matplotlib").use("Agg")
    import matplotlib.pyplot as plt

    true, plt.show = plt.show, lambda: None
    try:
        yield
        (line,) = plt.gca().lines
        assert len(line.get_ydata()) == 200
    finally:
        plt.close("all")
        plt.show = true


def printed_here(program: str, *changed: str) -> list[str]:
    """What a program prints with our library, in float32 as PyTorch's programs are."""
    lines = source_of(program, *changed).splitlines()
    source = "\n".join(IMPORTS.get(line, line) for line in lines)
    assert "torch" in source
    output, before = io.StringIO(), tg.get_default_dtype()
    tg.set_default_dtype(tg.float32)
    try:
        with (
            starting(program, nn, fill),
            no_screen(source),
            contextlib.redirect_stdout(output),
            np.errstate(all="ignore"),
        ):
            exec(compile(source, program, "exec"), {"__name__": "__main__"})
    finally:
        tg.set_default_dtype(before)
    return output.getvalue().splitlines()


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_runs(program: str) -> None:
    assert len(printed_here(program)) >= 3


def test_descent_on_x_squared_has_the_lectures_digits() -> None:
    lines = printed_here("descent_on_x_squared")
    assert lines[0] == "Iteration 1: x = 3.200000047683716, loss = 16.0"
    assert lines[4] == "Iteration 5: x = 1.3107198476791382, loss = 2.684354066848755"
    assert lines[9] == "Iteration 10: x = 0.4294966757297516, loss = 0.288230299949646"


def test_linear_regression_with_sgd_has_the_lectures_losses() -> None:
    lines = printed_here("linear_regression_sgd")
    losses = [line.split("Loss: ")[1] for line in lines if "Loss" in line]
    assert losses[:5] == ["0.004743", "0.003514", "0.002605", "0.001931", "0.001431"]
    assert losses[5:] == ["0.001061", "0.000786", "0.000583", "0.000432", "0.000320"]
    assert lines[-3].startswith("Model weight: 1.98510")
    assert lines[-2].startswith("Model bias: 1.0437")
    assert lines[-1].startswith("Prediction for input 5: 10.9693")


def test_linear_regression_with_adam_has_the_lectures_losses() -> None:
    lines = printed_here("linear_regression_adam")
    losses = [line.split("Loss: ")[1] for line in lines if "Loss" in line]
    assert losses[:5] == ["0.9058", "0.0475", "0.0345", "0.0275", "0.0211"]
    assert losses[5:] == ["0.0156", "0.0111", "0.0076", "0.0051", "0.0032"]
    assert lines[-1].startswith("Prediction for input 5: 10.896")


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [("0.5", "does not converge"), ("0.01", "converges quickly"), ("0.001", "converges very slowly")],
)
def test_three_learning_rates_do_what_the_lecture_says(rate: str, verdict: str) -> None:
    halfway, end, weight = printed_here("learning_rates", f"lr={rate}")
    final = float(end.split("Loss: ")[1])
    if verdict == "does not converge":
        assert not np.isfinite(final)
    elif verdict == "converges quickly":
        assert halfway.endswith("Loss: 0.0000")
        assert float(weight.split()[1]) == pytest.approx(2.0, abs=1e-3)
    else:
        assert 0.1 < final < float(halfway.split("Loss: ")[1])
