# %% [markdown]
# # A line through 24 points, learned one point at a time · Đường thẳng qua 24 điểm, học từng điểm một
#
# **English.** The document's spreadsheet: 24 whole numbers x, and y = 2x + 30 exactly. The slope a and the constant b
# are found by looking at one point after the other, with plain descent, momentum, RMSprop and Adam, all in the forms of
# that page and in the usual ones. The surface is a long narrow valley (x is large, so a is steep and b is flat), which
# is what these methods are for.
#
# **Tiếng Việt.** Bảng tính của tài liệu: 24 số nguyên x, và y = 2x + 30 chính xác. Hệ số góc a và hằng số b được tìm
# bằng cách xem lần lượt từng điểm, với gradient descent thường, momentum, RMSprop và Adam, đều theo công thức của trang
# đó và theo công thức thông thường. Mặt loss là một thung lũng dài và hẹp (x lớn nên theo a thì dốc, theo b thì phẳng),
# chính là chỗ cần các phương pháp này.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 2 · phần 2 (梯度下降). Goes on in · Xem tiếp:
# `ch07_momentum_rates.py`.

# %%
import math
from collections.abc import Callable

import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, OCHRE, PINK, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim

page = Lesson(__file__ if "__file__" in globals() else "ch07_line_24_points")
page.say(
    "Expected: after 30 passes plain descent has b at 2 only; RMSprop and Adam get it to about 30, in both forms.",
    "Sẽ thấy: sau 30 lượt, gradient descent mới đưa b tới 2; RMSprop và Adam đưa b đến khoảng 30, ở cả hai dạng.",
)

# %%
X = [26, 97, 80, 98, 50, 43, 51, 7, 52, 59, 78, 89, 14, 44, 19, 48, 69, 99, 88, 10, 36, 28, 97, 42]
Y = [
    *(82, 224, 190, 226, 130, 116, 132, 44, 134, 148, 186, 208),
    *(58, 118, 68, 126, 168, 228, 206, 50, 102, 86, 224, 114),
]
page.check(Y, 2 * np.array(X) + 30)
page.check(len(X), 24)


def loss_at(a: float, b: float) -> float:
    """The mean squared error of the line a·x + b over all 24 points."""
    return float(np.mean((a * np.array(X) + b - Y) ** 2))


def learn(make: Callable[..., optim.Optimizer], passes: int) -> tuple[np.ndarray, np.ndarray]:
    """(a, b) before and after every point, and J there; err = (a·x + b − y)² of one point at a time, from (1, 1)."""
    a, b = tg.tensor(1.0, requires_grad=True), tg.tensor(1.0, requires_grad=True)
    optimizer = make([a, b])
    path = [(a.item(), b.item())]
    for x, y in [*zip(X, Y, strict=True)] * passes:
        optimizer.zero_grad()
        ((a * x + b - y) ** 2).backward()
        optimizer.step()
        path.append((a.item(), b.item()))
    return np.array(path), np.array([loss_at(*point) for point in path])


# %% [markdown]
# ## RMSprop and Adam: the page's form and the usual one · RMSprop và Adam: dạng của trang và dạng thông thường
#
# The page has a ← a − lr·da/√(S + ε) and for Adam v in place of da, without bias correction (though its text praises
# it). S starts from 0, so the page's Adam begins with a step of lr·(1 − m)/√(1 − β) = 3.16·lr, the usual one with lr.
# Where ε stands matters once slopes are as small as √ε = 1e-4. "The initial rate must be larger": 0.3 here, not 0.0001.
#
# Trang này có a ← a − lr·da/√(S + ε), với Adam thì v thay cho da, không có bias correction (dù phần chữ lại khen nó). S
# bắt đầu từ 0, nên bước đầu của Adam trên trang là lr·(1 − m)/√(1 − β) = 3.16·lr, dạng thông thường là lr. Vị trí của ε
# chỉ quan trọng khi gradient nhỏ cỡ √ε = 1e-4. "Learning rate ban đầu phải lớn hơn": ở đây 0.3 chứ không phải 0.0001.

