"""`make bench`: run all measurements and print them as Markdown."""

from __future__ import annotations

import os
import platform
import sys

import numpy as np

from benchmarks import in_place, long_chain, memory, per_operation


def main() -> None:
    """Every report in turn."""
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {os.cpu_count()} cores, {sys.platform}\n")
    for part in (per_operation, in_place, long_chain, memory):
        print(f"## {part.__name__.split('.')[-1].replace('_', ' ')}\n\n{part.report()}\n", flush=True)


if __name__ == "__main__":
    main()
