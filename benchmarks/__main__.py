"""`make bench`: run all measurements, print them as Markdown and leave them in `results.md` and `results.json`.

`make bench ARGS=mutants` only prints the measurements that are named; models and mutants take ten to twenty minutes
each, so they are run only then. `make bench-quick` (the word `quick`) takes a few steps at teaching size and our own
figures, in less than two minutes, and leaves its results in `out/bench-quick`.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import (
    chart,
    estimators,
    import_time,
    in_place,
    long_chain,
    memory,
    mutants,
    own_time,
    per_operation,
    recommenders,
    results,
    scatter,
    sparse_gradients,
    speed,
)
from benchmarks.peers import EAGER, JIT, PYTORCH
from benchmarks.workloads import WORKLOADS

OTHERS = (
    own_time,
    import_time,
    per_operation,
    in_place,
    long_chain,
    memory,
    sparse_gradients,
    scatter,
    estimators,
    recommenders,
    mutants,
)
ONLY_WHEN_NAMED = {"estimators", "recommenders", "mutants"}
REPORTS: dict[str, Callable[[], str]] = {part.__name__.split(".")[-1]: part.report for part in OTHERS}


def section(name: str, text: str) -> str:
    """A part of the report, which is also printed."""
    whole = f"## {name.replace('_', ' ')}\n\n{text}\n"
    print(whole, flush=True)
    return whole


def everything() -> None:
    """All of it, into the files beside this one, and the chart."""
    measured = speed.run(WORKLOADS)
    sections = [section("speed", speed.tables(measured))]
    sections += [section(name, report()) for name, report in REPORTS.items() if name not in ONLY_WHEN_NAMED]
    results.write("\n".join(sections), measured, results.own_figures())
    chart.drawn(json.loads((results.FOLDER / "results.json").read_text(encoding="utf-8")))


def quickly() -> None:
    """The little that takes less than two minutes."""
    groups = ((EAGER, JIT), (PYTORCH,))
    measured = speed.run(speed.quick(), groups, speed.QUICK_PAIRS)
    figures = results.own_figures(rounds=5)
    sections = [section("speed", speed.tables(measured))]
    sections.append(section("own figures", "\n".join(f"- {name}: {value}" for name, value in figures.items())))
    folder = Path("out") / "bench-quick"
    folder.mkdir(parents=True, exist_ok=True)
    results.write("\n".join(sections), measured, figures, folder)


def main() -> None:
    """What the command line says."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, {sys.platform}\n")
    names = sys.argv[1:]
    if not names:
        everything()
    elif names == ["quick"]:
        quickly()
    elif unknown := set(names) - set(REPORTS) - {"speed"}:
        sys.exit(f"there is no measurement {', '.join(sorted(unknown))}; there are speed, {', '.join(REPORTS)}, quick")
    else:
        for name in names:
            section(name, speed.tables(speed.run(WORKLOADS)) if name == "speed" else REPORTS[name]())


if __name__ == "__main__":
    main()
