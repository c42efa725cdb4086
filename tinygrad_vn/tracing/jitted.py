"""`jit`: record what a function does with arrays, and from then on do that, without the function.

    @tg.jit
    def step(x, y):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

The first two calls run as always and are recorded. If they did the same, the third and all later ones replay a flat
list of NumPy's functions that write into arrays made beforehand, with the same results to the last bit. Other shapes,
dtypes and modes are recorded by themselves.
"""

from __future__ import annotations

import copy
import functools
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from tinygrad_vn import modes
from tinygrad_vn.diagnosis import Place, warn_user
from tinygrad_vn.dtypes import get_default_dtype
from tinygrad_vn.errors import GradientWarning
from tinygrad_vn.graph import Node
from tinygrad_vn.phrases import Text, phrase, said
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.compare import Comparison
from tinygrad_vn.tracing.guards import filled, flattened, functions_in, kind_of, side_effect
from tinygrad_vn.tracing.listing import Listing
from tinygrad_vn.tracing.met import Met
from tinygrad_vn.tracing.simplify import Tangled
from tinygrad_vn.tracing.surroundings import Surroundings
from tinygrad_vn.tracing.tracer import Tracer
from tinygrad_vn.tracing.trusted import Attempt, Program

Function = TypeVar("Function", bound=Callable[..., Any])

MOST_RECORDINGS = 12
MOST_ATTEMPTS = 4  # recordings of one kind of call, until two in a row are alike


