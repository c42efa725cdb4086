# %% [markdown]
# # Khi nào thì dừng, và vì sao dừng quá sớm · When to stop, and why every rule can stop too soon
#
# **Tiếng Việt.** Báo cáo nêu các điều kiện dừng: số vòng lặp, gradient của nghiệm ở hai lần cập nhật liên tiếp, loss ở
# hai lần liên tiếp, và với SGD là nghiệm sau vài lần cập nhật. Ta cho chạy các quy tắc ấy của `optim.stopping`, mỗi quy
# tắc trên một hàm làm nó dừng quá sớm, rồi cứ đi tiếp để thấy còn có thể xuống đến đâu.
#
# **English.** The report lists when to stop: after so many iterations, by the gradients at two successive updates, by
# the losses at two, and for SGD by the solutions some updates apart. We run these rules of `optim.stopping`, each on a
# function that makes it stop too soon, and then simply go on, to see how far down the way still leads.
#
# `000_12180da503bfe391.txt`, "Điều kiện dừng". Goes on in · Xem tiếp: `ch07_stopping_rules_joined.py`.

# %%
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from lesson import BROWN, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.optim import stopping

page = Lesson(__file__ if "__file__" in globals() else "ch07_stopping_rules")
page.say(
    "We shall see six rules stop while the loss can still fall, among them GradientChange, at its first comparison,\n"
    "where the gradient is as large as it ever gets.",
    "Ta sẽ thấy sáu quy tắc dừng khi loss vẫn còn xuống được, trong đó GradientChange dừng ngay lần so sánh đầu tiên,\n"
    "ở chỗ gradient lớn không kém chỗ nào.",
)

# %% [markdown]
# Vòng lặp: cập nhật, báo cho `progress`, hỏi quy tắc. ·
# The loop: update, tell `progress`, ask the rule.

# %%
Function = Callable[[tg.Tensor], tg.Tensor]


def descend(
    f: Function, start: list[float], rate: float, rule: stopping.StoppingRule
) -> tuple[int, np.ndarray, float, float]:
    """How many updates until the rule is met; where; the value of f and the length of its gradient there."""
    x = tg.tensor(start, requires_grad=True)
    optimizer = optim.SGD([x], lr=rate)
    progress = stopping.Progress.of(optimizer)
    while True:
        optimizer.zero_grad()
        loss = f(x)
        loss.backward()
        optimizer.step()
        if rule.met(progress.update(loss)):
            break
    end = tg.tensor(x.detach().numpy(), requires_grad=True)
    value = f(end)
    value.backward()
    return progress.iteration, end.detach().numpy(), value.item(), float(np.linalg.norm(end.grad.numpy()))


# %% [markdown]
# Những hàm làm các quy tắc dừng quá sớm. Cực tiểu của mỗi hàm đều biết trước. ·
# Functions that make the rules stop too soon. Of all of them the minimum is known.


# %%
def valley(x: tg.Tensor) -> tg.Tensor:
    """x² + y²/1000: steep across, nearly flat along; 0 at (0, 0)."""
    return x[0] ** 2 + x[1] ** 2 / 1000


def saddle(x: tg.Tensor) -> tg.Tensor:
    """x² − y² + y⁴/2: at (0, 0) the gradient is 0, but the minima are −½ at y = ±1."""
    return x[0] ** 2 - x[1] ** 2 + x[1] ** 4 / 2


def slope(x: tg.Tensor) -> tg.Tensor:
    """√(1 + x²): far away it is a straight line, whose gradient is everywhere the same; 1 at 0."""
    return np.sqrt(1 + x[0] ** 2)


def plateau(x: tg.Tensor) -> tg.Tensor:
    """1 − exp(−x²/2): flat far from 0, where it is 0."""
    return 1 - np.exp(-(x[0] ** 2) / 2)


def parabola(x: tg.Tensor) -> tg.Tensor:
    """x²."""
    return x[0] ** 2


# %%
S = stopping
CASES: tuple[tuple[str, str, Function, list[float], float, S.StoppingRule], ...] = (
    ("MaxIterations", "x² + y²/1000", valley, [1.0, 10.0], 0.5, S.MaxIterations(100)),
    ("TimeLimit", "x² + y²/1000", valley, [1.0, 10.0], 0.5, S.TimeLimit(0.0)),
    ("GradientNorm", "x² − y² + y⁴/2", saddle, [1.0, 1e-15], 0.1, S.GradientNorm(1e-6)),
    ("GradientChange", "√(1 + x²)", slope, [1000.0], 0.5, S.GradientChange(1e-6)),
    ("LossChange", "1 − exp(−x²/2)", plateau, [4.5], 0.5, S.LossChange(1e-6)),
    ("ParameterChange", "x², η = 1", parabola, [4.0], 1.0, S.ParameterChange(1e-6, every=2)),
)
BEST = {valley: 0.0, saddle: -0.5, slope: 1.0, plateau: 0.0, parabola: 0.0}

page.say(
    "\nrule             on               stops after    loss  ‖∇J‖   could be",
    "\nquy tắc          trên hàm            dừng sau    loss  ‖∇J‖   còn đến",
)
for name, formula, f, start, rate, rule in CASES:
    count, _, value, gradient = descend(f, start, rate, rule)
    print(f"{name:16} {formula:16} {count:11} {value:8.3g} {gradient:6.2g} {BEST[f]:8g}")
    page.check(value > BEST[f] + 0.05, True)
    if name == "GradientChange":
        page.check([count, gradient], [2, 1], within=1e-6)  # the first comparison is at the second update

# %% [markdown]
# Đi tiếp thì sao? Từ yên ngựa, sai số làm tròn nhỏ nhất của y cũng lớn dần lên; trên đường dốc đều chỉ cần thêm bước.
# ·
# And if one goes on? From a saddle the smallest y grows and grows; on the even slope it just takes more steps.

# %%
page.say("\nthe same, gone on", "\nvẫn các hàm đó, đi tiếp")
for f, start, rate, more in (
    (saddle, [1.0, 1e-15], 0.1, 400),
    (slope, [1000.0], 0.5, 4000),
    (plateau, [4.5], 0.5, 6000),
):
    _, point, value, _ = descend(f, start, rate, stopping.MaxIterations(more))
    print(f"{f.__name__:8} {more:7} → {value:.6f}")
    page.check(value, BEST[f], within=1e-6)

if page.draws:
    x, steps = 1000.0, [1000.0]
    for _ in range(2100):
        x -= 0.5 * x / np.sqrt(1 + x * x)
        steps.append(x)
    changes = [abs(a / np.sqrt(1 + a * a) - b / np.sqrt(1 + b * b)) for a, b in pairwise(steps)]
    title = page.word(
        "√(1 + x²): change of the gradient at every update", "√(1 + x²): thay đổi của gradient mỗi lần cập nhật"
    )
    figure, axes = page.figure(title, page.word("update", "lần cập nhật"), "|∇J(θₜ) − ∇J(θₜ₋₁)|")
    axes.semilogy(np.maximum(changes, 1e-17), color=BROWN)
    axes.axhline(1e-6, color="black", linestyle="--", linewidth=1)
    page.save(figure, "stopping_rules.svg")


page.done()
