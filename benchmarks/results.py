"""What `make bench` leaves behind: `results.md` to read, and `results.json` beside it to compare and to draw.

Machine and versions are in both; folders, names of users and of machines are not.
"""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import import_time, own_time, workloads_ours
from benchmarks.speed import Results
from benchmarks.timing import in_pairs
from benchmarks.workloads import recommender

FOLDER = Path(__file__).parent
LIBRARIES = ("numpy", "torch", "jax", "autograd", "mygrad", "micrograd")


def machine() -> dict[str, Any]:
    """Processor, cores, system, and how busy it was."""
    model = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    found = {"processor": model, "cores": cores, "system": platform.system()}
    threads = {name: os.environ[name] for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS") if name in os.environ}
    return found | ({"load before": round(os.getloadavg()[0], 1)} if hasattr(os, "getloadavg") else {}) | threads


def versions() -> dict[str, str]:
    """Of Python and the contestants."""
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            found[library] = "not installed"
    return found


def size_ratio(pairs: int) -> float:
    """How much longer a step with gradients of rows takes where the tables have a hundred times the rows."""
    steps = (recommender(64, rows=True, times=times) for times in (100, 1))
    large, small = (workloads_ours.eager(next(work for work in of if work.update == "momentum")) for of in steps)
    return in_pairs(large, small, 2 * pairs).ratio


def own_figures(rounds: int = 15) -> dict[str, float]:
    """Figures of ours that should stay small, beside the ratios."""
    return {
        "import tinygrad_vn / import numpy": round(import_time.import_ratio(rounds)[2], 3),
        "own µs per recorded operation": round(own_time.own_microseconds()[2], 3),
        "step with 100 times the rows / step": round(size_ratio(rounds), 3),
        "bytes per node without its value": round(own_time.bytes_per_node()[1]),
    }


def write(sections: str, speed: Results, figures: dict[str, float], folder: Path = FOLDER) -> None:
    """Both files."""
    facts = {"machine": machine(), "versions": versions()}
    lines = [", ".join(f"{key} {value}" for key, value in part.items()) + "  " for part in facts.values()]
    head = ["# Results of `make bench`", "", *lines, ""]
    (folder / "results.md").write_text("\n".join(head) + "\n" + sections.rstrip() + "\n", encoding="utf-8")
    content = json.dumps(facts | {"figures": figures, "speed": speed}, indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(content + "\n", encoding="utf-8")
