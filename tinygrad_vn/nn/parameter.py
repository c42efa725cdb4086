"""The two kinds of Tensors that belong to a module: parameters, which are learned, and buffers, which are not."""

from __future__ import annotations

from typing import Any

from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that a module learns.

    Args:
        data: its first values, copied.
        requires_grad: False for one that is not to be learned, for now.
        dtype: of the elements; by default that of the data.

    Raises:
        DtypeError: E03 for whole numbers or truth values, which have no gradient.
    """

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True, dtype: DTypeLike | None = None) -> None:
        super().__init__(data.detach() if isinstance(data, Tensor) else data, dtype, requires_grad=True)
        if not requires_grad:
            self.requires_grad_(False)

    def __reduce__(self) -> tuple[Any, ...]:
        attributes = getattr(self, "__dict__", {})  # of a subclass
        return _restored, (type(self), self.detach().numpy(), self.requires_grad, self.name, attributes)


class Buffer(Tensor):
    """A Tensor that belongs to a module's state without being learned: a running mean, for example.

    Args:
        data: its first values, copied.
        persistent: whether `state_dict()` contains it.
        dtype: of the elements; by default that of the data.
    """

    persistent: bool

    def __init__(self, data: Any, persistent: bool = True, dtype: DTypeLike | None = None) -> None:
        super().__init__(data.detach() if isinstance(data, Tensor) else data, dtype)
        self.persistent = persistent

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.detach().numpy(), False, self.name, vars(self))


def _restored(kind: type[Tensor], values: Any, requires_grad: bool, name: str | None, attributes: Any) -> Tensor:
    """A Parameter or Buffer that comes from another process: without gradient, and with a history of its own."""
    tensor = object.__new__(kind)
    Tensor.__init__(tensor, values, requires_grad=issubclass(kind, Parameter), name=name)
    if issubclass(kind, Parameter) and not requires_grad:
        tensor.requires_grad_(False)
    for attribute, value in attributes.items():
        setattr(tensor, attribute, value)
    return tensor
