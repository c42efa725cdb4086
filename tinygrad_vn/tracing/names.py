"""What readers call the values of a recording.

An argument has its name in the function; a parameter that of its place in a model, `weight_0` for `model[0].weight`, or
of the variable that holds it; a gradient is `grad_weight_0`. Every other value is called after what it is: `product_1`,
`sigmoid_1`, `error`. Where a program draws random numbers, their source is `rng`.
"""

from __future__ import annotations

import builtins
import inspect
import itertools
import keyword
import re
import types
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tinygrad_vn.chance import default_rng
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.guards import Place, codes_in, content_of, functions_in
from tinygrad_vn.tracing.program import AsTensor, Recording, Step, Value, values_in

WORDS = {
    "add": "sum", "subtract": "difference", "multiply": "product", "divide": "quotient", "matmul": "product",
    "dot": "product", "squared_error": "error", "maximum_reduce": "largest", "minimum_reduce": "smallest",
    "add_reduce": "total", "multiply_reduce": "product", "negative_sum": "cross_entropy", "true_divide": "quotient",
    "looked_up": "rows", "place_forward": "placed", "stretched": "spread", "take": "picked", "reshape": "reshaped",
    "greater": "mask", "greater_equal": "mask", "less": "mask", "less_equal": "mask", "equal": "mask", "sqrt": "root",
}  # fmt: skip


def surroundings(function: Callable[..., Any]) -> dict[int, tuple[str, Any]]:
    """The names of what a function refers to, by id: Tensors, also inside modules, arrays, optimizers, generators."""
    found: dict[int, tuple[str, Any]] = {}
    taken: set[str] = set()
    seen: set[int] = set()

    def enter(name: str, item: Any, outer: str = "") -> None:
        name = identifier(f"{outer}_{name}" if outer and name in taken else name)
        if id(item) not in found:
            found[id(item)] = name, item
            taken.add(name)

    def visit(name: str, item: Any) -> None:
        if id(item) in seen:
            return
        seen.add(id(item))
        if hasattr(item, "named_parameters"):
            for path, tensor in (*item.named_parameters(), *item.named_buffers()):
                enter(short(path), tensor, name)
            for path, module in item.named_modules():
                found.setdefault(id(module), (f"{name}.{path}" if path else name, module))
        elif isinstance(item, list | tuple):
            for i, part in enumerate(item):
                visit(f"{name}_{i}", part)
        elif isinstance(item, dict):
            for key, part in item.items():
                visit(str(key), part)
        elif isinstance(item, types.FunctionType) and not item.__module__.startswith("tinygrad_vn"):
            for inner, part in references(item):
                visit(inner, part)
        elif not isinstance(item, types.ModuleType | type):
            enter(name, item)

    for name, item in references(function):
        visit(name, item)
    return found


