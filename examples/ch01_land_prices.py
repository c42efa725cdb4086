# %% [markdown]
# # Land prices: a line by gradient descent · Giá đất: tìm đường thẳng bằng gradient descent
#
# **English.** Six plots of land, their area x (m²) and price y (million VND); wanted is the line ŷ = w·x + b. We begin
# with w = 2, b = 5, take one step by hand, see what happens when such steps are repeated, and compare with the best
# line, which for a straight line is known from a formula. The surprise: the descent of the document never gets there,
# however long it runs.
#
# **Tiếng Việt.** Sáu mảnh đất với diện tích x (m²) và giá y (triệu VND); cần tìm đường thẳng ŷ = w·x + b. Ta bắt đầu
# với w = 2, b = 5, tính tay một bước, xem điều gì xảy ra khi lặp lại, rồi so với đường thẳng tốt nhất, vốn có công
# thức. Điều bất ngờ: cách lặp trong tài liệu không bao giờ đến được đó, dù chạy bao lâu.
#
# Source · Nguồn: `003_5f9638466f993df0.txt`. Goes on in · Xem tiếp: `ch01_land_prices_scaled.py`,
# `ch01_land_prices_figures.py`.

# %%
import numpy as np
from lesson import BROWN, GREEN, GREY, INK, Lesson

import tinygrad_vn as tg
from tinygrad_vn import optim
from tinygrad_vn.models import LinearRegression

page = Lesson(__file__ if "__file__" in globals() else "ch01_land_prices")

area = np.array([56, 45, 234, 113, 542, 351], dtype=float)
price = np.array([45, 23, 199, 123, 448, 367], dtype=float)

page.say(
    "Expected: ŷ = 117, loss 5184, gradients 8064 and 144; one step at 0.01 leads to w = -78.64, b = 3.56;\n"
    "five passes at 0.00001 lead to w = 1.51002, b = 4.98766; the best line is w = 0.8757, b = 5.106.",
    "Sẽ thấy: ŷ = 117, loss 5184, gradient 8064 và 144; một bước với 0.01 cho w = -78.64, b = 3.56;\n"
    "năm lượt với 0.00001 cho w = 1.51002, b = 4.98766; đường thẳng tốt nhất có w = 0.8757, b = 5.106.",
)

# %% [markdown]
# ## One step by hand and by `backward()` · Một bước tính tay và bằng `backward()`

# %%
w = tg.tensor(2.0, requires_grad=True, name="w")
b = tg.tensor(5.0, requires_grad=True, name="b")
y_hat = w * 56 + b
loss = (y_hat - 45) ** 2
loss.backward()
print("\n" + str(tg.explain(loss)))
page.check([y_hat.item(), loss.item(), w.grad.item(), b.grad.item()], [117, 5184, 8064, 144])
if page.draws:
    page.save(tg.draw(loss), "ch01_land_prices_graph.svg")

optimizer = optim.SGD([w, b], lr=0.01)
optimizer.step()
print(f"η = 0.01:  w = {w.item():.2f}, b = {b.item():.2f}")
page.check([w.item(), b.item()], [-78.64, 3.56], decimals=12)


# %% [markdown]
# ## One point at a time, in file order · Từng điểm một, theo thứ tự trong bảng


# %%
def passes(rate: float, count: int) -> list[tuple[float, float]]:
    """(w, b) at the start and after every pass through the six points."""
    w, b = tg.tensor(2.0, requires_grad=True), tg.tensor(5.0, requires_grad=True)
    optimizer = optim.SGD([w, b], lr=rate)
    after = [(w.item(), b.item())]
    for _ in range(count):
        for x, y in zip(area, price, strict=True):
            optimizer.zero_grad()
            ((w * x + b - y) ** 2).backward()
            optimizer.step()
        after.append((w.item(), b.item()))
    return after


wild = passes(0.01, 1)[1]
page.say(
    f"\nRepeating η = 0.01: after one pass w = {wild[0]:.2e}, b = {wild[1]:.2e}.",
    f"\nLặp lại với η = 0.01: sau một lượt w = {wild[0]:.2e}, b = {wild[1]:.2e}.",
)
page.check(wild[0] / 1e16, 1.3, decimals=1)

five = passes(1e-5, 5)
page.say("\nη = 0.00001, after each pass:", "\nη = 0.00001, sau mỗi lượt:")
for k, (w_k, b_k) in enumerate(five):
    print(f"{k}   w = {w_k:.5f}   b = {b_k:.5f}   MSE = {np.mean((w_k * area + b_k - price) ** 2):8.1f}")
LECTURE = [(1.30055, 4.99444), (1.61866, 4.99411), (1.47407, 4.99140), (1.53988, 4.98978), (1.51002, 4.98766)]
page.check(five[1:], LECTURE, decimals=5)

