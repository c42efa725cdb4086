"""Arrays and numbers that tell what is done with them.

While a function is recorded, its Tensors hold arrays of the class below. They compute like any array of NumPy's, and
hand every call to the tracer, which carries it out and writes it down. So what is recorded is exactly what eager code
does: the same functions of NumPy's, in the same order, on the same memory layouts, down to the last bit.

Whoever turns such an array into a Python number or looks at its memory learns something that may be different at the
next call; the recording cannot be used then, and the tracer is told.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tinygrad_vn.modes import current
from tinygrad_vn.recording import PLAIN, Recorded
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing.program import Value, mapped

if TYPE_CHECKING:
    from tinygrad_vn.tracing.tracer import Tracer


def tracer() -> Tracer | None:
    """Who writes down here and now."""
    watch: Any = current()[1]
    return watch if getattr(watch, "writes_down", False) else None


class Traced(np.ndarray[Any, np.dtype[Any]]):
    """An array of a call that is being recorded.

    Attributes:
        value: what it is in the recording; None for an array that was derived from one in an unknown way.
    """

    value: Value | None = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        if any(isinstance(one, Recorded) for one in inputs):
            return NotImplemented  # it is the Tensor's turn
        now = tracer()
        if now is None:
            return getattr(ufunc, method)(*plain(inputs), **plain(named))
        return now.ufunc(ufunc, method, inputs, named)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, named: Any) -> Any:
        if any(issubclass(one, Recorded) for one in types):
            return NotImplemented
        now = tracer()
        return function(*plain(args), **plain(named)) if now is None else now.function(function, args, named)

    def __getattr__(self, name: str) -> Any:
        """As an array of NumPy's says it."""
        raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}", name=name, obj=plain(self))

    def __getitem__(self, index: Any) -> Any:
        now = tracer()
        return plain(self)[plain(index)] if now is None else now.index(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        _tell("[…] = …")
        plain(self)[plain(index)] = plain(value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def view(self, *args: Any, **named: Any) -> Any:
        """The same array as another object, or its memory read as something else."""
        if args or named:
            _tell(".view()")
            return plain(self).view(*args, **named)
        return traced(plain(self), self.value)  # type: ignore[arg-type]

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose."""
        return self.transpose()

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """The transpose of each matrix."""
        return self.swapaxes(-1, -2)


def _tell(what: str) -> None:
    now = tracer()
    if now is not None:
        now.changes(what)


def _recorded(name: str) -> Callable[..., Any]:
    def method(self: Traced, *args: Any, **named: Any) -> Any:
        now = tracer()
        if now is None:
            return getattr(plain(self), name)(*plain(args), **plain(named))
        return now.method(name, (self, *args), named)

    return method


def _reading(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        _tell(f".{name}()")
        return getattr(plain(self), name)(*plain(args), **plain(named))

    return method


METHODS = (
    "sum mean prod max min any all argmax argmin argsort argpartition cumsum cumprod std var ptp round clip reshape "
    "ravel flatten transpose swapaxes squeeze astype copy take repeat diagonal trace dot conj conjugate searchsorted"
)
for _name in METHODS.split():
    if hasattr(np.ndarray, _name):
        setattr(Traced, _name, _recorded(_name))

READERS = (
    "item tolist tobytes tofile dump dumps fill sort partition put resize nonzero compress choose byteswap "
    "getfield __bool__ __float__ __int__ __index__ __complex__ __contains__ __copy__ __deepcopy__ __reduce__"
)
for _name in READERS.split():
    setattr(Traced, _name, _reading(_name))


def _attribute(name: str) -> property:
    def read(self: Traced) -> Any:
        _tell(f".{name}")
        return getattr(plain(self), name)

    return property(read)


for _name in ("flat", "imag", "real", "data", "ctypes"):
    setattr(Traced, _name, _attribute(_name))


class Number(float):
    """A Python number that was given as an argument, or computed from one: it may differ from call to call.

    Attributes:
        value: what it is in the recording.
    """

    value: Value | None = None

    def __reduce__(self) -> Any:
        return float, (_plain_one(self),)

    def __copy__(self) -> Any:
        return _plain_one(self)

    def __deepcopy__(self, memo: Any) -> Any:
        return _plain_one(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any) -> Any:
        return Traced.__array_ufunc__(self, ufunc, method, *inputs, **named)  # type: ignore[arg-type]

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, named: Any) -> Any:
        return Traced.__array_function__(self, function, types, args, named)  # type: ignore[arg-type]


def _arithmetic(name: str, compute: Callable[..., Any], turned: bool) -> Callable[..., Any]:
    def method(self: Number, *others: Any) -> Any:
        if not all(isinstance(other, int | float) for other in others):
            return NotImplemented
        now, args = tracer(), (*others, self) if turned else (self, *others)
        return compute(*plain(args)) if now is None else now.arithmetic(compute, args)

    return method


for _name in ("add", "sub", "mul", "truediv", "pow", "mod"):
    setattr(Number, f"__{_name}__", _arithmetic(_name, getattr(operator, _name), turned=False))
    setattr(Number, f"__r{_name}__", _arithmetic(_name, getattr(operator, _name), turned=True))
for _name in ("neg", "pos", "abs"):
    setattr(Number, f"__{_name}__", _arithmetic(_name, getattr(operator, _name), turned=False))
NUMBER_READERS = (
    "__bool__ __float__ __int__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __round__ __floordiv__ __rfloordiv__ "
    "__divmod__ __trunc__ __floor__ __ceil__ __repr__ __str__ __format__ __hash__ is_integer hex as_integer_ratio"
)
for _name in NUMBER_READERS.split():
    setattr(Number, _name, _reading(_name))
PLAIN.update((Traced, Number))
Traced.__name__, Number.__name__ = "ndarray", "float"  # what messages of Python's call them


class TracedRows(RowGradient):
    """A gradient of rows that was made as a whole, by a function that looks at values."""

    __slots__ = ("value",)

    value: Value


def traced(array: Any, value: Value) -> Traced:
    """The array, with its name in the recording."""
    named = np.asarray(array).view(Traced)
    named.value = value
    return named


def plain(item: Any) -> Any:
    """The same without tracing, also inside tuples, lists, dictionaries, slices and gradients of rows."""
    return mapped(item, _plain_one)


def _plain_one(item: Any) -> Any:
    if isinstance(item, Traced):
        return np.ndarray.view(item, np.ndarray)
    if isinstance(item, Number):
        return float.__float__(item)
    if isinstance(item, RowGradient):
        return RowGradient(_plain_one(item.indices), _plain_one(item.values), item.shape, item.is_coalesced)
    return item