def references(function: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """The names that a function uses, and what they stand for: of an object, whose method it is, its attributes."""
    owner = getattr(function, "__self__", None if isinstance(function, types.FunctionType) else function)
    if owner is not None:
        yield "self", owner
        yield from getattr(owner, "__dict__", {}).items()
    for inner in functions_in(function):
        yield from zip(inner.__code__.co_freevars, map(content_of, inner.__closure__ or ()), strict=True)
        space = inner.__globals__
        for name in dict.fromkeys(name for code in codes_in(inner.__code__) for name in code.co_names):
            if name in space:
                yield name, space[name]


def argument_names(function: Callable[..., Any], nest: Any) -> dict[int, str]:
    """The names of all arguments, by their numbers; of those inside a tuple `pair` they are pair_0, pair_1."""
    names: dict[int, str] = {}

    def inside(name: str, item: Any) -> None:
        if type(item) is Place:
            names[int(item)] = identifier(name)
        elif isinstance(item, dict):
            for key, part in item.items():
                inside(f"{name}_{key}", part)
        elif isinstance(item, tuple | list):
            for i, part in enumerate(item):
                inside(f"{name}_{i}", part)

    for name, item in inspect.signature(function).bind(*nest[0], **nest[1]).arguments.items():
        inside(name, item)
    return names


def short(path: str) -> str:
    """What a parameter is called by its place in a model: weight_0 for 0.weight, fc1_weight for fc1.weight."""
    room, _, last = path.rpartition(".")
    return f"{last}_{room}" if room.isdigit() else path


def identifier(text: str) -> str:
    """The text as a name that Python takes."""
    name = re.sub(r"\W", "_", text)
    name = f"_{name}" if not name or name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name == "np" else name


class Names:
    """The names of everything in a recording.

    Attributes:
        word: of all values.
        inputs: what the program has to be given, by name: an argument's number, or how to get hold of the rest.
        around: the names of what the function refers to, by id.
    """

    def __init__(self, recording: Recording, function: Callable[..., Any], are_arrays: list[bool], nest: Any) -> None:
        self.recording = recording
        self.around = surroundings(function)
        self.word: dict[Value, str] = {}
        self.inputs: dict[str, int | Callable[[], Any]] = {}
        self._known: dict[Any, str] = {}  # by what it stands for
        self._arguments = argument_names(function, nest)
        used = {value.source for step in recording.steps for value in step.inputs() if value.kind == "argument"}
        for i, is_array in enumerate(are_arrays):
            if is_array or i in used:
                self.given(("argument", i), self._arguments[i], i)
        self._read()
        self._name_results()

    def given(self, key: Any, name: str, source: int | Callable[[], Any]) -> str:
        """The name of something that the program has to be given; the same for the same key."""
        if key not in self._known:
            self._known[key] = name = self._free(name)
            self.inputs[name] = source
        return self._known[key]

    def _free(self, name: str) -> str:
        number, first = 2, name
        while name in self.inputs:
            name, number = f"{first}_{number}", number + 1
        return name

    def tensor(self, tensor: Any, after: int = 0) -> str:
        """The name of a Tensor of the function's surroundings, as it is before any effect, or after some."""
        own = tensor._node.name if tensor._node is not None else None
        kind = "parameter" if tensor._node is not None and tensor._node.requires_grad else "tensor"
        name = identifier(own or self.around.get(id(tensor), (kind, None))[0])
        return self.given((id(tensor), after), f"{name}_after" if after else name, lambda: tensor._data.copy())

    def leaf(self, key: Any) -> str:
        """The name of what a gradient belongs to."""
        kind, one = key
        if kind == "argument":
            return self._known[key]
        read = [value.source for value in self.word if value.kind == "tensor"]
        around = [item for _, item in self.around.values() if isinstance(item, Recorded)]
        tensor = next((tensor for tensor in (*read, *around) if tensor._node is one), None)
        return "parameter" if tensor is None else self.tensor(tensor)

    def object(self, item: Any) -> str:
        """The name of an optimizer or the like, for comments."""
        return self.around[id(item)][0] if id(item) in self.around else type(item).__name__

    def effect(self, step: Step) -> str:
        """What is done to the world: optimizer.step()."""
        own, method = getattr(step.function, "__qualname__", step.called), step.called
        first, *others = step.args if step.args else (None,)
        if "." in own and not isinstance(first, Value | AsTensor):
            return f"{self.object(first)}.{method}({', '.join(self._told(arg) for arg in others)})"
        return f"{method}({', '.join(self._told(arg) for arg in step.args)})"

    def _told(self, item: Any) -> str:
        """What a comment says of an argument."""
        item = item.value if isinstance(item, AsTensor) else item
        if isinstance(item, Value):
            return self.word.get(item, "…")
        if isinstance(item, list | tuple):
            return f"[{', '.join(self._told(part) for part in item)}]"
        return repr(item) if isinstance(item, int | float | str | None) else self.object(item)

    def generator(self, rng: Any) -> str:
        """The name of a source of random numbers."""
        name = "rng" if rng is None else identifier(self.around.get(id(rng), ("rng", None))[0])
        return self.given(("rng", id(rng)), name, default_rng if rng is None else lambda: rng)

    def _read(self) -> None:
        """Name what the steps read from outside."""
        after = 0
        steps = [*self.recording.steps, Step("returned", None, (self.recording.returned,))]
        read = {id(value.source) for step in steps for value in step.inputs() if value.kind == "tensor"}
        for key, (_, item) in self.around.items():  # parameters in the order of their model
            if key in read:
                self.tensor(item)
        for step in steps:
            for value in step.inputs():
                if value in self.word:
                    continue
                if value.kind == "argument":
                    self.word[value] = self._known["argument", value.source]
                elif value.kind == "tensor":
                    self.word[value] = self.tensor(value.source, after)
            if step.kind in ("update", "assign"):
                self.tensor(step.args[0], after)
            after += step.kind == "effect"
        for step in steps:
            for value in step.inputs():
                if value.kind == "grad" and value not in self.word:
                    kind, leaf = value.source
                    now = (lambda leaf=leaf: leaf.grad._data.copy()) if kind == "leaf" else value.content.copy
                    self.word[value] = self.given(("grad", leaf), f"{self.leaf(value.source)}_grad", now)

    def _name_results(self) -> None:
        """Call what the steps make after what it is."""
        best = self._chosen()
        wished: list[tuple[Value, str]] = []
        steps = self.recording.steps
        for _, run in itertools.groupby(steps, lambda step: step.note):
            together = list(run)
            inner = {value for step in together for value in step.inputs()}  # others complete an operation
            for step in together:
                for value in step.results():
                    wished.append((value, best.get(value) or word_for(step, completes=value not in inner)))
        uses = Counter(name for _, name in wished)
        counted: Counter[str] = Counter()
        taken = {*self.inputs, *best.values()}
        for value, name in wished:
            alone = uses[name] == 1 and not hasattr(builtins, name)
            if not alone or (name in taken and value not in best):
                counted[name] += 1
                while f"{name}_{counted[name]}" in taken:
                    counted[name] += 1
                name = f"{name}_{counted[name]}"
            taken.add(name)
            self.word[value] = name

    def _chosen(self) -> dict[Value, str]:
        """Values that have a name of their own: what is returned, and gradients of leaves."""
        best: dict[Value, str] = {}
        returned = self.recording.returned
        has_gradients = any(step.kind == "grad" for step in self.recording.steps)
        if isinstance(returned, dict):
            best = {value: identifier(str(key)) for key, item in returned.items() for value in values_in(item)}
        elif isinstance(returned, AsTensor | Value):
            (value,) = values_in(returned)
            best[value] = "loss" if has_gradients and np.size(value.content) == 1 else "result"
        for step in self.recording.steps:
            if step.kind == "grad" and isinstance(step.args[1], Value):
                best.setdefault(step.args[1], f"grad_{self.leaf(step.args[0])}")
        best = {value: name for value, name in best.items() if value.kind == "step"}
        once = Counter(best.values())
        return {value: name for value, name in best.items() if once[name] == 1 and name not in self.inputs}


def word_for(step: Step, completes: bool) -> str:
    """What the result of a step is: after the operation that it completes, else after the function."""
    function = step.function
    own = function if isinstance(function, str) else getattr(function, "__name__", "value")
    if isinstance(getattr(function, "__self__", None), np.ufunc):
        own = f"{function.__self__.__name__}_{own}"
    if step.kind == "index":
        own = "part"
    if step.note.startswith("∂"):
        if completes:
            return "grad"
    elif completes and step.note:
        own = step.note
    elif (step.note, own) == ("squared_error", "subtract"):
        return "error"
    elif (step.note, own) == ("squared_error", "vdot"):
        return "total"
    word = identifier(WORDS.get(own, own))
    return word if word.strip("_").isidentifier() else "value"
