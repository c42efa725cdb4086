# %% [markdown]
# # One weight, three learning rates · Một trọng số, ba learning rate
#
# **English.** The smallest model: y = w·x, one point (2, 4), so w = 2 is right. The loss is (2w − 4)², its derivative
# 8(w − 2), and a step at rate η multiplies the error w − 2 by 1 − 8η. That number decides everything: 1 − 8 · 0.5 = −3
# diverges, 0.92 converges, 0.992 crawls.
#
# **Tiếng Việt.** Mô hình nhỏ nhất: y = w·x, một điểm (2, 4), vậy đáp án là w = 2. Loss bằng (2w − 4)², đạo hàm 8(w −
# 2), và mỗi bước với learning rate η nhân sai lệch w − 2 với 1 − 8η. Chính con số này quyết định tất cả: 1 − 8 · 0.5 =
# −3 thì phân kỳ, 0.92 thì hội tụ, 0.992 thì bò rất chậm.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 3.3. Its class `SimpleModel` is empty on the page; ours has one weight,
# which begins at 0.5 · Lớp `SimpleModel` ở đó bị bỏ trống; ở đây nó có một trọng số, bắt đầu từ 0.5.

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot

page = Lesson(__file__ if "__file__" in globals() else "ch01_one_weight")
tg.set_default_dtype(tg.float32)

page.say(
    "Expected over 200 epochs: rate 0.5 runs to infinity, 0.01 comes to w = 2, 0.001 is still on its way.",
    "Sẽ thấy sau 200 epoch: learning rate 0.5 chạy ra vô cùng, 0.01 đến w = 2, 0.001 vẫn còn trên đường.",
)


# %% [markdown]
# ## The model, completed · Mô hình, đã bổ sung


# %%
class SimpleModel(nn.Module):
    """y = w · x."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(tg.tensor([0.5]))

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """The prediction for x."""
        return self.weight * x


def train(rate: float, epochs: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """The loss before every step, and the weight after it."""
    model, criterion = SimpleModel(), nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=rate)
    x, y = tg.tensor([2.0]), tg.tensor([4.0])
    losses, weights = [], []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        weights.append(model.weight.item())
    return np.array(losses), np.array(weights)


# %% [markdown]
# ## Three runs · Ba lần chạy
#
# At 0.5 the loss grows ninefold per epoch, until it is larger than float32's largest number, 3.4·10³⁸. NumPy would
# warn of that overflow; here it is what we want to see, so `np.errstate` says that it is intended.
#
# Với 0.5, mỗi epoch loss tăng gấp chín, đến khi vượt số lớn nhất của float32 là 3.4·10³⁸. NumPy sẽ cảnh báo tràn số
# (overflow); ở đây ta cố ý cho thấy điều đó, nên dùng `np.errstate` để nói rõ.

# %%
with np.errstate(over="ignore", invalid="ignore"):
    runs = {rate: train(rate) for rate in (0.5, 0.01, 0.001)}

print(f"\n{'epoch':>6}" + "".join(f"{f'η = {rate}':>14}" for rate in runs))
for epoch in (1, 2, 3, 10, 40, 41, 79, 80, 81, 100, 200):
    print(f"{epoch:6}" + "".join(f"{losses[epoch - 1]:14.4g}" for losses, _ in runs.values()))

# %% [markdown]
# ## Where 0.5 ends · Kết cục của 0.5
#
# First the loss is infinite, then the weight; and the next step, ∞ − ∞, is no number at all (NaN).
#
# Loss thành vô cùng trước, rồi đến trọng số; bước kế tiếp là ∞ − ∞, không còn là một con số nữa (NaN).

# %%
losses, weights = runs[0.5]
page.check(losses[:4], [9, 81, 729, 6561])
first_loss, first_weight = int(np.argmin(np.isfinite(losses))) + 1, int(np.argmin(np.isfinite(weights))) + 1
page.claim(
    first_loss == 41 and first_weight == 80 and np.isinf(weights[79]) and np.isnan(weights[80:]).all(),
    f"\nη = 0.5: the loss is infinite from epoch {first_loss}, the weight after epoch {first_weight}, then NaN.",
    f"\nη = 0.5: loss vô cùng từ epoch {first_loss}, trọng số vô cùng sau epoch {first_weight}, rồi thành NaN.",
)

# %% [markdown]
# ## The other two, against (1 − 8η)ᵏ · Hai lần còn lại, so với (1 − 8η)ᵏ

# %%
for rate in (0.01, 0.001):
    factor = 1 - 8 * rate
    page.check(runs[rate][1], 2 - 1.5 * factor ** np.arange(1, 201), within=2e-5)
    half, last = np.log(0.5) / np.log(factor), runs[rate][1][-1]
    page.say(
        f"η = {rate}: w − 2 times {factor:.3f} per epoch, halved every {half:.0f}; in the end w = {last:.4f}.",
        f"η = {rate}: mỗi epoch w − 2 nhân {factor:.3f}, cứ {half:.0f} epoch giảm nửa; cuối cùng w = {last:.4f}.",
    )
page.check(runs[0.01][0][[99, 199]], [0, 0], decimals=4)  # printed as 0.0000 at epoch 100 already
page.check(runs[0.001][0][199], 9 * 0.992**398, within=1e-3)

# %%
if page.draws:
    by_rate = {f"η = {rate}": losses for rate, (losses, _) in runs.items()}
    title = page.word("y = w·x through (2, 4): three rates", "y = w·x qua (2, 4): ba learning rate")
    page.save(plot.loss_curves(by_rate, title=title), "ch01_one_weight_curves.svg")
    for rate, name in ((0.5, "05"), (0.01, "001"), (0.001, "0001")):
        title = page.word(f"Loss at rate {rate}", f"Quá trình hội tụ với learning rate {rate}")
        figure, axes = page.figure(title, "epoch", "loss", size=(4, 3))
        axes.plot(np.arange(1, 201), np.where(np.isfinite(runs[rate][0]), runs[rate][0], np.nan), color="#0072B2")
        axes.set_yscale("log" if rate == 0.5 else "linear")
        axes.set_xlim(0, 200)
        page.save(figure, f"ch01_one_weight_{name}.svg")

# %%
page.done()
