# %% [markdown]
# # All data, one point, a few · Toàn bộ dữ liệu, một điểm, vài điểm
#
# **English.** How many data does a step look at? The same line is fitted three times: with the gradient of all data
# (batch), of one point (stochastic) and of a few (mini-batch), and the three paths are drawn over the contour lines of
# one loss.
#
# **Tiếng Việt.** Mỗi bước nhìn bao nhiêu dữ liệu? Ta khớp cùng một đường thẳng ba lần: gradient tính trên toàn bộ dữ
# liệu (batch), trên một điểm (stochastic) và trên vài điểm (mini-batch), ba đường đi vẽ trên cùng các đường mức của một
# hàm mất mát.
#
# Source · Nguồn: `001_138430595a83a231.txt`, 1, 2. The document gives no numbers here; the data are ours · Tài liệu
# không cho con số nào ở phần này; dữ liệu là của chúng tôi.

# %%
import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim
from tinygrad_vn.data import DataLoader

page = Lesson(__file__ if "__file__" in globals() else "ch01_rates_batches")
page.say(
    "Expected: in 10 epochs over 64 points 10, 80 and 640 updates, of which batch never goes up.",
    "Sẽ thấy: trong 10 epoch trên 64 điểm có 10, 80 và 640 lần cập nhật; riêng batch không lần nào đi lên.",
)

# %% [markdown]
# The gradient of the mean loss is the mean of the points' gradients. Batch computes it exactly, for one update. One
# point's gradient is right on average only: cheap and noisy, and so the path zigzags around the minimum.
#
# Gradient của loss trung bình là trung bình các gradient của từng điểm. Batch tính chính xác nhưng chỉ được một lần cập
# nhật. Gradient của một điểm chỉ đúng về trung bình: rẻ nhưng nhiễu, nên đường đi zigzag quanh cực tiểu.

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=64)
y = 2 * x + 1 + rng.normal(scale=1.0, size=64)
best = np.linalg.lstsq(np.stack([x, np.ones(64)], axis=1), y, rcond=None)[0]


def line_loss(w, b, x=x, y=y):
    """Mean squared error of the line w·x + b."""
    return nn.functional.mse_loss(w * x + b, tg.tensor(y))


def train(batch_size: int | str, epochs: int = 10) -> np.ndarray:
    """The (w, b) after every update, from (−1, 4)."""
    w, b = tg.tensor(-1.0, requires_grad=True), tg.tensor(4.0, requires_grad=True)
    optimizer = optim.SGD([w, b], lr=0.1)
    path = [(w.item(), b.item())]
    for _ in range(epochs):
        for x_batch, y_batch in loaders[batch_size]:
            optimizer.zero_grad()
            line_loss(w, b, x_batch, y_batch.numpy()).backward()
            optimizer.step()
            path.append((w.item(), b.item()))
    return np.array(path)


WAYS = {"all": ("batch", BLUE), 8: ("mini-batch (8)", GREEN), 1: ("stochastic (1)", BROWN)}
loaders = {size: DataLoader((x, y), batch_size=size, shuffle=True, rng=np.random.default_rng(1)) for size in WAYS}
walks = {size: train(size) for size in WAYS}
losses = {size: np.array([line_loss(w, b).item() for w, b in walk]) for size, walk in walks.items()}
page.say(
    f"\nBest line: w = {best[0]:.3f}, b = {best[1]:.3f}", f"\nĐường tốt nhất: w = {best[0]:.3f}, b = {best[1]:.3f}"
)
print(f"{'':16}{page.word('updates', 'cập nhật'):>10}{page.word('uphill', 'đi lên'):>10}{'w':>8}{'b':>8}{'J':>8}")
for size, (name, _) in WAYS.items():
    uphill = int((np.diff(losses[size]) > 0).sum())
    (w, b), J = walks[size][-1], losses[size][-1]
    print(f"{name:16}{len(walks[size]) - 1:10}{uphill:10}{w:8.3f}{b:8.3f}{J:8.3f}")

# %%
page.check([len(walks[size]) - 1 for size in WAYS], [10, 80, 640])
page.check((np.diff(losses["all"]) > 0).sum(), 0)
w, b = -1.0, 4.0
for _ in range(10):  # batch once more, by the formula
    error = w * x + b - y
    w, b = w - 0.1 * np.mean(2 * error * x), b - 0.1 * np.mean(2 * error)
page.check(walks["all"][-1], [w, b], within=1e-12)
w, b = (tg.tensor(value, requires_grad=True) for value in (-1.0, 4.0))
of_all = np.array(tg.grad(line_loss(w, b), [w, b]))
of_one = np.array([tg.grad(line_loss(w, b, x[[i]], y[[i]]), [w, b]) for i in range(64)])
page.check(of_one.mean(0), of_all, within=1e-12)
wander = {size: np.linalg.norm(walk[-len(walk) // 2 :] - best, axis=1).mean() for size, walk in walks.items()}
page.claim(
    wander[1] > 2 * wander[8],
    f"In the second half stochastic wanders {wander[1]:.2f} from the best line on average, mini-batch {wander[8]:.2f}.",
    f"Ở nửa sau, stochastic cách đường tốt nhất trung bình {wander[1]:.2f}, mini-batch {wander[8]:.2f}.",
)

# %%
if page.draws:
    figure, axes = page.figure(
        page.word("Ten epochs, rate 0.1", "Mười epoch, learning rate 0.1"), "w", "b", size=(8, 5)
    )
    ws, bs = np.linspace(-1.4, 3.2, 80), np.linspace(0, 4.3, 80)
    heights = [[np.mean((w * x + b - y) ** 2) for w in ws] for b in bs]
    axes.contourf(ws, bs, heights, 14, cmap="Greys", alpha=0.35)
    axes.contour(ws, bs, heights, 14, colors=GREY, linewidths=0.4)
    for size in (1, 8, "all"):
        name, color = WAYS[size]
        axes.plot(*walks[size].T, ".-", color=color, markersize=4, linewidth=0.9, label=name)
    axes.plot(*best, "*", color="black", markersize=14, label=page.word("minimum", "cực tiểu"), linestyle="none")
    axes.grid(False)
    axes.legend(frameon=True, loc="upper right")
    page.save(figure, "ch01_rates_batches.svg")

# %%
page.done()
