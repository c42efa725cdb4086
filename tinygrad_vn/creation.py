"""Making Tensors: from data, filled with a number, counted out, or drawn at random.

Chance comes from one generator per process, seeded by `manual_seed`; every function that draws takes `rng=`, a
`numpy.random.Generator`, to draw from instead. PyTorch's words for the arguments are understood too: `generator=` for
`rng=`, `steps=` for `num=`, `size=` for a shape, and `device="cpu"`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np

from tinygrad_vn.chance import drawn
from tinygrad_vn.chance import get_rng_state as get_rng_state
from tinygrad_vn.chance import manual_seed as manual_seed
from tinygrad_vn.chance import set_rng_state as set_rng_state
from tinygrad_vn.dtypes import DTypeLike, get_default_dtype
from tinygrad_vn.idioms import check_device
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Maker = TypeVar("Maker", bound=Callable[..., Tensor])
PYTORCH: Final = {"generator": "rng", "steps": "num", "size": "shape"}


def also_in_pytorchs_words(make: Maker) -> Maker:
    """Let a function that makes a Tensor understand PyTorch's names of its arguments."""
    any_number = any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(make).parameters.values())

    @functools.wraps(make)
    def made(*args: Any, **named: Any) -> Tensor:
        if named:
            check_device(named.pop("device", None))
            if any_number and "size" in named:  # zeros(size=(2, 3)) is zeros((2, 3))
                args = (*args, named.pop("size"))
            named = {PYTORCH.get(name, name): value for name, value in named.items()}
        return make(*args, **named)

    return made  # type: ignore[return-value]


@also_in_pytorchs_words
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


