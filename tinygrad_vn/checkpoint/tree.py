"""An object as JSON and arrays, and back: what JSON cannot say exactly is said by a dictionary with one key, a tag.

    {"step": 3, "w": Tensor([1., 2.])}  →  {"dict": [["step", 3], ["w", {"tensor": {"array": "w", …}}]]}

and the array "w" beside it. Whatever comes back equals what went in, in type, in dtype and to the last bit.
"""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from tinygrad_vn.checkpoint.words import damage
from tinygrad_vn.graph import Values
from tinygrad_vn.idioms import Size
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.sparse_gradient import SparseGradient
from tinygrad_vn.tensor import Tensor

PLAIN: Final = "biufcSUMm"  # truth values, numbers, bytes, text, times: no objects, no records
EXACT: Final = 2**53  # larger whole numbers are rounded by many readers of JSON
DEEPEST: Final = 100
BUILTIN: Final = (str, bytes, bytearray, int, float, complex, dict, list, tuple)
TENSORS: Final[dict[str, Callable[..., Tensor]]] = {"Tensor": Tensor, "Parameter": Parameter, "Buffer": Buffer}


def is_plain(dtype: np.dtype[Any]) -> bool:
    """Whether an array of this dtype can be saved. Not where elements have no bytes: NumPy makes room for them."""
    return dtype.kind in PLAIN and dtype.itemsize > 0


def packed(obj: Any) -> tuple[Any, dict[str, Values]]:
    """An object as what JSON can say, and its arrays by name.

    Raises:
        TypeError: a part of it cannot be saved; the text says where it sits and what to save instead.
        ValueError: it contains itself, or a text that is no text.
    """
    packer = _Packer()
    return packer.node(obj, "", 0), packer.arrays


