"""Safetensors files: named Tensors and nothing else, as PyTorch, JAX and others read and write them.

The layout is PyTorch's already: `nn.Linear` has its weight as (out, in) on both sides, so a `state_dict()` fits as it
is. The format has no checksum; the `safetensors` library checks that the parts of a file fit together.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tinygrad_vn.checkpoint.words import damage
from tinygrad_vn.graph import Values
from tinygrad_vn.lecture.picture.layout import pip_install
from tinygrad_vn.recording import untracked
from tinygrad_vn.tensor import Tensor

KNOWN: Final = {
    "F64": "float64", "F32": "float32", "F16": "float16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
}  # fmt: skip


def encoded(tensors: Any) -> bytes:
    """The content of a safetensors file.

    Raises:
        TypeError: this is no dictionary of Tensors or arrays by name, or a dtype is none of the format's.
        ImportError: the library is not installed.
    """
    if not isinstance(tensors, dict):
        raise TypeError(f"a safetensors file holds Tensors by name, not {type(tensors).__name__}: save a state_dict()")
    return _library().numpy.save({name: _array(name, value) for name, value in tensors.items()})


def decoded(content: bytes, place: str) -> dict[str, Tensor]:
    """The Tensors of a safetensors file, by name.

    Raises:
        CheckpointError: the file is damaged, or has Tensors of a dtype that NumPy lacks.
        ImportError: the library is not installed.
    """
    library = _library()
    try:
        parts = library.deserialize(content)
        del content  # the parts have copies
    except library.SafetensorError as error:
        raise damage(place, "safetensors", detail=error) from error
    if unknown := sorted({part["dtype"] for _, part in parts} - KNOWN.keys()):
        raise damage(place, "no such dtype", dtype=", ".join(unknown))
    parts.sort(key=lambda part: part[0])  # the library gives them in any order
    return {
        name: untracked(np.frombuffer(part["data"], KNOWN[part["dtype"]]).reshape(part["shape"]))
        for name, part in parts
    }


def _array(name: Any, value: Any) -> Values:
    """The values of a Tensor or an array, one row after the other."""
    if type(name) is not str:
        raise TypeError(f"the key {name!r} is of type {type(name).__name__}: in a safetensors file, names are text")
    array = value._data if isinstance(value, Tensor) else value
    if type(array) not in (np.ndarray, np.memmap):
        remedy = "save what is more than Tensors in an NPZ file"
        raise TypeError(
            f"{name} is of type {type(value).__name__}, and a safetensors file holds Tensors only: {remedy}"
        )
    if array.dtype.name not in KNOWN.values():
        raise TypeError(f"{name} has dtype {array.dtype}, which safetensors files lack: save it in an NPZ file")
    return np.asarray(array, order="C")


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            f"safetensors files need the safetensors library, which is not installed here; "
            f"add it: {pip_install('safetensors')}"
        ) from error
    return safetensors
