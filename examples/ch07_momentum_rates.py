# %% [markdown]
# # Momentum at a small and at a large rate · Momentum khi learning rate nhỏ và khi lớn
#
# **English.** At a small learning rate, the document says, momentum gets there sooner; at a large one it shakes less.
# On its own table, 24 points on y = 2x + 30 learned one at a time, we measure both, and where it stops being true: its
# momentum is damped, v ← (1 − m)·de/da + m·v, and that form cannot go faster in the long run.
#
# **Tiếng Việt.** Tài liệu nói: learning rate nhỏ thì momentum giúp hội tụ nhanh hơn, learning rate lớn thì nó làm bớt
# dao động. Trên chính bảng số của tài liệu, 24 điểm trên y = 2x + 30 học từng điểm một, ta đo cả hai, và xem đến đâu
# thì điều đó không còn đúng: momentum ở đó có giảm chấn, v ← (1 − m)·de/da + m·v, dạng này về lâu dài không thể đi
# nhanh hơn.
#
# Source · Nguồn: `002_8a50c176e41375fb.txt`, part 2 · phần 2 (动量 momentum).

# %%
from collections.abc import Callable

import numpy as np
from lesson import BLUE, GREY, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim

page = Lesson(__file__ if "__file__" in globals() else "ch07_momentum_rates")
page.say(
    "Expected: with damped momentum a small rate reaches the valley in about two thirds of the steps, a tiny one\n"
    "hardly sooner than without; and at a large rate the slope shakes less than a third as much.",
    "Sẽ thấy: với momentum có giảm chấn, learning rate nhỏ tới đáy thung lũng chỉ sau khoảng hai phần ba số bước, rất\n"
    "nhỏ thì hầu như không sớm hơn; còn learning rate lớn thì hệ số góc rung chưa bằng một phần ba.",
)

# %%
X = np.array([26, 97, 80, 98, 50, 43, 51, 7, 52, 59, 78, 89, 14, 44, 19, 48, 69, 99, 88, 10, 36, 28, 97, 42])
Y = 2 * X + 30


def loss_at(a: float, b: float) -> float:
    """The mean squared error of the line a·x + b over all 24 points."""
    return float(np.mean((a * X + b - Y) ** 2))


def learn(make: Callable[..., optim.Optimizer], passes: int) -> tuple[np.ndarray, np.ndarray]:
    """(a, b) before and after every point, and J there; err = (a·x + b − y)² of one point at a time, from (1, 1)."""
    a, b = tg.tensor(1.0, requires_grad=True), tg.tensor(1.0, requires_grad=True)
    optimizer = make([a, b])
    path = [(a.item(), b.item())]
    for x, y in [*zip(X.tolist(), Y.tolist(), strict=True)] * passes:
        optimizer.zero_grad()
        ((a * x + b - y) ** 2).backward()
        optimizer.step()
        path.append((a.item(), b.item()))
    return np.array(path), np.array([loss_at(*point) for point in path])


# %% [markdown]
# ## Small rates · Learning rate nhỏ
#
# The damped form averages the slopes, so in the long run its steps are as long as without momentum: what it gains at a
# small rate is real but limited, about twofold at best, and next to nothing where the rate is tiny. The usual form, v ←
# g + m·v, goes 1/(1 − m) = 10 times as far.
#
# Ở dạng có giảm chấn các gradient được lấy trung bình, nên về lâu dài bước vẫn dài như khi không có momentum: ở
# learning rate nhỏ có lợi thật nhưng có giới hạn (nhiều nhất khoảng gấp đôi), learning rate rất nhỏ thì không lợi gì.
# Dạng thông thường, v ← g + m·v, đi xa gấp 1/(1 − m) = 10 lần.

# %%
SMALL, LARGE, TINY = 4e-6, 1.5e-4, 3e-7
average = {"momentum_form": "average"}


def steps_to_valley(rate: float, passes: int, **settings) -> int:
    """After how many points J stays below 190; along the bottom of the valley it is about 185 and falls slowly."""
    losses = learn(lambda p: optim.SGD(p, lr=rate, **settings), passes)[1]
    return int(np.flatnonzero(losses >= 190)[-1]) + 1


