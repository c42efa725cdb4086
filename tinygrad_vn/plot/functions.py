"""Activation functions and their derivatives, the latter computed by our own backpropagation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.language import resolve
from tinygrad_vn.lecture.words import capitalized, word
from tinygrad_vn.nn import functional
from tinygrad_vn.phrases import said
from tinygrad_vn.plot.figures import TEXT, dress, legend_below, new_figure, style_of
from tinygrad_vn.tensor import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Function = Callable[[Any], Any]


def activation(
    functions: str | Function | Sequence[str | Function] | Mapping[str, Function],
    *,
    low: float = -6.0,
    high: float = 6.0,
    title: str | None = None,
    lang: str | None = None,
) -> Figure:
    """Activation functions with their derivatives: one function in one plot, several side by side with theirs.

    Args:
        functions: "tanh" or another name in `nn.functional`; a function of a Tensor, element by element; several of
            these; or name -> function.
        low: where the axis begins.
        high: where it ends.
        title: what stands above the plot.
        lang: "vi" or "en"; by default the language setting.

    Raises:
        ImportError: matplotlib is not installed; the text says which command adds it.
        ValueError: there is no function, no such name, or one that is not elementwise, such as softmax.
    """
    language = resolve(lang)
    named = _named(functions)
    x = np.linspace(low, high, 1000)
    curves = {name: _with_slope(name, function, x) for name, function in named.items()}
    figure = new_figure()
    if len(curves) == 1:
        name, (values, slopes) = next(iter(curves.items()))
        axes = figure.add_subplot()
        axes.plot(x, values, linewidth=2, label=f"{name}(x)", **style_of(0))
        axes.plot(x, slopes, linewidth=2, label=word("derivative", language), **style_of(1))
        dress(axes, title or word("activation named", language, name=name), "x", "")
    else:
        for place, key in enumerate(("activation functions", "their derivatives")):
            axes = figure.add_subplot(1, 2, place + 1)
            for k, (name, both) in enumerate(curves.items()):
                axes.plot(x, both[place], linewidth=2, label=name, **style_of(k))
            dress(axes, capitalized(word(key, language)), "x", "")
        if title:
            figure.suptitle(title, color=TEXT)
    for axes in figure.axes:
        axes.axhline(0, color="#57606A", linewidth=0.8, zorder=0)
        axes.axvline(0, color="#57606A", linewidth=0.8, zorder=0)
    legend_below(figure)
    return figure


def _named(functions: Any) -> dict[str, Function]:
    """Name -> function.

    Raises:
        ValueError: no function, or no such name.
    """
    if isinstance(functions, Mapping):
        named = dict(functions)
    else:
        several = [functions] if isinstance(functions, str) or callable(functions) else list(functions)
        named = {f if isinstance(f, str) else _name_of(f): _by_name(f) if isinstance(f, str) else f for f in several}
    if not named:
        raise ValueError(said("there is no activation function to plot"))
    return named


def _name_of(function: Function) -> str:
    """`tanh` for the function, `Tanh()` for the layer."""
    return str(getattr(function, "__name__", function))


def _by_name(name: str) -> Function:
    function = getattr(functional, name, None)
    if name not in functional.__all__ or function is None:
        raise ValueError(
            said(
                "nn.functional has no function {name!r}; write its name as there, such as 'relu', or pass it", name=name
            )
        )
    return function


def _with_slope(name: str, function: Function, x: Values) -> tuple[Values, Values]:
    """The function's values, and its derivative by backpropagation; a jump of the derivative is left open.

    Raises:
        ValueError: the function is not elementwise.
    """
    at = Tensor(x, requires_grad=True)
    values = function(at)
    fewer = function(Tensor(x[::7]))
    if np.shape(values) != x.shape or not np.allclose(fewer.numpy(), values.detach().numpy()[::7]):
        raise ValueError(
            said("{name} is not elementwise: its value at x depends on more than x, so it is no curve", name=name)
        )
    values.sum().backward()
    slopes = np.array(at.grad.numpy() if at.grad is not None else np.zeros_like(x))
    steps = np.abs(np.diff(slopes))
    usual = np.median(steps) + 1e-3 * np.ptp(slopes)
    alone = np.flatnonzero((steps > 20 * usual) & (steps > 5 * np.roll(steps, 1)) & (steps > 5 * np.roll(steps, -1)))
    slopes[alone] = np.nan
    return values.detach().numpy(), slopes
