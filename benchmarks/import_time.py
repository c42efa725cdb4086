"""What `import tinygrad_vn` costs beside `import numpy`, in fresh processes that take turns.

The bytecode of ours is made beforehand, as an installation does: where Python may not write it, a changed file would be
compiled again in each of the processes.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
from pathlib import Path

import tinygrad_vn
from benchmarks.timing import table

PROGRAM = "from time import perf_counter as now; start = now(); import {module}; print(now() - start)"


def import_seconds(module: str) -> float:
    """Of a first import in a new process, the start of Python not counted."""
    command = [sys.executable, "-c", PROGRAM.format(module=module)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def import_ratio(rounds: int = 15) -> tuple[float, float, float]:
    """Median seconds of ours and of NumPy's import, and the median ratio of the pairs after one to warm up."""
    compileall.compile_dir(Path(tinygrad_vn.__file__).parent, quiet=1)
    pairs = [(import_seconds("tinygrad_vn"), import_seconds("numpy")) for _ in range(rounds + 1)][1:]
    ours, numpys = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours, numpys, statistics.median(a / b for a, b in pairs)


def report() -> str:
    """The table."""
    ours, numpys, ratio = import_ratio()
    rows: list[tuple[object, ...]] = [
        ("tinygrad_vn", f"{1e3 * ours:.0f}", f"{ratio:.2f}"),
        ("numpy", f"{1e3 * numpys:.0f}", "1"),
    ]
    return table(("import", "ms", "/ numpy"), rows)
