"""A model as a neural network: layers of neurons, with the weights between them.

What counts is what the model computes, not how it is built: it computes once, every layer is watched, and what led from
one `nn.Linear` to the next is read off the recorded graph. So it does not matter whether the layers stand in a
Sequential, in several inside each other, or in a class with a `forward` of its own, nor whether an activation function
is a module or a function. What is no chain of layers is refused, with the name of the layer where it stops being one.

The lectures' matrices are (in, out): W⁽ᵏ⁾ here is `layer.weight.T`, and w_ij⁽ᵏ⁾ leads from node i of layer k − 1 to
node j of layer k.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from tinygrad_vn.creation import tensor, zeros
from tinygrad_vn.derivatives import grad
from tinygrad_vn.graph import Leaf, Node, Values
from tinygrad_vn.lecture.arguments import described
from tinygrad_vn.lecture.picture.layout import DrawingError
from tinygrad_vn.modes import enable_grad
from tinygrad_vn.nn.activations import LeakyReLU, LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from tinygrad_vn.nn.layers import Linear
from tinygrad_vn.nn.module import Module
from tinygrad_vn.nn.normalization import BatchNorm1d, LayerNorm
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.tensor import Tensor

SIGNS: Final[dict[type[Module], str]] = {
    Sigmoid: "σ",
    Tanh: "tanh",
    ReLU: "ReLU",
    LeakyReLU: "Leaky ReLU",
    Softmax: "softmax",
    LogSoftmax: "log softmax",
    BatchNorm1d: "batch norm",
    LayerNorm: "layer norm",
}
_FUNCTIONS: Final = {"relu": "ReLU", "leaky_relu": "Leaky ReLU", "elu": "ELU", "silu": "SiLU", "softplus": "Softplus"}
_SHAPING: Final = {"reshape", "transpose", "broadcast_to", "getitem", "copy", "astype"}
_NORMS: Final = (BatchNorm1d, LayerNorm)  # their weights belong to a step between two layers


@dataclass(frozen=True)
class Layer:
    """A layer of neurons, and the weights that lead to it.

    Attributes:
        path: where its nn.Linear stands in the model, "encoder.0"; "" where it is the model itself.
        activation: what turns z into a: "σ", "ReLU", "batch norm → ReLU"; "" where a = z.
        weight: W, shape (nodes of the layer before, own nodes), as in the lectures.
        bias: b, shape (own nodes,), or None.
        z: the weighted sums of the example, shape (own nodes,); None without an example.
        a: what comes out of the activation, likewise.
        delta: δ = ∂L/∂z; None without a loss, and where none reaches it.
        weight_gradient: ∂L/∂W, shape of W; None also for frozen weights.
        bias_gradient: ∂L/∂b.
    """

    path: str
    activation: str
    weight: Values
    bias: Values | None
    z: Values | None = None
    a: Values | None = None
    delta: Values | None = None
    weight_gradient: Values | None = None
    bias_gradient: Values | None = None

    @property
    def size(self) -> int:
        """How many neurons it has."""
        return int(self.weight.shape[1])


@dataclass(frozen=True)
class Network:
    """All there is to draw.

    Attributes:
        steps: what happens to the inputs before the first layer; "" for nothing.
        inputs: a⁽⁰⁾, what enters the first layer; None without an example.
        layers: the hidden layers and the output layer.
        loss: the number; None without a loss.
        loss_name: what computed it, "MSELoss"; "" where it has no name.
        targets: what it compared the output with; None without.
    """

    steps: str
    inputs: Values | None
    layers: tuple[Layer, ...]
    loss: float | None = None
    loss_name: str = ""
    targets: Values | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of neurons, from the input layer on: (2, 3, 3, 1)."""
        return (int(self.layers[0].weight.shape[0]), *(layer.size for layer in self.layers))


class _Call(NamedTuple):
    """That a module was called, with what, and what it gave."""

    path: str
    module: Any
    given: Any
    result: Any


def network_of(
    model: Module, inputs: Any = None, targets: Any = None, loss: Callable[..., Any] | None = None
) -> Network:
    """Read a network off a model; the model, its gradients, its mode and its statistics are left as they were.

    Args:
        model: layers one after the other.
        inputs: one sample, in the shape that the model takes. Without one, the model is tried with zeros.
        targets: what `loss` is given besides the output.
        loss: `loss(output, targets)`, or `loss(output)` where there are no targets.

    Raises:
        DrawingError: the model is no chain of fully connected layers.
        ValueError: there are several samples, or the loss is not a single number.
    """
    _refuse_others(model)
    x = _example(model, inputs)
    with _watched(model) as calls, enable_grad(), np.errstate(all="ignore"):
        try:
            output = model(x)
        except Exception as error:
            if inputs is not None:
                raise
            text = (
                "{model} could not be followed with zeros of shape {shape} as input ({error}); give it an example: "
                "draw_network(model, inputs)"
            )
            raise DrawingError(phrase(text, model=type(model).__name__, shape=x.shape, error=error)) from error
        steps, layers = _chain(model, x, output, calls)
        first = layers[0].call
        if first.given.size != first.module.in_features:
            count = first.given.size // first.module.in_features
            text = "draw_network() shows one sample, but inputs of shape {shape} hold {count}; write inputs[:1]"
            raise ValueError(said(text, shape=x.shape, count=count))
        total = None if loss is None else _total(loss, output, targets)
        gradients = {} if total is None else _gradients(total, [part.call for part in layers])
    found = tuple(_layer(part, gradients, inputs is not None) for part in layers)
    values = None if inputs is None else _numbers(first.given)
    if total is None:
        return Network(steps, values, found)
    wanted = None if targets is None else np.array(targets.detach() if isinstance(targets, Tensor) else targets)
    return Network(steps, values, found, float(_numbers(total)[0]), _name_of(loss), wanted)


