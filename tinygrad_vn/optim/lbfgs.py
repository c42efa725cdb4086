"""L-BFGS: steps that know how the slope changes, without a matrix of second derivatives.

Newton's method divides the gradient by the curvature. L-BFGS estimates the curvature from the last few moves: s, how
far the parameters went, and y, how much the gradient changed on the way. It suits small problems without mini-batches,
where it takes a few dozen evaluations instead of thousands of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import numpy as np

from tinygrad_vn.graph import Values
from tinygrad_vn.modes import is_effect
from tinygrad_vn.optim.line_search import StrongWolfe, Trial
from tinygrad_vn.optim.optimizer import Closure, Optimizer, evaluated
from tinygrad_vn.optim.pack import Scratch
from tinygrad_vn.optim.parameters import Parameters, ParamGroup, check_rate, misshapen
from tinygrad_vn.optim.settings import check_choice, check_not_negative, check_whole, positive_whole
from tinygrad_vn.optim.state import State
from tinygrad_vn.phrases import said
from tinygrad_vn.tensor import Tensor

Evaluation = Callable[[], tuple[Any, Values]]
"""A function that computes the loss and, as one vector, its gradient."""


class LBFGS(Optimizer):
    """Limited-memory BFGS. One `step(closure)` makes up to `max_iter` moves, so it must be able to evaluate the loss.

        d ← −H·g     with H, the inverse curvature, by the two-loop recursion from the last moves (s, y)
        p ← p + t·d

    Args:
        params: the parameters; one group only, since all of them are one long vector here.
        lr: t, the length of a move; with a line search the first length that is tried (default: 1.0).
        max_iter: how many moves one `step` makes at most (default: 20).
        max_eval: after how many evaluations no further move is begun; by default 5/4 of max_iter.
        tolerance_grad: stop where no number of the gradient is larger (default: 1e-7).
        tolerance_change: stop where neither the loss nor any parameter moved further (default: 1e-9).
        history_size: how many moves are remembered, each at the cost of two vectors (default: 100).
        line_search_fn: None for moves of length lr, "strong_wolfe" for a line search.

    Example:
        optimizer = optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe")
        def closure():
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            return loss
        for _ in range(10):
            loss = optimizer.step(closure)

    Raises:
        TypeError, ValueError: as `Optimizer`; ValueError where a setting is out of its range, or for a second group.

    Unlike the other optimizers, it makes new arrays as large as all parameters together in every move: the gradient,
    its change y, the move s, the direction and intermediate results; s and y are kept for `history_size` moves.
    Parameters are changed in place.

    The moves are those of PyTorch. Near the minimum rounding decides, with a line search (is this point flat enough?)
    and with the curvature of the last tiny move; from there both go different ways to it, as two runs of PyTorch do
    that start one unit in the last place apart.

    Source: Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 7.4 and 7.5.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Literal["strong_wolfe"] | None = None,
    ) -> None:
        settings: dict[str, Any] = {"lr": lr, "max_iter": max_iter}
        settings["max_eval"] = positive_whole("max_iter", max_iter) * 5 // 4 if max_eval is None else max_eval
        settings |= {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        settings |= {"history_size": history_size, "line_search_fn": line_search_fn}
        super().__init__(params, settings)

    def add_param_group(self, group: Mapping[str, Any]) -> None:
        """The one group; ValueError for another."""
        if self.param_groups:
            raise ValueError(said("LBFGS takes one group of parameters only: all of them are one vector to it"))
        super().add_param_group(group)

    def check_settings(self, group: ParamGroup) -> None:
        """ValueError where a setting is out of its range."""
        check_not_negative(group, "lr", "tolerance_grad", "tolerance_change")
        check_whole(group, "max_iter", "max_eval", "history_size")
        check_choice("line_search_fn", group["line_search_fn"], "strong_wolfe", None)

    def check_state(self, number: int, p: Values, saved: Mapping[str, Any], group: ParamGroup) -> None:
        """ValueError where a saved state does not fit: everything is kept with the first parameter, in long vectors."""
        size = sum(q.size for q in self._all_parameters())
        if number != 0:
            raise ValueError(
                said("LBFGS keeps all with the first parameter, but there is a state of number {number}", number=number)
            )
        missing = _at_first().keys() - saved.keys() or (
            _FROM_THE_LAST_MOVE - saved.keys() if saved["n_iter"] else set()
        )
        if missing:
            raise ValueError(said("the saved state lacks {missing}", missing=", ".join(sorted(missing))))
        vectors = [v for s, y, _ in saved["history"] for v in (s, y)]
        vectors += [saved[key] for key in ("d", "prev_flat_grad") if key in saved]
        for vector in vectors:
            if np.shape(vector) != (size,):
                shape = np.shape(vector)
                raise ValueError(
                    said("a saved vector has shape {shape}; the parameters are {size} numbers", shape=shape, size=size)
                )

    def update(self, p: Values, g: Values, state: State, group: ParamGroup, scratch: Scratch) -> None:
        """Not for LBFGS, whose `step` moves all parameters together."""
        raise NotImplementedError("LBFGS moves all parameters together, in step(closure)")

    @is_effect
    def step(self, closure: Closure | None = None, *, accumulate: bool = False) -> Any:
        """Move until the loss is at its minimum, or `max_iter` times.

        Args:
            closure: clears the gradients, computes the loss, calls `backward()` and returns the loss.
            accumulate: the closure adds up gradients on purpose, see `Optimizer.step`.

        Returns:
            the loss before the first move, as the closure returned it.

        Raises:
            TypeError: there is no closure, or it returns nothing.
            ValueError: the parameters have changed their shapes since the last step; ParameterError, E13, where a
                gradient does not fit its parameter, or the rate is not finite.

        Stopped by Ctrl-C in a line search, the parameters are where that began; what is remembered stays usable.
        """
        if closure is None:
            raise TypeError(
                said(
                    "LBFGS evaluates the loss several times per step: write step(closure), with a function that calls "
                    "zero_grad() and backward() and returns the loss"
                )
            )
        group, params = self.param_groups[0], self._all_parameters()
        check_rate(self._name(), 0, group)
        state = self.state.setdefault(params[0], _at_first())
        evaluate = self._evaluation(closure, state, accumulate)
        evaluated_before = state["func_evals"]
        first, gradient = evaluate()
        if "d" in state and state["d"].size != gradient.size:
            raise ValueError(
                said(
                    "the parameters are {now} numbers now and were {before} at the last step; make a new LBFGS for "
                    "them",
                    now=gradient.size,
                    before=state["d"].size,
                )
            )
        loss = float(first)
        for n_moves in range(1, group["max_iter"] + 1):
            if np.abs(gradient).max(initial=0) <= group["tolerance_grad"]:
                break
            before = loss
            d, t, slope = self._direction(gradient, state, group)
            if slope > -group["tolerance_change"]:
                break
            if group["line_search_fn"]:
                room = group["max_eval"] - (state["func_evals"] - evaluated_before)
                search = StrongWolfe(partial(self._tried, evaluate, d), d, room, group["tolerance_change"])
                t, loss, gradient, _ = search.search(Trial(0.0, loss, gradient, slope), t)
                state["t"] = t
            self._go(t, d)
            if not group["line_search_fn"]:
                if n_moves == group["max_iter"]:
                    break  # nobody would use another evaluation
                loss, gradient = _with_number(evaluate())
            is_short = np.abs(d).max() * abs(t) <= group["tolerance_change"]
            is_spent = state["func_evals"] - evaluated_before >= group["max_eval"]
            if is_spent or is_short or abs(loss - before) < group["tolerance_change"]:
                break
        return first

    def _evaluation(self, closure: Closure, state: State, accumulate: bool) -> Evaluation:
        """The closure as a function that returns the loss and the flat gradient, and counts."""

        def evaluate() -> tuple[Any, Values]:
            loss = evaluated(closure)
            if loss is None:
                raise TypeError(said("the closure returned None; it must return the loss: end it with `return loss`"))
            state["func_evals"] += 1
            if not (accumulate or self._has_warned):
                self._warn_of_sums()
            if all(p.grad is None for p in self._all_parameters()):
                self._warn_of_nothing()
            return loss, self._flat_gradient()

        return evaluate

    def _direction(self, gradient: Values, state: State, group: ParamGroup) -> tuple[Values, float, float]:
        """The next direction, the length to begin with and the slope along it; all that is remembered, in one go."""
        history, scale, t = state["history"], state["H_diag"], group["lr"]
        if state["n_iter"] == 0:
            t *= min(1.0, 1.0 / float(np.abs(gradient).sum()))
        else:
            y, s = gradient - state["prev_flat_grad"], state["d"] * state["t"]
            curvature = float(np.dot(y, s))
            if curvature > 1e-10:
                history = [*history, (s, y, 1 / curvature)][-group["history_size"] :]
                scale = curvature / float(np.dot(y, y))
        d = descent_direction(gradient, history, scale)
        state.update(n_iter=state["n_iter"] + 1, history=history, H_diag=scale, d=d, t=t, prev_flat_grad=gradient)
        return d, t, float(np.dot(gradient, d))

    def _tried(self, evaluate: Evaluation, d: Values, t: float) -> tuple[float, Values]:
        """The loss and its gradient at p + t·d; the parameters are back at p afterwards, whatever happens."""
        params = self._all_parameters()
        before = [p._data.copy() for p in params]
        try:
            self._go(t, d)
            return _with_number(evaluate())
        finally:
            for p, values in zip(params, before, strict=True):
                p._own()[...] = values

    def _go(self, t: float, d: Values) -> None:
        """Move all parameters by t·d, in place."""
        start = 0
        for p in self._all_parameters():
            values = p._own()
            values += t * d[start : start + values.size].reshape(values.shape)
            start += values.size

    def _flat_gradient(self) -> Values:
        """All gradients as one new vector; zeros for a parameter without."""
        params = self._all_parameters()
        gradients = [_dense_gradient(p) for p in params]
        for number, (p, gradient) in enumerate(zip(params, gradients, strict=True)):
            if gradient.shape != p.shape:
                raise misshapen(self._name(), number, gradient.shape, p.shape)
        return np.concatenate([gradient.ravel() for gradient in gradients])


_FROM_THE_LAST_MOVE = {"d", "t", "prev_flat_grad"}


def _at_first() -> State:
    """What is remembered before the first move: no curvature, so that the direction is −g."""
    return {"func_evals": 0, "n_iter": 0, "history": [], "H_diag": 1.0}


def descent_direction(gradient: Values, history: list[tuple[Values, Values, float]], scale: float) -> Values:
    """−H·g, by two passes over the last moves.

    Args:
        gradient: g, shape (n,).
        history: of each remembered move s and y, of shape (n,), and 1 / (s·y); the oldest first.
        scale: the inverse curvature to begin with, s·y / y·y of the newest move.

    Source: Nocedal and Wright, algorithm 7.4.
    """
    direction = -gradient
    shares = []
    for s, y, rho in reversed(history):
        share = rho * float(np.dot(s, direction))
        direction -= share * y
        shares.append(share)
    direction *= scale
    for (s, y, rho), share in zip(history, reversed(shares), strict=True):
        direction += (share - rho * float(np.dot(y, direction))) * s
    return direction


def _dense_gradient(p: Tensor) -> Values:
    if p.grad is None:
        return np.zeros(p.shape, p.dtype)
    return p.grad._data  # of a sparse gradient the whole table


def _with_number(evaluated: tuple[Any, Values]) -> tuple[float, Values]:
    """The loss as a number, and the gradient."""
    return float(evaluated[0]), evaluated[1]
