"""The programs of `tests/pytorch_programs` with PyTorch itself: they print the same there, but for last digits."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import numpy as np
import pytest
import torch

from tests.test_pytorch_programs import FOLDER, PROGRAMS, printed_here, starting

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def fill(parameter: Any, values: np.ndarray) -> None:
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(values))


def printed_there(program: str) -> list[str]:
    source = (FOLDER / f"{program}.py").read_text(encoding="utf-8")
    output = io.StringIO()
    with starting(program, torch.nn, fill), contextlib.redirect_stdout(output):
        exec(compile(source, program, "exec"), {"__name__": "__main__"})
    return output.getvalue().splitlines()


@pytest.mark.parametrize("program", PROGRAMS)
def test_both_print_the_same(program: str) -> None:
    here, there = printed_here(program), printed_there(program)
    assert [NUMBER.sub("#", line) for line in here] == [NUMBER.sub("#", line) for line in there]
    for one, two in zip(here, there, strict=True):
        for a, b in zip(NUMBER.findall(one), NUMBER.findall(two), strict=True):
            digits = len(b.partition(".")[2])
            assert float(a) == pytest.approx(float(b), rel=2e-4, abs=1.5 * 10.0**-digits)
