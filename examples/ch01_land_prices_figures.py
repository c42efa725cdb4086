# %% [markdown]
# # Land prices in pictures · Giá đất qua hình vẽ
#
# **English.** What does "the line fits best" mean, and what does descent do? Three drawings: lines for several (w, b);
# the vertical distances from the points to a line; the loss as a parabola with a point that rolls down it. Each number
# that the pictures show is printed and checked here.
#
# **Tiếng Việt.** "Đường thẳng khớp nhất" nghĩa là gì, và gradient descent làm gì? Ba hình: các đường thẳng với những
# (w, b) khác nhau; khoảng cách theo trục Oy từ các điểm đến đường thẳng; loss là một parabol và một điểm lăn xuống. Mọi
# con số trong hình đều được in ra và kiểm tra ở đây.
#
# Source · Nguồn: `003_5f9638466f993df0.txt`, the ideas of · ý của "Hình" 1–5; 6, 8:
# `ch01_land_prices_flow.py`; 7: `ch01_land_prices.py`.

# %%
from typing import Any

import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, INK, OCHRE, PINK, Lesson

import tinygrad_vn as tg

page = Lesson(__file__ if "__file__" in globals() else "ch01_land_prices_figures")

area = np.array([56, 45, 234, 113, 542, 351], dtype=float)
price = np.array([45, 23, 199, 123, 448, 367], dtype=float)
AXES = (page.word("area x (m²)", "diện tích x (m²)"), page.word("price y (million VND)", "giá y (triệu VND)"))
ends = np.array([0.0, 570.0])

page.say(
    "Expected: of five lines, w = 0.8757, b = 5.106 has the least loss; with b = 5 the parabola's bottom is w = 0.876.",
    "Sẽ thấy: trong năm đường thẳng, w = 0.8757, b = 5.106 có loss nhỏ nhất; với b = 5, đáy parabol ở w = 0.876.",
)

# %% [markdown]
# ## Lines for several (w, b) · Các đường thẳng với (w, b) khác nhau
#
# w turns the line, b lifts it. · w làm đường thẳng xoay, b nâng nó lên.

# %%
LINES = {(2.0, 5.0): BROWN, (1.2, 5.0): OCHRE, (0.8757, 5.106): GREEN, (0.8757, 120.0): PINK, (0.3, 5.0): BLUE}
losses = {}
for w, b in LINES:
    losses[w, b] = np.mean((w * area + b - price) ** 2)
    print(f"w = {w:6.4f}   b = {b:7.3f}   MSE = {losses[w, b]:9.1f}")
page.check(min(losses, key=losses.__getitem__), (0.8757, 5.106))
page.check(losses[0.8757, 5.106], 834.4, decimals=1)

if page.draws:
    figure, axes = page.figure(page.word("w turns, b lifts", "w xoay, b nâng"), *AXES)
    for (w, b), color in LINES.items():
        axes.plot(ends, w * ends + b, color=color, label=f"w = {w:g}, b = {b:g}")
    axes.plot(area, price, "o", color=INK)
    axes.set_ylim(0, 800)
    axes.legend(frameon=False)
    page.save(figure, "ch01_land_prices_lines.svg")

# %% [markdown]
# ## Vertical distances · Khoảng cách theo trục Oy
#
# The loss of a point is the square of its vertical distance to the line, not of the perpendicular one.
#
# Loss của một điểm là bình phương khoảng cách theo trục Oy đến đường thẳng, không phải khoảng cách vuông góc.

# %%
distances = 1.2 * area + 5 - price
page.say("\nŷ − y for w = 1.2, b = 5:", "\nŷ − y với w = 1.2, b = 5:")
print("  ".join(f"{distance:.1f}" for distance in distances))
page.check(distances, [27.2, 36.0, 86.8, 17.6, 207.4, 59.2], decimals=1)

