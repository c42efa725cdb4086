"""The contestants of the benchmarks compute the same thing; otherwise their times could not be compared."""

import numpy as np

import tinygrad_vn as tg
from benchmarks import in_place, long_chain, per_operation, timing


def test_the_chain_by_hand_has_our_gradients() -> None:
    w = tg.tensor(per_operation.WEIGHT, requires_grad=True)
    b = tg.tensor(per_operation.BIAS, requires_grad=True)
    per_operation.chain(tg.tensor(per_operation.START), w, b, np.tanh).backward()
    of_weight, of_bias = per_operation.by_hand_backward()
    np.testing.assert_allclose(w.grad.data, of_weight, rtol=1e-12)
    np.testing.assert_allclose(b.grad.data, of_bias, rtol=1e-12)


def test_a_step_without_the_mechanism_is_the_same_step() -> None:
    table = in_place.report(rounds=1, repeat=1)
    assert "with it" in table
    assert "without" in table


def test_a_recorded_operation_takes_at_most_500_bytes_beside_its_value() -> None:
    assert long_chain.bytes_per_node(2_000)[1] < 500


def test_contestants_take_turns() -> None:
    turns: list[str] = []
    timing.in_turns({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, repeat=2, rounds=2)
    assert "".join(turns) == "aabb" * 3
