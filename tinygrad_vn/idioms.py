"""What people type who know PyTorch: `t.dim()`, `t.permute(1, 0)`, `t.add_(1)`, `t.to(device)`.

Nothing new is computed here. Every method is another word for an operation that NumPy has under its own name, and is
therefore differentiable wherever that is; those whose name ends in `_` change a Tensor in place, under the same rules
as `t -= 1`. Where the two libraries mean different things by one word, NumPy's meaning stands in `methods.py`.
"""

from __future__ import annotations

import builtins
import itertools
import math
from typing import Any, Self

import numpy as np

from tinygrad_vn.chance import drawn
from tinygrad_vn.dtypes import check_floating
from tinygrad_vn.errors import GradientError
from tinygrad_vn.methods import Methods, one_or_many
from tinygrad_vn.modes import current
from tinygrad_vn.operators import Operators
from tinygrad_vn.phrases import phrase, said
from tinygrad_vn.recording import Recorded, apply, bare, constant, untracked, want_gradient
from tinygrad_vn.rules import Primitive, elementwise, indexing, shaping

DEVICES = ("cuda", "mps", "xpu", "xla", "hpu", "mtia", "meta", "vulkan")
"""Devices of PyTorch's that there are not here."""


def check_device(device: Any) -> str:
    """The name of a device, which can only be "cpu".

    Raises:
        ValueError: it is another one.
    """
    if device is None or str(device).split(":")[0] == "cpu":
        return "cpu"
    raise ValueError(said("there is no device {device!r} here: NumPy computes on the CPU", device=str(device)))


def no_cuda(device: Any) -> ValueError:
    """What `.cuda()` raises."""
    text = "there is no device {device!r} here: NumPy computes on the CPU; leave .cuda() out"
    return ValueError(said(text, device=str(device)))


def wanted_dtype(*wanted: Any) -> np.dtype[Any] | None:
    """The dtype among what `to(…)` was given: dtypes, Tensors, which have one, and devices, which must be "cpu".

    Raises:
        ValueError: a device is asked for that there is not.
    """
    dtype = None
    for one in wanted:
        if isinstance(one, Recorded):
            dtype = one._data.dtype
        elif isinstance(one, str) and one.split(":")[0] in ("cpu", *DEVICES):
            check_device(one)
        elif one is not None:
            dtype = np.dtype(one)
    return dtype


class Size(builtins.int):
    """The number of elements: `x.size` for who writes NumPy, `x.size()` and `x.size(0)` for who writes PyTorch."""

    shape: tuple[builtins.int, ...]

    @classmethod
    def of(cls, shape: tuple[builtins.int, ...]) -> Self:
        """The product of all lengths."""
        size = cls(math.prod(shape))
        size.shape = shape
        return size

    def __call__(self, dim: builtins.int | None = None) -> Any:
        """The shape, or the length of one axis."""
        return self.shape if dim is None else self.shape[dim]


