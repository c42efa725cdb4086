"""The contestants of the benchmarks compute the same thing; otherwise their times could not be compared."""

import numpy as np

import tinygrad_vn as tg
from benchmarks import in_place, long_chain, per_operation, scatter, sparse_gradients, timing


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


def test_steps_with_gradients_of_rows_are_the_same_steps() -> None:
    for name, settings in (("SGD", {"lr": 0.1}), ("Adagrad", {"lr": 0.1})):
        whole, rows = (sparse_gradients.steps(64, name, sparse, settings) for sparse in (False, True))
        losses = [(whole().item(), rows().item()) for _ in range(70)]  # every batch once, and some twice
        np.testing.assert_allclose(*zip(*losses, strict=True), rtol=1e-10)
        assert losses[-1][0] < losses[5][0]


def test_an_epoch_learns() -> None:
    seconds, loss, megabytes = sparse_gradients.epoch(2_000, (7, 9), 64)
    assert loss < sparse_gradients.epoch(128, (7, 9), 64)[1] / 2
    assert seconds > 0
    assert megabytes > 10


def test_every_way_to_scatter_gives_the_same_sums() -> None:
    for batch, shape, dtype in ((64, (671, 50), "float64"), (300, (40, 3), "float32"), (64, (90, 1), "float64")):
        g, indices, _ = scatter.case(batch, shape, dtype)
        expected = np.zeros(shape)
        for row, i in zip(g, indices, strict=True):
            expected[i] += row
        for name, way in scatter.WAYS.items():
            found = way(g, indices, shape)
            assert found.dtype == dtype, name
            np.testing.assert_allclose(found, expected, rtol=1e-4 if dtype == "float32" else 1e-12, atol=1e-5)


def test_contestants_take_turns() -> None:
    turns: list[str] = []
    timing.in_turns({"a": lambda: turns.append("a"), "b": lambda: turns.append("b")}, repeat=2, rounds=2)
    assert "".join(turns) == "aabb" * 3
