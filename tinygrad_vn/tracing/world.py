"""What a function does to the world, written down in its place, to be done again.

Random numbers are drawn, optimizers step, Tensors and gradients are changed in place, leaves get gradients.
"""

from __future__ import annotations

import random
import types
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinygrad_vn.graph import Leaf, Node, release
from tinygrad_vn.phrases import phrase
from tinygrad_vn.recording import Recorded, untracked, untracked_rows
from tinygrad_vn.sparse import RowGradient
from tinygrad_vn.tracing.notes import Notes, parts_of, plain_tensors, with_arrays
from tinygrad_vn.tracing.program import AsTensor, Step, Value, are_same, mapped
from tinygrad_vn.tracing.traced import Traced, TracedRows, plain, traced


class World(Notes):
    """Writes down what is done to generators, Tensors, leaves and modules."""

    def values(self, tensor: Any) -> Any:
        """The array of a Tensor, as one that tells."""
        if not self.writes_down:
            return tensor._data
        if getattr(tensor, "is_sparse", False):
            self.give_up(phrase("a sparse gradient is computed with"))
            return tensor._data
        data = tensor._data
        if isinstance(data, Traced):
            return data
        leaf = self._whose(tensor)
        if leaf is not None:
            return self._placed(Value("grad", data, self._leaves[leaf]))
        value = self._tensors.get(id(tensor))
        if value is None:
            value = self._tensors[id(tensor)] = Value("tensor", data, tensor)
            self._seen_tensors.append(value)
            node = tensor._node
            if type(node) is Leaf:
                self._leaves.setdefault(node, ("leaf", node))
        return self._placed(value)

    def observe(self, generators: Iterable[Any], groups: Iterable[dict[str, Any]]) -> None:
        """Look at these generators of random numbers, and settings of optimizers: who uses them directly is noticed."""
        for rng in generators:
            self._generators[id(rng)] = rng, state_of(rng)
        for group in groups:
            self._groups[id(group)] = group, settings_in(group)

    def _check_groups(self) -> None:
        """Has anybody but an effect changed the settings of an optimizer?"""
        for group, before in self._groups.values():
            if not are_same(settings_in(group), before):
                self.give_up(phrase("it changes param_groups of an optimizer, which a repetition would not"))

    def _moved_groups(self, owner: Any) -> None:
        """Remember the settings as an effect has left them; of a new optimizer, too."""
        groups = getattr(owner, "param_groups", None)
        if isinstance(groups, list):
            self.optimizers.append(owner)
            self._groups |= {id(group): (group, {}) for group in groups if id(group) not in self._groups}
        for number, (group, _) in self._groups.items():
            self._groups[number] = group, settings_in(group)

    def _check_generators(self) -> None:
        if any(state_of(rng) != state for rng, state in self._generators.values()):
            self.give_up(phrase("random numbers are drawn from a generator directly"))

    def draw(self, rng: Any, method: str, args: tuple[Any, ...], everybodys: bool) -> Any:
        """Random numbers."""
        if id(rng) in self._generators and state_of(rng) != self._generators[id(rng)][1]:
            self.give_up(phrase("random numbers are drawn from a generator directly"))
        result = getattr(rng, method)(*plain(args))
        self._generators[id(rng)] = rng, state_of(rng)
        if not self.writes_down:
            return result
        return self._step("draw", method, (None if everybodys else rng, *args), {}, result)

    def effect(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """An optimizer's step, and the like."""
        if not self.writes_down:
            return function(*args, **named)
        self._check_groups()
        self._hand_over()
        args = tuple(list(arg) if isinstance(arg, types.GeneratorType) else arg for arg in args)
        if any(isinstance(part, types.FunctionType | types.MethodType) for part in parts_of((args, named))):
            self.give_up(phrase("{what} is given a function", what=f"{function.__name__}()"))
        with self._pause():
            result = function(*plain_tensors(args), **plain_tensors(named))
        self._moved_groups(args[0] if args else None)
        if self.refusal is not None:
            return result
        told = [mapped(item, self._handed) for item in (args, named)]
        step = Step("effect", function, *(mapped(item, self._ref) for item in told))
        self.steps.append(step)
        self._tensors.clear()
        if isinstance(result, Recorded) and type(result._node) is not Node and not result.is_sparse:
            step.result = Value("step", result._data)
            result._data = traced(result._data, step.result)
            self._results.append(weakref.ref(result))
        elif result is not None:
            self.give_up(phrase("{what} returns a value", what=f"{function.__name__}()"))
        return result

    def _handed(self, item: Any) -> Any:
        """What an effect is given: Tensors from outside as they are, others with the values of the moment."""
        if id(item) in self._given:
            self.give_up(phrase("it changes an argument in place"))
        if not isinstance(item, Recorded) or item.is_sparse or not isinstance(item._data, Traced):
            return item
        return AsTensor(self._ref(item._data))

    def _hand_over(self) -> None:
        """Give leaves bare arrays for gradients, as effects expect them."""
        for leaf in self._leaves:
            if leaf.grad is not None and not leaf.grad.is_sparse:
                leaf.grad._data = plain(leaf.grad._data)
            elif leaf.grad is not None:
                leaf.grad.rows = plain(leaf.grad.rows)

    def update(self, tensor: Any, forward: Callable[..., Any], value: Any) -> bool:
        """`tensor += value`, in place."""
        if not self.writes_down or self._is_outsider(tensor):
            return False
        told = self.values(value) if isinstance(value, Recorded) else value
        leaf = self._whose(tensor)
        if leaf is not None:
            return self._rewrite(leaf, tensor, forward(tensor._data, told))
        if isinstance(tensor._data, Traced):
            new = forward(tensor._data, told)
            if new.dtype != tensor._data.dtype or new.shape != tensor._data.shape:
                self.give_up(phrase("a result changes its kind in place"))
            tensor._data = new
            return True
        buffer = tensor._own()
        forward(buffer, plain(told), out=buffer)
        self.steps.append(Step("update", forward, (tensor, self._ref(told))))
        self._tensors.pop(id(tensor), None)
        return True

    def assign(self, tensor: Any, index: Any, value: Any) -> bool:
        """`tensor[index] = value`."""
        if not self.writes_down or self._is_outsider(tensor):
            return False
        index = with_arrays(index, self.values)
        told = self.values(value) if isinstance(value, Recorded) else value
        leaf = self._whose(tensor)
        if leaf is not None or isinstance(tensor._data, Traced):
            result = assigned(plain(tensor._data), plain(index), plain(told))
            new = self._step("call", assigned, (tensor._data, index, told), {}, result)
            if leaf is not None:
                return self._rewrite(leaf, tensor, new)
            tensor._data = new
            return True
        tensor._own()[plain(index)] = plain(told)
        self.steps.append(Step("assign", None, mapped((tensor, index, told), self._ref)))
        self._tensors.pop(id(tensor), None)
        return True

    def _is_outsider(self, tensor: Any) -> bool:
        """Is it an argument, which is not changed in place by a repetition? Then it is done to the argument itself."""
        if id(tensor) not in self._given:
            return False
        self.give_up(phrase("it changes an argument in place"))
        tensor._data = self._given[id(tensor)][1]._data
        return False

    def module(self, module: Any, has_hooks: bool) -> None:
        """A module is called."""
        if has_hooks:
            self.give_up(phrase("a module has hooks, which a repetition would not call"))
        if self.writes_down and id(module) not in self._modules:
            self._modules[id(module)] = module, dict(vars(module))

    def required(self, leaf: Leaf, wanted: bool) -> None:
        """A leaf is asked for gradients, or no longer."""
        if not self.writes_down:
            return
        if self._leaves.get(leaf, ("leaf",))[0] == "argument":
            self.give_up(phrase("it changes an argument in place"))
        self._required.setdefault(leaf, not wanted)
        self.steps.append(Step("require", wanted, (("leaf", leaf),)))

    def committed(self, gradients: dict[Any, Any], passed: list[Any]) -> bool:
        """What a finished pass hands to leaves."""
        if not self.writes_down:
            return False
        if any(type(node) is not Leaf or isinstance(g, Recorded) for node, g in gradients.items()):
            self.give_up(phrase("backward() leaves a gradient that has a graph of its own, or stays at a result"))
            return False
        for node, g in gradients.items():
            self._add(node, g)
        for node in passed:
            node.spent = True
        with self._pause():
            release(passed)
        gradients.clear()
        return True

    def _add(self, leaf: Leaf, g: Any) -> None:
        name, before = self._leaves.get(leaf), self._asked(leaf)
        if isinstance(g, RowGradient):
            told: Any = g.value if isinstance(g, TracedRows) else mapped(g, self._ref)
            if before is not None:
                self.give_up(phrase("a sparse gradient is added to another"))
            leaf.grad = untracked_rows(g)
        else:
            if before is not None:
                g = self.values(before) + g
            elif not g.flags.c_contiguous:
                g = g.copy()
            told = self._ref(g)
            leaf.grad = untracked(g)
        if name is not None:
            self.steps.append(Step("grad", before is not None, (name, told)))

    def _asked(self, leaf: Leaf) -> Any:
        """The gradient that a leaf has, as one that tells."""
        if leaf not in self._leaves:
            if leaf in self._inner:
                return leaf.grad
            self._leaves[leaf] = ("leaf", leaf)
        self.leaves_first.setdefault(self._leaves[leaf], leaf.grad is not None)
        grad = leaf.grad
        if grad is None or grad.is_sparse or isinstance(grad._data, Traced):
            return grad
        twin = self._twin(grad, self._placed(Value("grad", grad._data, self._leaves[leaf])))
        self._twins[id(twin)] = twin, leaf
        return twin

    def _whose(self, tensor: Any) -> Leaf | None:
        """The leaf whose gradient this is."""
        if id(tensor) in self._twins:
            return self._twins[id(tensor)][1]
        return next((leaf for leaf in self._leaves if leaf.grad is tensor), None)

    def _rewrite(self, leaf: Leaf, tensor: Any, new: Any) -> bool:
        """A gradient is changed in place."""
        if new.dtype != tensor._data.dtype or new.shape != tensor._data.shape or leaf.grad is None:
            self.give_up(phrase("a result changes its kind in place"))
        else:
            leaf.grad._data = new
        tensor._data = new
        self.steps.append(Step("rewrite", None, (self._leaves[leaf], self._ref(new))))
        return True

    def gradient(self, node: Any) -> Any:
        """The gradient of a Tensor."""
        if not self.writes_down or type(node) is not Leaf:
            return node.grad
        return self._asked(node)

    def no_gradient(self, tensor: Any) -> None:
        """A Tensor is asked for its gradient, and has none; one from outside may get one later."""
        if self.writes_down and not isinstance(tensor._data, Traced):
            self._asked(tensor._leaf())

    def graded(self, node: Any, gradient: Any) -> None:
        """The gradient of a leaf has been set, or forgotten."""
        if not self.writes_down or type(node) is not Leaf:
            return
        if gradient is not None:
            self.give_up(phrase("a gradient is set by hand"))
            return
        name = self._leaves.get(node)
        if name is None:
            name = self._leaves[node] = ("leaf", node)
        self.leaves_first.setdefault(name, None)
        self.steps.append(Step("clear", None, (name,)))


def state_of(rng: Any) -> Any:
    """Where a generator of random numbers has come to: one of NumPy's, old or new, or one of `random`."""
    if rng is random or isinstance(rng, random.Random):
        return rng.getstate()
    return readable(getattr(rng, "bit_generator", None) or rng._bit_generator)


def settings_in(group: dict[str, Any]) -> dict[str, Any]:
    """The settings of a group of parameters, without these."""
    return {key: value for key, value in group.items() if key != "params"}


def readable(bits: Any) -> Any:
    """The state of a bit generator, with texts in the place of arrays, to be compared."""

    def told(item: Any) -> Any:
        return item.tobytes() if isinstance(item, np.ndarray) else item

    return mapped(bits.state, told)


def assigned(array: Any, index: Any, value: Any) -> Any:
    """A copy of an array, with other values at some places."""
    result = array.copy()
    result[index] = value
    return result