class Jitted:
    """A function that is recorded and repeated; made by `jit`.

    Attributes:
        program: the recorded program that was replayed last, to be printed; None before the third call.
    """

    def __init__(self, function: Callable[..., Any], quiet: bool = False) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._quiet = quiet
        self._programs: list[Program] = []
        self._begun: dict[Any, Beginning] = {}
        self._eager: Text | None = None
        self._varying: set[tuple[int, int]] = set()
        self._recordings = 0
        self._lock = threading.RLock()
        self._busy = False
        self._met: Met | None = None

    @property
    def program(self) -> Listing | None:
        """What is replayed, as NumPy code."""
        return self._programs[0].listing if self._programs else None

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A method of each object by itself."""
        if instance is None:
            return self
        kept = getattr(instance, "__dict__", {})
        name = f"_jit_{getattr(self._function, '__name__', '')}"
        bound = kept.get(name)
        if bound is None or bound._function.__self__ is not instance:  # a copy of an object has its original's
            bound = kept[name] = Jitted(self._function.__get__(instance, owner), self._quiet)
        return bound

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(said("the method {name}() is jitted; it cannot be replaced", name=self._function.__name__))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return Jitted(copy.deepcopy(self._function, memo), self._quiet)

    def __reduce__(self) -> Any:
        owner = getattr(self._function, "__self__", None)
        name: str = self._function.__name__
        return name if owner is None else (getattr, (owner, name))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """What the function returns."""
        if self._eager is not None or modes.current()[1] is not None or not self._lock.acquire(blocking=False):
            return self._function(*args, **named)  # this is also the way of a second thread, or of an inner call
        try:
            if self._busy:  # it calls itself
                return self._function(*args, **named)
            self._busy = True
            for program in self._programs:
                if program.fits(args, named):
                    return self._replay(program, args, named)
            return self._record(args, named)
        finally:
            self._busy = False
            self._lock.release()

    def _replay(self, program: Program, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if program is not self._programs[0]:
            self._programs.remove(program)
            self._programs.insert(0, program)
        try:
            return program.replay(*(args if program.is_flat else flattened(args, named)[0]))
        except Exception as error:
            if program.has_done(error):
                raise
        return self._function(*args, **named)  # which gives the error that it always gives, or goes another way

    def __repr__(self) -> str:
        return f"<jit of {getattr(self._function, '__qualname__', self._function)}>"

    # --- recording ------------------------------------------------------------------------------------------------

    def _record(self, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Run as always, and write down what happens."""
        leaves, nest = flattened(args, named)
        if not self._is_simple(leaves) or not self._is_repeatable() or self._met is None:
            return self._function(*args, **named)
        key, varying = self._key(leaves, nest)
        attempt = Attempt(leaves, nest, varying, Surroundings(self._met, leaves))
        if attempt.around.refusal is not None:
            self._stop(attempt.around.refusal)
            return self._function(*args, **named)
        begun = self._begun.setdefault(key, Beginning())
        before = next((one for one in begun.attempts if one.is_like(leaves)), None)
        result, why, place = self._recorded(attempt, self._met)
        self._recordings += 1
        if why is not None:
            self._stop(why, place)
        elif before is None or not self._is_settled(before, attempt, key):
            begun.attempts = [attempt, *(one for one in begun.attempts if one is not before)][:MOST_ATTEMPTS]
            if self._recordings > 4 * MOST_RECORDINGS:
                self._stop(phrase("it is called with ever new shapes, settings or numbers"))
        return result

    def _recorded(self, attempt: Attempt, met: Met) -> tuple[Any, Text | None, Text | str]:
        """One recorded call: what it returned, and why the recording is of no use, where it is not."""
        tracer = Tracer()
        tracer.observe(attempt.around.generators, attempt.around.groups)
        given = [
            tracer.argument(i, arg) if type(arg) is not float or i in attempt.varying else arg
            for i, arg in enumerate(attempt.leaves)
        ]
        args, named = filled(attempt.nest, given)
        result = None
        try:
            with met.listening(tracer):
                result = tracer.run(self._function, args, named)
            attempt.recording = tracer.recording(result)
        finally:
            result = tracer.finish(result)
            Surroundings(met, attempt.leaves).clean()
        attempt.aliases, attempt.closure = tracer.aliases()
        if tracer.refusal is not None:
            return result, tracer.refusal[0], tracer.refusal[1].text()
        attempt.notice(met)
        assigned = met.assigned()
        if assigned:
            return result, phrase("it assigns to {name}, which a repetition would not", name=assigned), ""
        changed = attempt.around.changed()
        if changed:
            return result, phrase("it changes {name}, which a repetition would not", name=changed), ""
        return result, None, ""

    def _is_settled(self, before: Attempt, attempt: Attempt, key: Any) -> bool:
        """Whether two recordings are alike, so that there is a program now; or it has turned out that there is none."""
        if attempt.is_first_sight:
            return False
        unproven = attempt.unproven(before)
        if attempt.varying and attempt.varying <= unproven:
            return False  # the numbers that are said to vary have to differ, or nothing is known of them
        comparison, begun = Comparison(before.recording, attempt.recording), self._begun[key]
        if comparison.difference is not None:
            begun.failures += 1
            if begun.failures < MOST_ATTEMPTS:
                return False
            self._stop(comparison.difference)
            return True
        try:
            self._programs.insert(0, Program(attempt, comparison, unproven))
        except Tangled as error:
            self._stop(error.why)
            return True
        begun.attempts = [one for one in begun.attempts if one is not before]
        del self._programs[MOST_RECORDINGS:]
        if not begun.attempts:
            del self._begun[key]
        return True

    def _is_repeatable(self) -> bool:
        """Does the function do nothing that a repetition would leave out, as far as its code tells?"""
        if self._met is None:
            self._met = Met(self._function)
            for function in self._met.functions:
                name = side_effect(function)
                if name.endswith("()"):
                    self._stop(phrase("it calls {name}, which a repetition would not", name=name))
                elif name:
                    self._stop(phrase("it assigns to {name}, which a repetition would not", name=name))
        return self._eager is None

    def _is_simple(self, leaves: list[Any]) -> bool:
        """Can this call be followed? Not results of a computation outside, which keep their graph; nor is it while a
        profiler of C listens, whom nobody could pass anything on to."""
        profiler: Any = sys.getprofile()
        if profiler is not None and not callable(profiler):
            return False
        return not any(isinstance(leaf, Recorded) and type(leaf._node) is Node for leaf in leaves)

    def _key(self, leaves: list[Any], nest: Any) -> tuple[Any, set[int]]:
        """What kind of call this is, and which of its numbers vary from call to call."""
        varying = {i for i, leaf in enumerate(leaves) if type(leaf) is float and (len(leaves), i) in self._varying}
        kinds = tuple(kind_of(leaf, i in varying) for i, leaf in enumerate(leaves))
        key = (repr(nest), kinds, modes.current()[0], get_default_dtype())
        if key not in self._begun:
            for other in self._begun:
                changed = [i for i in differing(kinds, other[1]) if i not in varying]
                if other[0] == key[0] and changed and all(type(leaves[i]) is float for i in changed):
                    self._varying.update((len(leaves), i) for i in changed)
                    return self._key(leaves, nest)
            for program in self._programs:
                changed = [i for i in differing(kinds, program.kinds) if i not in varying]
                if len(kinds) == len(program.kinds) and changed and all(type(leaves[i]) is float for i in changed):
                    self._varying.update((len(leaves), i) for i in changed)
                    return self._key(leaves, nest)
        return key, varying

    def _stop(self, why: Text, place: Text | str = "") -> None:
        """From now on the function runs as always; said once."""
        if self._eager is not None:
            return
        self._eager = why
        self._begun, self._programs = {}, []
        if self._quiet:
            return
        name = getattr(self._function, "__name__", "function")
        inner = next(functions_in(self._function), None)
        if not place and inner is not None:
            place = Place(inner.__code__.co_filename, inner.__code__.co_firstlineno).text()
        warn_user(GradientWarning("E17", function=name, why=why, place=place or name))


