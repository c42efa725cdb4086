"""`make bench`: run all measurements and print them as Markdown; `make bench ARGS=mutants` runs the named ones.

The mutants take some twenty minutes, so they are run only when they are named.
"""

from __future__ import annotations

import os
import platform
import sys

import numpy as np

from benchmarks import estimators, in_place, long_chain, memory, mutants, per_operation, recommenders, sparse_gradients


def main() -> None:
    """Every report in turn."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, {sys.platform}\n")
    parts = (per_operation, in_place, long_chain, memory, sparse_gradients, estimators, recommenders, mutants)
    every = {part.__name__.split(".")[-1]: part for part in parts}
    if unknown := set(sys.argv[1:]) - set(every):
        sys.exit(f"there is no measurement {', '.join(sorted(unknown))}; there are {', '.join(every)}")
    for name in sys.argv[1:] or [name for name in every if name != "mutants"]:
        print(f"## {name.replace('_', ' ')}\n\n{every[name].report()}\n", flush=True)


if __name__ == "__main__":
    main()
