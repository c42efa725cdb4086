"""The checker is right about functions of which the truth is known: no false pass, no false alarm."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from tests.checking.corpus import ENTRIES, Entry
from tests.checking.entries import Outcome
from tinygrad_vn.checking import GradcheckError, GradcheckWarning, gradcheck, gradgradcheck
from tinygrad_vn.errors import TinygradError

ASKED: list[Any] = []
for e in ENTRIES:
    ASKED.append(pytest.param(e, gradcheck, {}, e.slow, id=f"{e.name}-slow"))
    ASKED.append(pytest.param(e, gradcheck, {"fast_mode": True}, e.fast, id=f"{e.name}-fast"))
    if e.second is not None:
        ASKED.append(pytest.param(e, gradgradcheck, {}, e.second, id=f"{e.name}-second"))


def outcome(check: Callable[..., bool], e: Entry, options: dict[str, Any]) -> str:
    """What a check says: "passes", "warns", a verdict, or "refused" for a question that makes no sense."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("error")
        warnings.simplefilter("always", GradcheckWarning)
        try:
            assert check(e.f, e.inputs(), **options, **e.options) is True
        except GradcheckError as error:
            return str(error.report.verdict)
        except TinygradError:
            return "refused"
    return "warns" if given else "passes"


@pytest.mark.parametrize(("e", "check", "options", "expected"), ASKED)
def test_says_what_is_true(e: Entry, check: Callable[..., bool], options: dict[str, Any], expected: Outcome) -> None:
    assert outcome(check, e, options) in expected, e.why


@pytest.mark.parametrize("seed", [1, 8])
def test_is_true_whatever_the_random_numbers(seed: int) -> None:
    wrong = {e.name: said for e in ENTRIES if (said := outcome(gradcheck, e, {"seed": seed})) not in e.slow}
    assert wrong == {}


def test_every_entry_has_a_name_of_its_own() -> None:
    names = [e.name for e in ENTRIES]
    assert sorted(names) == sorted(set(names))
