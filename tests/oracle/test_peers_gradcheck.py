"""The peers' gradient checkers judge the same numbers as ours, and what the README says of them is so.

The benchmark wraps our forward and backward passes as functions of PyTorch and of HIPS autograd. If the wrapping were
wrong, the peers would reject right gradients; if it hid the mutation, PyTorch's slow mode would accept wrong ones.
"""

from __future__ import annotations

import pytest

from benchmarks import mutants
from tests.checking.mutants import MUTATIONS, RULES, BrokenPart, broken, smallest

pytest.importorskip("torch", reason="PyTorch is not installed; `make oracle` brings it")
pytest.importorskip("autograd", reason="HIPS autograd is not installed; `make oracle` brings it")

SOME = [rule for rule in RULES[1::8] if smallest(rule, "sign")]


@pytest.mark.parametrize("rule", SOME, ids=str)
def test_peers_judge_our_numbers(rule: BrokenPart) -> None:
    slow, fast, hips = mutants.of_torch(False), mutants.of_torch(True), mutants.of_hips()
    for name in ("sign", "backward is 0"):
        case, place = smallest(rule, name) or pytest.fail(f"no sample for {name}")
        assert slow(case, 0)
        assert fast(case, 0)
        assert hips(case, 0)
        with broken(rule, case, MUTATIONS[name], place):
            assert not slow(case, 0)


def test_ours_is_right_where_the_peers_are_not() -> None:
    by_torch = {name: mutants.said_by_torch(f, x, False) for name, (f, x) in mutants.SINGLE.items()}
    by_us = {name: mutants.said_by_us(f, x, False) for name, (f, x) in mutants.SINGLE.items()}
    assert by_us == {
        "absolute value at 0": "passes: KINK",
        "x² at 1e9": "passes: PASS",
        "sin(1e5·x) at 0.3": "passes: PASS",
        "dropout, unseeded": "fails: NONDETERMINISTIC",
    }
    assert by_torch["absolute value at 0"] == "passes"
    for name in ("x² at 1e9", "sin(1e5·x) at 0.3", "dropout, unseeded"):
        assert by_torch[name].startswith("fails: Jacobian mismatch")


def test_one_flipped_sign_of_1024() -> None:
    _, slow, fast, torch_slow, torch_fast, _ = mutants.flipped(20)
    assert slow == fast == torch_slow == "missed 0 of 20"
    assert int(str(torch_fast).split()[1]) > 10
