"""Modules: a model is an object whose attributes are parameters and other modules.

    class Line(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(tg.randn(1, 2))
            self.bias = nn.Parameter(tg.zeros(1))

        def forward(self, x):
            return x @ self.weight.T + self.bias

Nothing has to be registered: `parameters()` looks through the attributes, in the order in which they were set, and then
through those of the modules among them. What would be overlooked that way, a parameter in a plain list for example, is
an error, since an optimizer would silently not train it.
"""

from __future__ import annotations

import itertools
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from tinygrad_vn.creation import zeros_like
from tinygrad_vn.dtypes import DTypeLike
from tinygrad_vn.idioms import check_device, no_cuda, wanted_dtype
from tinygrad_vn.modes import change_settings, current
from tinygrad_vn.nn.hooks import Hook, Hooked, registered
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.nn.state import KeysThatDiffer, fitting, nameable
from tinygrad_vn.nn.tree import (
    HOOKS,
    distinct,
    one_line,
    path_to,
    refuse_lost,
    refuse_overlooked,
    refuse_replacement,
    say_where,
)
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


class Module:
    """Base class of all layers, losses and models.

    A subclass sets parameters and modules as attributes and defines `forward`; the object is called like a function.
    There is nothing to call first: `super().__init__()` may be written, as in PyTorch, or not.

    Attributes:
        training: whether it behaves as in training (dropout, batch statistics); see `train()` and `eval()`.

    Raises:
        TypeError: something else is set in the place of a parameter or module, or one is set on the class, where all
            its objects would share it.
        AttributeError: a Tensor or module is set under the name of one of the methods below.

    An error inside a layer gets a note that names the layer: "in the layer '2': Linear(in_features=8, …)".
    """

    training: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, value in vars(cls).items():
            if isinstance(value, Parameter | Buffer | Module):
                raise TypeError(
                    said(
                        "{where}.{name} stands in the class, where it would not be trained; set it in __init__: "
                        "`self.{name} = …`",
                        where=cls.__name__,
                        name=name,
                    )
                )

    def __setattr__(self, name: str, value: Any) -> None:
        before = vars(self).get(name)
        if isinstance(value, Tensor | Module) and before is None and name in vars(Module):
            text = "{where}: every Module has a {name!r}; choose another name"
            raise AttributeError(said(text, where=f"{type(self).__name__}.{name}", name=name))
        for kind in (Parameter, Module):
            if isinstance(before, kind) and not isinstance(value, kind | None):
                refuse_replacement(before, value, name, type(self).__name__)
        if isinstance(before, Buffer) and isinstance(value, Tensor) and not isinstance(value, Buffer):
            value = Buffer(value, before.persistent)  # it goes on being part of the state, outside any graph
        if isinstance(value, Tensor) and not value.is_leaf:
            refuse_lost(value, f"{type(self).__name__}.{name}")
        if isinstance(value, Parameter | Buffer | Module) and not isinstance(before, Parameter | Buffer | Module):
            vars(self).pop(name, None)  # its place is where it is set, not where None stood for it before
        super().__setattr__(name, value)
        change_settings()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; subclasses define this."""
        text = "{kind} has no forward(): define `def forward(self, x): …`"
        raise NotImplementedError(said(text, kind=type(self).__name__))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result, between the hooks."""
        hooks, watch = self.__dict__.get(HOOKS), current()[1]
        if watch is not None:
            watch.module(self, hooks is not None)
        try:
            if hooks is None:
                return self.forward(*args, **kwargs)
            before, after = hooks
            for hook in list(before.values()):
                replaced = hook(self, args)
                if replaced is not None:
                    args = replaced if isinstance(replaced, tuple) else (replaced,)
            result = self.forward(*args, **kwargs)
            for hook in list(after.values()):
                replaced = hook(self, args, result)
                result = result if replaced is None else replaced
        except Exception as error:
            say_where(error, self)
            raise
        return result

    # --- what it consists of --------------------------------------------------------------------------------------

    def _attributes(self) -> Iterator[tuple[str, Any]]:
        """Its parameters, buffers and modules, by name, in the order in which they were set."""
        found = [(name, value) for name, value in vars(self).items() if isinstance(value, Parameter | Buffer | Module)]
        return iter(found)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules among its attributes, by name, each once."""
        return distinct((name, value) for name, value in self._attributes() if isinstance(value, Module))

    def children(self) -> Iterator[Module]:
        """The modules among its attributes, each once."""
        return (child for _, child in self.named_children())

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Itself (as "") and all modules inside, by path: "0.weight" is the weight of the module "0"; each once."""
        return iter(self._walk(prefix, {}).values())

    def modules(self) -> Iterator[Module]:
        """Itself and all modules inside, each once."""
        return (module for _, module in self._walk("", {}).values())

    def get_submodule(self, target: str) -> Module:
        """The module inside with this path, "encoder.0" for example.

        Raises:
            AttributeError: there is none; the message names those that there are.
        """
        module = self
        for name in target.split(".") if target else ():
            child = vars(module).get(name)
            if not isinstance(child, Module):
                names = ", ".join(name for name, _ in module.named_children()) or said("none")
                text = "{kind} has no module {name!r} (of {target!r}), but {names}"
                raise AttributeError(said(text, kind=type(module).__name__, name=name, target=target, names=names))
            module = child
        return module

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """All parameters, by path, each once.

        Raises:
            TypeError: a parameter or module sits where it would be overlooked.
        """
        places = list(self.named_modules(prefix))
        refuse_overlooked([module for _, module in places], Module)
        return distinct(self._tensors(Parameter, places if recurse else places[:1]))

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Buffer]]:
        """All buffers, by path, each once."""
        return distinct(self._tensors(Buffer, self.named_modules(prefix) if recurse else [(prefix, self)]))

    def buffers(self, recurse: bool = True) -> Iterator[Buffer]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _walk(self, prefix: str, found: dict[int, tuple[str, Module]]) -> dict[int, tuple[str, Module]]:
        """Add itself and all modules inside, by id, to those found before."""
        found[id(self)] = prefix, self
        for name, child in vars(self).items():
            if isinstance(child, Module) and id(child) not in found:
                child._walk(path_to(prefix, name), found)
        return found

    def _places(self, prefix: str, above: frozenset[int] = frozenset()) -> Iterator[tuple[str, Module]]:
        """Itself and all modules inside, one used in two places twice; not around in circles."""
        if id(self) in above:
            return
        yield prefix, self
        for name, child in self._attributes():
            if isinstance(child, Module):
                yield from child._places(path_to(prefix, name), above | {id(self)})

    def _tensors(self, kind: Any, places: Iterable[tuple[str, Module]]) -> Iterator[tuple[str, Any]]:
        for path, module in places:
            for name, value in vars(module).items():
                if isinstance(value, kind):
                    yield path_to(path, name), value

    # --- PyTorch's ways of setting attributes ---------------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set an attribute to a parameter, or to None; `self.weight = nn.Parameter(…)` does the same."""
        if not isinstance(param, Parameter | None):
            raise TypeError(
                said(
                    "register_parameter({name!r}, …) takes an nn.Parameter, not {kind}",
                    name=name,
                    kind=type(param).__name__,
                )
            )
        self._set_new(name, param)

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Set an attribute to a buffer, or to None; `self.mean = nn.Buffer(…)` does the same."""
        self._set_new(name, None if tensor is None else Buffer(tensor, persistent))

    def add_module(self, name: str, module: Module | None) -> None:
        """Set an attribute to a module, or to None; where the name is computed, for example."""
        if not isinstance(module, Module | None):
            raise TypeError(
                said("add_module({name!r}, …) takes a module, not {item:.60}", name=name, item=repr(module))
            )
        self._set_new(name, module)

    register_module = add_module

    def _set_new(self, name: str, value: Any) -> None:
        """Set an attribute that is to appear in paths.

        Raises:
            KeyError: the name is empty, has a dot, or is taken by something else.
        """
        if not name or "." in name:
            raise KeyError(
                said("{name!r} is no name for a part of a module; paths are made of names and dots", name=name)
            )
        if hasattr(type(self), name) or not isinstance(vars(self).get(name), Parameter | Buffer | Module | None):
            raise KeyError(said("{kind} has a {name!r} already", kind=type(self).__name__, name=name))
        setattr(self, name, value)

    # --- what is done to all of it --------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Behave as in training: dropout drops, batch norm uses the batch's statistics."""
        modules = list(self.modules())
        refuse_overlooked(modules, Module, tensors=False)
        for module in modules:
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Behave as in use: dropout passes everything on, batch norm uses its running statistics."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Learn all parameters, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zeros."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.zero_grad()
            elif parameter.grad is not None:
                parameter.grad = zeros_like(parameter)

    def apply(self, change: Callable[[Module], Any]) -> Self:
        """Call a function with every module inside, innermost first, and then with this one: to initialise, say."""
        self._apply(change, set())
        return self

    def _apply(self, change: Callable[[Module], Any], seen: set[int]) -> None:
        seen.add(id(self))
        for child in self.children():
            if id(child) not in seen:
                child._apply(change, seen)
        change(self)

    def to(self, *wanted: Any, dtype: DTypeLike | None = None, device: Any = None) -> Self:
        """Turn all parameters and buffers of floating dtype, and the gradients, into another dtype, in place.

        Args:
            *wanted: a dtype, a Tensor that has it, or the device "cpu", where everything is anyway.
            dtype: the dtype, by name.
            device: "cpu", by name.

        Raises:
            ValueError: a device is asked for that there is not, or a dtype that is not floating.
        """
        kind = wanted_dtype(*wanted, device and check_device(device), dtype)
        if kind is None:
            return self
        if kind.kind != "f":
            raise ValueError(
                said("a module is made of real numbers, not {kind}; write tg.float32 or tg.float64", kind=kind)
            )
        for tensor in itertools.chain(self.parameters(), self.buffers()):
            if tensor.dtype.kind == "f" and tensor.dtype != kind:
                gradient = tensor.grad
                tensor.data = tensor.data.astype(kind)
                tensor.grad = None if gradient is None else gradient.detach().astype(kind)
        return self

    def cpu(self) -> Self:
        """Itself, since everything is there."""
        return self

    def cuda(self, device: Any = "cuda") -> Self:
        """Refused: NumPy computes on the CPU."""
        raise no_cuda(device)

    def double(self) -> Self:
        """In float64 from now on."""
        return self.to(np.float64)

    def float(self) -> Self:
        """In float32 from now on."""
        return self.to(np.float32)

    # --- its state ------------------------------------------------------------------------------------------------

    def state_dict(self, prefix: str = "") -> dict[str, Tensor]:
        """The present values of all parameters and persistent buffers, by path; later training does not change them.

        A parameter that is used in two places is there twice, as in PyTorch.

        Raises:
            ValueError: there are more than 100,000 such places, as where modules that hold one twice are stacked.
        """
        return {prefix + path: value.detach() for path, value in self._state().items()}

    def _state(self) -> dict[str, Tensor]:
        refuse_overlooked(list(self.modules()), Module)
        places = nameable(self._places(""), type(self).__name__)
        tensors = self._tensors(Parameter | Buffer, places)
        return {path: t for path, t in tensors if not isinstance(t, Buffer) or t.persistent}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> KeysThatDiffer:
        """Take on other values, in place, as they were saved by `state_dict()`.

        Args:
            state_dict: Tensors, arrays or PyTorch's tensors by path; copied, and turned into the parameter's dtype.
            strict: whether every key must have its counterpart; otherwise what has none is left alone.

        Raises:
            TypeError: state_dict is no dictionary.
            ValueError: a shape differs, or with `strict` a key is missing or unexpected. All of them are named, and
                nothing is changed. Likewise for a whole training checkpoint, which holds the state as "model".
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                said("load_state_dict takes what state_dict() returned, not {kind}", kind=type(state_dict).__name__)
            )
        own = self._state()
        values, differing = fitting(own, state_dict, type(self).__name__, strict)
        for key, value in values.items():
            own[key]._own()[...] = value
        return differing

    # --- hooks ----------------------------------------------------------------------------------------------------

    def register_forward_hook(self, hook: Hook) -> Hooked:
        """Call `hook(module, args, result)` after each `forward`; what it returns, unless None, replaces the result."""
        return self._hook(1, hook)

    def register_forward_pre_hook(self, hook: Hook) -> Hooked:
        """Call `hook(module, args)` before every `forward`; what it returns, unless None, replaces the arguments."""
        return self._hook(0, hook)

    def _hook(self, when: int, hook: Hook) -> Hooked:
        """Add a hook before (0) or after (1); both kinds stay out of a user's sight until there are some."""
        change_settings()
        return registered(vars(self).setdefault(HOOKS, ({}, {}))[when], hook)

    # --- how it looks ---------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the brackets of its `repr`: sizes and settings; subclasses say."""
        return ""

    @reprlib.recursive_repr("…")
    def __repr__(self) -> str:
        count = sum(p.size for _, p in distinct(self._tensors(Parameter, self.named_modules())))
        remark = f"  # {count:,} parameter{'' if count == 1 else 's'}" if count else ""
        lines, shown = [], dict[int, str]()
        for name, value in self._attributes():
            if isinstance(value, Module) and shown.setdefault(id(value), name) != name:
                lines.append(f"  ({name}): {type(value).__name__}, the same as ({shown[id(value)]})")
            elif isinstance(value, Module):
                lines.append(f"  ({name}): " + repr(value).replace("\n", "\n  "))
            elif isinstance(value, Parameter) and not self.extra_repr():
                lines.append(f"  ({name}): Parameter{value.shape}")
        head = one_line(self)
        return "\n".join([head[:-1] + remark, *lines, ")"]) if lines else head + remark