page.say("\nSteps until J stays below 190", "\nSố bước cho đến khi J luôn dưới 190")
counts = {}
for rate, passes in ((TINY, 70), (SMALL, 15)):
    counts[rate] = [
        steps_to_valley(rate, passes),
        steps_to_valley(rate, passes, momentum=0.9, **average),
        steps_to_valley(rate, passes, momentum=0.9),
    ]
    print(
        f"lr = {rate:<8g} m = 0: {counts[rate][0]:5}   m = 0.9: {counts[rate][1]:5}   v ← g + m·v: {counts[rate][2]:5}"
    )
a, b, v_a, v_b = 1.0, 1.0, 0.0, 0.0
for x, y in [*zip(X, Y, strict=True)] * 15:  # the damped form once more, as the document writes it
    slope = 2 * (a * x + b - y)
    v_a, v_b = slope * x * (1 - 0.9) + v_a * 0.9, slope * (1 - 0.9) + v_b * 0.9
    a, b = a - v_a * SMALL, b - v_b * SMALL
page.check(learn(lambda p: optim.SGD(p, lr=SMALL, momentum=0.9, **average), 15)[0][-1], [a, b], within=1e-12)
page.claim(
    counts[SMALL][1] < 0.7 * counts[SMALL][0],
    "Small rate: momentum is faster, as the document says.",
    "Learning rate nhỏ: momentum nhanh hơn, đúng như tài liệu nói.",
)
page.claim(
    abs(counts[TINY][1] / counts[TINY][0] - 1) < 0.05
    and counts[TINY][2] < counts[TINY][0] / 10
    and counts[SMALL][2] > 1.5 * counts[SMALL][0],
    "Tiny rate: the damped form gains next to nothing, the usual one over tenfold; at the small rate that overshoots.",
    "Rất nhỏ: dạng giảm chấn hầu như không lợi, dạng thông thường nhanh hơn mười lần; ở trên lại vọt quá.",
)

# %% [markdown]
# ## A large rate · Learning rate lớn
#
# Single points throw the slope a to and fro; the average of their gradients does not. · Từng điểm một hất a qua lại;
# trung bình các gradient của chúng thì không.

# %%
large = {m: learn(lambda p, m=m: optim.SGD(p, lr=LARGE, momentum=m, **average), 10) for m in (0.0, 0.8)}
shakes = {m: path[-48:, 0].std() for m, (path, _) in large.items()}
page.say(
    "\nThe slope in the last two passes of ten, standard deviation",
    "\nHệ số góc trong hai lượt cuối của mười, độ lệch chuẩn",
)
print(f"lr = {LARGE:<8g} m = 0: {shakes[0.0]:.3f}   m = 0.8: {shakes[0.8]:.3f}")
page.claim(
    shakes[0.8] < shakes[0.0] / 3,
    "Large rate: momentum calms it.",
    "Learning rate lớn: momentum làm nó bớt dao động.",
)

# %%
if page.draws:
    from matplotlib.figure import Figure

    small = {m: learn(lambda p, m=m: optim.SGD(p, lr=SMALL, momentum=m, **average), 6) for m in (0.0, 0.9)}
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for (m, (_, losses)), color in zip(small.items(), (GREY, BLUE), strict=True):
        left.semilogy(losses, color=color, label=f"m = {m:g}")
    for (m, (path, _)), color in zip(large.items(), (GREY, BLUE), strict=True):
        right.plot(path[:, 0], color=color, linewidth=1.2, label=f"m = {m:g}")
    left.set(title=page.word(f"Small rate, {SMALL:g}", f"Learning rate nhỏ, {SMALL:g}"), xlabel="t", ylabel="J")
    right.set(title=page.word(f"Large rate, {LARGE:g}", f"Learning rate lớn, {LARGE:g}"), xlabel="t", ylabel="a")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    page.save(figure, "ch07_momentum_rates.svg")

# %%
page.done()