# %% [markdown]
# ## The best line · Đường thẳng tốt nhất
#
# Where both derivatives of the mean squared error are 0: w = cov(x, y) / var(x), b = ȳ − w·x̄. `LinearRegression` says
# the same.
#
# Tại nơi cả hai đạo hàm của sai số bình phương trung bình bằng 0: w = cov(x, y) / var(x), b = ȳ − w·x̄.
# `LinearRegression` cũng cho kết quả đó.

# %%
x_mean, y_mean = area.mean(), price.mean()
best_w = ((area - x_mean) * (price - y_mean)).sum() / ((area - x_mean) ** 2).sum()
best_b = y_mean - best_w * x_mean
best_mse = np.mean((best_w * area + best_b - price) ** 2)
print(f"\n*   w = {best_w:.4f}    b = {best_b:.3f}     MSE = {best_mse:8.1f}")
page.check(best_w, 0.8757, decimals=4)
page.check(best_b, 5.106, decimals=3)
estimated = LinearRegression().fit(area[:, np.newaxis], price)
page.check([estimated.coef_[0], estimated.intercept_], [best_w, best_b], within=1e-8)

# %% [markdown]
# ## Why the passes do not get there · Vì sao các lượt lặp không đến được đó
#
# A step at one point multiplies its error ŷ − y by 1 − 2η(x² + 1). For the 542 m² that is −4.88: the step overshoots
# the line by almost five times. A whole pass moves (w, b) by a fixed linear map; its eigenvalues (chapter 11) say where
# it leads. Along one direction −0.45, the zigzag of w, about 1.52 and not about the best line. Along the other slightly
# more than 1: there it moves **away**, slowly, for ever.
#
# Một bước tại một điểm nhân sai số ŷ − y của điểm đó với 1 − 2η(x² + 1). Với mảnh 542 m² số này là −4.88: bước đi vượt
# quá gần năm lần. Cả một lượt là một phép biến đổi tuyến tính cố định của (w, b); các trị riêng (eigenvalue, chương 11)
# cho biết nó dẫn đến đâu. Một hướng là −0.45, đó là dao động của w quanh 1.52 chứ không quanh đường tốt nhất. Hướng kia
# lớn hơn 1 một chút: ở đó nó **rời xa** dần, mãi mãi.

# %%
factors = 1 - 2 * 1e-5 * (area**2 + 1)
page.say(
    "\nThe error at a point, after its own step, is multiplied by",
    "\nSau bước của chính nó, sai số tại một điểm nhân với",
)
print("   ".join(f"{x:.0f} m²: {factor:.2f}" for x, factor in zip(area, factors, strict=True)))
page.check(factors[4], -4.88, decimals=2)


def map_of_a_pass(rate: float) -> np.ndarray:
    """The 2×2 matrix by which one pass multiplies a difference in (w, b)."""
    whole = np.eye(2)
    for x in area:
        whole = (np.eye(2) - 2 * rate * np.outer([x, 1], [x, 1])) @ whole
    return whole


small, large = np.sort(np.linalg.eigvals(map_of_a_pass(1e-5)).real)
far = passes(1e-5, 3000)[-1]
page.claim(
    large > 1 and abs(far[0] - best_w) > abs(five[-1][0] - best_w),
    f"Eigenvalues of a pass: {small:.4f} and {large:.8f} > 1. After 3000 passes: w = {far[0]:.3f}, b = {far[1]:.3f}.",
    f"Trị riêng của một lượt: {small:.4f} và {large:.8f} > 1. Sau 3000 lượt: w = {far[0]:.3f}, b = {far[1]:.3f}.",
)

# %%
if page.draws:
    title = page.word("The line after each pass, η = 0.00001", "Đường thẳng sau mỗi lượt, η = 0.00001")
    figure, axes = page.figure(title, page.word("area (m²)", "diện tích (m²)"), page.word("price", "giá (triệu VND)"))
    ends = np.array([0.0, 560.0])
    for k, (w_k, b_k) in enumerate(five):
        axes.plot(ends, w_k * ends + b_k, color=BROWN, alpha=0.25 + 0.15 * k, label=f"{k}: w = {w_k:.3f}")
    label = page.word(f"best: w = {best_w:.3f}", f"tốt nhất: w = {best_w:.3f}")
    axes.plot(ends, best_w * ends + best_b, "--", color=GREEN, linewidth=2, label=label)
    axes.plot(area, price, "o", color=INK)
    axes.legend(frameon=False, labelcolor=GREY)
    page.save(figure, "ch01_land_prices_passes.svg")

# %%
page.done()
