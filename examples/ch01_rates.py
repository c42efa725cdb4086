# %% [markdown]
# # How long a step: three learning rates · Bước dài bao nhiêu: ba learning rate
#
# **English.** Gradient descent has one number to choose, the learning rate. We go down one parabola with a small, a
# good and a too large rate, and draw how the last one overshoots: every step lands on the other slope, higher up.
#
# **Tiếng Việt.** Gradient descent chỉ có một con số phải chọn: learning rate. Ta đi xuống cùng một parabol với learning
# rate nhỏ, hợp lý và quá lớn, rồi vẽ hiện tượng overshoot: mỗi bước nhảy sang sườn bên kia, ở chỗ cao hơn.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 1. The document gives no numbers here; the function is ours · Tài liệu
# không cho con số nào ở phần này; hàm số là của chúng tôi.

# %%
import numpy as np
from lesson import BROWN, GREY, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim

page = Lesson(__file__ if "__file__" in globals() else "ch01_rates")
page.say(
    "Expected: from x = 8, after 20 steps, rate 0.01 is still 4.0 away from the minimum at 2, rate 0.3 is there, and\n"
    "rate 1.05 is 40.4 away.",
    "Sẽ thấy: từ x = 8, sau 20 bước, learning rate 0.01 còn cách 4.0 mới đến cực tiểu tại 2, 0.3 đã tới nơi, còn\n"
    "1.05 thì cách 40.4.",
)


# %% [markdown]
# ## Three rates · Ba learning rate
#
# f(x) = (x − 2)² + 1 has f′(x) = 2(x − 2), so a step multiplies the distance to 2 by 1 − 2η: it shrinks for 0 < η < 1,
# changes sides for η > ½, and grows for η > 1. Note that f is never below 1: a program that waits until "f(x) is small
# enough", as in the document, would wait for ever; one looks at the gradient or at how much f still falls.
#
# f(x) = (x − 2)² + 1 có f′(x) = 2(x − 2), nên mỗi bước nhân khoảng cách tới 2 với 1 − 2η: nhỏ dần khi 0 < η < 1, đổi
# bên khi η > ½, lớn dần khi η > 1. Để ý f không bao giờ dưới 1: chương trình chờ đến khi "f(x) đủ nhỏ" như trong tài
# liệu sẽ chờ mãi; người ta xem gradient, hoặc xem f còn giảm bao nhiêu.


# %%
def f(x):
    """Smallest at x = 2, where it is 1."""
    return (x - 2) ** 2 + 1


def descent(rate: float, steps: int = 20) -> list[float]:
    """The points visited from x = 8."""
    x = tg.tensor(8.0, requires_grad=True)
    optimizer = optim.SGD([x], lr=rate)
    path = [x.item()]
    for _ in range(steps):
        optimizer.zero_grad()
        f(x).backward()
        optimizer.step()
        path.append(x.item())
    return path


RATES = {0.01: ("small", "nhỏ"), 0.3: ("good", "hợp lý"), 1.05: ("too large", "quá lớn")}
paths = {rate: descent(rate) for rate in RATES}
for rate, path in paths.items():
    print(f"η = {rate:<5} x: " + " ".join(f"{x:.2f}" for x in path[:5]) + f" … {path[-1]:.2f}   f = {f(path[-1]):.3f}")
    page.check(path, 2 + 6 * (1 - 2 * rate) ** np.arange(21), within=1e-9)
page.check([abs(paths[rate][-1] - 2) for rate in RATES], [4.0, 0.0, 40.4], decimals=1)
page.claim(
    (np.diff(np.sign(np.subtract(paths[1.05], 2))) != 0).all() and (np.diff(f(np.array(paths[1.05]))) > 0).all(),
    "Too large: every step jumps over the minimum and ends higher than it began (overshoot).",
    "Quá lớn: bước nào cũng nhảy qua cực tiểu và kết thúc ở chỗ cao hơn lúc bắt đầu (overshoot).",
)

# %%
if page.draws:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.8), layout="constrained")
    for axes, (rate, path) in zip(figure.subplots(1, 3), paths.items(), strict=True):
        shown = np.array(path[:9] if rate > 1 else path)
        across = np.linspace(-11, 15, 300)
        axes.plot(across, f(across), color=GREY)
        axes.plot(shown, f(shown), "o-", color=BROWN, markersize=4, linewidth=1.2)
        axes.set_title(f"{page.word(*RATES[rate])}: η = {rate}")
        axes.set(xlabel="x", ylabel="f(x)", ylim=(-5, 170 if rate > 1 else 60))
        axes.spines[["top", "right"]].set_visible(False)
    page.save(figure, "ch01_rates.svg")

# %%
page.done()
