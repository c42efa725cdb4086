"""Two files of results compared: `python -m benchmarks.compare old.json new.json` fails where we became slower.

Machines differ, so what is compared is our ratios to the work by hand, and the other figures of ours. One that rose by
more than 15 % is a regression; so is one that can no longer be measured. What was measured in one of the files only is
named and does no harm.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.peers import EAGER, JIT
from benchmarks.timing import table

ALLOWED = 1.15
Figures = dict[str, float | None]


def figures(results: dict[str, Any]) -> Figures:
    """All that should stay small, by name; None for what was tried and gave no number."""
    found: Figures = dict(results["figures"])
    for work, cells in results["speed"].items():
        found |= {f"{work} · {who}": cells[who].get("ratio") for who in (EAGER, JIT) if who in cells}
    return found


def regressions(old: Figures, new: Figures) -> list[tuple[object, ...]]:
    """Name, old, new, change of whatever became worse."""
    rows: list[tuple[object, ...]] = []
    for name, before in old.items():
        if before is None or name not in new:
            continue
        after = new[name]
        if after is None:
            rows.append((name, f"{before:.2f}", "not measured", ""))
        elif after > ALLOWED * before:
            rows.append((name, f"{before:.2f}", f"{after:.2f}", f"{100 * (after / before - 1):+.0f} %"))
    return rows


def main(arguments: list[str]) -> int:
    """The exit code: 1 where something became worse."""
    if len(arguments) != 2:
        print("usage: python -m benchmarks.compare old.json new.json", file=sys.stderr)
        return 2
    old, new = (figures(json.loads(Path(name).read_text(encoding="utf-8"))) for name in arguments)
    if one_sided := sorted(set(old) ^ set(new)):
        print(f"In one of the files only: {'; '.join(one_sided)}.\n")
    worse = regressions(old, new)
    if worse:
        print(table(("slower by more than 15 %", "old", "new", "change"), worse))
        return 1
    print(f"No regression among {len(set(old) & set(new))} figures.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
