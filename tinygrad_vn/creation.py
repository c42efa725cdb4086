"""Making Tensors: from data, filled with a number, counted out, or drawn at random.

Chance comes from one generator per process, seeded by `manual_seed`; every function that draws takes `rng=`, a
`numpy.random.Generator`, to draw from instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinygrad_vn.dtypes import DTypeLike, get_default_dtype
from tinygrad_vn.tensor import Tensor

_generator: np.random.Generator | None = None  # made when first needed: importing numpy.random takes its time


def manual_seed(seed: int) -> np.random.Generator:
    """Start the process's generator of random numbers afresh, so that a program repeats itself.

    Returns:
        The generator, which `rand`, `randn`, … draw from until the next call.
    """
    global _generator
    _generator = np.random.default_rng(seed)
    return _generator


def default_rng(rng: np.random.Generator | None = None) -> np.random.Generator:
    """`rng`, or the process's generator where it is None."""
    global _generator
    if rng is not None:
        return rng
    if _generator is None:
        _generator = np.random.default_rng()
    return _generator


def get_rng_state() -> dict[str, Any]:
    """Where the process's generator has come to: numbers and texts only, which a checkpoint can hold."""
    return dict(default_rng().bit_generator.state)


def set_rng_state(state: Mapping[str, Any]) -> None:
    """Let the process's generator go on from where another one had come to.

    Args:
        state: what `get_rng_state()` gave.

    Raises:
        ValueError: it is the state of a generator of another kind, or of none.
    """
    generator = default_rng().bit_generator
    try:
        generator.state = dict(state)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"this is not the state of a {type(generator).__name__} generator: {error}") from error


def tensor(data: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, name: str | None = None) -> Tensor:
    """A Tensor with these values, which are copied.

    Args:
        data: numbers, nested lists, an array or a Tensor, of any shape.
        dtype: of the elements; Python floats take the default dtype, arrays keep theirs.
        requires_grad: whether `backward()` is to compute the gradient with respect to it.
        name: for error messages and drawings.

    Raises:
        DtypeError: E03 where a gradient is asked for whole numbers or truth values.
    """
    return Tensor(data, dtype, requires_grad, name)


def _floating(values: Any, dtype: DTypeLike | None, requires_grad: bool) -> Tensor:
    return Tensor(values, get_default_dtype() if dtype is None else dtype, requires_grad)


def _shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """`zeros(2, 3)` and `zeros((2, 3))` mean the same."""
    return tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int | np.integer) else shape


def zeros(*shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros, of the default dtype: `zeros(2, 3)` or `zeros((2, 3))`."""
    return _floating(np.zeros(_shape(shape)), dtype, requires_grad)


def ones(*shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Ones, of the default dtype: `ones(2, 3)` or `ones((2, 3))`."""
    return _floating(np.ones(_shape(shape)), dtype, requires_grad)


def full(shape: Any, fill_value: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """A Tensor of this shape (a number or a tuple) with one value everywhere; Python floats take the default dtype.

    A `fill_value` that is a Tensor keeps its place in the graph.
    """
    if isinstance(fill_value, Tensor):
        filled: Any = np.broadcast_to(fill_value if dtype is None else fill_value.astype(dtype), shape)
        return filled.requires_grad_() if requires_grad else filled
    return Tensor(np.broadcast_to(Tensor(fill_value, dtype).numpy(), shape), None, requires_grad)


def arange(*args: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps: `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`.

    Whole numbers stay whole; with a float among the arguments the default dtype is taken.
    """
    values = np.arange(*args, dtype=dtype)
    return Tensor(values, get_default_dtype() if dtype is None and values.dtype.kind == "f" else None, requires_grad)


def linspace(
    start: float,
    stop: float,
    num: int = 50,
    endpoint: bool = True,
    dtype: DTypeLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """`num` evenly spaced points from start to stop, of the default dtype."""
    return _floating(np.linspace(start, stop, num, endpoint), dtype, requires_grad)


def eye(n: int, m: int | None = None, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix, n × n or the upper left n × m part of a larger one."""
    return _floating(np.eye(n, m), dtype, requires_grad)


def rand(
    *shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Uniform random numbers from [0, 1)."""
    return _floating(default_rng(rng).random(_shape(shape)), dtype, requires_grad)


def randn(
    *shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Normal random numbers with mean 0 and standard deviation 1."""
    return _floating(default_rng(rng).standard_normal(_shape(shape)), dtype, requires_grad)


def randint(low: int, high: int, shape: Any, rng: np.random.Generator | None = None) -> Tensor:
    """Random whole numbers from `low` up to, but not including, `high`."""
    return Tensor(default_rng(rng).integers(low, high, shape))


def randperm(n: int, rng: np.random.Generator | None = None) -> Tensor:
    """The numbers 0 … n − 1 in random order."""
    return Tensor(default_rng(rng).permutation(n))


def zeros_like(like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros, of another Tensor's shape and dtype."""
    return Tensor(np.zeros(np.shape(like), dtype or _dtype_of(like)), None, requires_grad)


def ones_like(like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Ones, of another Tensor's shape and dtype."""
    return Tensor(np.ones(np.shape(like), dtype or _dtype_of(like)), None, requires_grad)


def full_like(like: Any, fill_value: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """One value everywhere, in another Tensor's shape and dtype."""
    return Tensor(np.full(np.shape(like), fill_value, dtype or _dtype_of(like)), None, requires_grad)


def rand_like(
    like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Uniform random numbers from [0, 1), in another Tensor's shape and dtype."""
    return rand(np.shape(like), dtype=dtype or _dtype_of(like), requires_grad=requires_grad, rng=rng)


def randn_like(
    like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Normal random numbers, in another Tensor's shape and dtype."""
    return randn(np.shape(like), dtype=dtype or _dtype_of(like), requires_grad=requires_grad, rng=rng)


def _dtype_of(like: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = like.dtype if hasattr(like, "dtype") else np.asarray(like).dtype
    return dtype
