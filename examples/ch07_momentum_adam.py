# %% [markdown]
# # Momentum and Adam by their formulas · Momentum và Adam theo công thức
#
# **English.** Momentum keeps a velocity: steps in the same direction add up, like a ball that rolls. Adam keeps two
# averages, of the gradient and of its square, and divides one by the root of the other, so that every parameter moves
# at its own pace. Here both are written down exactly as the document does, next to the optimizers of the library, and
# then measured.
#
# **Tiếng Việt.** Momentum giữ một vận tốc (velocity): các bước cùng hướng cộng dồn lại, như viên bi đang lăn. Adam giữ
# hai trung bình động, của gradient và của bình phương gradient, rồi chia cái này cho căn của cái kia, nên mỗi tham số
# đi theo nhịp riêng. Ở đây cả hai được viết đúng như tài liệu, đặt cạnh optimizer của thư viện, rồi đo.
#
# Source · Nguồn: `004_2f9e90593bb73649.txt`, 4.3, 4.4.

# %%
from collections.abc import Callable

import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import nn, optim, plot

page = Lesson(__file__ if "__file__" in globals() else "ch07_momentum_adam")

page.say(
    "Expected: on x² from 4, momentum goes 3.2, 1.84, 0.248, -1.2344 and Adam 3.9 first; the library does the same;\n"
    "momentum 0.9 needs a tenth of the epochs; Adam's first step is η, however large the gradient.",
    "Sẽ thấy: trên x² từ 4, momentum đi 3.2, 1.84, 0.248, -1.2344, còn Adam bước đầu tới 3.9; thư viện cho kết quả\n"
    "giống hệt; momentum 0.9 chỉ cần một phần mười số epoch; bước đầu của Adam bằng η, gradient lớn nhỏ đều vậy.",
)


# %% [markdown]
# ## The formulas · Công thức
#
# Momentum: v ← γ·v + η·∇, θ ← θ − v.
#
# Adam: m ← β₁·m + (1 − β₁)·∇, v ← β₂·v + (1 − β₂)·∇², m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), θ ← θ − η·m̂ / (√v̂ +
# ε).


# %%
def momentum(slope: Callable[[float], float], theta: float, steps: int, eta: float = 0.1, gamma: float = 0.9) -> list:
    """θ after every step of the document's momentum."""
    v, path = 0.0, []
    for _ in range(steps):
        v = gamma * v + eta * slope(theta)
        theta = theta - v
        path.append(theta)
    return path


def adam(slope: Callable[[float], float], theta: float, steps: int, eta: float = 0.1) -> list:
    """θ after every step of the document's Adam, with β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸."""
    m, v, path = 0.0, 0.0, []
    for t in range(1, steps + 1):
        gradient = slope(theta)
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        theta = theta - eta * m_hat / (np.sqrt(v_hat) + 1e-8)
        path.append(theta)
    return path


# %% [markdown]
# ## On x², beside the library · Trên x², cạnh thư viện


# %%
def by_library(make: Callable[[list[tg.Tensor]], optim.Optimizer], steps: int, size: float = 1.0) -> list:
    """x after every step on size · x², from 4."""
    x = tg.tensor(4.0, requires_grad=True)
    optimizer, path = make([x]), []
    for _ in range(steps):
        optimizer.zero_grad()
        (size * x**2).backward()
        optimizer.step()
        path.append(x.item())
    return path


paths = {
    "momentum": momentum(lambda x: 2 * x, 4.0, 200),
    "Adam": adam(lambda x: 2 * x, 4.0, 200),
    "optim.SGD": by_library(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, momentum_form="velocity"), 200),
    "optim.Adam": by_library(lambda p: optim.Adam(p, lr=0.1), 200),
}
print(f"\n{'t':>4}" + "".join(f"{name:>12}" for name in paths))
for t in (1, 2, 3, 4, 5, 10, 50, 200):
    print(f"{t:4}" + "".join(f"{path[t - 1]:12.6f}" for path in paths.values()))
page.check(paths["momentum"][:4], [3.2, 1.84, 0.248, -1.2344], within=1e-12)
page.check(paths["Adam"][0], 3.9, within=1e-9)
page.check(paths["optim.SGD"], paths["momentum"], within=1e-12)
page.check(paths["optim.Adam"], paths["Adam"], within=1e-12)

