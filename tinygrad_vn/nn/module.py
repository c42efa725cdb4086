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
from tinygrad_vn.nn.hooks import Hook, Hooked, registered
from tinygrad_vn.nn.parameter import Buffer, Parameter
from tinygrad_vn.nn.state import KeysThatDiffer, as_array, misfits
from tinygrad_vn.nn.tree import HOOKS, one_line, refuse_lost, refuse_overlooked, say_where
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
                    f"{cls.__name__}.{name} stands in the class, where it would not be trained; "
                    f"set it in __init__: `self.{name} = …`"
                )

    def __setattr__(self, name: str, value: Any) -> None:
        before = vars(self).get(name)
        if isinstance(value, Tensor | Module) and before is None and name in vars(Module):
            raise AttributeError(f"{type(self).__name__}.{name}: every Module has a {name!r}; choose another name")
        if isinstance(before, Parameter) and not isinstance(value, Parameter | None):
            raise TypeError(
                f"{type(self).__name__}.{name} is a parameter, it cannot become {type(value).__name__}; to change its "
                f"values, write `with tg.no_grad(): model.{name} -= …`; for another one, nn.Parameter(…)"
            )
        if isinstance(before, Module) and not isinstance(value, Module | None):
            raise TypeError(f"{type(self).__name__}.{name} is a module, it cannot become {type(value).__name__}")
        if isinstance(before, Buffer) and isinstance(value, Tensor) and not isinstance(value, Buffer):
            value = Buffer(value, before.persistent)  # it goes on being part of the state, outside any graph
        if isinstance(value, Tensor) and not value.is_leaf:
            refuse_lost(value, f"{type(self).__name__}.{name}")
        super().__setattr__(name, value)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; subclasses define this."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define `def forward(self, x): …`")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result, between the hooks."""
        before, after = self._hooks()
        try:
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
        return _distinct((name, value) for name, value in self._attributes() if isinstance(value, Module))

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
                names = ", ".join(name for name, _ in module.named_children()) or "none"
                raise AttributeError(f"{type(module).__name__} has no module {name!r} (of {target!r}), but {names}")
            module = child
        return module

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Parameter]]:
        """All parameters, by path, each once.

        Raises:
            TypeError: a parameter or module sits where it would be overlooked.
        """
        places = list(self.named_modules(prefix))
        refuse_overlooked([module for _, module in places], Module)
        return _distinct(self._tensors(Parameter, places if recurse else places[:1]))

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Buffer]]:
        """All buffers, by path, each once."""
        return _distinct(self._tensors(Buffer, self.named_modules(prefix) if recurse else [(prefix, self)]))

    def buffers(self, recurse: bool = True) -> Iterator[Buffer]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _walk(self, prefix: str, found: dict[int, tuple[str, Module]]) -> dict[int, tuple[str, Module]]:
        """Add itself and all modules inside, by id, to those found before."""
        found[id(self)] = prefix, self
        for name, child in vars(self).items():
            if isinstance(child, Module) and id(child) not in found:
                child._walk(_path(prefix, name), found)
        return found

    def _places(self, prefix: str, above: frozenset[int] = frozenset()) -> Iterator[tuple[str, Module]]:
        """Itself and all modules inside, one used in two places twice; not around in circles."""
        if id(self) in above:
            return
        yield prefix, self
        for name, child in self._attributes():
            if isinstance(child, Module):
                yield from child._places(_path(prefix, name), above | {id(self)})

    def _tensors(self, kind: Any, places: Iterable[tuple[str, Module]]) -> Iterator[tuple[str, Any]]:
        for path, module in places:
            for name, value in vars(module).items():
                if isinstance(value, kind):
                    yield _path(path, name), value

    # --- PyTorch's ways of setting attributes ---------------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Set an attribute to a parameter, or to None; `self.weight = nn.Parameter(…)` does the same."""
        if not isinstance(param, Parameter | None):
            raise TypeError(f"register_parameter({name!r}, …) takes an nn.Parameter, not {type(param).__name__}")
        self._set_new(name, param)

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Set an attribute to a buffer, or to None; `self.mean = nn.Buffer(…)` does the same."""
        self._set_new(name, None if tensor is None else Buffer(tensor, persistent))

    def add_module(self, name: str, module: Module | None) -> None:
        """Set an attribute to a module, or to None; where the name is computed, for example."""
        if not isinstance(module, Module | None):
            raise TypeError(f"add_module({name!r}, …) takes a module, not {module!r:.60}")
        self._set_new(name, module)

    register_module = add_module

    def _set_new(self, name: str, value: Any) -> None:
        """Set an attribute that is to appear in paths.

        Raises:
            KeyError: the name is empty, has a dot, or is taken by something else.
        """
        if not name or "." in name:
            raise KeyError(f"{name!r} is no name for a part of a module; paths are made of names and dots")
        if hasattr(type(self), name) or not isinstance(vars(self).get(name), Parameter | Buffer | Module | None):
            raise KeyError(f"{type(self).__name__} has a {name!r} already")
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

    def to(self, dtype: DTypeLike) -> Self:
        """Turn all parameters and buffers of floating dtype, and the gradients, into another dtype, in place.

        Raises:
            ValueError: dtype is a device other than "cpu", or not floating.
        """
        if isinstance(dtype, str) and dtype == "cpu":
            return self  # where everything is
        if isinstance(dtype, str) and dtype.split(":")[0] in ("cuda", "mps", "xpu"):
            raise ValueError(f"there is no device {dtype!r} here: NumPy computes on the CPU")
        wanted = np.dtype(dtype)
        if wanted.kind != "f":
            raise ValueError(f"a module is made of real numbers, not {wanted}; write tg.float32 or tg.float64")
        for tensor in itertools.chain(self.parameters(), self.buffers()):
            if tensor.dtype.kind == "f" and tensor.dtype != wanted:
                gradient = tensor.grad
                tensor.data = tensor.data.astype(wanted)
                tensor.grad = None if gradient is None else gradient.detach().astype(wanted)
        return self

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
        """
        return {prefix + path: value.detach() for path, value in self._state().items()}

    def _state(self) -> dict[str, Tensor]:
        refuse_overlooked(list(self.modules()), Module)
        tensors = self._tensors(Parameter | Buffer, self._places(""))
        return {path: t for path, t in tensors if not isinstance(t, Buffer) or t.persistent}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> KeysThatDiffer:
        """Take on other values, in place, as they were saved by `state_dict()`.

        Args:
            state_dict: Tensors, arrays or PyTorch's tensors by path; copied, and turned into the parameter's dtype.
            strict: whether every key must have its counterpart; otherwise what has none is left alone.

        Raises:
            TypeError: state_dict is no dictionary.
            ValueError: a shape differs, or with `strict` a key is missing or unexpected. All of them are named, and
                nothing is changed.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"load_state_dict takes what state_dict() returned, not {type(state_dict).__name__}")
        own = self._state()
        missing = [key for key in own if key not in state_dict]
        unexpected = [key for key in state_dict if key not in own]
        values = {key: as_array(state_dict[key]) for key in own if key in state_dict}
        wrong = [f"missing key {key!r}" for key in missing] if strict else []
        wrong += [f"unexpected key {key!r}" for key in unexpected] if strict else []
        wrong += misfits(own, values)
        if wrong:
            raise ValueError(f"the state does not fit {type(self).__name__}: {'; '.join(wrong)}")
        for key, value in values.items():
            own[key]._own()[...] = value
        return KeysThatDiffer(missing, unexpected)

    # --- hooks ----------------------------------------------------------------------------------------------------

    def register_forward_hook(self, hook: Hook) -> Hooked:
        """Call `hook(module, args, result)` after each `forward`; what it returns, unless None, replaces the result."""
        return self._hook(1, hook)

    def register_forward_pre_hook(self, hook: Hook) -> Hooked:
        """Call `hook(module, args)` before every `forward`; what it returns, unless None, replaces the arguments."""
        return self._hook(0, hook)

    def _hooks(self) -> tuple[dict[int, Hook], dict[int, Hook]]:
        """The hooks before and after, by number; kept out of the attributes that a user sees until there are some."""
        return vars(self).get(HOOKS, ({}, {}))

    def _hook(self, when: int, hook: Hook) -> Hooked:
        return registered(vars(self).setdefault(HOOKS, ({}, {}))[when], hook)

    # --- how it looks ---------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands in the brackets of its `repr`: sizes and settings; subclasses say."""
        return ""

    @reprlib.recursive_repr("…")
    def __repr__(self) -> str:
        count = sum(p.size for _, p in _distinct(self._tensors(Parameter, self.named_modules())))
        remark = f"  # {count:,} parameter{'' if count == 1 else 's'}" if count else ""
        lines = []
        for name, value in self._attributes():
            if isinstance(value, Module):
                lines.append(f"  ({name}): " + repr(value).replace("\n", "\n  "))
            elif isinstance(value, Parameter) and not self.extra_repr():
                lines.append(f"  ({name}): Parameter{value.shape}")
        head = one_line(self)
        return "\n".join([head[:-1] + remark, *lines, ")"]) if lines else head + remark


def _path(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _distinct(named: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Every object once, under its first name."""
    seen = set()
    for name, value in named:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value
