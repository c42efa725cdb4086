# %% [markdown]
# # Momentum, Nesterov, Adagrad, RMSprop, Adam trên cùng một mặt · Five optimizers on one surface
#
# **Tiếng Việt.** Báo cáo kể tên các thuật toán này mà không cho công thức. Ta đặt chúng lên cùng một thung lũng, J(x,
# y) = (x² + 25 y²)/2, dốc theo y gấp 25 lần theo x, rồi đếm số bước để J < 0.001. Mỗi thuật toán được viết lại bằng
# hai ba dòng NumPy theo công thức, và mọi bước của `optim` phải trùng với nó.
#
# **English.** The report names these algorithms without a formula. We put them all on one valley, J(x, y) = (x² + 25
# y²)/2, along y 25 times as steep as along x, and count the steps until J < 0.001. Each of them is written once more
# in two or three lines of NumPy, from its formula, and every step of `optim` must be the same.
#
# `000_12180da503bfe391.txt`, "Các thuật toán tối ưu Gradient Descent".

# %%
from collections.abc import Callable, Iterator

import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, OCHRE, PINK, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim

page = Lesson(__file__ if "__file__" in globals() else "ch07_surface")
page.say(
    "We shall see plain descent diverge from a rate of 0.08 = 2/25 on; momentum and Nesterov need fewer steps than\n"
    "it at the same rate; Adam's first step as long as its rate; RMSprop never at rest; and all as their formulas say.",
    "Ta sẽ thấy: gradient descent thường phân kỳ từ learning rate 0.08 = 2/25; momentum và Nesterov cần ít bước hơn\n"
    "ở cùng learning rate; bước đầu của Adam dài đúng η; RMSprop không bao giờ nằm yên; tất cả đều đúng công thức.",
)
START = np.array([-9.0, 2.0])
CURVATURE = np.array([1.0, 25.0])
STEPS = 300


def valley(x: tg.Tensor) -> tg.Tensor:
    """The valley; its gradient is (x, 25 y), its minimum 0 at (0, 0)."""
    return (CURVATURE * x**2).sum() / 2


# %% [markdown]
# Công thức, với g = ∇J · The formulas, with g = ∇J:
#
# - Momentum: v ← 0.9 v + g, θ ← θ − η v
# - Nesterov: v ← 0.9 v + g, θ ← θ − η (g + 0.9 v)
# - Adagrad: s ← s + g², θ ← θ − η g/√s
# - RMSprop: s ← 0.9 s + 0.1 g², θ ← θ − η g/√s
# - Adam: m ← 0.9 m + 0.1 g, s ← 0.999 s + 0.001 g², θ ← θ − η m̂/√ŝ, m̂ = m/(1 − 0.9ᵗ), ŝ = s/(1 − 0.999ᵗ)
#
# (ε ở mẫu chỉ để khỏi chia cho 0. · The ε in the denominators only keeps them from 0.)


# %%
def by_formula(name: str, rate: float, eps: float) -> Iterator[np.ndarray]:
    """The points of an algorithm, in NumPy alone."""
    theta, v, s = START, np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        g = CURVATURE * theta
        if name == "SGD":
            step = g
        elif name in ("Momentum", "Nesterov"):
            v = 0.9 * v + g
            step = v if name == "Momentum" else g + 0.9 * v
        elif name == "Adagrad":
            s = s + g**2
            step = g / (np.sqrt(s) + eps)
        elif name == "RMSprop":
            s = 0.9 * s + 0.1 * g**2
            step = g / (np.sqrt(s) + eps)
        else:
            v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
            step = v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + eps)
        theta = theta - rate * step
        yield theta


def path(make: Callable[[list[tg.Tensor]], optim.Optimizer], steps: int = STEPS) -> np.ndarray:
    """The points of one of our optimizers, the start first."""
    theta = tg.tensor(START, requires_grad=True)
    optimizer = make([theta])
    points = [START]
    for _ in range(steps):
        optimizer.zero_grad()
        valley(theta).backward()
        optimizer.step()
        points.append(theta.detach().numpy().copy())
    return np.array(points)


OPTIMIZERS: dict[str, tuple[float, float, Callable[[list[tg.Tensor]], optim.Optimizer], str]] = {
    "SGD": (0.03, 0, lambda p: optim.SGD(p, lr=0.03), GREY),
    "Momentum": (0.03, 0, lambda p: optim.SGD(p, lr=0.03, momentum=0.9), BLUE),
    "Nesterov": (0.03, 0, lambda p: optim.SGD(p, lr=0.03, momentum=0.9, nesterov=True), GREEN),
    "Adagrad": (1.5, 1e-10, lambda p: optim.Adagrad(p, lr=1.5), PINK),
    "RMSprop": (0.3, 1e-8, lambda p: optim.RMSprop(p, lr=0.3, alpha=0.9), OCHRE),
    "Adam": (0.5, 1e-8, lambda p: optim.Adam(p, lr=0.5), BROWN),
}

