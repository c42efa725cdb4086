"""no_grad() and enable_grad(): nested, decorating, in generators, threads and async tasks, closed in any order."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

import pytest

import tinygrad_vn as tg


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    assert tg.is_grad_enabled()
    yield
    assert tg.is_grad_enabled()


def recorded() -> bool:
    """Whether an operation is recorded here and now; what is_grad_enabled() says must be true."""
    result = (tg.tensor(2.0, requires_grad=True) * 3.0).requires_grad
    assert result == tg.is_grad_enabled()
    return result


# --- context managers ----------------------------------------------------------------------------------------------


def test_nothing_is_recorded_under_no_grad() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    with tg.no_grad():
        y = (w * w).sum()
        assert w.requires_grad
        assert tg.tensor(1.0, requires_grad=True).requires_grad
    assert not y.requires_grad
    assert y.is_leaf
    assert (w * w).requires_grad


def test_nested() -> None:
    with tg.no_grad():
        assert not recorded()
        with tg.enable_grad():
            assert recorded()
            with tg.no_grad(), tg.no_grad():
                assert not recorded()
            assert recorded()
        assert not recorded()
    assert recorded()


def test_exception_leaves_the_mode() -> None:
    with pytest.raises(KeyError), tg.no_grad():
        raise KeyError
    assert recorded()
    with tg.no_grad():
        with pytest.raises(KeyError), tg.enable_grad():
            raise KeyError
        assert not recorded()


def test_one_instance_used_again_and_within_itself() -> None:
    mode, other = tg.no_grad(), tg.enable_grad()
    for _ in range(2):
        with mode:
            assert not recorded()
            with other:
                assert recorded()
                with mode:
                    assert not recorded()
                assert recorded()
            assert not recorded()
        assert recorded()


def test_closed_in_any_order() -> None:
    first, second, third = tg.no_grad(), tg.enable_grad(), tg.no_grad()
    first.__enter__()
    second.__enter__()
    third.__enter__()
    second.__exit__(None, None, None)
    assert not recorded()
    third.__exit__(None, None, None)
    assert not recorded()
    first.__exit__(None, None, None)
    assert recorded()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert recorded()
    third.__enter__()
    assert not recorded()
    third.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert recorded()


def test_backward_works_under_no_grad() -> None:
    w = tg.tensor(3.0, requires_grad=True)
    y = w * w
    with tg.no_grad():
        y.backward()
        assert w.grad.item() == 6.0
        assert not w.grad.requires_grad


def test_recorded_backward_records_under_no_grad() -> None:
    w = tg.tensor(3.0, requires_grad=True)
    y = w**3
    with tg.no_grad():
        (slope,) = tg.grad(y, w, create_graph=True)
        assert not recorded()
    assert tg.grad(slope, w)[0].item() == 18.0
    with tg.no_grad():
        (w**3 if recorded() else y).backward(create_graph=True)
    assert w.grad.requires_grad


# --- decorators ----------------------------------------------------------------------------------------------------


def test_decorated_function() -> None:
    @tg.no_grad()
    def evaluate(x: int, *, y: int = 2) -> tuple[bool, int]:
        """Evaluates."""
        return recorded(), x + y

    @tg.enable_grad()
    def train() -> bool:
        return recorded()

    assert evaluate(1, y=5) == (False, 6)
    assert evaluate.__name__ == "evaluate"
    assert evaluate.__doc__ == "Evaluates."
    with tg.no_grad():
        assert train()
        assert not recorded()
    assert recorded()


def test_decorated_function_that_recurses_or_raises() -> None:
    @tg.no_grad()
    def count(n: int) -> int:
        assert not recorded()
        if n < 0:
            raise ValueError("below")
        return n and 1 + count(n - 1)

    assert count(5) == 5
    with pytest.raises(ValueError, match="below"):
        count(-1)
    assert recorded()


def test_decorated_methods() -> None:
    class Model:
        @tg.no_grad()
        def predict(self) -> bool:
            return recorded()

        @classmethod
        @tg.no_grad()
        def build(cls) -> bool:
            return recorded()

        @staticmethod
        @tg.no_grad()
        def help() -> bool:
            return recorded()

    assert not Model().predict()
    assert not Model.build()
    assert not Model.help()


# --- generators ----------------------------------------------------------------------------------------------------


def test_decorated_generator_is_in_the_mode_only_while_it_runs() -> None:
    @tg.no_grad()
    def numbers() -> Iterator[bool]:
        for _ in range(3):
            yield recorded()

    for inside in numbers():
        assert not inside
        assert recorded()
    one, two = numbers(), numbers()
    assert next(one) is next(two) is next(one) is False
    assert recorded()


def test_decorated_generator_send_throw_return_close() -> None:
    events: list[Any] = []

    @tg.no_grad()
    def talk() -> Generator[Any, Any, str]:
        try:
            got = yield "first"
            events.append((got, recorded()))
            try:
                yield "second"
            except KeyError as error:
                events.append((type(error), recorded()))
            yield "third"
        finally:
            events.append(("closed", recorded()))
        return "the end"

    running = talk()
    assert next(running) == "first"
    assert running.send("hello") == "second"
    assert recorded()
    assert running.throw(KeyError("k")) == "third"
    assert recorded()
    with pytest.raises(StopIteration) as stop:
        next(running)
    assert stop.value.value == "the end"
    assert events == [("hello", False), (KeyError, False), ("closed", False)]

    events.clear()
    running = talk()
    next(running)
    running.close()
    assert events == [("closed", False)]
    assert recorded()
    with pytest.raises(StopIteration):
        next(running)

    events.clear()
    running = talk()
    next(running)
    with pytest.raises(OSError, match="unhandled"):
        running.throw(OSError("unhandled"))
    assert events == [("closed", False)]
    assert recorded()


def test_decorated_generator_that_is_dropped() -> None:
    closed = []

    @tg.no_grad()
    def numbers() -> Iterator[int]:
        try:
            yield 1
        finally:
            closed.append(recorded())

    next(numbers())
    assert closed == [False]


def test_decorated_generator_in_yield_from() -> None:
    @tg.no_grad()
    def inner() -> Generator[int, int, int]:
        got = yield 1
        assert not recorded()
        return got * 2

    def outer() -> Generator[int, int, int]:
        doubled = yield from inner()
        assert recorded()
        yield doubled

    running = outer()
    next(running)
    assert running.send(21) == 42
    running.close()


def test_generators_that_hold_a_mode_may_be_closed_in_any_order() -> None:
    def hold(mode: Callable[[], Any]) -> Iterator[None]:
        with mode():
            yield

    for order in ([0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]):
        held = [hold(tg.no_grad), hold(tg.enable_grad), hold(tg.no_grad)]
        for one in held:
            next(one)
        for i, k in enumerate(order):
            held[k].close()
            left = sorted(set(order[i + 1 :]))
            assert recorded() == (not left or left[-1] == 1)


# --- threads -------------------------------------------------------------------------------------------------------


def in_threads(*targets: Callable[[], Any]) -> None:
    errors: list[BaseException] = []

    def guarded(target: Callable[[], Any]) -> None:
        try:
            target()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    if errors:
        raise errors[0]


def test_threads_have_modes_of_their_own() -> None:
    meet = threading.Barrier(2, timeout=10)

    def without() -> None:
        with tg.no_grad():
            meet.wait()
            assert not recorded()
            meet.wait()

    def with_grad() -> None:
        meet.wait()
        assert recorded()
        meet.wait()
        assert recorded()

    in_threads(without, with_grad)
    with tg.no_grad():
        in_threads(lambda: recorded() or pytest.fail("a new thread starts recording"))


def test_one_instance_in_two_threads() -> None:
    mode, meet = tg.no_grad(), threading.Barrier(2, timeout=10)

    def first() -> None:
        with mode:
            meet.wait()  # both are inside
            assert not recorded()
        assert recorded()
        meet.wait()

    def second() -> None:
        with mode:
            meet.wait()
            meet.wait()  # the first has left
            assert not recorded()
        assert recorded()

    in_threads(first, second)


def test_decorated_function_in_many_threads() -> None:
    @tg.no_grad()
    def evaluate() -> bool:
        return any(recorded() for _ in range(50))

    def work() -> None:
        for _ in range(20):
            assert not evaluate()
            assert recorded()

    in_threads(*[work] * 8)


def test_training_in_two_threads_at_once() -> None:
    def train() -> None:
        w = tg.tensor([1.0, 2.0], requires_grad=True)
        for _ in range(200):
            w.zero_grad()
            ((w - 3.0) ** 2).sum().backward()
            w.data -= 0.1 * w.grad
        assert abs(w.data - 3.0).max() < 1e-6

    in_threads(*[train] * 4)


def test_generator_begun_in_one_thread_and_closed_in_another() -> None:
    def hold() -> Iterator[None]:
        with tg.no_grad():
            yield

    held = hold()

    def begin() -> None:
        next(held)

    def close() -> None:
        held.close()
        assert recorded()

    in_threads(begin)
    in_threads(close)


# --- async ---------------------------------------------------------------------------------------------------------


def test_interleaved_tasks() -> None:
    async def without(turns: int) -> None:
        with tg.no_grad():
            for _ in range(turns):
                assert not recorded()
                await asyncio.sleep(0)
                with tg.enable_grad():
                    assert recorded()
                    await asyncio.sleep(0)
                    assert recorded()
        assert recorded()

    async def with_grad(turns: int) -> None:
        for _ in range(turns):
            assert recorded()
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(without(5), with_grad(9), without(3), with_grad(4))
        assert recorded()

    asyncio.run(main())


def test_decorated_coroutine() -> None:
    @tg.no_grad()
    async def evaluate(x: int) -> int:
        for _ in range(3):
            assert not recorded()
            await asyncio.sleep(0)
        if x < 0:
            raise ValueError("below")
        return x + 1

    async def main() -> None:
        assert await evaluate(1) == 2
        assert recorded()
        task = asyncio.create_task(evaluate(2))
        while not task.done():
            assert recorded()
            await asyncio.sleep(0)
        assert task.result() == 3
        with pytest.raises(ValueError, match="below"):
            await evaluate(-1)
        assert recorded()
        task = asyncio.create_task(evaluate(2))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert recorded()

    asyncio.run(main())


def test_decorated_async_generator() -> None:
    events: list[Any] = []

    @tg.no_grad()
    async def talk() -> AsyncIterator[Any]:
        try:
            got = yield recorded()
            events.append(got)
            await asyncio.sleep(0)
            try:
                yield recorded()
            except KeyError:
                events.append(("thrown", recorded()))
            yield recorded()
        finally:
            events.append(("closed", recorded()))

    async def main() -> None:
        async for inside in talk():
            assert inside is False
            assert recorded()
        assert events == [None, ("closed", False)]

        events.clear()
        running: Any = talk()
        assert await anext(running) is False
        assert await running.asend("hello") is False
        assert recorded()
        assert await running.athrow(KeyError()) is False
        await running.aclose()
        assert events == ["hello", ("thrown", False), ("closed", False)]
        assert recorded()
        with pytest.raises(StopAsyncIteration):
            await anext(running)

    asyncio.run(main())


def test_mode_entered_in_a_task_stays_in_it() -> None:
    async def enter() -> None:
        tg.no_grad().__enter__()
        assert not recorded()

    async def main() -> None:
        await asyncio.create_task(enter())
        assert recorded()

    asyncio.run(main())


def test_context_copies_see_the_mode_they_were_made_in() -> None:
    with tg.no_grad():
        inside = contextvars.copy_context()
    assert not inside.run(recorded)
    assert recorded()


def test_a_decorator_without_parentheses() -> None:
    @tg.no_grad
    def recording() -> bool:
        return tg.is_grad_enabled()

    assert not recording()
    assert tg.is_grad_enabled()


def test_modes_take_no_settings() -> None:
    with pytest.raises(TypeError, match=r"detect_anomaly\(\) takes no settings: write `with tg\.detect_anomaly\(\):`"):
        tg.detect_anomaly(True)
    with pytest.raises(TypeError, match="no_grad"):
        tg.no_grad(False)
