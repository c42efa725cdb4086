"""Everybody who is measured computes the same: losses along 20 steps, so also gradients and updates."""

from dataclasses import replace

import numpy as np
import pytest

import tinygrad_vn as tg
from benchmarks import by_hand, workloads, workloads_ours
from benchmarks.peers import BY_HAND, CONTESTANTS, EAGER, JIT
from benchmarks.speed import PEERS_MAY_DIFFER
from benchmarks.workloads import NO_UPDATE, WORKLOADS, Workload, expression

# A step shows whether the gradients are right only if the next loss depends on it.
ONLY_FORWARD = [w for w in WORKLOADS if w.kind in ("scalar_expression", "scalar_points")]
CHECKED = WORKLOADS + [replace(w, update="SGD") for w in ONLY_FORWARD]
MODULES = {
    "PyTorch": "torch",
    "jax.jit": "jax",
    "HIPS autograd": "autograd",
    "MyGrad": "mygrad",
    "micrograd": "micrograd",
}


def losses(work: Workload, who: str, steps: int = 20) -> np.ndarray:
    step = CONTESTANTS[who](work)
    return np.array([float(np.asarray(step())) if who == BY_HAND else float(step()) for _ in range(steps)])


@pytest.mark.parametrize("work", CHECKED, ids=lambda work: work.name)
def test_the_work_by_hand_has_our_losses(work: Workload) -> None:
    hand = losses(work, BY_HAND)
    np.testing.assert_allclose(losses(work, EAGER), hand, rtol=work.tolerance)
    if work.update != NO_UPDATE:
        assert hand[0] != hand[-1]


@pytest.mark.parametrize("work", [w for w in WORKLOADS if w.update == NO_UPDATE], ids=lambda work: work.title)
def test_the_gradients_by_hand_are_ours(work: Workload) -> None:
    batch = work.batches()[0]
    params, loss_of = workloads_ours.MODELS[work.kind](work)
    loss_of(*(tg.tensor(part) for part in batch)).backward()
    has_layers = work.kind not in ("factorization", "dot_bias")  # whose weights are Wᵀ
    for p, g in zip(params, by_hand.GRADIENTS[work.kind](work.start(), *batch)[1], strict=True):
        ours = (p.grad.data.T if has_layers else p.grad.data).reshape(np.shape(g))
        np.testing.assert_allclose(ours, g, rtol=1e3 * work.tolerance, atol=10 * work.tolerance)


@pytest.mark.parametrize("work", CHECKED, ids=lambda work: work.name)
def test_a_replayed_step_has_the_losses_by_hand(work: Workload) -> None:
    try:
        found = losses(work, JIT)
    except NotImplementedError as error:
        pytest.skip(str(error))
    np.testing.assert_allclose(found, losses(work, BY_HAND), rtol=work.tolerance)


@pytest.mark.parametrize("who", MODULES)
@pytest.mark.parametrize("work", [w for w in CHECKED if w.update != NO_UPDATE], ids=lambda work: work.name)
@pytest.mark.filterwarnings("ignore")  # what peers warn of is their own affair
def test_peers_have_the_losses_by_hand(work: Workload, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(MODULES[who])
    for module in (by_hand, workloads):  # a thousand operations take some libraries minutes to compile
        monkeypatch.setattr(module, "BLOCKS", 5)
    try:
        found = losses(work, who, 5)
    except NotImplementedError as error:
        pytest.skip(str(error))
    if who != "micrograd":  # which does not update
        np.testing.assert_allclose(found, losses(work, BY_HAND, 5), rtol=PEERS_MAY_DIFFER[work.dtype])


def test_every_piece_of_work_has_a_name_of_its_own() -> None:
    assert len({work.name for work in WORKLOADS}) == len(WORKLOADS)


def test_the_expression_has_a_thousand_operations() -> None:
    class Counted(float):
        operations = 0

        def count(self, value: float) -> "Counted":
            Counted.operations += 1
            return Counted(value)

        def __add__(self, other: float) -> "Counted":
            return self.count(float(self) + float(other))

        def __sub__(self, other: float) -> "Counted":
            return self.count(float(self) - float(other))

        def __mul__(self, other: float) -> "Counted":
            return self.count(float(self) * float(other))

        def __truediv__(self, other: float) -> "Counted":
            return self.count(float(self) / float(other))

        def __pow__(self, other: float) -> "Counted":  # type: ignore[override]
            return self.count(float(self) ** float(other))

    expression(Counted(-4.0), Counted(2.0), lambda x: x.count(max(x, 0.0)))
    assert Counted.operations == 1_001  # the sum at the end, too


def test_micrograd_has_the_gradients_by_hand() -> None:
    engine = pytest.importorskip("micrograd.engine")
    work = ONLY_FORWARD[0]
    a, b = (engine.Value(float(p)) for p in work.start())
    expression(a, b, engine.Value.relu).backward()
    np.testing.assert_allclose([a.grad, b.grad], by_hand.scalar_expression(work.start())[1], rtol=1e-12)
