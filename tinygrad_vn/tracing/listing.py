"""The recorded program for readers: NumPy code, one line per step, that runs on its own.

It is a function of the same arguments, and of all that the recorded function found around it: parameters, arrays, a
source of random numbers. It returns what the function returned and a dictionary of gradients. What goes on outside, an
optimizer's step for example, stands there as a comment.

    exec(str(step.program), names := {})
    loss, gradients = names["step"](x, y, **step.program.inputs)
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_vn.graph import LARGE, stand_in
from tinygrad_vn.phrases import said
from tinygrad_vn.recording import Recorded
from tinygrad_vn.tracing.lines import Writer
from tinygrad_vn.tracing.names import Names, identifier
from tinygrad_vn.tracing.program import Recording, Value

WIDTH = 100  # characters of a line of parameters


class Listing:
    """A recorded program: `print` it; its length is the number of NumPy's calls.

    Attributes:
        source: what is carried out, with its buffers.
        buffers: how many bytes these take.
        recording: what was written down.
    """

    def __init__(
        self,
        recording: Recording,
        function: Callable[..., Any],
        arguments: list[Any],
        nest: Any,
        source: str,
        buffers: int,
    ) -> None:
        self.recording, self.source, self.buffers = recording, source, buffers
        self.name = identifier(getattr(function, "__name__", "step"))
        self._function, self._nest = function, nest
        self._are_arrays = [isinstance(argument, Recorded | np.ndarray) for argument in arguments]
        for step in recording.steps:
            for value in (*step.inputs(), *step.results()):
                let_go(value)

    @functools.cached_property
    def names(self) -> Names:
        """What everything in the recording is called."""
        return Names(self.recording, self._function, self._are_arrays, self._nest)

    @functools.cached_property
    def _written(self) -> Writer:
        return Writer(self.recording, self.names)

    @property
    def inputs(self) -> dict[str, Any]:
        """What the program takes besides the function's own arguments, as it is now: copies, to be passed by name."""
        inputs = self._written.names.inputs  # with what could not be written out
        return {name: copy.deepcopy(source()) for name, source in inputs.items() if not isinstance(source, int)}

    def __len__(self) -> int:
        return sum(step.kind in ("call", "method", "index", "draw") for step in self.recording.steps)

    def __repr__(self) -> str:
        return f"<program of {self.name}: {len(self)} calls of NumPy's, {self.buffers:,} bytes of buffers>"

    def __str__(self) -> str:
        written = self._written
        text = ["import numpy as np", *sorted(written.imports), "", "", *self._signature()]
        last, errors = None, None
        for part, told, line in written.lines:
            if part != last and part:
                text.append(f"    # {said(part)}")
                last, errors = part, None
            if told != errors and told:
                text.append(f"    with np.errstate({', '.join(f'{kind}={what!r}' for kind, what in told.items())}):")
            errors = told
            text.append(("        " if told else "    ") + line)
        return "\n".join([*text, *self._ending()])

    def _ending(self) -> list[str]:
        """The line that returns the results, the dictionary of gradients before it where it is long."""
        returned, gradients = self._written.returned, self._written.gradients
        pairs = [f'"{name}": {value}' for name, value in gradients.items()]
        whole = f"    return {returned}, {{{', '.join(pairs)}}}"
        if len(whole) <= WIDTH:
            return [whole]
        return [
            "    gradients = {",
            *(f"        {pair}," for pair in pairs),
            "    }",
            f"    return {returned}, gradients",
        ]

    def _signature(self) -> list[str]:
        names = list(self.names.inputs)
        whole = f"def {self.name}({', '.join(names)}):"
        if len(whole) <= WIDTH:
            return [whole]
        lines = [""]
        for name in names:
            if len(lines[-1]) + len(name) > WIDTH - 6:
                lines.append("")
            lines[-1] += f"{name}, "
        return [f"def {self.name}(", *(f"    {line.rstrip()}" for line in lines), "):"]


def let_go(value: Value) -> None:
    """Hold no array that is large or that others write into; constants are needed as they are."""
    array = value.content
    if isinstance(array, np.ndarray) and value.kind not in ("constant", "array"):
        is_part = array.base is not None and getattr(array.base, "nbytes", 0) > LARGE
        is_small = array.nbytes <= LARGE
        value.content = array.copy("K") if is_small and (is_part or value.kind != "step") else stand_in(array)
