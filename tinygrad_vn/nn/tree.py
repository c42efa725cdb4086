"""Trees of modules: paths, and what keeps them honest. Nothing to be learned is overlooked, errors say where they are.

A parameter in a plain list is found by nobody: the optimizer would silently not train it. These checks turn that, and
its relatives, into errors.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, Final, Never

from tinygrad_vn.graph import Leaf, Node
from tinygrad_vn.nn.parameter import Parameter
from tinygrad_vn.phrases import said
from tinygrad_vn.recording import count_references
from tinygrad_vn.tensor import Tensor

HOOKS: Final = "_registered_hooks"
_HARMLESS: Final = {bool, float, int, str, type(None), Parameter}
_NEARBY: Final = 20  # operations: what stands on one line
_PLAIN: Final = (list, tuple, dict, set, frozenset, deque)
_FIRST: Final = 1000  # a plain list of layers begins with layers; a vocabulary need not be read to its end each time


def path_to(prefix: str, name: str) -> str:
    """The path of an attribute: "encoder.0.weight" of "weight" in the module "encoder.0"."""
    return f"{prefix}.{name}" if prefix else name


def distinct(named: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Every object once, under its first name."""
    seen = set()
    for name, value in named:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


def _inside(value: Any, depth: int = 4) -> Iterator[Any]:
    """What plain lists, tuples, sets and dictionaries contain, nested ones too."""
    if not (depth and isinstance(value, _PLAIN)):
        return
    for item in itertools.islice(value.values() if isinstance(value, dict) else value, _FIRST):
        yield item
        yield from _inside(item, depth - 1)


def refuse_overlooked(modules: list[Any], module_class: type[Any], tensors: bool = True) -> None:
    """TypeError where a parameter or a module sits in an attribute in which nobody looks for it.

    Args:
        modules: a module and all those inside.
        module_class: what counts as a module.
        tensors: whether to look for parameters too.
    """
    known: set[int] = set()
    for module in modules:
        for name, value in vars(module).items():
            if type(value) in _HARMLESS or name == HOOKS or isinstance(value, module_class):
                continue
            if isinstance(value, Tensor):
                if tensors and not isinstance(value, Parameter) and value.is_leaf and value.requires_grad:
                    where = f"{type(module).__name__}.{name}"
                    raise TypeError(
                        said("{where} requires grad but is no parameter; write nn.Parameter(…)", where=where)
                    )
                continue
            for item in _inside(value):
                if isinstance(item, module_class | Tensor):
                    known = known or {id(held) for m in modules for held in [m, *vars(m).values()]}
                    if id(item) not in known:
                        _refuse(item, f"{type(module).__name__}.{name}", value, module_class, tensors)


def _refuse(item: Any, where: str, container: Any, module_class: type[Any], tensors: bool) -> None:
    kind = "Dict" if isinstance(container, dict) else "List"
    plain = type(container).__name__
    if isinstance(item, module_class):
        text = "the modules in {where} would not be trained: it is a plain {plain}; write nn.Module{kind}(…)"
        raise TypeError(said(text, where=where, plain=plain, kind=kind))
    if tensors and isinstance(item, Tensor) and item.is_leaf and item.requires_grad:
        text = (
            "the parameters in {where} would not be trained: it is a plain {plain}; set each as an attribute of its "
            "own, `self.weight = nn.Parameter(…)`"
        )
        raise TypeError(said(text, where=where, plain=plain))


def refuse_replacement(before: Any, value: Any, name: str, owner: str) -> Never:
    """TypeError for something else in the place of a parameter or a module, such as `model.weight = array`."""
    where, kind = f"{owner}.{name}", type(value).__name__
    if isinstance(before, Parameter):
        text = (
            "{where} is a parameter, it cannot become {kind}; to change its values, write "
            "`with tg.no_grad(): model.{name} -= …`; for another one, nn.Parameter(…)"
        )
        raise TypeError(said(text, where=where, name=name, kind=kind))
    raise TypeError(said("{where} is a module, it cannot become {kind}", where=where, kind=kind))


def refuse_lost(value: Tensor, where: str) -> None:
    """TypeError for `self.w = 0.1 * nn.Parameter(…)`: a result whose parameter is out of everybody's reach.

    That is told from a result kept for later by the count of references: a parameter that still exists holds its leaf.
    """
    held = _holders(_leaves_nearby(value._node))
    if held and max(held) <= _NOBODY:
        text = (
            "{where} is the result of an operation on a parameter that nothing else holds: it would not be trained; "
            "put nn.Parameter around the whole: nn.Parameter(0.1 * tg.randn(…))"
        )
        raise TypeError(said(text, where=where))


def _leaves_nearby(node: Node | None) -> dict[Node, int]:
    """The leaves that require grad, and how often a graph refers to each; none where the graph is not a small one."""
    nodes, found = [node], Counter[Node]()
    for one in nodes:  # the list grows while it is walked
        for source in one.inputs if one is not None else ():
            if type(source) is Leaf and source.requires_grad:
                found[source] += 1
            elif type(source) is Node and not any(source is other for other in nodes):
                nodes.append(source)
        if len(nodes) > _NEARBY:
            return {}
    return found


def _holders(leaves: dict[Node, int]) -> list[int]:
    """How many references there are to each, the graph's own ones not counted."""
    return [count_references(leaf) - n for leaf, n in leaves.items()]


_NOBODY: Final = _holders({Leaf(): 0})[0]


def one_line(module: Any) -> str:
    """A module in one line: its class and its settings."""
    return f"{type(module).__name__}({module.extra_repr()})"


def say_where(error: Exception, module: Any) -> None:
    """Add to an error that comes out of a module, as a note, the path of the layer in which it happened."""
    attributes = vars(error)
    layer, inner, path = attributes.get("_layer", (module, module, ""))
    if inner is not module:
        name = next((found for found, other in module.named_modules() if other is inner), type(inner).__name__)
        path = f"{name}.{path}" if path else name
    attributes["_layer"] = (layer, module, path)
    if path:
        notes = attributes.setdefault("__notes__", [])
        notes[:] = [note for note in notes if note != attributes.get("_where")]
        attributes["_where"] = said("in the layer {path!r}: {layer}", path=path, layer=one_line(layer))
        error.add_note(attributes["_where"])


def failed_layer(error: Exception) -> tuple[Any, str] | None:
    """The layer in which an error happened, and its path in the outermost module."""
    found = vars(error).get("_layer")
    return (found[0], found[2]) if found else None
