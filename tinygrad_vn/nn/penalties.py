"""Penalties: terms that are added to a loss, so that large parameters cost something.

    loss = F.mse_loss(model(x), y) + nn.l2_penalty(model, 1e-3)

An L2 penalty (ridge) shrinks every parameter in proportion to its size; an L1 penalty (lasso) by the same amount, so
that many of them end near 0.
"""

from __future__ import annotations

from collections.abc import Iterable

from tinygrad_vn.nn.module import Module
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor


def l1_penalty(model: Module | Iterable[Tensor], weight: float, biases: bool = True) -> Tensor:
    """weight · ∑ |w| over all parameters; its gradient is weight · sign(w).

    Args:
        model: a module, or its parameters, or one of them.
        weight: how much it counts beside the loss, not negative.
        biases: whether the biases of a module, the parameters whose name begins with "bias", are penalised too.

    Returns:
        One number, to be added to the loss.

    Raises:
        TypeError: something among the parameters is no Tensor, or they do not tell which are biases.
        ValueError: the weight is negative, or there are no parameters.
    """
    return _total("l1_penalty", [abs(p).sum() for p in _penalised("l1_penalty", model, weight, biases)]) * weight


def l2_penalty(model: Module | Iterable[Tensor], weight: float, biases: bool = True) -> Tensor:
    """weight · ∑ w² over all parameters; its gradient is 2 · weight · w.

    An optimizer's `weight_decay`, here and in PyTorch, adds weight_decay · w to the gradient of every parameter, biases
    included: `l2_penalty(model, weight)` trains like `weight_decay=2 * weight`, except in AdamW, which applies it
    beside the gradient. A penalty is seen in the loss, a weight decay is not.

    Args:
        model: a module, or its parameters, or one of them.
        weight: how much it counts beside the loss, not negative.
        biases: whether the biases of a module, the parameters whose name begins with "bias", are penalised too.

    Returns:
        One number, to be added to the loss.

    Raises:
        TypeError: something among the parameters is no Tensor, or they do not tell which are biases.
        ValueError: the weight is negative, or there are no parameters.
    """
    return _total("l2_penalty", [(p**2).sum() for p in _penalised("l2_penalty", model, weight, biases)]) * weight


def _penalised(penalty: str, model: Module | Iterable[Tensor], weight: float, biases: bool) -> list[Tensor]:
    """The parameters that a penalty is made of."""
    if not weight >= 0:
        raise ValueError(said("{penalty} needs a weight of at least 0, not {weight}", penalty=penalty, weight=weight))
    if isinstance(model, Module):
        return [p for path, p in model.named_parameters() if biases or not path.split(".")[-1].startswith("bias")]
    if not biases:
        text = (
            "{penalty} does not know which of these parameters are biases: give it the model, or only those "
            "parameters that are to be penalised"
        )
        raise TypeError(said(text, penalty=penalty))
    parameters = [model] if isinstance(model, Tensor) else list(model)
    for position, parameter in enumerate(parameters):
        if not isinstance(parameter, Tensor):
            raise TypeError(
                said(
                    "{penalty} takes a module or Tensors; number {position} is a {kind}",
                    penalty=penalty,
                    position=position,
                    kind=type(parameter).__name__,
                )
            )
    return parameters


def _total(penalty: str, terms: list[Tensor]) -> Tensor:
    if not terms:
        text = "{function} found no parameters; a generator gives them only once: write model.parameters() again"
        raise ValueError(said(text, function=penalty))
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
