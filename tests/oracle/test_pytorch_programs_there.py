"""The programs of `tests/pytorch_programs` with PyTorch itself: they print the same there, but for last digits."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import numpy as np
import pytest
import torch

from tests.test_pytorch_programs import PROGRAMS, no_screen, printed_here, source_of, starting

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def fill(parameter: Any, values: np.ndarray) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values))


def printed_there(program: str, *changed: str) -> list[str]:
    source, output = source_of(program, *changed), io.StringIO()
    with starting(program, torch.nn, fill), no_screen(source), contextlib.redirect_stdout(output):
        exec(compile(source, program, "exec"), {"__name__": "__main__"})
    return output.getvalue().splitlines()


CASES = [(program,) for program in PROGRAMS]
CASES += [("learning_rates", "lr=0.01"), ("learning_rates", "lr=0.001")]


@pytest.mark.parametrize("program", CASES, ids=" ".join)
def test_both_print_the_same(program: tuple[str, ...]) -> None:
    here, there = printed_here(*program), printed_there(*program)
    assert [NUMBER.sub("#", line) for line in here] == [NUMBER.sub("#", line) for line in there]
    for one, two in zip(here, there, strict=True):
        for a, b in zip(NUMBER.findall(one), NUMBER.findall(two), strict=True):
            digits = len(b.partition(".")[2])
            assert float(a) == pytest.approx(float(b), rel=2e-4, abs=1.5 * 10.0**-digits)
