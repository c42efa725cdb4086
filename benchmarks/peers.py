"""Who does the work: by hand, ours, and the libraries beside us; each is asked for a `Contestant` for a workload.

A library that is not installed says so by ImportError, work that it cannot do by NotImplementedError. What runs in the
same process disturbs each other (every library brings threads and memory of its own), so `speed` gives each of the
groups here a process, in which it takes turns with the work written by hand.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.workloads import Contestant, Workload, expression

Make = Callable[[Workload], Contestant]
BY_HAND = "by hand"
EAGER, JIT = "tinygrad_vn", "tinygrad_vn jit"
PYTORCH, COMPILED, JAX = "PyTorch", "torch.compile", "jax.jit"


def by_hand(work: Workload) -> Contestant:
    """In NumPy."""
    from benchmarks import by_hand

    return by_hand.contestant(work)


def ours(work: Workload) -> Contestant:
    """Ours, eager."""
    from benchmarks import workloads_ours

    return workloads_ours.eager(work)


def ours_jit(work: Workload) -> Contestant:
    """Ours, recorded and replayed."""
    from benchmarks import workloads_ours

    return workloads_ours.jit(work)


def pytorch(work: Workload) -> Contestant:
    """PyTorch, eager."""
    from benchmarks import peers_torch

    return peers_torch.eager(work)


def torch_compile(work: Workload) -> Contestant:
    """PyTorch, compiled."""
    from benchmarks import peers_torch

    return peers_torch.compiled(work)


def jax_jit(work: Workload) -> Contestant:
    """JAX, compiled."""
    from benchmarks import peers_functional

    return peers_functional.jax(work)


def hips(work: Workload) -> Contestant:
    """HIPS autograd."""
    from benchmarks import peers_functional

    return peers_functional.hips(work)


def mygrad(work: Workload) -> Contestant:
    """MyGrad."""
    from benchmarks import peers_functional

    return peers_functional.mygrad(work)


def micrograd(work: Workload) -> Contestant:
    """micrograd, which knows single numbers only."""
    from micrograd.engine import Value

    if work.kind != "scalar_expression":
        raise NotImplementedError("single numbers only")
    numbers = [float(p) for p in work.start()]

    def step() -> float:
        a, b = (Value(number) for number in numbers)
        loss = expression(a, b, Value.relu)
        loss.backward()
        return loss.data

    return step


CONTESTANTS: dict[str, Make] = {
    BY_HAND: by_hand,
    EAGER: ours,
    JIT: ours_jit,
    PYTORCH: pytorch,
    COMPILED: torch_compile,
    JAX: jax_jit,
    "HIPS autograd": hips,
    "MyGrad": mygrad,
    "micrograd": micrograd,
}
GROUPS: tuple[tuple[str, ...], ...] = ((EAGER, JIT), *((name,) for name in list(CONTESTANTS)[3:]))
"""Those of a process."""
