"""Gradient checking: what backpropagation says, against what the function does.

    check.py         what people call: gradcheck, gradgradcheck, check_grads, check_module
    subject.py       the function under test, and the one question that both sides are asked
    slopes.py        the numeric side: a slope with an honest error bar
    verdicts.py      from two numbers to a verdict
    elements.py      every element by itself; projections.py: all at once, in the fast mode
    audit.py         what can be wrong beside the numbers, with guards.py (rules) and kinks.py (ties): findings.py
    report.py        the result, as text, table, Markdown, JSON; hints.py: the likely cause; words.py: in two languages

The package is not called `gradcheck`, so that `tg.gradcheck` is always the function.
"""

from tinygrad_vn.checking.check import (
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
from tinygrad_vn.checking.elements import Element
from tinygrad_vn.checking.findings import Finding
from tinygrad_vn.checking.report import Report
from tinygrad_vn.checking.verdicts import Verdict

__all__ = [
    "Element",
    "Finding",
    "GradcheckError",
    "GradcheckWarning",
    "Report",
    "Verdict",
    "check_grads",
    "check_module",
    "concluded",
    "gradcheck",
    "gradcheck_report",
    "gradgradcheck",
    "gradgradcheck_report",
    "reports",
]
