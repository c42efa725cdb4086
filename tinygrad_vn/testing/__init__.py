"""What test authors import: gradient checks that fail like any other assertion.

    from tinygrad_vn.testing import assert_gradcheck

    def test_my_activation():
        assert_gradcheck(my_activation, tg.randn(3, 4), order=2)

Where tinygrad_vn is installed, pytest has the same as a fixture, `def test_it(gradcheck): gradcheck(f, x)`, whose
options may stand in a marker, `@pytest.mark.gradcheck(order=2, atol=1e-6)`, or on pytest's command line: see `pytest
--markers` and `pytest --help`. Strategies for Hypothesis are in tinygrad_vn.testing.strategies.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

from tinygrad_vn.checking import (
    GradcheckError,
    GradcheckWarning,
    check_grads,
    check_module,
    concluded,
    gradcheck,
    gradcheck_report,
    gradgradcheck,
    gradgradcheck_report,
    reports,
)

__all__ = [
    "OPTIONS",
    "GradcheckError",
    "GradcheckWarning",
    "assert_gradcheck",
    "check_grads",
    "check_module",
    "gradcheck",
    "gradcheck_report",
    "gradgradcheck",
    "gradgradcheck_report",
]

_OF_A_CALL: Final = {"func", "inputs", "raise_exception"}
OPTIONS: Final = tuple(sorted(({"order"} | set(inspect.signature(gradcheck).parameters)) - _OF_A_CALL))


def assert_gradcheck(func: Callable[..., Any], *inputs: Any, order: int = 1, **options: Any) -> None:
    """Fail, with a report of every wrong element, unless a function's gradients are right at these inputs.

    Args:
        func: takes the inputs as Tensors and returns one Tensor or several.
        *inputs: numbers, arrays or Tensors, of any shape. One tuple holds all of them, as for `gradcheck`.
        order: 1 checks the gradient; 2 also the gradient of the gradient.
        **options: those of `gradcheck`: atol, rtol, eps, seed, fast_mode, params, strict, ….

    Raises:
        GradcheckError: an AssertionError, with the report as its text and as `.report`.
        TypeError: for an option that there is not.

    Warns:
        GradcheckWarning: where the check is inconclusive, or meets a kink.
    """
    __tracebackhide__ = True  # pytest shows the line of the test, not this one
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"assert_gradcheck has no option {name!r}; it has: {', '.join(OPTIONS)}")
    given = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], tuple) else inputs
    for report in reports(func, given, order, **options):
        if not concluded(report, raise_exception=False):
            raise GradcheckError(report)