# %%
average = {"momentum_form": "average"}  # v ← (1 − m)·de/da + m·v, a ← a − v·lr
as_on_the_page = {"bias_correction": False, "eps_inside": True}
METHODS = {
    "SGD": (lambda p: optim.SGD(p, lr=1e-4), GREY),
    "momentum 0.8": (lambda p: optim.SGD(p, lr=1e-4, momentum=0.8, **average), BLUE),
    "RMSprop, √(S + ε)": (lambda p: optim.RMSprop(p, lr=0.3, alpha=0.9, eps_inside=True), GREEN),
    "RMSprop, √S + ε": (lambda p: optim.RMSprop(p, lr=0.3, alpha=0.9), OCHRE),
    "Adam, √(S + ε)": (lambda p: optim.Adam(p, lr=0.3, **as_on_the_page), BROWN),
    "Adam": (lambda p: optim.Adam(p, lr=0.3), PINK),
}
runs = {name: learn(make, 30) for name, (make, _) in METHODS.items()}
page.say("\nAfter 30 passes", "\nSau 30 lượt")
for name, (path, losses) in runs.items():
    print(f"{name:20} a = {path[-1, 0]:.3f}   b = {path[-1, 1]:6.3f}   J = {losses[-1]:8.3f}   b₁ = {path[1, 1]:.6f}")
slope = abs(2 * (26 + 1 - 82))  # of the first point at a = b = 1: what b moves by there
for name, first in (
    ("SGD", 1e-4 * slope),
    ("momentum 0.8", 0.2 * 1e-4 * slope),
    ("RMSprop, √(S + ε)", 0.3 / math.sqrt(0.1)),
    ("Adam, √(S + ε)", 0.3 * 0.1 / math.sqrt(0.001)),
    ("Adam", 0.3),
):
    page.check(runs[name][0][1, 1] - 1, first, within=1e-8)
page.check(runs["SGD"][0][-1, 1], 2, decimals=0)
page.claim(
    runs["SGD"][0][-1, 1] < 15
    and all(abs(runs[name][0][-1, 1] - 30) < 1 for name in METHODS if "A" in name or "R" in name),
    "SGD and momentum are still far from b = 30; RMSprop and Adam are there.",
    "SGD và momentum còn xa b = 30; RMSprop và Adam đã tới.",
)

w = tg.tensor([0.0, 0.0], requires_grad=True)
optimizers = [optim.RMSprop([w], lr=1.0, alpha=0.9, eps_inside=inside) for inside in (True, False)]
tiny_steps = []
for optimizer in optimizers:
    before = w[0].item()
    optimizer.zero_grad()
    (w * 1e-6).sum().backward()
    optimizer.step()
    tiny_steps.append(before - w[0].item())
page.say(
    f"\nWith a slope of 1e-6, √(S + ε) gives a step of {tiny_steps[0]:.4f}·lr, √S + ε one of {tiny_steps[1]:.4f}·lr.",
    f"\nVới gradient 1e-6, √(S + ε) cho bước {tiny_steps[0]:.4f}·lr, còn √S + ε cho {tiny_steps[1]:.4f}·lr.",
)
S = 0.1 * 1e-12
page.check(tiny_steps, [1e-6 / math.sqrt(S + 1e-8), 1e-6 / (math.sqrt(S) + 1e-8)], within=1e-9)

# %%
if page.draws:
    title = page.word("Thirty passes over 24 points", "Ba mươi lượt qua 24 điểm")
    figure, axes = page.figure(title, "a", "b", size=(8.5, 5.5))
    across, up = np.linspace(0.8, 3.1, 120), np.linspace(-1, 36, 120)
    heights = [[loss_at(a, b) for a in across] for b in up]
    axes.contour(across, up, heights, [1, 10, 50, 150, 400, 1000, 2500, 5000], colors="#9AA4AE", linewidths=0.6)
    for name, (_, color) in METHODS.items():
        if name != "RMSprop, √S + ε":  # the same path, to the eye
            axes.plot(*runs[name][0].T, color=color, linewidth=0.6 if name[0] == "R" else 1.2, label=name)
    axes.plot(2, 30, "*", color="black", markersize=13, linestyle="none", label="(2, 30)")
    axes.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    axes.grid(False)
    axes.legend(frameon=True, loc="upper right")
    page.save(figure, "ch07_line_24_points.svg")

# %%
page.done()
