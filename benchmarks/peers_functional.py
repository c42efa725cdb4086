"""The measured work in JAX, HIPS autograd and MyGrad: losses as functions of lists of arrays.

The three share the formulas; what each calls relu, cross entropy, … stands in a `Words`. JAX compiles the whole step,
forward, backward and update; the others are updated by the optimizers written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

from benchmarks import by_hand
from benchmarks.by_hand import BETA1, BETA2, EPS, HIGH, LOW, MOMENTUM, PENALTY
from benchmarks.workloads import NO_UPDATE, Contestant, Workload, expression


@dataclass(frozen=True)
class Words:
    """What a library calls things.

    Attributes:
        xp: its NumPy.
        relu, sigmoid: functions of arrays.
        cross_entropy: mean softmax cross entropy of logits and class numbers.
        grad: the gradient of a function of one array; None without second derivatives.
    """

    xp: Any
    relu: Callable[[Any], Any]
    sigmoid: Callable[[Any], Any]
    cross_entropy: Callable[[Any, Any], Any]
    grad: Callable[[Any], Any] | None


def sigmoid_net(words: Words, params: Any, x: Any, y: Any) -> Any:
    """Layers of sigmoids, mean squared error."""
    for W, b in zip(params[::2], params[1::2], strict=True):
        x = words.sigmoid(words.xp.matmul(x, W) + b)
    return words.xp.mean((x - y) ** 2)


def relu_net(words: Words, params: Any, x: Any, y: Any) -> Any:
    """Layers with relu between them, cross entropy."""
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        x = words.relu(words.xp.matmul(x, W) + b)
    return words.cross_entropy(words.xp.matmul(x, params[-2]) + params[-1], y)


def logistic(words: Words, params: Any, x: Any, y: Any) -> Any:
    """Logistic regression."""
    z = words.xp.matmul(x, params[0]) + params[1]
    return words.xp.mean(words.xp.logaddexp(0.0, z) - y * z)


def factorization(words: Words, params: Any, ratings: Any, known: Any, count: float) -> Any:
    """U Mᵀ."""
    return words.xp.sum(((words.xp.matmul(params[0], params[1].T) - ratings) * known) ** 2) / count


def dot_bias(words: Words, params: Any, users: Any, films: Any, ratings: Any) -> Any:
    """The recommender."""
    U, M, user_bias, film_bias = params
    z = words.xp.sum(U[users] * M[films], axis=1) + user_bias[users] + film_bias[films]
    return words.xp.mean((words.sigmoid(z) * (HIGH - LOW) + LOW - ratings) ** 2)


def scalar_expression(words: Words, params: Any) -> Any:
    """The expression on two numbers."""
    return expression(*params, words.relu)


def scalar_points(words: Words, params: Any) -> Any:
    """The same at many points."""
    return words.xp.mean(expression(*params, words.relu))


def gradient_penalty(words: Words, params: Any, x: Any, y: Any) -> Any:
    """The loss that contains a gradient."""
    if words.grad is None:
        raise NotImplementedError("no second derivatives")
    W, b, w, c = params
    xp = words.xp

    def f(points: Any) -> Any:
        return xp.matmul(xp.tanh(xp.matmul(points, W) + b), w) + c

    slope = words.grad(lambda points: xp.sum(f(points)))(x)
    return xp.mean((f(x) - y) ** 2) + PENALTY * xp.sum(slope**2) / len(x)


LOSSES: dict[str, Callable[..., Any]] = {
    loss.__name__: loss
    for loss in (
        sigmoid_net,
        relu_net,
        logistic,
        factorization,
        dot_bias,
        scalar_expression,
        scalar_points,
        gradient_penalty,
    )
}


def loss_with(words: Words, work: Workload) -> Callable[..., Any]:
    """The workload's loss, of parameters and a batch."""
    if work.kind not in LOSSES:
        raise NotImplementedError("no gradients of rows")
    return partial(LOSSES[work.kind], words)


