"""The chart of the README, drawn from `results.json`: a group of bars per piece of work, shorter is faster.

A bar is the time of a training step divided by that of the same step by hand in NumPy, on a logarithmic axis; by hand
itself is the line at 1. Whoever was not measured has no bar.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.peers import COMPILED, EAGER, JAX, JIT, PYTORCH
from benchmarks.results import FOLDER
from benchmarks.workloads import NO_UPDATE, WORKLOADS

PICTURE = FOLDER.parent / "docs" / "images" / "speed.svg"
COLOURS = {JIT: "#8A1C4A", EAGER: "#D98BB0", JAX: "#0072B2", COMPILED: "#7A7F85", PYTORCH: "#B9BEC4"}
HATCHES = {JAX: "//", COMPILED: "\\\\"}  # a second cue, where colours cannot be told apart


def rows(speed: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Of every piece of work that was measured its full step, with the simplest optimizer: title and ratios."""
    found: dict[str, dict[str, float]] = {}
    for update in ("SGD", "momentum", NO_UPDATE):
        for work in (work for work in WORKLOADS if work.update == update and work.name in speed):
            cells = speed[work.name]
            ratios = {who: cells[who]["ratio"] for who in COLOURS if "ratio" in cells.get(who, {})}
            found.setdefault(work.title, ratios)
    titles = dict.fromkeys(work.title for work in WORKLOADS)
    return [(title, found[title]) for title in titles if found.get(title)]


def drawn(results: dict[str, Any], path: Path = PICTURE) -> Path:
    """Draw it as SVG."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    groups = rows(results["speed"])
    present = [who for who in COLOURS if any(who in ratios for _, ratios in groups)]
    thick = 0.84 / len(present)
    settings = {"svg.fonttype": "none", "svg.hashsalt": "speed", "font.family": "sans-serif", "font.size": 10}
    with plt.rc_context(settings):
        figure, axes = plt.subplots(figsize=(9, 0.7 + (0.17 * len(present) + 0.1) * len(groups)), layout="constrained")
        for place, who in enumerate(present):
            at = [(i + (place - (len(present) - 1) / 2) * thick, r[who]) for i, (_, r) in enumerate(groups) if who in r]
            y, ratios = zip(*at, strict=True)
            style = {"color": COLOURS[who], "hatch": HATCHES.get(who), "edgecolor": "white", "linewidth": 0}
            bars = axes.barh(y, [ratio - 0.1 for ratio in ratios], thick, left=0.1, label=who, **style)
            labels = [f"{ratio:.2g}×" if ratio < 10 else f"{ratio:.0f}×" for ratio in ratios]
            for label in axes.bar_label(bars, labels, padding=2, size=7):
                label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.2})  # over the line
        axes.axvline(1, color="#1F2328", linewidth=1)
        axes.set_yticks(range(len(groups)), [title for title, _ in groups])
        axes.set_xscale("log")
        end = 1.6 * max(max(ratios.values()) for _, ratios in groups)
        ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if tick <= end]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlim(0.1, end)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.minorticks_off()
        axes.set_xlabel("time per training step, by hand in NumPy = 1 (log scale, shorter is faster)", loc="right")
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper center", ncols=len(present), frameon=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    return path


if __name__ == "__main__":
    drawn(json.loads((FOLDER / "results.json").read_text(encoding="utf-8")))
