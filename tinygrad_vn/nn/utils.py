"""Tools for parameters and gradients: clipping gradients that explode, and all parameters as one long vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.modes import is_effect
from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.sparse_gradient import SparseGradient
from tinygrad_vn.tensor import Tensor

Parameters = Iterable[Tensor] | Tensor


def _listed(parameters: Any, function: str) -> list[Tensor]:
    if isinstance(parameters, Module):
        text = "{function} takes parameters, not a whole {kind}: write model.parameters()"
        raise TypeError(said(text, function=function, kind=type(parameters).__name__))
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    """The gradients that there are, once for each parameter."""
    return list({id(p): p.grad for p in parameters if p.grad is not None and p.size}.values())


@is_effect
def clip_grad_norm_(
    parameters: Parameters, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> Tensor:
    """Shorten all gradients together, in place, so that the norm of them all is at most `max_norm`.

    Their direction stays (Pascanu, Mikolov and Bengio, 2013). As in PyTorch they are multiplied with
    max_norm / (norm + 1e-6) where that is below 1. Call it between `backward()` and `step()`.

    Args:
        parameters: whose gradients; those without one are left out.
        max_norm: the largest norm, 0 or more.
        norm_type: p of the p-norm over all elements; `math.inf` for the largest absolute value.
        error_if_nonfinite: whether a norm that is infinite or NaN is an error.

    Returns:
        The norm before.

    Raises:
        ValueError: max_norm is negative; or the norm is not finite, and that was to be an error.
    """
    if not max_norm >= 0:
        text = "{place}: {name}={value} makes no sense; it must be 0 or more"
        raise ValueError(said(text, place="clip_grad_norm_", name="max_norm", value=max_norm))
    gradients = _gradients(_listed(parameters, "clip_grad_norm_"))
    if not gradients:
        return Tensor(0.0)
    lengths = [np.linalg.norm(values.ravel(), norm_type) if values.size else 0 for values in map(_values, gradients)]
    norms = np.array(lengths, gradients[0].dtype)
    total = np.linalg.norm(norms, norm_type)
    if error_if_nonfinite and not np.isfinite(total):
        text = "the norm of the gradients is {total}: it cannot be clipped; a smaller learning rate may help"
        raise ValueError(said(text, total=total))
    factor = max_norm / (total + 1e-6)
    if not factor >= 1:  # NaN too: it is to be seen in the parameters, not hidden
        for g in {id(g): g for g in gradients}.values():  # two parameters may share one
            _scale(g, float(factor))
    return Tensor(total)


@is_effect
def clip_grad_value_(parameters: Parameters, clip_value: float) -> None:
    """Cut off every element of the gradients, in place, at −clip_value and clip_value.

    Unlike `clip_grad_norm_` this changes the direction.
    """
    if not clip_value >= 0:
        text = "{place}: {name}={value} makes no sense; it must be 0 or more"
        raise ValueError(said(text, place="clip_grad_value_", name="clip_value", value=clip_value))
    for g in _gradients(_listed(parameters, "clip_grad_value_")):
        if isinstance(g, SparseGradient):
            rows = g.rows.coalesce()
            values = np.clip(rows.values, -clip_value, clip_value)
            g.rows = RowGradient(rows.indices, values, rows.shape, is_coalesced=True)
        else:
            buffer = g._own()
            np.clip(buffer, -clip_value, clip_value, out=buffer)


def _values(gradient: Tensor) -> Values:
    """The elements that are not known to be 0."""
    return gradient.rows.coalesce().values if isinstance(gradient, SparseGradient) else gradient._data


def _scale(gradient: Tensor, factor: float) -> None:
    if isinstance(gradient, SparseGradient):
        gradient *= factor
    else:
        buffer = gradient._own()
        buffer *= factor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters in one vector, one after the other; gradients flow through it.

    Raises:
        ValueError: there are none.
    """
    rows = [p.reshape(-1) for p in _listed(parameters, "parameters_to_vector")]
    if not rows:
        text = "{function} found no parameters; a generator gives them only once: write model.parameters() again"
        raise ValueError(said(text, function="parameters_to_vector"))
    return np.concatenate(rows)  # type: ignore[return-value]


@is_effect
def vector_to_parameters(vec: Any, parameters: Iterable[Tensor]) -> None:
    """Give parameters, in place, the values that `parameters_to_vector` would have made this vector of.

    Args:
        vec: shape (n,), n being the number of all elements; copied.
        parameters: the parameters, in the same order.

    Raises:
        ValueError: the vector has another length; nothing is changed.
    """
    listed = _listed(parameters, "vector_to_parameters")
    values = vec.detach().numpy() if isinstance(vec, Tensor) else np.asarray(vec)
    count = sum(p.size for p in listed)
    if values.shape != (count,):
        text = "these parameters have {count} elements, they cannot take a vector of shape {shape}"
        raise ValueError(said(text, count=count, shape=values.shape))
    ends = np.cumsum([p.size for p in listed])[:-1]
    for p, part in zip(listed, np.split(values, ends), strict=True):
        p._own()[...] = part.reshape(p.shape)
