"""The fixture `gradcheck` of the pytest plugin: assert_gradcheck, with defaults that a test or a run may choose.

The nearest word counts: the call, then `@pytest.mark.gradcheck` at the test, its class and its module, then pytest's
command line, then its ini file.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from tinygrad_vn.testing import OPTIONS, assert_gradcheck


def checker(request: pytest.FixtureRequest) -> Callable[..., None]:
    """The fixture's value: assert_gradcheck with this test's defaults."""
    return functools.partial(assert_gradcheck, **(of_run(request.config) | of_markers(request.node)))


def of_run(config: pytest.Config) -> dict[str, Any]:
    """The settings of the command line and of the ini file, as far as they say anything."""
    chosen: dict[str, Any] = {}
    if config.getoption("gradcheck_fast"):
        chosen["fast_mode"] = True
    if config.getoption("gradcheck_seed") is not None:
        chosen["seed"] = config.getoption("gradcheck_seed")
    if config.getoption("gradcheck_strict") or config.getini("gradcheck_strict"):
        chosen["strict"] = True
    return chosen


def of_markers(node: pytest.Item) -> dict[str, Any]:
    """The settings of the markers on a test, its class and its module, the nearest last; a mistake fails the test."""
    chosen: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("gradcheck"))):
        if mark.args:
            pytest.fail(f"@pytest.mark.gradcheck takes options by name, not {mark.args!r}", pytrace=False)
        for name in mark.kwargs:
            if name not in OPTIONS:
                known = ", ".join(OPTIONS)
                pytest.fail(f"@pytest.mark.gradcheck has no option {name!r}; it has: {known}", pytrace=False)
        chosen |= mark.kwargs
    return chosen
