# %% [markdown]
# # Đi xuống và đi lên: gradient descent và gradient ascent · Down and up: gradient descent and gradient ascent
#
# **Tiếng Việt.** Gradient chỉ hướng tăng nhanh nhất. Đi ngược lại thì xuống cực tiểu: θ ← θ − η ∇J; đi theo thì lên
# cực đại: θ ← θ + η ∇J. Hồi quy logistic là ví dụ quen thuộc của ascent: ta tìm tham số làm log-likelihood ℓ của dữ
# liệu lớn nhất. Vì ∇(−ℓ) = −∇ℓ, đi lên trên ℓ và đi xuống trên −ℓ (cross-entropy) là cùng một con đường, đúng đến bit
# cuối.
#
# **English.** The gradient points to where a function grows fastest. Against it one comes down to a minimum, θ ← θ − η
# ∇J; along it up to a maximum, θ ← θ + η ∇J. Logistic regression is the usual example of ascent: we look for the
# parameters under which the log-likelihood ℓ of the data is largest. Since ∇(−ℓ) = −∇ℓ, ascent on ℓ and descent on −ℓ
# (the cross-entropy) are one and the same path, to the last bit.
#
# `000_12180da503bfe391.txt`, "Descent | Ascent", "Gradient Descent".

# %%
import numpy as np
from lesson import Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim, plot
from tinygrad_vn.models import LogisticRegression
from tinygrad_vn.nn import functional as F

page = Lesson(__file__ if "__file__" in globals() else "ch09_ascent")
page.say(
    "We shall see f(x) = 4x − x² climbed to its top at x = 2, half of the way at every step; and a log-likelihood\n"
    "that grows from −8.3178 along the very points at which its negative falls.",
    "Ta sẽ thấy f(x) = 4x − x² được leo đến đỉnh x = 2, mỗi bước đi nửa quãng còn lại; và một log-likelihood tăng từ\n"
    "−8.3178, qua đúng những điểm mà tại đó số đối của nó giảm.",
)

# %% [markdown]
# Một biến. f′(x) = 4 − 2x, với η = 0.25: x ← x + 0.25 (4 − 2x) = 1 + x/2, nên xₜ = 2 (1 − 2⁻ᵗ). ·
# One variable. f′(x) = 4 − 2x, with η = 0.25: x ← x + 0.25 (4 − 2x) = 1 + x/2, so xₜ = 2 (1 − 2⁻ᵗ).

# %%
x = tg.tensor(0.0, requires_grad=True)
page.say("\nstep        x    f(x)   f′(x)", "\nbước        x    f(x)   f′(x)")
for step in range(6):
    height = 4 * x - x**2
    x.grad = None
    height.backward()
    print(f"{step:4} {x.item():8.4f} {height.item():7.4f} {x.grad.item():7.4f}")
    page.check(x.item(), 2 * (1 - 0.5**step), within=1e-15)
    with tg.no_grad():
        x += 0.25 * x.grad  # plus: uphill

# %% [markdown]
# Learning rate quá lớn cũng vượt qua cực đại, và từ η = 1 trở lên thì không quay lại nữa. ·
# Too large a rate passes over a maximum as it does over a minimum, and from η = 1 on never comes back.

# %%
for rate, factor in ((0.75, -0.5), (1.0, -1.0), (1.25, -1.5)):
    at = [0.0]
    for _ in range(4):
        x = tg.tensor(at[-1], requires_grad=True)
        (4 * x - x**2).backward()
        at.append(at[-1] + rate * x.grad.item())
    print(f"η = {rate:4}: x = " + ", ".join(f"{value:g}" for value in at))
    page.check(at, [2 - 2 * factor**step for step in range(5)])  # the distance to 2 times 1 − 2η, at every step