@also_in_pytorchs_words
def zeros(*shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros, of the default dtype: `zeros(2, 3)` or `zeros((2, 3))`."""
    return _floating(np.zeros(_shape(shape)), dtype, requires_grad)


@also_in_pytorchs_words
def ones(*shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Ones, of the default dtype: `ones(2, 3)` or `ones((2, 3))`."""
    return _floating(np.ones(_shape(shape)), dtype, requires_grad)


@also_in_pytorchs_words
def full(shape: Any, fill_value: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """A Tensor of this shape (a number or a tuple) with one value everywhere; Python floats take the default dtype.

    A `fill_value` that is a Tensor keeps its place in the graph.
    """
    if isinstance(fill_value, Tensor):
        filled: Any = np.broadcast_to(fill_value if dtype is None else fill_value.astype(dtype), shape)
        return filled.requires_grad_() if requires_grad else filled
    return Tensor(np.broadcast_to(Tensor(fill_value, dtype).numpy(), shape), None, requires_grad)


@also_in_pytorchs_words
def arange(*args: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Numbers at equal steps: `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`.

    Whole numbers stay whole; with a float among the arguments the default dtype is taken.
    """
    values = np.arange(*args, dtype=dtype)
    return Tensor(values, get_default_dtype() if dtype is None and values.dtype.kind == "f" else None, requires_grad)


@also_in_pytorchs_words
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


@also_in_pytorchs_words
def eye(n: int, m: int | None = None, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """The identity matrix, n × n or the upper left n × m part of a larger one."""
    return _floating(np.eye(n, m), dtype, requires_grad)


@also_in_pytorchs_words
def rand(
    *shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Uniform random numbers from [0, 1)."""
    return _floating(drawn(rng, "random", _shape(shape)), dtype, requires_grad)


@also_in_pytorchs_words
def randn(
    *shape: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Normal random numbers with mean 0 and standard deviation 1."""
    return _floating(drawn(rng, "standard_normal", _shape(shape)), dtype, requires_grad)


@also_in_pytorchs_words
def randint(
    low: int = 0,
    high: Any = None,
    shape: Any = None,
    rng: np.random.Generator | None = None,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """Random whole numbers from `low` up to, but not including, `high`; `randint(high, shape)` begins with 0."""
    if shape is None:
        low, high, shape = 0, low, high
    return Tensor(drawn(rng, "integers", low, high, shape), dtype)


@also_in_pytorchs_words
def randperm(n: int, rng: np.random.Generator | None = None) -> Tensor:
    """The numbers 0 … n − 1 in random order."""
    return Tensor(drawn(rng, "permutation", n))


@also_in_pytorchs_words
def normal(mean: Any, std: Any, shape: Any = None, rng: np.random.Generator | None = None) -> Tensor:
    """Normal random numbers with this mean and standard deviation, one number or one for each element."""
    values = drawn(rng, "normal", np.asarray(mean), np.asarray(std), shape)
    kind = np.result_type(*(x.dtype for x in (mean, std) if isinstance(x, Tensor)), np.float16)
    return Tensor(values, kind if isinstance(mean, Tensor) or isinstance(std, Tensor) else get_default_dtype())


@also_in_pytorchs_words
def multinomial(
    input: Any, num_samples: int, replacement: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Numbers 0 … n − 1 drawn at random, each as often as its weight says: the next letter from its probabilities.

    Args:
        input: the weights, not negative, in any scale: shape (n,), or (m, n) for m draws beside each other.
        num_samples: how many numbers to draw.
        replacement: whether a number may come more than once.
        rng: where chance comes from; the process's generator by default.

    Returns:
        Whole numbers, shape (num_samples,) or (m, num_samples).

    Raises:
        ValueError: a weight is negative, infinite or NaN, all of them are 0, or fewer than `num_samples` are not.
    """
    weights = np.asarray(input.detach() if isinstance(input, Tensor) else input, np.float64)
    if weights.ndim not in (1, 2) or not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError(said("multinomial draws by weights of shape (n,) or (m, n), finite and not negative"))
    needed = 1 if replacement else num_samples
    if weights.size == 0 or (np.count_nonzero(weights, axis=-1) < needed).any():
        text = "multinomial needs {needed} weights above 0 in each row to draw {count} numbers"
        raise ValueError(said(text, needed=needed, count=num_samples))
    if not replacement:  # whoever waits the shortest time comes first (Efraimidis and Spirakis, 2006)
        with np.errstate(divide="ignore"):
            waiting = drawn(rng, "exponential", 1.0, weights.shape) / weights
        return Tensor(np.argsort(waiting, axis=-1)[..., :num_samples])
    shares = np.cumsum(weights, axis=-1)
    points = drawn(rng, "random", (*weights.shape[:-1], num_samples)) * shares[..., -1:]
    return Tensor((points[..., None] >= shares[..., None, :]).sum(-1))


@also_in_pytorchs_words
def zeros_like(like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros, of another Tensor's shape and dtype."""
    return Tensor(np.zeros(np.shape(like), dtype or _dtype_of(like)), None, requires_grad)


@also_in_pytorchs_words
def ones_like(like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """Ones, of another Tensor's shape and dtype."""
    return Tensor(np.ones(np.shape(like), dtype or _dtype_of(like)), None, requires_grad)


@also_in_pytorchs_words
def full_like(like: Any, fill_value: Any, dtype: DTypeLike | None = None, requires_grad: bool = False) -> Tensor:
    """One value everywhere, in another Tensor's shape and dtype."""
    return Tensor(np.full(np.shape(like), fill_value, dtype or _dtype_of(like)), None, requires_grad)


@also_in_pytorchs_words
def rand_like(
    like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Uniform random numbers from [0, 1), in another Tensor's shape and dtype."""
    return rand(np.shape(like), dtype=dtype or _dtype_of(like), requires_grad=requires_grad, rng=rng)


@also_in_pytorchs_words
def randn_like(
    like: Any, dtype: DTypeLike | None = None, requires_grad: bool = False, rng: np.random.Generator | None = None
) -> Tensor:
    """Normal random numbers, in another Tensor's shape and dtype."""
    return randn(np.shape(like), dtype=dtype or _dtype_of(like), requires_grad=requires_grad, rng=rng)


def _dtype_of(like: Any) -> np.dtype[Any]:
    dtype: np.dtype[Any] = like.dtype if hasattr(like, "dtype") else np.asarray(like).dtype
    return dtype