# %% [markdown]
# ## What momentum is good for · Momentum được gì
#
# While the gradient stays the same, v grows to η∇ / (1 − γ): with γ = 0.9 ten times the step. The long flat valley of
# y = 2x + 1 (`ch01_line.py`, from the same weights) is such a place.
#
# Khi gradient không đổi, v tăng dần đến η∇ / (1 − γ): với γ = 0.9 là gấp mười lần. Thung lũng dài và phẳng của y = 2x
# + 1 (`ch01_line.py`, cùng trọng số ban đầu) chính là một nơi như vậy.


# %%
def line(make: Callable[[list[tg.Tensor]], optim.Optimizer], epochs: int) -> list[float]:
    """The losses of a layer that learns y = 2x + 1 from four points."""
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    model, criterion, losses = nn.Linear(1, 1), nn.MSELoss(), []
    with tg.no_grad():
        model.weight.fill_(-0.25045592)
        model.bias.fill_(0.45284116)
    optimizer = make(list(model.parameters()))
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = criterion(model(x), 2 * x + 1)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


runs = {
    "SGD": line(lambda p: optim.SGD(p, lr=0.001), 5000),
    "momentum 0.9": line(lambda p: optim.SGD(p, lr=0.001, momentum=0.9, momentum_form="velocity"), 5000),
    "Adam": line(lambda p: optim.Adam(p, lr=0.001), 5000),
}
page.say("\ny = 2x + 1, η = 0.001: the loss after", "\ny = 2x + 1, η = 0.001: loss sau")
for name, losses in runs.items():
    print(f"{name:>14}   " + "   ".join(f"{epoch}: {losses[epoch - 1]:.6f}" for epoch in (100, 500, 1000, 5000)))
page.check(runs["SGD"][-1], 0.000320, decimals=6)
page.check(runs["momentum 0.9"][499] / runs["SGD"][4999], 1, within=0.05)
page.claim(
    runs["Adam"][499] > 100 * runs["SGD"][499],
    "Momentum after 500 epochs is where SGD is after 5000. Adam steps about η each time: 0.001 is too short for it.",
    "Momentum sau 500 epoch bằng SGD sau 5000. Adam mỗi bước đi khoảng η: với nó 0.001 là quá ngắn.",
)

# %% [markdown]
# ## What Adam is good for · Adam được gì
#
# In the first step m̂ = ∇ and √v̂ = |∇|: Adam moves every parameter by η, whether its gradient is 0.008 or 8000.
# Without the bias correction m = 0.1·∇ and √v = √0.001·|∇|: 3.16 times as far.
#
# Ở bước đầu m̂ = ∇ và √v̂ = |∇|: Adam dời mọi tham số một đoạn η, dù gradient là 0.008 hay 8000. Nếu không hiệu chỉnh
# (bias correction) thì m = 0.1·∇ và √v = √0.001·|∇|: đi xa gấp 3.16 lần.

# %%
print(f"\n{'∇':>10}{'SGD':>14}{'Adam':>14}" + page.word("  uncorrected", "  không hiệu chỉnh"))
for size in (0.001, 1.0, 1000.0):
    makers = [
        lambda p: optim.SGD(p, lr=0.1),
        lambda p: optim.Adam(p, lr=0.1),
        lambda p: optim.Adam(p, lr=0.1, bias_correction=False),
    ]
    moved = [4 - by_library(make, 1, size)[0] for make in makers]
    print(f"{8 * size:10.3f}" + "".join(f"{distance:14.4f}" for distance in moved))
    page.check(moved[:2], [0.8 * size, 0.1], within=1e-6)
    page.check(moved[2], 0.1 * 0.1 / np.sqrt(0.001), decimals=4)

# %%
if page.draws:
    title = page.word("y = 2x + 1 at rate 0.001", "y = 2x + 1 với learning rate 0.001")
    page.save(plot.loss_curves(runs, title=title), "ch07_momentum_adam_curves.svg")
    figure, axes = page.figure(page.word("x² from 4, η = 0.1", "x² từ 4, η = 0.1"), "t", "x")
    for name, style, color in (("momentum", "-", "#0072B2"), ("Adam", "--", "#9A3412")):
        axes.plot(range(101), [4, *paths[name][:100]], style, color=color, label=name)
    axes.plot(range(101), 4 * 0.8 ** np.arange(101), ":", color="#57606A", label="SGD")
    axes.legend(frameon=False)
    page.save(figure, "ch07_momentum_adam_paths.svg")

# %%
page.done()