# %% [markdown]
# Nhiều biến. Số giờ học và đỗ (1) hay trượt (0) của 12 sinh viên (số liệu tự đặt). p = σ(wx + b), ℓ = ∑ [y log p + (1
# − y) log(1 − p)] = ∑ [y z − log(1 + eᶻ)] với z = wx + b. ·
# Several variables. Hours of study, and who passed (1) or failed (0), of 12 students (figures of our own). p = σ(wx +
# b), ℓ = ∑ [y log p + (1 − y) log(1 − p)] = ∑ [y z − log(1 + eᶻ)] with z = wx + b.

# %%
hours = np.array([0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6])
passed = np.array([0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1.0])
X = np.stack([hours - hours.mean(), np.ones(12)], axis=1)  # the last column is for b


def log_likelihood(theta: tg.Tensor) -> tg.Tensor:
    """ℓ(w, b), never positive: the logarithm of the probability of what was seen."""
    z = X @ theta
    return (passed * z - F.softplus(z)).sum()


def path(*, up: bool, rate: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The points and values of ascent on ℓ, or of descent on −ℓ."""
    theta = tg.tensor(np.zeros(2), requires_grad=True)
    optimizer = optim.SGD([theta], lr=rate, maximize=up)
    points, values = [], []
    for _ in range(steps + 1):
        objective = log_likelihood(theta) if up else -log_likelihood(theta)
        points.append(theta.detach().numpy().copy())
        values.append(objective.item())
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
    return np.array(points), np.array(values)


points_up, ell = path(up=True, rate=0.05, steps=300)
points_down, cross_entropy = path(up=False, rate=0.05, steps=300)
page.say(
    "\n          ascent on ℓ                    descent on −ℓ\n"
    "step      w       b         ℓ        w       b        −ℓ",
    "\n          ascent trên ℓ                  descent trên −ℓ\n"
    "bước      w       b         ℓ        w       b        −ℓ",
)
for step in (0, 1, 2, 5, 20, 100, 300):
    (w, b), (v, c) = points_up[step], points_down[step]
    print(f"{step:4} {w:7.4f} {b:7.4f} {ell[step]:9.4f}  {v:7.4f} {c:7.4f} {cross_entropy[step]:9.4f}")
page.check(ell[0], 12 * np.log(0.5), within=1e-12)  # at (0, 0) every p is ½
page.check(np.array_equal(points_up, points_down), True)
page.check(np.array_equal(ell, -cross_entropy), True)
page.check((np.diff(ell[:60]) > 0).all(), True)

# %% [markdown]
# Kiểm tra bằng ba cách độc lập: công thức ∇ℓ = Xᵀ(y − p); gradient bằng 0 ở cuối; và phương pháp Newton của
# `LogisticRegression`. ·
# Checked in three independent ways: the formula ∇ℓ = Xᵀ(y − p); a gradient of 0 in the end; and Newton's method in
# `LogisticRegression`.

# %%
theta = tg.tensor(points_up[1], requires_grad=True)
log_likelihood(theta).backward()
by_hand = X.T @ (passed - 1 / (1 + np.exp(-X @ points_up[1])))
page.check(theta.grad, by_hand, within=1e-12)

w, b = points_up[-1]
page.check(X.T @ (passed - 1 / (1 + np.exp(-X @ points_up[-1]))), [0, 0], within=1e-6)
newton = LogisticRegression(penalty=None).fit(X[:, :1], passed)
page.say(
    f"\nThe maximum: w = {w:.4f}, b = {b:.4f}; half of the students pass with {hours.mean() - b / w:.2f} hours.",
    f"\nCực đại: w = {w:.4f}, b = {b:.4f}; học {hours.mean() - b / w:.2f} giờ thì khả năng đỗ là một nửa.",
)
page.check([w, b], [newton.coef_[0, 0], newton.intercept_[0]], within=1e-5)

if page.draws:
    title = page.word("Ascent on the log-likelihood", "Ascent trên log-likelihood")
    figure = plot.descent_path(lambda w, b: log_likelihood(np.array([w, b])), points_up, names=("w", "b"), title=title)
    page.save(figure, "ascent.svg")

page.done()
