"""Modules that hold other modules: one after the other, in a list, or by name.

A plain list of layers would be overlooked by `parameters()`; these are the lists and dictionaries that are not.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self

import numpy as np

from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said


def _checked(item: Any, where: str) -> Module:
    """The item, if it is a module; else an error that says what was probably meant."""
    if isinstance(item, Module):
        return item
    if isinstance(item, type) and issubclass(item, Module):
        text = "{where} was given the class {kind}; make an object of it: {kind}()"
        raise TypeError(said(text, where=where, kind=item.__name__))
    if isinstance(item, list | tuple):
        raise TypeError(
            said("{where} was given a {kind}; write {where}(*layers)", where=where, kind=type(item).__name__)
        )
    if callable(item):
        text = (
            "{where} was given the function {name}, but holds modules only; take the activation function as a module, "
            "nn.ReLU() for example"
        )
        raise TypeError(said(text, where=where, name=getattr(item, "__name__", item)))
    raise TypeError(said("{where} holds modules, not {item:.60}", where=where, item=repr(item)))


class _Listed(Module):
    """Modules under the names "0", "1", "2", …, or others that they were given."""

    def _items(self) -> list[Module]:
        return [value for value in vars(self).values() if isinstance(value, Module)]

    def _renumber(self, items: Iterable[Module]) -> None:
        """Hold these instead, numbered."""
        items = [_checked(item, type(self).__name__) for item in items]
        for name, value in list(vars(self).items()):
            if isinstance(value, Module):
                delattr(self, name)
        for number, item in enumerate(items):
            setattr(self, str(number), item)

    def _names(self) -> list[str]:
        return [name for name, value in vars(self).items() if isinstance(value, Module)]

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._items())

    def __contains__(self, item: object) -> bool:
        return any(item is held for held in self._items())

    def _position(self, index: Any) -> int:
        if isinstance(index, bool) or not isinstance(index, int | np.integer):
            text = "{kind} is indexed with whole numbers and slices, not {index:.60}"
            raise TypeError(said(text, kind=type(self).__name__, index=repr(index)))
        if not -len(self) <= index < len(self):
            text = "there is no number {index} among the {count} modules of this {kind}"
            raise IndexError(said(text, index=index, count=len(self), kind=type(self).__name__))
        return int(index) % len(self)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return self._items()[self._position(index)]
        part = type(self).__new__(type(self))
        names = dict(zip(self._names(), self._items(), strict=True))
        numbered = all(name.isdigit() for name in names)
        for number, name in enumerate(list(names)[index]):
            setattr(part, str(number) if numbered else name, names[name])
        part.training = self.training
        return part

    def __setitem__(self, index: int, item: Module) -> None:
        setattr(self, self._names()[self._position(index)], _checked(item, type(self).__name__))

    def __delitem__(self, index: Any) -> None:
        items = self._items()
        del items[index if isinstance(index, slice) else self._position(index)]
        self._renumber(items)

    def append(self, module: Module) -> Self:
        """Put a module at the end."""
        name = len(self)
        while str(name) in vars(self):
            name += 1
        setattr(self, str(name), _checked(module, type(self).__name__))
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Put several modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, modules: Iterable[Module]) -> Self:
        joined: Self = self[:]
        return joined.extend(modules)

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one with this number; all are numbered again."""
        items = self._items()
        items.insert(index, _checked(module, type(self).__name__))
        self._renumber(items)
        return self

    def pop(self, index: int = -1) -> Any:
        """Take a module out, and return it."""
        item = self[index]
        del self[index]
        return item


class Sequential(_Listed):
    """Modules one after the other: each is given what the one before it returns.

    Args:
        *modules: the modules, numbered from 0; or one dictionary that names them.

    Raises:
        TypeError: one of them is no module: a class without brackets, a function, a list.
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, _checked(module, "Sequential"))
        else:
            self._renumber(modules)  # type: ignore[arg-type]  # which it checks

    def forward(self, input: Any) -> Any:
        """What the last module returns."""
        for module in self._items():
            input = module(input)
        return input


class ModuleList(_Listed):
    """A list of modules, whose parameters are found.

    It has no forward of its own: the module that it belongs to says what happens with its modules.

    Args:
        modules: what to begin with.
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        self._renumber(modules or ())

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """There is none."""
        text = "a ModuleList computes nothing: loop over its modules, or take nn.Sequential"
        raise NotImplementedError(said(text))


class ModuleDict(Module):
    """A dictionary of modules, whose parameters are found.

    Args:
        modules: what to begin with, by name; a dictionary or pairs.

    Raises:
        KeyError: a name is empty, has a dot, or is that of a method.
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        self.update(modules or {})

    def _held(self) -> dict[str, Module]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Module)}

    def __getitem__(self, key: str) -> Module:
        try:
            return self._held()[key]
        except KeyError:
            names = ", ".join(self._held()) or said("none")
            raise KeyError(said("there is no module {key!r}; there are {names}", key=key, names=names)) from None

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, _checked(module, "ModuleDict"))

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __len__(self) -> int:
        return len(self._held())

    def __iter__(self) -> Iterator[str]:
        return iter(self._held())

    def __contains__(self, key: object) -> bool:
        return key in self._held()

    def keys(self) -> KeysView[str]:
        """The names, in the order in which they came."""
        return self._held().keys()

    def values(self) -> ValuesView[Module]:
        """The modules."""
        return self._held().values()

    def items(self) -> ItemsView[str, Module]:
        """The names with their modules."""
        return self._held().items()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Take on these modules; one that has the name of another replaces it."""
        for key, module in dict(modules).items():
            self[key] = module

    def pop(self, key: str) -> Module:
        """Take a module out, and return it."""
        module = self[key]
        delattr(self, key)
        return module

    def clear(self) -> None:
        """Take out all."""
        for key in list(self._held()):
            self.pop(key)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """There is none."""
        raise NotImplementedError(said("a ModuleDict computes nothing: call one of its modules, model['name'](x)"))
