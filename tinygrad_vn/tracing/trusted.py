"""A recording that is trusted, and for which calls.

Two recordings that are alike show that the steps follow from the arguments, as far as the arguments differed. Where an
array was the same both times, or a number, nothing is shown about it: its values may have slipped into the recording
through `np.asarray(x)` or `math.sqrt(x)`, which nobody notices. So the recording holds for these very values only;
another array is recorded anew, and then there are two recordings in which it differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinygrad_vn import modes
from tinygrad_vn.dtypes import get_default_dtype
from tinygrad_vn.graph import Node
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.compare import Comparison
from tinygrad_vn.tracing.guards import flattened, kind_of, question
from tinygrad_vn.tracing.listing import Listing
from tinygrad_vn.tracing.met import Met
from tinygrad_vn.tracing.program import Recording
from tinygrad_vn.tracing.simplify import simplified
from tinygrad_vn.tracing.source import compiled
from tinygrad_vn.tracing.surroundings import Surroundings

SAMPLE = 64  # how many numbers of an array are looked at, at every call


class Attempt:
    """One recorded call, to be compared with another.

    Attributes:
        prints: of every argument that may slip into a recording, something that tells its values from others.
        is_first_sight: whether code ran that had not been looked into before the call.
    """

    def __init__(self, leaves: list[Any], nest: Any, varying: set[int], around: Surroundings) -> None:
        self.leaves, self.nest, self.varying, self.around = leaves, nest, varying, around
        self.prints = [fingerprint(leaf) for leaf in leaves]
        self.mode, self.dtype = modes.current()[0], get_default_dtype()
        self.recording: Recording = None  # type: ignore[assignment]  # until the function has returned
        self.aliases: list[int] = []
        self.closure: set[Any] = set()
        self.is_first_sight = False

    def notice(self, met: Met) -> None:
        """What the call came upon: modules that were only read; and whether code ran that was new."""
        self.is_first_sight = met.is_new
        settings = self.recording.settings
        called = {id(module) for module, _ in settings.attributes}
        settings.attributes += [(module, before) for module, before in self.around.modules if id(module) not in called]

    def first(self) -> list[tuple[Any, bool]]:
        """The leaves that mattered with the gradient they had, or had not, before."""
        return [(name, had) for name, had in self.recording.leaves.items() if had is not None]

    def is_like(self, leaves: list[Any]) -> bool:
        """May a call with these arguments come out as this one?"""
        return self.recording.settings.hold() and gradients_are(self.first(), leaves)

    def unproven(self, other: Attempt) -> set[int]:
        """The arguments that were the same in both."""
        pairs = enumerate(zip(self.prints, other.prints, strict=True))
        return {i for i, (one, two) in pairs if one is not None and one == two}


class Program:
    """A recording that came out the same twice, ready to be repeated.

    Attributes:
        replay: repeats it, given the arguments one by one.
        listing: the same for readers.
    """

    def __init__(self, attempt: Attempt, comparison: Comparison, unproven: set[int]) -> None:
        recording, leaves = attempt.recording, attempt.leaves
        self.nest, self.around = attempt.nest, attempt.around
        self.is_flat = self.nest[0] == tuple(range(len(leaves))) and not self.nest[1]
        self.varying = attempt.varying - unproven
        self.kinds = tuple(kind_of(leaf, i in self.varying) for i, leaf in enumerate(leaves))
        self.are_alike = question(leaves, self.kinds, self.varying)
        self.arrays = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Recorded | np.ndarray)]
        self.pattern = pattern(leaves, self.arrays)
        self.is_twice = self.pattern == [0, 0]
        self.closure = attempt.closure
        self.themselves = [(i, leaves[i]) for i in attempt.aliases]
        self.strangers = [i for i in self.arrays if i not in attempt.aliases and wants_gradient(leaves[i])]
        self.held = [Held(i, leaves[i]) for i in sorted(unproven & set(self.arrays))]
        self.records, self.dtype = attempt.mode, attempt.dtype
        self.settings, self.changes = recording.settings, -1
        self.first = attempt.first()
        simple = simplified(recording, comparison.made)
        self.replay, self.source, buffers, self.done_from = compiled(simple, leaves)
        self.listing = Listing(simple, self.around.function, leaves, self.nest, self.source, buffers)  # lets arrays go

    def fits(self, args: tuple[Any, ...], named: dict[str, Any]) -> bool:
        """Whether the recording holds for this call."""
        if self.is_flat:
            leaves: Any = args
            if named or len(args) != len(self.kinds):
                return False
        else:
            leaves, nest = flattened(args, named)
            if nest != self.nest or len(leaves) != len(self.kinds):
                return False
        if not self.are_alike(*leaves):
            return False
        if len(self.arrays) == 2:
            one, other = self.arrays
            if (leaves[one] is leaves[other]) != self.is_twice:
                return False
        elif len(self.arrays) > 2 and pattern(leaves, self.arrays) != self.pattern:
            return False
        recording, _, _ = modes.current()
        if recording != self.records or get_default_dtype() != self.dtype or not self.around.hold():
            return False
        if self.changes != modes.settings_changed:
            if not self.settings.hold():
                return False
            self.changes = modes.settings_changed
        return self._is_known(leaves)

    def _is_known(self, leaves: Any) -> bool:
        """Whether gradients are there or not, and arguments are those that were recorded, where this matters."""
        if self.first and not gradients_are(self.first, leaves):
            return False
        for i, leaf in self.themselves:
            if leaves[i] is not leaf:
                return False
        for i in self.strangers:
            if leaves[i]._node in self.closure:
                return False
        return all(held.holds(leaves[held.number]) for held in self.held)

    def has_done(self, error: BaseException) -> bool:
        """Whether anything was done to the world before this error came up, so that the call cannot begin again."""
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code is self.replay.__code__:
                return trace.tb_lineno >= self.done_from
            trace = trace.tb_next
        return True


class Held:
    """An array that was the same in both recordings, and must be so at later calls."""

    def __init__(self, number: int, leaf: Any) -> None:
        self.number, self.array, self.print = number, leaf, fingerprint(leaf)
        flat = leaf.reshape(-1)
        self._few = flat[:: max(1, flat.size // SAMPLE)] if flat.base is not None or flat is leaf else None
        if self._few is not None and not np.may_share_memory(self._few, leaf):
            self._few = None  # of an array that is not in one piece
        self._sample = None if self._few is None else self._few.tobytes()

    def holds(self, leaf: Any) -> bool:
        """Whether these are the same values; of an array that was seen before only some are looked at."""
        if leaf is self.array and self._few is not None:
            return bool(self._few.tobytes() == self._sample)
        return bool(fingerprint(leaf) == self.print)


def fingerprint(leaf: Any) -> Any:
    """What tells the values of an array or number from others; None where no values can slip into a recording."""
    if isinstance(leaf, np.ndarray):
        return hash(leaf.tobytes())
    return repr(leaf) if type(leaf) is float else None


def gradients_are(first: list[tuple[Any, bool]], leaves: Any) -> bool:
    """Do these leaves have gradients, or none, as they had before?"""
    for name, had in first:
        node = leaves[name[1]]._node if name[0] == "argument" else name[1]
        grad = None if node is None else node.grad
        if (grad is not None) != had or (grad is not None and (grad.is_sparse or type(grad._node) is Node)):
            return False
    return True


def pattern(leaves: Any, arrays: list[int]) -> list[int] | int:
    """Which arguments are the same object; their number where none are."""
    ids = [id(leaves[i]) for i in arrays]
    return len(ids) if len(set(ids)) == len(ids) else [ids.index(one) for one in ids]


def wants_gradient(leaf: Any) -> bool:
    """Is it a Tensor that requires a gradient?"""
    return isinstance(leaf, Recorded) and leaf._node is not None and leaf._node.requires_grad