def differing(kinds: tuple[Any, ...], others: tuple[Any, ...]) -> list[int]:
    """The numbers of the arguments that are of another kind."""
    return [i for i, (one, other) in enumerate(zip(kinds, others, strict=False)) if one != other]


class Beginning:
    """A kind of call that has been recorded, but not twice alike."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.failures = 0


def jit(function: Function, *, quiet: bool = False) -> Function:
    """Record what a function of Tensors does, and replay it at later calls without the bookkeeping.

    Args:
        function: takes Tensors, arrays and numbers, also in tuples, lists and dictionaries, and may use modules and
            optimizers that it closes over. A whole training step is what it is made for.
        quiet: whether to say nothing where the function cannot be repeated and runs as always.

    Returns:
        A function that gives the same results to the last bit. `print(step.program)` shows what it does.

    What can change the result is watched, for the function and all code of yours that runs in it, such as `forward()`:
    arguments, globals, closure cells, lists, dictionaries, attributes of objects and classes that the code names,
    modules, gradients, generators of random numbers. What is not: values that the function takes out of an array among
    its arguments with `np.asarray` or `np.array` in order to decide something by them; numbers out of arrays from
    outside (`DATA.mean()`, `DATA[0]`, `float(DATA)`), where the array is written into later; what is in lists,
    dictionaries and sets of more than 256 items; attributes of objects that are reached through more than four others,
    or by `operator.attrgetter`; what objects of other libraries keep inside; `os.environ`, files that libraries read,
    clocks, logging; names that are set on results. What a function does besides computing (`print`, `append`,
    counting, settings of an optimizer) is noticed where it can be, and then it runs as always. Tensors that a
    repetition returns are outside any graph, since `backward()` is over. While a profiler such as `cProfile` listens to
    every call by `sys.setprofile`, nothing new is recorded.

    Raises:
        TypeError: it is given something that cannot be called.
    """
    if not callable(function):
        raise TypeError(said("jit takes a function, not {kind}", kind=type(function).__name__))
    return Jitted(function, quiet)  # type: ignore[return-value]