if page.draws:
    title = page.word("Distances ŷ − y for w = 1.2, b = 5", "Khoảng cách ŷ − y với w = 1.2, b = 5")
    figure, axes = page.figure(title, *AXES)
    axes.plot(ends, 1.2 * ends + 5, color=OCHRE)
    axes.vlines(area, price, price + distances, color=BROWN, linestyle="--")
    for x, y, distance in zip(area, price, distances, strict=True):
        beside = {"xytext": (-4, -3), "ha": "right"} if x < 56 else {"xytext": (4, -3)}
        axes.annotate(f"{distance:.1f}", (x, y + distance / 2), textcoords="offset points", color=BROWN, **beside)
    axes.plot(area, price, "o", color=INK)
    page.save(figure, "ch01_land_prices_distances.svg")

# %% [markdown]
# ## The parabola and the point that rolls down · Parabol và điểm lăn xuống
#
# With b = 5 kept, the mean loss is a parabola in w: a·(w − w*)² + c with a = mean of x² = 81608.5. A step at rate η
# multiplies w − w* by 1 − 2ηa. At η = 0.000002 that is 0.67, the point rolls to the bottom; at η = 0.000012 it is
# −0.96: it jumps from side to side, and hardly comes down.
#
# Giữ b = 5, loss trung bình là một parabol theo w: a·(w − w*)² + c với a = trung bình của x² = 81608.5. Mỗi bước với
# learning rate η nhân w − w* với 1 − 2ηa. Với η = 0.000002 số đó là 0.67, điểm lăn xuống đáy; với η = 0.000012 là
# −0.96: nó nhảy từ bên này sang bên kia và hầu như không xuống.


# %%
def mean_loss(w: Any) -> Any:
    """The mean squared error of w·x + 5, for one w."""
    return ((w * area + 5 - price) ** 2).mean()


def roll(rate: float, steps: int) -> list[float]:
    """w at the start, 2, and after every step."""
    w = tg.tensor(2.0, requires_grad=True)
    path = [w.item()]
    for _ in range(steps):
        w.grad = None
        mean_loss(w).backward()
        with tg.no_grad():
            w -= rate * w.grad
        path.append(w.item())
    return path


steepness = np.mean(area**2)
bottom = np.mean(area * (price - 5)) / steepness
paths = {rate: roll(rate, 8) for rate in (2e-6, 1.2e-5)}
print(f"\nw* = {bottom:.3f}   a = {steepness:.1f}")
for rate, path in paths.items():
    print(f"η = {rate:.6f}:  " + "  ".join(f"{w:.3f}" for w in path))
    page.check(path, bottom + (2 - bottom) * (1 - 2 * rate * steepness) ** np.arange(9), within=1e-9)
page.check([bottom, steepness], [0.876, 81608.5], decimals=3)
page.check([1 - 2 * rate * steepness for rate in paths], [0.67, -0.96], decimals=2)

if page.draws:
    from matplotlib.figure import Figure

    across = np.linspace(-0.4, 2.15, 100)
    heights = [mean_loss(w) / 1000 for w in across]
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, (rate, path) in zip(figure.subplots(1, 2, sharey=True), paths.items(), strict=True):
        axes.plot(across, heights, color=GREY)
        points = np.array([mean_loss(w) / 1000 for w in path])
        axes.plot(path, points, "o", color=BROWN, zorder=3)
        for k in range(4):
            look = {"arrowstyle": "->", "color": BROWN, "linewidth": 1.3}
            axes.annotate("", (path[k + 1], points[k + 1]), (path[k], points[k]), arrowprops=look)
        axes.axvline(bottom, color=GREEN, linestyle=":")
        axes.set(title=f"η = {rate:.6f}", xlabel=f"w   (w* = {bottom:.3f})")
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel(page.word("mean loss / 1000, b = 5", "loss trung bình / 1000, b = 5"))
    page.save(figure, "ch01_land_prices_parabola.svg")

# %%
page.done()