def unpacked(tree: Any, arrays: dict[str, Values], place: str) -> Any:
    """The object again, made of the arrays themselves, not of copies: `arrays` is empty afterwards.

    Raises:
        CheckpointError: the tree is none of ours, or does not use just these arrays.
    """
    try:
        obj = _Unpacker(arrays).node(tree)
    except (LookupError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise damage(place, "damaged", key="'checkpoint.json'", detail=f"{type(error).__name__}: {error}") from error
    if arrays:
        raise damage(place, "unexpected", keys=", ".join(map(repr, arrays)), meta="checkpoint.json")
    return obj


class _Packer:
    """Takes an object apart; `arrays` fills up meanwhile."""

    def __init__(self) -> None:
        self.arrays: dict[str, Values] = {}

    def node(self, value: Any, path: str, depth: int) -> Any:
        """What stands for a value in JSON."""
        if depth > DEEPEST:
            raise ValueError(f"{path[:60]}… is nested more than {DEEPEST} deep: does it contain itself?")
        kind = type(value)
        if isinstance(value, dict):
            pairs = [(self.key(key, path), key, item) for key, item in value.items()]
            return {"dict": [[known, self.node(item, _below(path, key), depth + 1)] for known, key, item in pairs]}
        if kind in (list, tuple):
            items = [self.node(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
            return items if kind is list else {"tuple": items}
        if kind in TENSORS.values():
            return {"tensor": self.tensor(value, path)}
        if kind in (np.ndarray, np.memmap):
            return {"array": self.array(value, path)}
        if isinstance(value, np.generic) and value.dtype.kind in PLAIN:
            return {"scalar": [value.dtype.str, value.tobytes().hex()]}
        return _plain(value, path)

    def key(self, key: Any, path: str) -> Any:
        """What stands for the key of a dictionary."""
        if type(key) not in (str, int):
            where = path or "the dictionary"
            raise TypeError(f"{where} has the key {key!r} of type {type(key).__name__}: keys are text or whole numbers")
        return _plain(key, path)

    def tensor(self, tensor: Tensor, path: str) -> dict[str, Any]:
        """What there is to know of a Tensor."""
        said = {"array": self.array(tensor._data, path), "class": type(tensor).__name__}
        if tensor.name is not None:
            said["name"] = _plain(tensor.name, path)
        if isinstance(tensor, Buffer):
            return {**said, "persistent": tensor.persistent}
        return {**said, "requires_grad": tensor.requires_grad and tensor.is_leaf}

    def array(self, array: Values, path: str) -> str:
        """Put an array beside the JSON; under which name."""
        if not is_plain(array.dtype):
            what = "Python objects" if array.dtype.hasobject else f"elements of dtype {array.dtype}"
            raise TypeError(
                f"{path or 'the array'} holds {what}, which cannot be saved: turn it into arrays of numbers"
            )
        name = stem = re.sub(r"[^\w.\[\] -]", "_", path)[:100] or "array"
        while name in self.arrays:
            name = f"{stem}#{len(self.arrays)}"
        self.arrays[name] = array
        return name


def _below(path: str, key: Any) -> str:
    if type(key) is int:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def _plain(value: Any, path: str) -> Any:
    """What stands for a number, a text, bytes, True, False or None."""
    kind = int if isinstance(value, Size) else type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"{path or 'the text'} cannot be written as UTF-8, {value[:40]!r}: {error.reason}"
            ) from None
        return value
    if kind is int:
        return value if abs(value) <= EXACT else {"int": hex(value)}
    if kind is float:
        if math.isnan(value):  # there are many: with a sign, with a payload
            return {"nan": struct.pack(">d", value).hex()}
        return value if math.isfinite(value) else {"float": str(value)}
    if kind is complex:
        return {"complex": [_plain(value.real, path), _plain(value.imag, path)]}
    if kind is bytes:
        return {"bytes": value.hex()}
    raise TypeError(f"{path or 'the object'} is of type {kind.__name__}, which cannot be saved: {_remedy(value)}")


def _remedy(value: Any) -> str:
    """What to save instead."""
    if hasattr(value, "state_dict") and not isinstance(value, type):
        return "save its .state_dict()"
    if isinstance(value, np.random.Generator):
        return "save its .bit_generator.state"
    if isinstance(value, np.random.RandomState):
        return "save its .get_state(legacy=False)"
    if isinstance(value, SparseGradient):
        return "save its .to_dense()"
    if isinstance(value, Tensor):
        return "save its .detach()"
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return "save its .detach().numpy()"
    if isinstance(value, np.ndarray):
        return "save np.asarray(…) of it, and a mask by itself"
    if isinstance(value, set | frozenset | range):
        return "save a list"
    if isinstance(value, os.PathLike | np.dtype | type):
        return "save it as text"
    if kinds := [kind.__name__ for kind in BUILTIN if isinstance(value, kind)]:
        return f"save {kinds[0].replace('bytearray', 'bytes')}(…) of it"
    return "save dictionaries, lists and tuples of Tensors, arrays, numbers and text"


class _Unpacker:
    """Puts an object together again, taking its arrays out of `arrays`; nonsense is a TypeError or ValueError."""

    def __init__(self, arrays: dict[str, Values]) -> None:
        self.arrays = arrays

    def node(self, node: Any) -> Any:
        """The value that a piece of JSON stands for."""
        if isinstance(node, list):
            return [self.node(item) for item in node]
        if not isinstance(node, dict):
            return node
        ((tag, said),) = node.items()
        match tag:
            case "dict":
                return {self.node(key): self.node(item) for key, item in said}
            case "tuple":
                return tuple(self.node(item) for item in said)
            case "tensor":
                return self.tensor(said)
            case "array":
                return self.array(said)
            case "scalar":
                return _scalar(*said)
            case "int":
                return int(said, 16)
            case "float":
                return float(said)
            case "nan":
                return struct.unpack(">d", bytes.fromhex(said))[0]
            case "complex":
                return complex(self.node(said[0]), self.node(said[1]))
            case "bytes":
                return bytes.fromhex(said)
        raise ValueError(f"unknown tag {tag!r}")

    def tensor(self, said: dict[str, Any]) -> Tensor:
        """A Tensor with what was known of it."""
        settings = {key: said[key] for key in ("requires_grad", "persistent") if key in said}
        array = self.array(said["array"])
        tensor = TENSORS[said["class"]](np.empty(0, array.dtype), **settings)
        tensor._data = array  # not copied, since nobody else has it: a large model is in memory once
        if "name" in said:
            tensor.name = said["name"]
        return tensor

    def array(self, name: str) -> Values:
        """An array, which belongs to one place only."""
        if name not in self.arrays:
            raise ValueError(f"it speaks of an array {name!r}, which is not there or is used elsewhere")
        return self.arrays.pop(name)


def _scalar(text: str, digits: str) -> Any:
    """A NumPy scalar from its dtype and bytes."""
    dtype, content = np.dtype(text), bytes.fromhex(digits)
    if type(text) is not str or dtype.kind not in PLAIN or len(content) != (dtype.itemsize or len(content)):
        raise ValueError(f"a scalar of dtype {text!r} with {len(content)} bytes")
    return np.ndarray((), dtype, content)[()] if dtype.itemsize else dtype.type()  # an empty text