page.say(
    "\n            rate   J after 10       30      100      300   first J < 0.001",
    "\n               η   J sau bước 10    30      100      300   J < 0.001 lần đầu",
)
paths, needed = {}, {}
for name, (rate, eps, make, _) in OPTIMIZERS.items():
    paths[name] = points = path(make)
    page.check(points[1:], list(by_formula(name, rate, eps)), within=1e-9)
    values = (CURVATURE * points**2).sum(1) / 2
    small = np.flatnonzero(values < 0.001)
    needed[name] = int(small[0]) if small.size else STEPS + 1
    shown = needed[name] if small.size else "—"
    print(f"{name:10} {rate:5}   {values[10]:10.2e} {values[30]:8.1e} {values[100]:8.1e} {values[300]:8.1e} {shown:>8}")

# %% [markdown]
# Gradient descent thường nhân x với 1 − η và y với 1 − 25 η ở mỗi bước: η = 0.08 thì y chỉ đổi dấu, lớn hơn thì phân
# kỳ. Nên x chỉ co lại 3 % mỗi bước khi η = 0.03. Momentum cộng dồn những bước cùng hướng theo x. ·
# Plain descent multiplies x by 1 − η and y by 1 − 25 η at every step: with η = 0.08 y only changes its sign, above
# that it diverges. So with η = 0.03 x shrinks by 3 % a step. Momentum adds up the steps along x, which all go one way.

# %%
steps = np.arange(STEPS + 1)[:, None]
page.check(paths["SGD"], START * (1 - 0.03 * CURVATURE) ** steps, within=1e-12)
print()
for rate in (0.079, 0.08, 0.081):
    height = abs(path(lambda p, rate=rate: optim.SGD(p, lr=rate))[-1, 1])
    print(f"SGD, η = {rate}: |y| = {height:.3g}")
    page.check(height, 2 * abs(1 - 25 * rate) ** STEPS, within=1e-6 * max(1, height))
page.claim(
    needed["Momentum"] < needed["SGD"] and needed["Nesterov"] < needed["SGD"],
    "Momentum and Nesterov need fewer steps than plain descent at the same rate.",
    "Ở cùng learning rate, momentum và Nesterov cần ít bước hơn gradient descent thường.",
)

# %% [markdown]
# Adagrad chia cho căn của tổng *mọi* g² nên bước nào cũng ngắn dần. RMSprop quên dần, nên bước của nó dài cỡ η: nó
# không nằm yên ở cực tiểu mà đi qua đi lại. Adam đi bước đầu dài đúng η theo mỗi trục, dù gradient là −9 hay 50. ·
# Adagrad divides by the root of the sum of *all* g², so its steps get shorter and shorter. RMSprop forgets, so its
# steps stay about as long as η: it does not rest at the minimum but goes to and fro. Adam's first step is as long as η
# along every axis, be the gradient −9 or 50.

# %%
first = np.abs(np.diff(paths["Adam"][:2], axis=0))[0]
page.check(first, [0.5, 0.5], within=1e-6)
late = np.abs(np.diff(paths["RMSprop"][-3:, 1]))
page.claim(
    (late > 0.1).all(),
    f"RMSprop, after 300 steps, still goes {late[-1]:.2f} to and fro along y.",
    f"RMSprop, sau 300 bước, vẫn đi qua đi lại {late[-1]:.2f} theo y.",
)

if page.draws:
    figure, axes = page.figure("J(x, y) = (x² + 25 y²)/2", "x", "y", size=(8, 5))
    across, up = np.meshgrid(np.linspace(-10, 5, 150), np.linspace(-3, 3, 120))
    heights = (across**2 + 25 * up**2) / 2
    axes.contour(across, up, heights, levels=np.geomspace(0.1, 150, 14), colors="#D0D7DE", linewidths=0.8)
    for name, (_, _, _, color) in OPTIMIZERS.items():
        axes.plot(*paths[name][:120].T, color=color, marker=".", markersize=4, linewidth=1.2, label=name)
    axes.plot(*START, "o", color="black")
    axes.set(xlim=(-10, 5), ylim=(-3, 3))
    figure.legend(loc="outside lower center", ncols=6)
    page.save(figure, "surface.svg")

page.done()
