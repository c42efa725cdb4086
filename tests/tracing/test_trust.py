"""Interrupts, threads and memory: a replayed step that is stopped leaves things whole, and nothing grows."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import tracemalloc
import weakref
from typing import Any

import numpy as np
import pytest

import tinygrad_vn as tg
import tinygrad_vn.nn.functional as F
from tests.tracing.worlds import same
from tinygrad_vn import nn, optim


def batch(seed: int = 0, n: int = 6) -> tuple[tg.Tensor, tg.Tensor]:
    rng = np.random.default_rng(seed)
    return tg.tensor(rng.normal(size=(n, 3))), tg.tensor(rng.normal(size=(n, 2)))


def program(calls: int = 4) -> tuple[Any, nn.Sequential, Any]:
    tg.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    @tg.jit
    def step(x: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    for seed in range(calls):
        step(*batch(seed))
    return step, model, optimizer


def test_interrupted_anywhere() -> None:
    """Ctrl-C after every possible number of traced lines: gradients all or none, and the next call goes on."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals go to the main thread")
    places, at = 0, 0
    while True:
        step, model, _ = program()
        code = step._programs[0].replay.__code__
        count = 0

        def trace(frame: Any, event: str, arg: Any, code: Any = code, at: int = at) -> Any:
            nonlocal count
            if frame.f_code is not code:
                return None
            if event == "line":
                count += 1
                if count == at + 1:
                    signal.raise_signal(signal.SIGINT)
            return trace

        old = sys.gettrace()
        sys.settrace(trace)
        try:
            step(*batch(9))
        except KeyboardInterrupt:
            places += 1
        else:
            break
        finally:
            sys.settrace(old)
        grads = [p.grad is None for p in model.parameters()]
        before_any = all(grads)
        assert before_any or not any(grads) or count <= len(grads)  # or on the way of forgetting them
        step(*batch(10))
        assert step.program is not None
        assert step._lock.acquire(blocking=False)
        step._lock.release()
        at += 1
    assert places > 10


def test_gradients_after_an_interrupt_are_whole() -> None:
    """A gradient that was handed out is not written into by a call that is stopped half-way."""
    step, model, _ = program()
    kept = [p.grad for p in model.parameters()]
    copies = [g.numpy().copy() for g in kept]

    class StopError(BaseException):
        pass

    def stop(frame: Any, event: str, arg: Any) -> Any:
        if frame.f_code is step._programs[0].replay.__code__ and frame.f_lineno > 10:
            raise StopError
        return stop

    sys.settrace(stop)
    try:
        with pytest.raises(StopError):
            step(*batch(5))
    finally:
        sys.settrace(None)
    for grad, values in zip(kept, copies, strict=True):
        same(grad.numpy(), values)


def test_two_threads() -> None:
    """One replays, the other computes as always meanwhile; both do what they should."""
    weights = tg.tensor(np.ones((40, 40)))
    step = tg.jit(lambda x: (weights @ x).sum(0).detach())
    wrong: list[Any] = []

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(300):
            x = rng.normal(size=(40, 40))
            if not np.array_equal(step(tg.tensor(x)).numpy(), (np.ones((40, 40)) @ x).sum(0)):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert step.program is not None


def test_memory_does_not_grow() -> None:
    step, _, _ = program()
    x, y = batch(1)
    for _ in range(50):
        step(x, y)
    gc.collect()
    tracemalloc.start()
    for _ in range(100):
        step(x, y)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2_000):
        step(x, y)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 2_000


def test_nothing_is_held_for_ever() -> None:
    step, model, optimizer = program()
    x, y = batch(3, n=500)
    for _ in range(4):
        step(x, y)
    arguments = [weakref.ref(x), weakref.ref(x._data)]
    del x, y
    gc.collect()
    assert [one() for one in arguments] == [None, None]
    ends = [weakref.ref(step), weakref.ref(model), weakref.ref(optimizer)]
    del step, model, optimizer
    gc.collect()
    assert [one() for one in ends] == [None, None, None]


def test_gradients_go_into_the_same_memory() -> None:
    step, model, _ = program()
    places = set()
    for seed in range(10):
        step(*batch(seed))
        places.add(model[0].weight.grad._data.__array_interface__["data"][0])
    assert len(places) == 1
