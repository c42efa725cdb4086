"""The gradient checks that people call: one function at a time, to first or second order, or a whole module."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from tinygrad_vn.checking.audit import audited, different_results, different_when_recorded
from tinygrad_vn.checking.elements import check_elements
from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.kinks import meeting_kinks
from tinygrad_vn.checking.projections import check_projections
from tinygrad_vn.checking.report import Report
from tinygrad_vn.checking.subject import Function, Params, Subject
from tinygrad_vn.checking.verdicts import Settings
from tinygrad_vn.derivatives import grad
from tinygrad_vn.diagnosis import warn_user
from tinygrad_vn.tensor import Tensor

# Where the function itself computes with fewer digits, its slopes are known to a few only: (atol, rtol).
COARSER: Final = {np.dtype(np.float32): (1e-3, 1e-2), np.dtype(np.float16): (1e-1, 2e-1)}


class GradcheckError(AssertionError):
    """A gradient check that fails; the text is the report.

    Attributes:
        report: the whole result.
    """

    __module__ = "tinygrad_vn"  # where people find it; pytest's summary begins with this

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return str(self.report)


class GradcheckWarning(UserWarning):
    """A gradient check that passes, but not everywhere beyond doubt: a kink, or a slope that cannot be found out."""


def gradcheck_report(func: Function, inputs: Any, *, params: Params | None = None, **options: Any) -> Report:
    """Check gradients, and tell everything that was found; takes the arguments of `gradcheck`."""
    settings = Settings(**options)
    with np.errstate(all="ignore"):  # what is not finite is in the report
        return _report(Subject(func, inputs, params, settings.seed), settings, order=1)


def _report(subject: Subject, settings: Settings, order: int, known: Sequence[Finding] = ()) -> Report:
    if subject.dtype in COARSER:
        atol, rtol = COARSER[subject.dtype]
        settings = dataclasses.replace(settings, atol=max(settings.atol, atol), rtol=max(settings.rtol, rtol))
    gradients, findings = audited(subject, settings)
    findings = [*known, *findings]
    check = check_projections if settings.fast_mode else check_elements
    if gradients is None:
        return Report(subject, [], findings, settings, order)
    elements = check(subject, gradients, settings)
    findings += different_results(subject, settings) or meeting_kinks(subject, gradients, elements)
    # The derivative of a single number is shown as people know it.
    return Report(subject, [e.divided_by(subject.weight) for e in elements], findings, settings, order)


def gradcheck(
    func: Function,
    inputs: Any,
    *,
    eps: float | None = None,
    atol: float = 1e-7,
    rtol: float = 1e-5,
    fast_mode: bool = False,
    params: Params | None = None,
    seed: int = 0,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_grad_dtypes: bool = True,
    max_report: int = 5,
    strict: bool = False,
) -> bool:
    """Whether backpropagation gives the derivatives of a function.

    The function is called with Tensors, its results are weighted at random and summed, and the gradient of that sum
    is compared, element by element, with the slope of the function.

    Args:
        func: takes the inputs as Tensors, returns a Tensor or several.
        inputs: one argument, or a tuple of them: arrays, lists, numbers and Tensors of any shape. Whole numbers and
            anything else are handed on as they are; Tensors are checked if they require a gradient, or if none does.
            A list of arrays or Tensors holds several arguments as well.
        eps: the step of the first look; by default it follows the scale of each element.
        atol: the absolute tolerance, for gradients of about 1 or more; those of an input whose gradient is smaller
            throughout are held to its largest element.
        rtol: the relative tolerance.
        fast_mode: compare along eight random directions, and element by element only where one disagrees.
        params: Tensors that the function uses without being given them, a list, or by name; checked too.
        seed: of the weights and directions.
        raise_exception: False to return False where the check fails.
        nondet_tol: by how much two runs with the same inputs may differ.
        check_grad_dtypes: whether a gradient must have its input's dtype.
        max_report: how many elements the report shows.
        strict: fail also where the slope of the function cannot be found out (INCONCLUSIVE).

    Returns:
        True. A kink at which the gradient lies between the slopes of both sides, and an inconclusive element, are
        worth a `GradcheckWarning`.

    Raises:
        GradcheckError: with the report, which names the wrong elements and the likely cause.
        DtypeError: E03 where no input can have a gradient.

    float32 inputs are checked in float64. Where the function itself computes in float32, the tolerances are widened to
    1e-3 and 1e-2, and the report says so.
    """
    report = gradcheck_report(
        func,
        inputs,
        eps=eps,
        atol=atol,
        rtol=rtol,
        fast_mode=fast_mode,
        params=params,
        seed=seed,
        nondet_tol=nondet_tol,
        check_grad_dtypes=check_grad_dtypes,
        max_report=max_report,
        strict=strict,
    )
    return concluded(report, raise_exception)


def gradgradcheck(func: Function, inputs: Any, *, raise_exception: bool = True, **options: Any) -> bool:
    """Whether the gradient of a function is itself differentiated rightly: its second derivatives.

    Args:
        func: as for `gradcheck`.
        inputs: as for `gradcheck`.
        raise_exception: False to return False where the check fails.
        **options: as for `gradcheck`.
    """
    return concluded(gradgradcheck_report(func, inputs, **options), raise_exception)


def gradgradcheck_report(func: Function, inputs: Any, *, params: Params | None = None, **options: Any) -> Report:
    """Check second derivatives, and tell everything that was found.

    What is checked is the function that takes the inputs and the gradients to start from (`start 0`, …) to the
    gradients of the inputs.
    """
    settings = Settings(**options)
    with np.errstate(all="ignore"):
        subject = Subject(func, inputs, params, settings.seed)
    positions = [v.position for v in subject.variables if v.position is not None]
    held = [v.param for v in subject.variables if v.param is not None]

    def gradients(*given: Any) -> list[Tensor]:
        args, starts = given[: len(subject.args)], given[len(subject.args) :]
        returned = func(*args)
        results = [r for r in (returned if isinstance(returned, tuple | list) else [returned]) if r.dtype.kind == "f"]
        pairs = [(r, v) for r, v in zip(results, starts, strict=True) if r.requires_grad]
        if not pairs:
            return []
        wanted = [*(args[i] for i in positions), *held]
        outputs, cotangents = zip(*pairs, strict=True)
        found = grad(outputs, wanted, cotangents, create_graph=True, allow_unused=True)
        return [g for g in found if g is not None]

    weights = [v / subject.weight for v in subject.weights]
    starts = [Tensor(v, requires_grad=True, name=f"start {i}") for i, v in enumerate(weights)]
    args = list(subject.args)
    for variable in subject.variables:
        if variable.position is not None:
            args[variable.position] = Tensor(args[variable.position], requires_grad=True, name=variable.name)
    with np.errstate(all="ignore"):
        recorded = Subject(gradients, (*args, *starts), params, settings.seed)
        plain = [g.numpy() / subject.weight for g in subject.gradients() if g is not None]
        differ = different_when_recorded(recorded, plain)
        return _report(recorded, settings, order=2, known=differ)


def check_grads(f: Function, args: Any, order: int = 2, **options: Any) -> bool:
    """Check the derivatives of a function to first and second order.

    Args:
        f: as for `gradcheck`.
        args: its inputs.
        order: 1, or 2 for both orders.
        **options: as for `gradcheck`.

    Raises:
        GradcheckError: at the first order that fails.
        ValueError: the order is neither 1 nor 2.
    """
    raise_exception = options.pop("raise_exception", True)
    return all(concluded(report, raise_exception) for report in reports(f, args, order, **options))


def reports(f: Function, args: Any, order: int, **options: Any) -> list[Report]:
    """The report on the gradient and, where that is right and `order` is 2, on the gradient's gradient.

    Raises:
        ValueError: the order is neither 1 nor 2.
    """
    if order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, not {order!r}")
    made = [gradcheck_report(f, args, **options)]
    if order == 2 and made[0].passed:
        made.append(gradgradcheck_report(f, args, **options))
    return made


def check_module(module: Any, *inputs: Any, **options: Any) -> bool:
    """Check the gradients of a module with respect to all its parameters, by name, and to its floating inputs.

    Args:
        module: is called with the inputs and has `named_parameters()`.
        *inputs: its arguments.
        **options: as for `gradcheck`.
    """
    if not callable(getattr(module, "named_parameters", None)):
        raise TypeError(
            f"check_module takes a module with named_parameters(), not {module!r:.60}; for a function: gradcheck"
        )
    raise_exception = options.pop("raise_exception", True)
    named: Mapping[str, Tensor] = {name: p for name, p in module.named_parameters() if p.requires_grad}
    return concluded(gradcheck_report(module, inputs, params=named, **options), raise_exception)


def concluded(report: Report, raise_exception: bool = True) -> bool:
    """True, a warning at the caller's own line, or the error that a report amounts to."""
    if not report.passed:
        if raise_exception:
            raise GradcheckError(report)
        return False
    if report.doubts():
        warn_user(GradcheckWarning(str(report)))
    return True
