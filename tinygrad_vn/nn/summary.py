"""A table of a model's layers: what each is called, what shape comes out of it, how many numbers it learns.

The shapes are found by trying: the model computes once with zeros, and every layer is watched. That run is made in
`eval()` mode and under `no_grad()`, so it leaves no trace in the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tinygrad_vn.creation import zeros
from tinygrad_vn.dtypes import get_default_dtype
from tinygrad_vn.language import current_language, resolve
from tinygrad_vn.modes import no_grad
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.tree import failed_layer, one_line
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

WORDS: Final = {
    "layer": {"vi": "Lớp (layer)", "en": "Layer"},
    "kind": {"vi": "Loại", "en": "Type"},
    "output": {"vi": "Shape đầu ra", "en": "Output shape"},
    "parameters": {"vi": "Tham số", "en": "Parameters"},
    "shared": {"vi": "dùng chung", "en": "shared"},
    "calls": {"vi": "gọi {n} lần", "en": "called {n} times"},
    "unused": {"vi": "không được gọi", "en": "not called"},
    "total": {"vi": "Tổng số tham số: {total}", "en": "Parameters in all: {total}"},
    "trainable": {
        "vi": "Được học: {trainable}, đóng băng (frozen): {frozen}",
        "en": "Trainable: {trainable}, frozen: {frozen}",
    },
}


@dataclass(frozen=True)
class Row:
    """One layer.

    Attributes:
        path: its name in the model, "encoder.0"; "" for the model itself.
        kind: its class.
        output: the shape that it returned last, several in a tuple; None where it was not called.
        parameters: how many numbers of its own it learns, those of layers inside it not counted, nor those counted in
            a row above.
        shared: how many of its own were counted in a row above.
        calls: how often it was called.
        is_container: whether it has layers inside.
    """

    path: str
    kind: str
    output: Any
    parameters: int
    shared: int
    calls: int
    is_container: bool


@dataclass(frozen=True)
class Summary:
    """What `summary` found out; its text is the table.

    Attributes:
        rows: the layers, from the outside in.
        total: how many numbers the model learns or has frozen, shared ones once.
        trainable: how many of them require a gradient.
        lang: the language of the text; None for the language setting.
    """

    rows: tuple[Row, ...]
    total: int
    trainable: int
    lang: str | None = None

    def __str__(self) -> str:
        language = current_language() if self.lang is None else resolve(self.lang)
        words = {key: texts[language] for key, texts in WORDS.items()}

        def number(count: int) -> str:
            return f"{count:,}".replace(",", ".") if language == "vi" else f"{count:,}"

        heads = [words[key] for key in ("layer", "kind", "output", "parameters")]
        table = [
            [_name(row), row.kind, _output(row, words), _count(row, number), _remark(row, words)] for row in self.rows
        ]
        widths = [max(map(len, column)) for column in zip([*heads, ""], *table, strict=True)]
        lines = [_aligned(cells, widths) for cells in ([*heads, ""], *table)]
        rule = "─" * max(map(len, lines))
        total = words["total"].format(total=number(self.total))
        trainable = words["trainable"].format(
            trainable=number(self.trainable), frozen=number(self.total - self.trainable)
        )
        return "\n".join([lines[0], rule, *lines[1:], rule, total, trainable])

    __repr__ = __str__


def _name(row: Row) -> str:
    depth = row.path.count(".") + 1 if row.path else 0
    return "  " * depth + row.path.rpartition(".")[2] if row.path else "·"


def _output(row: Row, words: Mapping[str, str]) -> str:
    if row.calls == 0:
        return "—" if row.is_container else words["unused"]
    return str(row.output)


def _count(row: Row, number: Any) -> str:
    return "" if row.is_container and not row.parameters else number(row.parameters)


def _remark(row: Row, words: Mapping[str, str]) -> str:
    parts = [words["shared"]] if row.shared else []
    return ", ".join([*parts, words["calls"].format(n=row.calls)] if row.calls > 1 else parts)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Texts to the left, the numbers to the right."""
    line = "  ".join(
        cell.rjust(width) if i == 3 else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return line.rstrip()


def summary(model: Module, input_shape: Any, dtype: Any = None, lang: str | None = None) -> Summary:
    """A table of a model's layers, their output shapes and their parameters; `print` it.

    Args:
        model: any module; it is left as it was.
        input_shape: what `forward` is given, batch included: (32, 784). For several arguments, a list of shapes.
        dtype: of the input, or a list with one for each: int where an Embedding is to be given indices. By default that
            of the model's parameters.
        lang: "vi" or "en"; None for the language setting.

    Raises:
        ValueError: a layer cannot take what it is given; the message names the layer.
        TypeError: model is no module, or input_shape no shape.

    A layer that is used in two places stands in the first of them, and its parameters are counted once.
    """
    if not isinstance(model, Module):
        raise TypeError(said("summary takes a module, not {item:.60}", item=repr(model)))
    own = next((p.dtype for p in model.parameters()), get_default_dtype())
    shapes = _shapes(input_shape)
    dtypes = list(dtype) if isinstance(dtype, list | tuple) else [dtype] * len(shapes)
    if len(dtypes) != len(shapes):
        text = "summary was given {shapes} shapes and {dtypes} dtypes"
        raise ValueError(said(text, shapes=len(shapes), dtypes=len(dtypes)))
    inputs = [zeros(shape, dtype=own if kind is None else kind) for shape, kind in zip(shapes, dtypes, strict=True)]
    outputs = _tried(model, inputs)
    counted: set[int] = set()
    rows = tuple(_row(path, module, outputs.get(id(module), []), counted) for path, module in model.named_modules())
    parameters = list(model.parameters())
    trainable = sum(p.size for p in parameters if p.requires_grad)
    return Summary(rows, sum(p.size for p in parameters), trainable, lang)


def _shapes(given: Any) -> list[tuple[int, ...]]:
    """One shape, or several, as a list."""
    try:
        several = len(given) > 0 and all(isinstance(part, list | tuple) for part in given)
        shapes = [tuple(shape) for shape in given] if several else [tuple(given)]
    except TypeError:
        shapes = [(None,)]
    if not all(isinstance(n, int | np.integer) for shape in shapes for n in shape):
        text = "input_shape is a shape, (32, 784), or a list of them, not {given:.60}; give the batch a number"
        raise TypeError(said(text, given=repr(given)))
    return shapes


def _tried(model: Module, inputs: list[Tensor]) -> dict[int, list[Any]]:
    """What every module inside, by id, returned: the shapes, call by call."""
    outputs: dict[int, list[Any]] = {}

    def watch(module: Module, args: Any, result: Any) -> None:
        outputs.setdefault(id(module), []).append(_shape_of(result))

    modes = [(module, vars(module).get("training")) for module in model.modules()]
    hooks = [module.register_forward_hook(watch) for module, _ in modes]
    try:
        with no_grad():
            model.eval()(*inputs)
    except Exception as error:
        raise _explained(error, model, inputs) from error
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            vars(module).pop("training") if mode is None else setattr(module, "training", mode)
    return outputs


def _explained(error: Exception, model: Module, inputs: list[Tensor]) -> ValueError:
    layer, path = failed_layer(error) or (model, "")
    where = f"layer {path!r}: " if path else ""
    which = "" if str(error).startswith(one_line(layer)) else f"{one_line(layer)}: "
    given = ", ".join(said("{shape} of {dtype}", shape=tensor.shape, dtype=tensor.dtype) for tensor in inputs)
    remedy = said("; for whole numbers as input, give dtype=int") if isinstance(error, TypeError) else ""
    return ValueError(said("summary with input {given}: ", given=given) + f"{where}{which}{error}{remedy}")


def _shape_of(result: Any) -> Any:
    """The shape of what a layer returned; of several results all their shapes."""
    if isinstance(result, Tensor):
        return result.shape
    if isinstance(result, Mapping):
        return {key: _shape_of(value) for key, value in result.items()}
    if isinstance(result, tuple | list):
        return tuple(_shape_of(value) for value in result)
    return type(result).__name__


def _row(path: str, module: Module, outputs: list[Any], counted: set[int]) -> Row:
    """A row, its parameters being counted if they were not before."""
    own = list(module.parameters(recurse=False))
    new = [p for p in own if id(p) not in counted]
    counted.update(id(p) for p in own)
    return Row(
        path=path,
        kind=type(module).__name__,
        output=outputs[-1] if outputs else None,
        parameters=sum(p.size for p in new),
        shared=sum(p.size for p in own) - sum(p.size for p in new),
        calls=len(outputs),
        is_container=any(True for _ in module.children()),
    )
