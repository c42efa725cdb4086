"""Peak memory of a training loop beside PyTorch's, which frees the graph while it goes backward.

A net 784-512-512-10 with relu is trained on batches of 2,048 by plain descent, each library in a process of its own.
What counts is the growth of the process's resident memory from before the first step to the peak of ten steps.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import table

COMMON = """
import numpy as np
rng = np.random.default_rng(0)
sizes, batch = [784, 512, 512, 10], 2048
x, y = rng.standard_normal((batch, 784), np.float32), rng.standard_normal((batch, 10), np.float32)
weights = [rng.standard_normal((n, m), np.float32) * 0.05 for n, m in zip(sizes, sizes[1:])]
biases = [np.zeros(m, np.float32) for m in sizes[1:]]
def kilobytes(key): return [int(l.split()[1]) for l in open("/proc/self/status") if l.startswith(key)][0]
"""
OURS = """
import tinygrad_vn as tg
X, Y = tg.tensor(x), tg.tensor(y)
P = [tg.tensor(p, requires_grad=True) for p in weights + biases]
relu = tg.Tensor.relu
def update(p): p.data -= 0.01 * p.grad
"""
TORCH = """
import torch
torch.set_num_threads(1)
X, Y = torch.tensor(x), torch.tensor(y)
P = [torch.tensor(p, requires_grad=True) for p in weights + biases]
relu = torch.relu
def update(p): p.data -= 0.01 * p.grad
(torch.ones(4, 4, requires_grad=True) @ torch.ones(4, 4)).sum().backward()
"""
LOOP = """
def steps(X, Y, n):
    for _ in range(n):
        h = X
        for i in range(3):
            h = h @ P[i] + P[3 + i]
            if i < 2: h = relu(h)
        loss = ((h - Y) ** 2).mean()
        for p in P: p.grad = None
        loss.backward()
        for p in P: update(p)
steps(X[:8], Y[:8], 2)
before = kilobytes("VmRSS")
steps(X, Y, 10)
print(kilobytes("VmHWM") - before)
"""


def grown_by(library: str) -> int | None:
    """Kilobytes by which the process grew, or None where the library is missing."""
    done = subprocess.run([sys.executable, "-c", COMMON + library + LOOP], capture_output=True, text=True)
    return int(done.stdout) if done.returncode == 0 else None


def report() -> str:
    """The table."""
    grown = {"tinygrad_vn": grown_by(OURS), "PyTorch": grown_by(TORCH)}
    peer = grown["PyTorch"]
    rows: list[tuple[object, ...]] = []
    for name, kilobytes in grown.items():
        if kilobytes is None:
            rows.append((name, "not installed", ""))
        else:
            rows.append((name, f"{kilobytes / 1024:.1f}", f"{kilobytes / peer:.2f}" if peer else ""))
    return table(("training loop", "growth at peak, MB", "/ PyTorch"), rows)
