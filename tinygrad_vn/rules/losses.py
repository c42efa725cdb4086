"""What losses are made of, each as one operation whose gradient is the short form that the blackboard ends with.

The long way, one rule per sign, is right on paper only: for a logit of 1000, exp overflows, and the logarithm of a
probability that was rounded to 0 is −∞. Formula and gradient are therefore written in a form that no input spoils:

    ∂/∂x  log(1 + eˣ) − t x   =  σ(x) − t            (logistic loss)
    ∂/∂x  − log softmax(x)_k  =  softmax(x) − e_k    (cross entropy, by `log_softmax` and `pick`)
"""

from __future__ import annotations

import numpy as np

from tinygrad_vn.rules.activations import sigmoid, softplus
from tinygrad_vn.rules.primitive import Array, Primitive, primitive

LOWEST_LOG = -100.0  # PyTorch's: where a probability is 0, its logarithm is taken to be this
SMALLEST_VARIANCE = float(np.float32(1e-12))  # and p (1 − p) is at least this, where a gradient is divided by it
PIECE = 8192  # elements; OpenBLAS takes one thread for the dot product of up to 10,000

# --- differences ------------------------------------------------------------------------------------------------


def sum_of_squares(x: Array) -> Array:
    """∑ x² of a vector; `vdot` needs a quarter of the time of squaring and adding up.

    Piece by piece: a longer vector is spread over threads, which wait for one another where the machine is busy.
    """
    if x.size <= PIECE:
        return np.vdot(x, x)
    return sum(np.vdot(x[i : i + PIECE], x[i : i + PIECE]) for i in range(0, x.size, PIECE))


def squared_error_forward(x: Array, target: Array, divisor: float = 1.0) -> Array:
    """∑ (x − target)² / divisor, over all elements."""
    error = (x - target).reshape(-1)
    if error.dtype == np.float16:  # for 65,504 is its end
        return (sum_of_squares(error.astype(np.float32)) / divisor).astype(np.float16)
    return sum_of_squares(error) / divisor


squared_error = primitive(
    squared_error_forward,
    name="squared_error",
    sign="∑(−)²",
    x=lambda g, out, x, target, divisor: (g * (2 / divisor)) * (x - target),
    target=lambda g, out, x, target, divisor: (g * (2 / divisor)) * (target - x),
)

absolute_error = primitive(
    lambda x, target, divisor=1.0: np.add.reduce(np.abs(x - target), None) / divisor,
    name="absolute_error",
    sign="∑|−|",
    x=lambda g, out, x, target, divisor: (g / divisor) * np.sign(x - target),
    target=lambda g, out, x, target, divisor: (g / divisor) * np.sign(target - x),
)


def huber_forward(x: Array, delta: float = 1.0) -> Array:
    """x²/2 up to |x| = delta, and from there on the tangent, delta (|x| − delta/2)."""
    near = np.minimum(np.abs(x), delta)
    return near * (np.abs(x) - 0.5 * near)


huber = primitive(
    huber_forward,
    name="huber",
    sign="huber",
    x=lambda g, out, x, delta: g * np.minimum(np.maximum(x, -delta), delta),
)

# --- two classes ------------------------------------------------------------------------------------------------


def binary_cross_entropy_forward(p: Array, target: Array) -> Array:
    """−target log p − (1 − target) log(1 − p), elementwise, no logarithm below −100."""
    with np.errstate(divide="ignore"):  # log 0
        miss, false_alarm = -np.maximum(np.log(p), LOWEST_LOG), -np.maximum(np.log1p(-p), LOWEST_LOG)
    return (1 - target) * false_alarm + target * miss


def log_odds_forward(p: Array) -> Array:
    """log p − log(1 − p), no logarithm below −100."""
    with np.errstate(divide="ignore"):  # log 0
        return np.maximum(np.log(p), LOWEST_LOG) - np.maximum(np.log1p(-p), LOWEST_LOG)


log_odds = primitive(
    log_odds_forward,
    name="log_odds",
    sign="log odds",
    p=lambda g, out, p: g / np.maximum(p * (1 - p), SMALLEST_VARIANCE),
)

binary_cross_entropy = primitive(
    binary_cross_entropy_forward,
    name="binary_cross_entropy",
    sign="bce",
    p=lambda g, out, p, target: g * (p - target) / np.maximum(p * (1 - p), SMALLEST_VARIANCE),
    target=lambda g, out, p, target: -g * log_odds(p),
)


def logistic_loss_forward(x: Array, target: Array, pos_weight: Array = 1.0) -> Array:
    """The cross entropy of probabilities sigmoid(x), as (1 − t) softplus(x) + pos_weight t softplus(−x).

    Where t is 0 or 1, one of the terms is exactly 0, so nothing cancels, however certain the prediction is.
    """
    small = np.log1p(np.exp(-np.abs(x)))  # softplus(x) is this plus max(x, 0)
    if isinstance(pos_weight, float) and pos_weight == 1:
        return np.maximum(x, 0) - x * target + small  # the same; where the target is 1, x − x is exactly 0
    positive, negative = pos_weight * target, 1 - target
    return negative * np.maximum(x, 0) + positive * np.maximum(-x, 0) + (positive + negative) * small


def slope_of_logistic_loss(x: Array, target: Array, pos_weight: Array) -> Array:
    """σ(x) − target; with a weight, what makes of (1 − target) σ(x) − pos_weight target σ(−x)."""
    if isinstance(pos_weight, float) and pos_weight == 1:
        return sigmoid(x) - target
    return (1 - target) * sigmoid(x) - pos_weight * target * sigmoid(-x)


logistic_loss = primitive(
    logistic_loss_forward,
    name="logistic_loss",
    sign="logistic loss",
    x=lambda g, out, x, target, pos_weight: g * slope_of_logistic_loss(x, target, pos_weight),
    target=lambda g, out, x, target, pos_weight: g * (pos_weight * softplus(-x) - softplus(x)),
    pos_weight=lambda g, out, x, target, pos_weight: g * (target * softplus(-x)),
)

# --- many classes -----------------------------------------------------------------------------------------------


def place_forward(g: Array, positions: Array, shape: tuple[int, ...]) -> Array:
    """Zeros of the given shape, with `g`, or the one number that it is, at `positions`."""
    out = np.zeros(shape, g.dtype)
    out.reshape(-1)[positions] = g
    return out


pick = primitive(
    lambda a, positions: a.reshape(-1).take(positions),
    name="pick",
    sign="[ ]",
    a=lambda g, out, a, positions: place(g, positions, a.shape),
)  # elements by their positions in the flattened array, each named once at most: nothing has to be added up

place: Primitive = primitive(
    place_forward, name="place", sign="[ ]ᵀ", g=lambda g2, out, g, positions, shape: pick(g2, positions)
)

negative_sum = primitive(
    lambda a, positions, factors=1.0: 0 - np.add.reduce(a.reshape(-1).take(positions) * factors, None),
    name="negative_sum",
    sign="−∑[ ]",
    a=lambda g, out, a, positions, factors: place(-g * factors, positions, a.shape),
    factors=lambda g, out, a, positions, factors: -g * pick(a, positions),
)  # of the elements at these positions; with logarithms of probabilities, the cross entropy