class Idioms(Methods):
    """PyTorch's words for what a Tensor is, and what can be done with it."""

    __slots__ = ()

    astype: Any
    size: Any
    dtype: Any

    # --- what it is ---------------------------------------------------------------------------------------------

    def numel(self) -> builtins.int:
        """The number of elements; NumPy's `size`."""
        return builtins.int(self.size)

    nelement = numel

    def dim(self) -> builtins.int:
        """The number of axes; NumPy's `ndim`."""
        return self.ndim

    def is_floating_point(self) -> builtins.bool:
        """Whether the elements are real numbers, which can have gradients."""
        return self.dtype.kind == "f"

    @property
    def device(self) -> str:
        """Where it is: always "cpu"."""
        return "cpu"

    # --- another kind of numbers --------------------------------------------------------------------------------

    def to(self, *wanted: Any, dtype: Any = None, device: Any = None) -> Any:
        """The elements as another dtype, or as that of another Tensor; of devices there is "cpu" only.

        Raises:
            ValueError: a device is asked for that there is not.
        """
        kind = wanted_dtype(*wanted, device and check_device(device), dtype)
        return self if kind is None or kind == self.dtype else self.astype(kind)

    def type_as(self, other: Any) -> Any:
        """The elements as the dtype of another Tensor."""
        return self.to(other.dtype)

    def cpu(self) -> Self:
        """Itself, since everything is there."""
        return self

    def cuda(self, device: Any = "cuda") -> Self:
        """Refused: NumPy computes on the CPU."""
        raise no_cuda(device)

    def float(self) -> Any:
        """The elements as float32, which is what PyTorch calls `float`."""
        return self.to(np.float32)

    def double(self) -> Any:
        """The elements as float64."""
        return self.to(np.float64)

    def half(self) -> Any:
        """The elements as float16."""
        return self.to(np.float16)

    def long(self) -> Any:
        """The elements as whole numbers (int64), without gradient."""
        return self.to(np.int64)

    def int(self) -> Any:
        """The elements as whole numbers (int32, as in PyTorch), without gradient."""
        return self.to(np.int32)

    def bool(self) -> Any:
        """Whether each element is not 0, without gradient."""
        return self.to(np.bool_)

    # --- operators and questions as methods ---------------------------------------------------------------------

    def add(self, other: Any, *, alpha: Any = 1) -> Self:
        """self + alpha · other."""
        return self + (other if alpha == 1 else alpha * other)

    def sub(self, other: Any, *, alpha: Any = 1) -> Self:
        """self − alpha · other."""
        return self - (other if alpha == 1 else alpha * other)

    mul, div, neg = Operators.__mul__, Operators.__truediv__, Operators.__neg__
    mm = bmm = mv = Operators.__matmul__
    eq, ne = Operators.__eq__, Operators.__ne__
    lt, le, gt, ge = Operators.__lt__, Operators.__le__, Operators.__gt__, Operators.__ge__

    def floor(self) -> Any:
        """The whole number below, without gradient."""
        return constant(np.floor, self)

    def ceil(self) -> Any:
        """The whole number above, without gradient."""
        return constant(np.ceil, self)

    def isnan(self) -> Any:
        """Which elements are NaN."""
        return constant(np.isnan, self)

    def isfinite(self) -> Any:
        """Which elements are neither infinite nor NaN."""
        return constant(np.isfinite, self)

    # --- shapes -------------------------------------------------------------------------------------------------

    def t(self) -> Self:
        """A matrix transposed; a vector as it is.

        Raises:
            ValueError: it has more than two axes.
        """
        if self.ndim > 2:
            text = "t() transposes a matrix, not shape {shape}; write .mT, or .permute(…) with all axes"
            raise ValueError(said(text, shape=self.shape))
        return apply(shaping.transpose, self, None)

    def permute(self, *dims: Any) -> Self:
        """The axes in this order; NumPy's `transpose`."""
        return apply(shaping.transpose, self, one_or_many(dims))

    def view_as(self, other: Any) -> Self:
        """In the shape of another Tensor; NumPy's `reshape`."""
        return self.reshape(other.shape)

    reshape_as = view_as

    def expand(self, *shape: Any) -> Self:
        """Repeated along axes of length 1, and along new ones in front; −1 leaves an axis as it is.

        Raises:
            ValueError: the shape has fewer axes, or another length where the present one is not 1.
        """
        wanted = one_or_many(shape)
        new = len(wanted) - self.ndim
        own = (1,) * new + self.shape
        if new < 0 or -1 in wanted[:new] or any(n not in (m, -1) and m != 1 for n, m in zip(wanted, own, strict=True)):
            text = "shape {shape} cannot be expanded to {wanted}: only axes of length 1 are repeated"
            raise ValueError(said(text, shape=self.shape, wanted=wanted))
        return apply(shaping.broadcast_to, self, tuple(m if n == -1 else n for n, m in zip(wanted, own, strict=True)))

    def expand_as(self, other: Any) -> Self:
        """`expand` to the shape of another Tensor."""
        return self.expand(other.shape)

    def contiguous(self) -> Self:
        """Itself: no Tensor here is a view of another."""
        return self

    def unbind(self, dim: builtins.int = 0) -> tuple[Self, ...]:
        """All slices along an axis."""
        return tuple(indexing.take(self, i, dim) for i in range(self.shape[dim]))

    def chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> tuple[Self, ...]:
        """At most so many parts along an axis, all of one length but the last; see `np.array_split`."""
        length = self.shape[dim]
        size = max(-(-length // chunks), 1)
        return tuple(shaping.array_split(self, list(range(size, length, size)), dim))

    def split(self, split_size: Any, dim: builtins.int = 0) -> tuple[Self, ...]:
        """Parts of this length along an axis, the last one shorter, or parts of several lengths; not `np.split`.

        Raises:
            ValueError: the lengths do not add up to that of the axis, or one is negative.
        """
        length = self.shape[dim]
        if isinstance(split_size, builtins.int | np.integer):
            count = max(-(-length // split_size), 1) if split_size > 0 else 0
            sizes = [split_size] * (count - 1) + [length - split_size * (count - 1)] * (count > 0)
        else:
            sizes = list(split_size)
        if min(sizes, default=0) < 0 or sum(sizes) != length:
            text = "split({sizes}) does not fit an axis of length {length}; the lengths of the parts add up to it"
            raise ValueError(said(text, sizes=split_size, length=length))
        return tuple(shaping.array_split(self, list(itertools.accumulate(sizes))[:-1], dim))

    # --- choosing elements, making others -----------------------------------------------------------------------

    def masked_fill(self, mask: Any, value: Any) -> Self:
        """`value` where the mask is true; NumPy's `where`."""
        return np.where(mask, value, self)  # type: ignore[call-overload]

    def index_select(self, dim: builtins.int, index: Any) -> Self:
        """Slices along an axis by their numbers; NumPy's `take`."""
        return indexing.take(self, index, dim)

    def gather(self, dim: builtins.int, index: Any) -> Self:
        """One element for each number of `index`, along an axis; NumPy's `take_along_axis`."""
        axis = shaping.normal_axis(dim, self.ndim)
        reached = tuple(slice(None if i == axis else n) for i, n in enumerate(np.shape(index)))
        return np.take_along_axis(apply(indexing.getitem, self, reached), index, axis)  # type: ignore[return-value]

    def new_zeros(self, *shape: Any, dtype: Any = None) -> Any:
        """Zeros of this dtype, in any shape."""
        return untracked(np.zeros(one_or_many(shape), dtype or self.dtype))

    def new_ones(self, *shape: Any, dtype: Any = None) -> Any:
        """Ones of this dtype, in any shape."""
        return untracked(np.ones(one_or_many(shape), dtype or self.dtype))

    # --- changing it in place -----------------------------------------------------------------------------------

    def _check_change(self, change: str, instead: str, *values: Any) -> None:
        """E04 where it must not be written into, or where a gradient for what is written would be lost."""
        self._check_writable(change, instead)
        if want_gradient(*values):
            what = phrase("Assigning a result that requires grad to elements of a Tensor")
            raise GradientError("E04", what=what, remedy=phrase("Write `{instead}` instead.", instead=instead))

    def _update(self, change: str, primitive: Primitive, other: Any, instead: str) -> Self:
        self._check_change(change, instead, other)
        return self._in_place(primitive, other, change)

    def _fill(self, change: str, instead: str, values: Any) -> Self:
        self._check_change(change, instead, values)
        watch = current()[1]
        if watch is None or not watch.assign(self, ..., values):
            self._own()[...] = bare(values)
        return self

    def add_(self, other: Any, *, alpha: Any = 1) -> Self:
        """Add alpha · other, in place."""
        return self._update("add_()", elementwise.add, other if alpha == 1 else alpha * other, "y = x + …")

    def sub_(self, other: Any, *, alpha: Any = 1) -> Self:
        """Subtract alpha · other, in place."""
        return self._update("sub_()", elementwise.subtract, other if alpha == 1 else alpha * other, "y = x - …")

    def mul_(self, other: Any) -> Self:
        """Multiply by `other`, in place."""
        return self._update("mul_()", elementwise.multiply, other, "y = x * …")

    def div_(self, other: Any) -> Self:
        """Divide by `other`, in place."""
        return self._update("div_()", elementwise.divide, other, "y = x / …")

    def pow_(self, exponent: Any) -> Self:
        """Raise to a power, in place."""
        return self._update("pow_()", elementwise.power, exponent, "y = x ** …")

    def zero_(self) -> Self:
        """Set all elements to 0, in place."""
        return self._fill("zero_()", "y = tg.zeros_like(x)", 0)

    def fill_(self, value: Any) -> Self:
        """Set all elements to one number, in place."""
        return self._fill("fill_()", "y = tg.full_like(x, value)", value)

    def copy_(self, source: Any) -> Self:
        """Take on the values of another Tensor or array, in place; its shape may broadcast."""
        return self._fill("copy_()", "y = source.clone()", source)

    def masked_fill_(self, mask: Any, value: Any) -> Self:
        """Set the elements where the mask is true to one number, in place."""
        instead = "y = np.where(mask, value, x)"
        self._check_change("masked_fill_()", instead, value)
        return self._fill("masked_fill_()", instead, np.where(bare(mask), bare(value), self._values()))

    def clamp_(self, min: Any = None, max: Any = None) -> Self:
        """Keep all elements between two bounds, in place."""
        self._check_change("clamp_()", "y = x.clamp(min, max)", min, max)
        return self._fill("clamp_()", "y = x.clamp(min, max)", np.clip(self._values(), bare(min), bare(max)))

    def uniform_(self, a: Any = 0.0, b: Any = 1.0, *, generator: Any = None) -> Self:
        """Draw all elements anew, in place: uniform from [a, b)."""
        check_floating(self.dtype)
        return self._fill("uniform_()", "y = tg.rand_like(x)", drawn(generator, "uniform", a, b, self.shape))

    def normal_(self, mean: Any = 0.0, std: Any = 1.0, *, generator: Any = None) -> Self:
        """Draw all elements anew, in place: normal with this mean and standard deviation."""
        check_floating(self.dtype)
        return self._fill("normal_()", "y = tg.randn_like(x)", drawn(generator, "normal", mean, std, self.shape))