def jax(work: Workload) -> Contestant:
    """`jax.jit` of the whole step, on the processor; the parameters' memory is used again (donated)."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def cross_entropy(z: Any, y: Any) -> Any:
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1))

    loss_of = loss_with(Words(jnp, jax.nn.relu, jax.nn.sigmoid, cross_entropy, jax.grad), work)
    turns = cycle([tuple(jnp.asarray(a) if isinstance(a, np.ndarray) else a for a in b) for b in work.batches()])
    params = [jnp.asarray(p) for p in work.start()]
    gradients = jax.jit(jax.value_and_grad(loss_of))
    if work.update == NO_UPDATE:
        return lambda: jax.block_until_ready(gradients(params, *next(turns)))[0]
    state = [jnp.zeros((), jnp.int32), [jnp.zeros_like(p) for p in params], [jnp.zeros_like(p) for p in params]]

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(params: Any, state: Any, *batch: Any) -> Any:
        loss, found = jax.value_and_grad(loss_of)(params, *batch)
        return loss, *_jax_update(jnp, work, params, found, state)

    held = [params, state]

    def step() -> Any:
        loss, held[0], held[1] = update(held[0], held[1], *next(turns))
        return jax.block_until_ready(loss)

    return step


def _jax_update(jnp: Any, work: Workload, params: Any, found: Any, state: Any) -> tuple[Any, Any]:
    """The optimizers of `by_hand`, as functions."""
    lr, (t, first, second) = work.learning_rate, state
    found = [g + work.weight_decay * p for p, g in zip(params, found, strict=True)] if work.weight_decay else found
    if work.update == "SGD":
        return [p - lr * g for p, g in zip(params, found, strict=True)], state
    if work.update == "momentum":
        first = [MOMENTUM * v + g for v, g in zip(first, found, strict=True)]
        return [p - lr * v for p, v in zip(params, first, strict=True)], [t, first, second]
    t = t + 1
    first = [BETA1 * m + (1 - BETA1) * g for m, g in zip(first, found, strict=True)]
    second = [BETA2 * v + (1 - BETA2) * g * g for v, g in zip(second, found, strict=True)]
    # Weak numbers such as 1 − β₁ᵗ would make float32 parameters float64.
    scales = [(1 - beta ** t.astype(jnp.float64)).astype(params[0].dtype) for beta in (BETA1, BETA2)]
    params = [
        p - lr * (m / scales[0]) / (jnp.sqrt(v / scales[1]) + EPS)
        for p, m, v in zip(params, first, second, strict=True)
    ]
    return params, [t, first, second]


def hips(work: Workload) -> Contestant:
    """HIPS autograd's gradients, updates by hand."""
    import autograd
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    def cross_entropy(z: Any, y: Any) -> Any:
        return anp.mean(logsumexp(z, axis=1) - z[anp.arange(len(y)), y])

    sigmoid = lambda z: 1 / (1 + anp.exp(-z))
    words = Words(anp, lambda z: anp.maximum(z, 0), sigmoid, cross_entropy, autograd.elementwise_grad)
    gradients = autograd.value_and_grad(loss_with(words, work))
    return _updated_by_hand(work, work.start(), lambda params, *batch: gradients(params, *batch))


def mygrad(work: Workload) -> Contestant:
    """MyGrad's gradients, updates by hand."""
    import mygrad as mg
    from mygrad.nnet.activations import relu, sigmoid
    from mygrad.nnet.losses import softmax_crossentropy

    if work.kind == "gradient_penalty":
        raise NotImplementedError("no second derivatives")
    loss_of = loss_with(Words(mg, relu, sigmoid, softmax_crossentropy, None), work)
    tensors = [mg.tensor(p, copy=False) for p in work.start()]

    def gradients(params: Any, *batch: Any) -> Any:
        loss = loss_of(tensors, *batch)
        loss.backward()
        return loss.data, [p.grad for p in tensors]

    return _updated_by_hand(work, [p.data for p in tensors], gradients)


def _updated_by_hand(work: Workload, params: Any, gradients: Callable[..., Any]) -> Contestant:
    turns = cycle(work.batches())
    if work.update == NO_UPDATE:
        return lambda: gradients(params, *next(turns))[0]
    optimizer = by_hand.UPDATES[work.update](params, work.learning_rate, work.weight_decay)

    def step() -> Any:
        loss, found = gradients(params, *next(turns))
        optimizer.step(found)
        return loss

    return step