class _Part(NamedTuple):
    """A call of a Linear, what the next one is given of it, and what was done to it in between."""

    call: _Call
    passed_on: Tensor
    activation: str


def _refuse_others(model: Module) -> None:
    """DrawingError for a module with weights that are not those of neurons, and where there is no layer at all."""
    modules = list(model.named_modules())
    for path, module in modules:
        own = [name for name, _ in module.named_parameters(recurse=False)]
        if own and not any(True for _ in module.children()) and not isinstance(module, (Linear, *_NORMS)):
            text = "{place} cannot be drawn as neurons: its {name} is not the weight of an nn.Linear"
            raise _no_chain(phrase(text, place=_place(path, module), name=own[0]))
    if not any(isinstance(module, Linear) for _, module in modules):
        text = "{model} has no nn.Linear, so there are no layers of neurons to draw"
        raise _no_chain(phrase(text, model=type(model).__name__))


def _example(model: Module, inputs: Any) -> Tensor:
    """What to try the model with; it requires a gradient, so that everything that is made of it is recorded."""
    first = next(module for module in model.modules() if isinstance(module, Linear))
    if inputs is None:
        return zeros((1, first.in_features), dtype=first.weight.dtype, requires_grad=True)
    array = inputs.detach().numpy() if isinstance(inputs, Tensor) else np.asarray(inputs)
    return tensor(array.astype(first.weight.dtype), requires_grad=True)


@contextlib.contextmanager
def _watched(model: Module) -> Iterator[list[_Call]]:
    """A stretch in which every call of a module is noted, all being in `eval()` mode."""
    calls: list[_Call] = []
    places = list(model.named_modules())
    paths = {id(module): path for path, module in places}

    def note(module: Module, args: Any, result: Any) -> None:
        calls.append(_Call(paths[id(module)], module, args[0] if args else None, result))

    modes = [(module, vars(module).get("training")) for _, module in places]
    watched = [module for _, module in places if isinstance(module, Linear) or not any(True for _ in module.children())]
    hooks = [module.register_forward_hook(note) for module in watched]
    try:
        model.eval()
        yield calls
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            vars(module).pop("training", None) if mode is None else setattr(module, "training", mode)


def _chain(model: Module, x: Tensor, output: Any, calls: list[_Call]) -> tuple[str, list[_Part]]:
    """What is done to the inputs, and the layers in the order of the computation, each fed by the one before alone."""
    linear = [call for call in calls if isinstance(call.module, Linear)]
    if not linear:
        text = "forward() of {model} calls none of its nn.Linear layers, so there are no layers of neurons to draw"
        raise _no_chain(phrase(text, model=type(model).__name__))
    if not isinstance(output, Tensor):
        text = "forward() of {model} returns {kind}, not the Tensor of one last layer"
        raise _no_chain(phrase(text, model=type(model).__name__, kind=described(output)))
    steps, parts = _named(calls, x, linear[0].given, linear[0].path), []
    for call, following in zip(linear, [*linear[1:], None], strict=True):
        passed_on = output if following is None else following.given
        if isinstance(passed_on, Tensor) and passed_on.size != call.result.size:
            end = phrase("the output") if following is None else _place(following.path, following.module)
            text = "{end} is not made of the {count} neurons of {place}, one by one"
            raise _no_chain(phrase(text, end=end, count=call.result.size, place=_place(call.path, call.module)))
        activation = _named(calls, call.result, passed_on, None if following is None else following.path)
        parts.append(_Part(call, passed_on, activation))
    return steps, parts


def _named(calls: list[_Call], start: Tensor, end: Any, where: str | None) -> str:
    """What was done between a layer's result and the next layer's input: "σ", "batch norm → ReLU".

    A module goes by its name, a function by that of its operation; several operations together are called f.

    Raises:
        DrawingError: `end` is made of anything else than `start`.
    """
    names, at = [], start
    for call in calls:
        if isinstance(call.module, Linear) or not isinstance(call.given, Tensor) or call.given._node is not at._node:
            continue
        if not isinstance(call.result, Tensor) or not _leads_to(call.result, end):
            continue
        if _operations(at, call.result, [p._node for p in call.module.parameters()], where):
            names.append(SIGNS.get(type(call.module), type(call.module).__name__))
        at = call.result
    rest = _operations(at, end, (), where)
    if rest:
        name = rest[0].primitive.name
        names.append(_FUNCTIONS.get(name, rest[0].primitive.sign) if len(rest) == 1 else "f")
    return " → ".join(names)


