# %% [markdown]
# # Đạo hàm của đạo hàm, và bước Newton · Derivatives of derivatives, and Newton's step
#
# **Tiếng Việt.** Lượt đi ngược cũng là một phép tính, nên lấy đạo hàm được lần nữa. Ta dùng đạo hàm cấp hai cho bài giá
# đất, nơi gradient descent của bài giảng không bao giờ tới đích: Hessian cho biết mặt loss dốc đến đâu, tốc độ học nào
# còn ổn định, và bước Newton đi thẳng tới đường tốt nhất. Sau đó là hai nơi Newton không giúp được: x⁴ và đỉnh đồi.
#
# **English.** The backward pass is a computation, too, so it can be differentiated again. We use second derivatives on
# the land prices, where the lecture's descent never gets to the goal: the Hessian says how steep the loss is and which
# rates are stable, and Newton's step goes straight to the best line. Then two places where Newton is of little help:
# x⁴, and the top of a hill.
#
# Source · Nguồn: `003_5f9638466f993df0.txt` (data · dữ liệu); Newton's method is ours · phương pháp Newton là phần
# thêm.

# %%
import math

import numpy as np
from lesson import BLUE, BROWN, GREEN, GREY, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim

page = Lesson(__file__ if "__file__" in globals() else "ch11_newton")
area = np.array([56, 45, 234, 113, 542, 351], dtype=float)
price = np.array([45, 23, 199, 123, 448, 367], dtype=float)
page.say(
    "Expected: sin has the derivatives cos, -sin, -cos, sin; one Newton step from (2, 5) gives w = 0.8757, b = 5.106;\n"
    "rates below 2/163218 = 0.00001225 are stable; on x⁴ every Newton step takes off a third.",
    "Sẽ thấy: sin có các đạo hàm cos, -sin, -cos, sin; một bước Newton từ (2, 5) cho w = 0.8757, b = 5.106; tốc độ\n"
    "học dưới 2/163218 = 0.00001225 thì ổn định; với x⁴ mỗi bước Newton chỉ bớt được một phần ba.",
)

# %% [markdown]
# ## Bốn lần đạo hàm · Four times over
#
# `create_graph=True`: các quy tắc nhận Tensor thay vì mảng, nên chính gradient cũng có đồ thị. ·
# `create_graph=True`: the rules are given Tensors instead of arrays, so the gradient has a graph of its own.

# %%
x = tg.tensor(0.7, requires_grad=True)
derivatives = [np.sin(x)]
for _ in range(4):
    (next_one,) = tg.grad(derivatives[-1], [x], create_graph=True)
    derivatives.append(next_one)
names = ("sin", "sin′", "sin″", "sin‴", "sin⁗")
print("\n" + "   ".join(f"{name} = {value.item():.4f}" for name, value in zip(names, derivatives, strict=True)))
s, c = math.sin(0.7), math.cos(0.7)
page.check([value.item() for value in derivatives], [s, c, -s, -c, s], within=1e-15)

# %% [markdown]
# ## Hessian của bài giá đất · The Hessian of the land prices
#
# L(w, b) = trung bình của (w·x + b − y)². Bốn đạo hàm cấp hai không phụ thuộc w, b: 2·trung bình của x², x, x, 1. ·
# L(w, b) = mean of (w·x + b − y)². Its four second derivatives do not depend on w and b: 2 · the means of x², x, x, 1.


# %%
def loss_at(p: tg.Tensor) -> tg.Tensor:
    """The mean squared error of the line p[0]·x + p[1]."""
    return ((p[0] * area + p[1] - price) ** 2).mean()


start = np.array([2.0, 5.0])
H = tg.hessian(loss_at, start).numpy()
print("\nH = " + "; ".join("  ".join(f"{number:10.3f}" for number in row) for row in H))
page.check(H, 2 * np.array([[np.mean(area**2), np.mean(area)], [np.mean(area), 1]]), within=1e-9)

# %% [markdown]
# ## Bước Newton · Newton's step
#
# Giải H·h = −∇L rồi đi một bước h. Mặt loss ở đây là paraboloid, nên một bước là tới. ·
# Solve H·h = −∇L and take the step h. The loss is a paraboloid here, so one step arrives.

