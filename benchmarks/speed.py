"""Training steps at teaching size: ours and the peers' in interleaved pairs with the same work by hand in NumPy.

`python -m benchmarks.speed` measures everything; words choose: `python -m benchmarks.speed 2-3-3-1 Adam --who PyTorch`
measures whatever has all the words in its name. A group of contestants (`peers.GROUPS`) has a process for itself, in
which a block of calls of the contestant and one of the work by hand take turns; a ratio is the median over the pairs.
Before anything is timed the losses are compared: whoever computes something else is not measured.

Every library uses as many threads as it likes. Where other programs are busy, threads wait for each other and times say
little: `taskset -c 0 make bench` gives everybody a single core.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchmarks.peers import BY_HAND, COMPILED, CONTESTANTS, EAGER, GROUPS, JAX, JIT, PYTORCH
from benchmarks.timing import in_pairs, table
from benchmarks.workloads import NO_UPDATE, WORKLOADS, Contestant, Workload

Cell = dict[str, Any]
"""`us` (microseconds), `by_hand_us` and `ratio`, or `missing` with the reason."""
Results = dict[str, dict[str, Cell]]
"""By the workload's name and the contestant's."""

PAIRS = 25
QUICK_PAIRS = 9
QUICK = ("2-3-3-1", "64-100-10", "factorization", "batch 64 · momentum")
# glibc hands big arrays back to the system after every use, which alone can double a measured time.
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "268435456"}
CHECKED_STEPS = 5
LIMIT = 90  # seconds that compiling may take
PEERS_MAY_DIFFER = {"float32": 1e-4, "float64": 1e-6}  # torch.compile takes Adam's powers of β in float32


def measured(work: Workload, who: str, pairs: int) -> Cell:
    """One contestant at one piece of work, against the work by hand."""
    try:
        with time_limit(LIMIT):
            contestant, hand = CONTESTANTS[who](work), CONTESTANTS[BY_HAND](work)
            apart = difference(contestant, hand, work)
        if apart:
            return {"missing": apart}
        gc.collect()
        gc.freeze()
        pair = in_pairs(contestant, hand, pairs)
    except ModuleNotFoundError as error:
        return {"missing": f"{error.name} is not installed"}
    except Exception as error:  # what a peer cannot do, it says in many ways
        return {"missing": (str(error).strip() or type(error).__name__).splitlines()[0][:80]}
    return {"us": 1e6 * pair.seconds, "by_hand_us": 1e6 * pair.reference, "ratio": pair.ratio}


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """TimeoutError after so many seconds, where the system can tell."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"not ready after {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def difference(contestant: Contestant, hand: Contestant, work: Workload) -> str:
    """Empty where both have the same losses, but for roundings: Adam's first steps make ±lr of the smallest slopes."""
    losses = [[float(np.asarray(f())) for _ in range(CHECKED_STEPS)] for f in (hand, lambda: float(contestant()))]
    apart = float(np.max(np.abs(np.subtract(*losses))) / np.max(np.abs(losses[0])))
    return "" if apart <= PEERS_MAY_DIFFER[work.dtype] else f"other losses: {apart:.1e} apart"


def in_a_process(names: tuple[str, ...], works: list[Workload], pairs: int) -> Iterator[tuple[str, str, Cell]]:
    """The measurements of a group, one by one as they come."""
    order = json.dumps({"who": names, "works": [work.name for work in works], "pairs": pairs})
    command = [sys.executable, "-c", "from benchmarks.speed import obey; obey()"]
    environment = os.environ | MALLOC
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(order)
        child.stdin.close()
        left = [(work.name, who) for work in works for who in names]
        for line in child.stdout:
            work, who, cell = json.loads(line)
            left.remove((work, who))
            yield work, who, cell
    for work, who in left:
        yield work, who, {"missing": f"the process ended ({child.returncode})"}


def obey() -> None:
    """What the process does: read which measurements are wanted, write a line for each."""
    order, out = json.load(sys.stdin), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints does not come between
    warnings.simplefilter("ignore")
    for work in (work for work in WORKLOADS if work.name in order["works"]):
        for who in order["who"]:
            print(json.dumps([work.name, who, measured(work, who, order["pairs"])]), file=out, flush=True)


def run(works: list[Workload], groups: tuple[tuple[str, ...], ...] = GROUPS, pairs: int = PAIRS) -> Results:
    """Every contestant of the groups at every piece of work."""
    results: Results = {work.name: {} for work in works}
    for names in groups:
        for work, who, cell in in_a_process(names, works, pairs):
            results[work][who] = {k: round(v, 4) if isinstance(v, float) else v for k, v in cell.items()}
            print(f"{work:55} {who:15} {_shown(cell)}", file=sys.stderr, flush=True)
    return results


def _shown(cell: Cell) -> str:
    if "missing" in cell:
        return cell["missing"]
    return f"{cell['us']:10.1f} µs, by hand {cell['by_hand_us']:10.1f} µs, ratio {cell['ratio']:.3f}"


def chosen(words: list[str]) -> list[Workload]:
    """The work with all these words in its name."""
    return [work for work in WORKLOADS if all(word.lower() in work.name.lower() for word in words)]


def quick() -> list[Workload]:
    """A few of them."""
    return [work for work in WORKLOADS if work.update in (NO_UPDATE, "momentum") and any(q in work.name for q in QUICK)]


def tables(results: Results) -> str:
    """Times, ratios to the work by hand, and how much faster we are than the compilers and PyTorch."""
    names = [who for who in CONTESTANTS if any(who in cells for cells in results.values())]
    times = [
        (name, _by_hand(cells), *(_cell(cells, who, "us", ".0f") for who in names)) for name, cells in results.items()
    ]
    ratios = [(name, *(_cell(cells, who, "ratio", ".2f") for who in names)) for name, cells in results.items()]
    parts = ["Ratios to by hand (below 1: faster)", table(("work", *names), ratios)]
    pairs = [(EAGER, PYTORCH), (JIT, PYTORCH), (JIT, COMPILED), (JIT, JAX), (JIT, EAGER)]
    if faster := [pair for pair in pairs if set(pair) <= set(names)]:
        rows = [(name, *(_faster(cells, *pair) for pair in faster)) for name, cells in results.items()]
        head = ("work", *(f"{ours} over {peer}" for ours, peer in faster))
        parts += ["How many times faster", table(head, rows)]
    if rows := _rows_over_pytorch(results):
        head = "gradients of rows", EAGER, JIT
        parts += ["How many times faster than the better of PyTorch's dense and sparse embeddings", table(head, rows)]
    parts += ["Microseconds per step", table(("work", BY_HAND, *names), times)]
    reasons = {(who, cell["missing"]) for cells in results.values() for who, cell in cells.items() if "missing" in cell}
    parts += ["Missing: " + "; ".join(f"{who}: {why}" for who, why in sorted(reasons)) + "."] if reasons else []
    return "\n\n".join(parts)


def _rows_over_pytorch(results: Results) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for name, cells in results.items():
        dense = results.get(name.replace(", rows", ""), {})
        peers = [c[PYTORCH]["us"] for c in (cells, dense) if "us" in c.get(PYTORCH, {})]
        if ", rows" in name and peers:
            found = (cells.get(who, {}).get("us") for who in (EAGER, JIT))
            rows.append((name, *("–" if us is None else f"{min(peers) / us:.1f}×" for us in found)))
    return rows


def _by_hand(cells: dict[str, Cell]) -> str:
    found = [cell["by_hand_us"] for cell in cells.values() if "by_hand_us" in cell]
    return f"{np.median(found):.0f}" if found else "–"


def _cell(cells: dict[str, Cell], who: str, key: str, style: str) -> str:
    value = cells.get(who, {}).get(key)
    return "–" if value is None else format(value, style)


def _faster(cells: dict[str, Cell], ours: str, peer: str) -> str:
    a, b = (cells.get(who, {}).get("ratio") for who in (ours, peer))
    return "–" if a is None or b is None else f"{b / a:.1f}×"


def main() -> None:
    """Measure what the command line names, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="parts of the name, such as 2-3-3-1 or Adam")
    parser.add_argument("--who", nargs="+", choices=list(CONTESTANTS)[1:], help="contestants; all by default")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"blocks of each ({PAIRS})")
    asked = parser.parse_args()
    works = chosen(asked.words)
    if not works:
        parser.error(
            f"no work has {' '.join(asked.words)} in its name; there is {', '.join(w.name for w in WORKLOADS)}"
        )
    groups = tuple(group for names in GROUPS if (group := tuple(n for n in names if n in (asked.who or CONTESTANTS))))
    print(tables(run(works, groups, asked.pairs)))


if __name__ == "__main__":
    main()