def _leads_to(result: Tensor, end: Any) -> bool:
    """Whether `end` was computed from `result`."""
    if result._node is None or not isinstance(end, Tensor):
        return False
    todo: list[Node | None] = [end._node]
    seen: set[Node] = set()
    while todo:
        node = todo.pop()
        if node is result._node:
            return True
        if node is not None and node not in seen and node.order > result._node.order:  # older ones lead elsewhere
            seen.add(node)
            todo += node.inputs
    return False


def _operations(start: Tensor, end: Any, own: Collection[Node | None], where: str | None) -> list[Node]:
    """The operations that lead from one Tensor to another, oldest first, those that only change the shape left out.

    Raises:
        DrawingError: others contribute: an earlier layer, or a parameter that is not among `own`.
    """
    node = end._node if isinstance(end, Tensor) else None
    found: dict[Node, None] = {}
    todo = [] if node is None or node is start._node else [node]
    reached = node is start._node
    while todo:
        node = todo.pop()
        if node in found:
            continue
        found[node] = None
        for source in node.inputs:
            if source is start._node:
                reached = True
            elif type(source) is Leaf:
                if source.requires_grad and source not in own:
                    raise _fed_by_others(where)
            elif source is not None:
                todo.append(source)
    if not reached:
        raise _fed_by_others(where)
    return sorted((n for n in found if n.primitive.name not in _SHAPING), key=lambda n: n.order)


def _fed_by_others(where: str | None) -> DrawingError:
    """The error for a layer, or the output where it is None, that more than the layer before it contributes to."""
    place = phrase("the layer")
    if where is None:
        place = phrase("the output")
    elif where:
        place = phrase("layer {path!r}", path=where)
    text = (
        "{place} is not fed by the layer before it alone (a skip connection, a second branch, or a parameter outside "
        "of nn.Linear), so the model is no chain of layers"
    )
    return _no_chain(phrase(text, place=place))


def _no_chain(reason: Text) -> DrawingError:
    """The error for a model that is no chain of fully connected layers."""
    return DrawingError(phrase("{reason}. draw(model, inputs=x) draws any computation.", reason=reason))


def _total(loss: Callable[..., Any], output: Tensor, targets: Any) -> Tensor:
    """The loss, a single number."""
    if targets is not None and not isinstance(targets, Tensor):
        targets = np.asarray(targets)
        if targets.dtype.kind == "f" and targets.size == output.size:
            targets = targets.reshape(output.shape)  # y = 1.0 for the only output, whatever the shape of a batch is
    total = loss(output) if targets is None else loss(output, targets)
    if not isinstance(total, Tensor) or total.size != 1:
        text = "the loss of draw_network() returned {what}; it must return a Tensor with one number"
        raise ValueError(said(text, what=described(total)))
    return total


def _gradients(total: Tensor, calls: list[_Call]) -> dict[int, Values]:
    """∂L/∂z of every layer, and ∂L/∂W and ∂L/∂b of those that are learned, by the id of the Tensor."""
    wanted = {id(call.result): call.result for call in calls}
    wanted |= {id(p): p for call in calls for p in call.module.parameters() if p.requires_grad}
    if not total.requires_grad:
        return {}
    gradients = grad(total, list(wanted.values()), allow_unused=True)
    return {key: g.numpy() for key, g in zip(wanted, gradients, strict=True) if g is not None}


def _layer(part: _Part, gradients: dict[int, Values], with_values: bool) -> Layer:
    """One layer; everything is copied, so that a drawing shows what was, whatever the model learns next."""
    linear = part.call.module
    delta, weight_gradient = gradients.get(id(part.call.result)), gradients.get(id(linear.weight))
    return Layer(
        path=part.call.path,
        activation=part.activation,
        weight=linear.weight.detach().numpy().T.copy(),
        bias=None if linear.bias is None else _numbers(linear.bias),
        z=_numbers(part.call.result) if with_values else None,
        a=_numbers(part.passed_on) if with_values else None,
        delta=None if delta is None else delta.reshape(-1),
        weight_gradient=None if weight_gradient is None else weight_gradient.T,
        bias_gradient=None if linear.bias is None else gradients.get(id(linear.bias)),
    )


def _numbers(values: Tensor) -> Values:
    """A copy of the values, in one row."""
    return values.detach().numpy().reshape(-1).copy()


def _name_of(loss: Any) -> str:
    name = type(loss).__name__ if isinstance(loss, Module) else getattr(loss, "__name__", "")
    return "" if name == "<lambda>" else str(name)


def _place(path: str, module: Module) -> Text | str:
    """How errors name a layer."""
    kind = type(module).__name__
    return phrase("layer {path!r} ({kind})", path=path, kind=kind) if path else kind