# %%
point = tg.tensor(start, requires_grad=True)
(slope,) = tg.grad(loss_at(point), [point])
best = start + np.linalg.solve(H, -slope.numpy())
print(f"(2, 5) → w = {best[0]:.4f}, b = {best[1]:.3f}")
page.check(best[0], 0.8757, decimals=4)
page.check(best[1], 5.106, decimals=3)
page.check(best, np.polyfit(area, price, 1), within=1e-9)

# %% [markdown]
# ## Tốc độ học lớn nhất, không cần ma trận · The largest stable rate, without the matrix
#
# `tg.hvp` cho H·v bằng hai lượt đi. Nhân lặp lại thì v quay về hướng dốc nhất, độ dài của H·v là trị riêng lớn nhất λ.
# Descent trên cả sáu điểm ổn định khi η < 2/λ. ·
# `tg.hvp` gives H·v by two passes. Repeated, v turns to the steepest direction, and the length of H·v is the largest
# eigenvalue λ. Descent on all six points is stable for η < 2/λ.

# %%
v = np.array([1.0, 1.0])
for _ in range(5):
    v = tg.hvp(loss_at, start, v).numpy()
    steepest = float(np.linalg.norm(v))
    v = v / steepest
limit = 2 / steepest
print(f"\nλ = {steepest:.0f}   2/λ = {limit:.8f}")
page.check(steepest, np.linalg.eigvalsh(H)[-1], within=1e-3)
page.check(steepest, 163218, decimals=0)


def descend(rate: float, steps: int) -> np.ndarray:
    """(w, b) before and after every step on the whole batch."""
    p = tg.tensor(start, requires_grad=True)
    optimizer = optim.SGD([p], lr=rate)
    path = [start]
    for _ in range(steps):
        optimizer.zero_grad()
        loss_at(p).backward()
        optimizer.step()
        path.append(p.detach().numpy().copy())
    return np.array(path)


for share in (0.98, 1.02):
    end = loss_at(descend(share * limit, 200)[-1])
    page.say(
        f"η = {share:.2f} · 2/λ: the loss after 200 steps is {end:.4g}, at the start {loss_at(start):.1f}.",
        f"η = {share:.2f} · 2/λ: loss sau 200 bước là {end:.4g}, lúc đầu {loss_at(start):.1f}.",
    )
    page.check(end < loss_at(start), share < 1)

# %% [markdown]
# ## Nơi Newton chậm, và nơi nó đi lên · Where Newton is slow, and where it climbs
#
# x⁴: f′/f″ = x/3, mỗi bước x chỉ nhân với 2/3. cos x gần 0: f″ < 0, đáy của parabol thật ra là đỉnh, Newton tới cực đại
# tại 0 còn descent tới cực tiểu tại π. ·
# x⁴: f′/f″ = x/3, so a step only multiplies x by 2/3. cos x near 0: f″ < 0, the parabola's bottom is its top, and
# Newton gets to the maximum at 0, descent to the minimum at π.


# %%
def newton(f, x: float, steps: int) -> list[float]:
    """x before and after every Newton step."""
    path = [x]
    for _ in range(steps):
        at = tg.tensor(path[-1], requires_grad=True)
        (first,) = tg.grad(f(at), [at], create_graph=True)
        (second,) = tg.grad(first, [at])
        path.append(path[-1] - first.item() / second.item())
    return path


fourth = newton(lambda x: x**4, 1.0, 5)
hill = newton(np.cos, 0.5, 4)
print("\nx⁴:    " + " → ".join(f"{x:.4f}" for x in fourth))
print("cos x: " + " → ".join(f"{x:.4f}" for x in hill))
page.check(fourth, (2 / 3) ** np.arange(6), within=1e-12)
page.check(hill[-1], 0, within=1e-9)

# %%
if page.draws:
    title = page.word("Land prices: loss above the best", "Giá đất: loss cao hơn mức tốt nhất")
    figure, axes = page.figure(title, page.word("step", "bước"), "L − L*")
    least = loss_at(best)
    for rate, color in ((0.98 * limit, BROWN), (0.2 * limit, BLUE)):
        above = [loss_at(p) - least for p in descend(rate, 60)]
        axes.semilogy(above, color=color, label=f"η = {rate:.2e}")
    axes.semilogy([0, 1], [loss_at(start) - least, 1e-9], "*-", color=GREEN, markersize=10, label="Newton")
    axes.axhline(1e-9, color=GREY, linestyle=":")  # what rounding leaves of 834
    axes.legend(frameon=False)
    page.save(figure, "ch11_newton.svg")

# %%
page.done()
